"""Frozen issues, their revisions and the published files; nothing here computes a metric or draws a page."""

from pipeline.release.archive import check_releases
from pipeline.release.freeze import Preview, ReleaseOutcome, freeze, preview
from pipeline.release.publish import PublishReport, publish
from pipeline.release.rollback import RollbackError, roll_back

__all__ = [
    "Preview",
    "PublishReport",
    "ReleaseOutcome",
    "RollbackError",
    "check_releases",
    "freeze",
    "preview",
    "publish",
    "roll_back",
]
