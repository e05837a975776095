"""Frozen issues, their revisions and the published files; nothing here computes a metric or draws a page."""

from pipeline.release.freeze.by_hand import ReleaseError, plan_release, release_week
from pipeline.release.freeze.issues import Preview, ReleaseOutcome, freeze, preview
from pipeline.release.freeze.rollback import RollbackError, roll_back
from pipeline.release.published.publish import PublishReport, publish
from pipeline.release.revisions.activation import held_issues
from pipeline.release.revisions.release_folders import check_releases

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
