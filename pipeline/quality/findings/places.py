"""Where failing rows stand: from a failing check to files, sheets and rows; which rows fail is decided elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.quality.checks.suites import FAILING, PLACE_COLUMNS, Check
from pipeline.quality.findings.wording import plain

if TYPE_CHECKING:
    import duckdb

MOST_PLACES: Final = 20
MOST_PLACES_A_WEEK: Final = 1_000
SHOWN_PLACES: Final = 5
# What the loader calls the one table of a text file; people need not read it.
CSV_SHEET: Final = "csv"
_CAUSES: Final = "failing_cause"
_FILE_ONLY: Final = {"file_name"}
_BY_DELIVERY: Final = {"delivery_id", "sheet", "row_no"}
_BY_FILE: Final = {"file_name", "sheet", "row_no"}

Cause = tuple[Any, ...]


@dataclass(frozen=True)
class Place:
    """Rows of one sheet, one after the other (1-based, both included); sheet and rows are None for a whole file."""

    file_name: str
    sheet: str | None
    first_row_no: int | None
    last_row_no: int | None
    delivery_id: str | None

    @property
    def words(self) -> str:
        """「表」第 7 行 of a file, as people say it."""
        rows = self.rows
        return (
            self.file_name
            + (f"「{self.sheet}」" if self.sheet not in (None, CSV_SHEET) else "")
            + (f"第 {rows} 行" if rows else "")
        )

    @property
    def rows(self) -> str:
        """7, or 7–9."""
        if self.first_row_no is None:
            return ""
        is_one = self.first_row_no == self.last_row_no
        return str(self.first_row_no) if is_one else f"{self.first_row_no}–{self.last_row_no}"


def places_json(places: Iterable[Place]) -> str:
    """The places as the column `places` keeps them."""
    return json.dumps([asdict(place) for place in places], ensure_ascii=False)


def read_places(text: str | None) -> list[Place]:
    """The places that the column `places` keeps; none where it is empty."""
    return [Place(**one) for one in json.loads(text)] if text else []


def places_words(places: Sequence[Place]) -> str:
    """A few places in words, and how many more there are."""
    words = "；".join(place.words for place in places[:SHOWN_PLACES])
    return words if len(places) <= SHOWN_PLACES else f"{words}；等共 {len(places)} 处以上"


def places_of_check(con: duckdb.DuckDBPyConnection, check: Check, failing: str) -> dict[Cause, list[Place]]:
    """Places by (week_id, values of the cause columns) of the failing rows of one check, at most twenty each.

    Rows that carry their delivery (or file), sheet and number say it themselves; else the check's own `places` does;
    a check with neither has none.
    """
    spans = _spans_sql(con, check, failing)
    if spans is None:
        return {}
    cause = _cause_columns(check)
    names = ", ".join(f"p.{name}" for name in cause)
    rows = con.execute(
        f"SELECT * FROM (SELECT {names}, coalesce(d.file_name, p.file_name) AS file_name, p.sheet, p.first_row_no, "
        f"p.last_row_no, coalesce(p.delivery_id, n.delivery_id) AS delivery_id FROM ({spans}) AS p "
        "LEFT JOIN ledger.delivery AS d ON d.delivery_id = p.delivery_id "
        "LEFT JOIN ledger.delivery AS n "
        "ON n.file_name = p.file_name AND n.week_id = p.week_id AND n.status = 'current') "
        f"QUALIFY row_number() OVER (PARTITION BY {', '.join(cause)} ORDER BY file_name, sheet, first_row_no, "
        f"delivery_id) <= {MOST_PLACES} AND row_number() OVER (PARTITION BY week_id ORDER BY {', '.join(cause)}, "
        f"file_name, sheet, first_row_no) <= {MOST_PLACES_A_WEEK} ORDER BY ALL"
    ).fetchall()
    found: dict[Cause, list[Place]] = {}
    for row in rows:
        found.setdefault(cause_key(row[: len(cause)]), []).append(Place(*row[len(cause) :]))
    return {key: [place for place in places if place.file_name] for key, places in found.items()}


def cause_key(values: Iterable[object]) -> Cause:
    """Values of a cause in a form that two queries agree on."""
    return tuple(plain(value) for value in values)


def _cause_columns(check: Check) -> tuple[str, ...]:
    return tuple(dict.fromkeys(("week_id", *check.meta.cause)))


def _spans_sql(con: duckdb.DuckDBPyConnection, check: Check, failing: str) -> str | None:
    if check.meta.places:
        return _own_sql(con, check, failing)
    columns = {str(row[0]) for row in con.execute(f"DESCRIBE {failing}").fetchall()}
    if columns >= _BY_DELIVERY:
        return _islands_sql(check, failing, "delivery_id", "CAST(NULL AS VARCHAR)")
    if columns >= _BY_FILE:
        return _islands_sql(check, failing, "CAST(NULL AS VARCHAR)", "file_name")
    if columns >= _FILE_ONLY:
        nothing = "CAST(NULL AS VARCHAR) AS sheet, CAST(NULL AS BIGINT) AS first_row_no, NULL AS last_row_no"
        cause = ", ".join(_cause_columns(check))
        return f"SELECT DISTINCT {cause}, CAST(NULL AS VARCHAR) AS delivery_id, file_name, {nothing} FROM ({failing})"
    return None


def _islands_sql(check: Check, failing: str, delivery: str, file: str) -> str:
    """Spans of rows that follow one another, so that rows 7 and 300 are not told as 7–300."""
    cause = ", ".join(_cause_columns(check))
    return (
        f"SELECT {cause}, delivery_id, file_name, sheet, min(row_no) AS first_row_no, max(row_no) AS last_row_no FROM "
        f"(SELECT *, row_no - row_number() OVER (PARTITION BY {cause}, delivery_id, file_name, sheet ORDER BY row_no) "
        f"AS island FROM (SELECT DISTINCT {cause}, {delivery} AS delivery_id, {file} AS file_name, sheet, row_no "
        f"FROM ({failing}) AS rows_failing)) GROUP BY {cause}, delivery_id, file_name, sheet, island"
    )


def _own_sql(con: duckdb.DuckDBPyConnection, check: Check, failing: str) -> str:
    """The check's own SELECT, kept to the causes that fail."""
    cause = _cause_columns(check)
    names = ", ".join(cause)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {_CAUSES} AS SELECT DISTINCT {names} FROM ({failing})")
    own = (
        str(check.meta.places).rstrip("; \n").replace(FAILING, f"temp.{_CAUSES}").replace("{{", "{").replace("}}", "}")
    )
    on = " AND ".join(f"own.{name} IS NOT DISTINCT FROM f.{name}" for name in cause)
    picked = ", ".join(f"own.{name}" for name in (*cause, *PLACE_COLUMNS))
    return (
        f"SELECT {picked}, CAST(NULL AS VARCHAR) AS file_name FROM ({own}) AS own "
        f"JOIN temp.{_CAUSES} AS f ON {on} WHERE own.delivery_id IS NOT NULL"
    )


def merged_places(by_cause: Mapping[Cause, Sequence[Place]], week: str) -> list[Place]:
    """The first places of a week whose causes became one finding."""
    places = [place for key in sorted(by_cause, key=str) if key[0] == week for place in by_cause[key]]
    return places[:MOST_PLACES]
