"""What the makers of pages read: the published file, its issues and its label.

Pages are made in `pipeline.present.site.pages`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.common.tables import has_table
from pipeline.hall.facts import HallWords, WeeklySettings
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.site.digests import week_digests
from pipeline.present.site.origins import Origins
from pipeline.release.published.publish import DATABASE
from pipeline.release.revisions.activation import SHOWN
from pipeline.reporting_calendar.week_ids import year_bounds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings


@dataclass(frozen=True)
class Published:
    """The published file, open for reading, and what every page of it needs to know.

    `folder` is that of the published files, in which the documents of issues lie too. `issues` has the shown revision
    of each released issue, newest issue first, and is never empty. `content` is the hash of everything published: equal
    content gives equal pages. `words` are how the hall calls itself and its level, `title` is that of its weekly.
    """

    con: DuckDBPyConnection
    folder: Path
    issues: tuple[Row, ...]
    label: str | None
    content: str
    words: HallWords = field(default_factory=HallWords)
    title: str = WeeklySettings().title

    @property
    def week_id(self) -> str:
        """The latest issue."""
        return str(self.issues[0]["week_id"])

    @cached_property
    def digests(self) -> dict[str, str]:
        """week_id -> digest of what the file holds of that week."""
        return week_digests(self.con)

    def year_digests(self, week_id: str) -> list[tuple[str, str]]:
        """Returns (week, digest) of the year's weeks up to this one: what a page of the issue is made from."""
        first, _ = year_bounds(week_id)
        weeks = [week for week in sorted(self.digests) if first <= week <= week_id]
        return [(week, self.digests[week]) for week in weeks]

    @cached_property
    def origins(self) -> Origins:
        """Where the weekly's figures come from."""
        return Origins(self.con)


class NothingShownError(ValueError):
    """The published file has no issue that readers see."""


@contextmanager
def open_published(settings: Settings) -> Iterator[Published]:
    """Opens the published file as `Published`; raises FileNotFoundError where nothing has been published yet."""
    import duckdb

    database = settings.published / DATABASE
    if not database.is_file():
        raise FileNotFoundError(f"{database} does not exist: release an issue first, then build the site.")
    with duckdb.connect(
        str(database), read_only=True, config={"memory_limit": settings.memory_limit, "threads": settings.threads}
    ) as con:
        yield replace(read_published(con, settings.published, settings.words), title=settings.weekly.title)


def read_published(con: DuckDBPyConnection, folder: Path, words: HallWords | None = None) -> Published:
    """Returns `Published` of a connection that has the schemas of the published file, which lies in `folder`.

    Raises ValueError where no issue has been released.
    """
    issues = tuple(_issues(con))
    if not issues:
        raise NothingShownError("No issue has been released, or all are withdrawn. Release a week first.")
    about = _publication(con)
    label, content = about.get("data_label"), about.get("content_hash", "")
    return Published(con, folder, issues, label, content, words or HallWords())


def _issues(con: DuckDBPyConnection) -> list[Row]:
    return fetch(
        con,
        "SELECT i.* EXCLUDE (deliveries), w.year, w.issue_no, w.total_issue_no, w.period_start, w.period_end,"
        f" w.coverage_start, w.coverage_end, w.calendar_status FROM release.issue AS i JOIN {SHOWN} AS s"
        " ON s.week_id = i.week_id AND s.revision = i.revision"
        " LEFT JOIN docs.report_week AS w ON w.week_id = i.week_id ORDER BY i.week_id DESC",
    )


def _publication(con: DuckDBPyConnection) -> dict[str, str]:
    if not has_table(con, "docs", "publication"):
        return {}
    rows = fetch(con, "SELECT name, value FROM docs.publication")
    return {row["name"]: row["value"] for row in rows}
