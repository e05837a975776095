"""Bringing everything that people open in line with what is released: the file, the site, the weeklies; no figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.present.site import build_site
from pipeline.present.weekly import WeeklyFiles, write_released_weeklies
from pipeline.release.published.publish import PublishReport, publish

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings


@dataclass(frozen=True)
class BroughtOut:
    """The published file, the site's first page and the weeklies of the weeks asked for."""

    published: PublishReport
    site: Path
    weeklies: tuple[WeeklyFiles, ...]


def bring_out(con: DuckDBPyConnection, settings: Settings, weeks: Sequence[str]) -> BroughtOut:
    """Publish, write the weeklies of `weeks` and build the site; what is as it should be is left alone.

    The site comes last: its pages lead to the documents that there are. The caller holds the writer's lock. Raises as
    its three parts do.
    """
    report = publish(con, settings)
    weeklies = tuple(write_released_weeklies(settings, weeks))
    return BroughtOut(report, build_site(settings), weeklies)
