"""Frozen issues, their revisions and the published files; nothing here computes a metric or draws a page."""

from pipeline.release.freeze import ReleaseOutcome, freeze
from pipeline.release.publish import PublishReport, publish

__all__ = ["PublishReport", "ReleaseOutcome", "freeze", "publish"]
