"""Frozen issues, their revisions and the published files; nothing here computes a metric or draws a page."""

from pipeline.release.activation import held_issues
from pipeline.release.archive import check_releases
from pipeline.release.by_hand import ReleaseError, plan_release, release_week
from pipeline.release.freeze import Preview, ReleaseOutcome, freeze, preview
from pipeline.release.publish import PublishReport, publish
from pipeline.release.rollback import RollbackError, roll_back

__all__ = [
    "Preview",
    "PublishReport",
    "ReleaseError",
    "ReleaseOutcome",
    "RollbackError",
    "check_releases",
    "freeze",
    "held_issues",
    "plan_release",
    "preview",
    "publish",
    "release_week",
    "roll_back",
]
