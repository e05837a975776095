"""Where failing rows stand: from the failing rows of a check to files, sheets and rows.

Which rows fail is said by `pipeline.quality.run.batches`; the copy that goes back to a sender, with its places marked,
is written in `pipeline.present.sender`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.quality.checks.model import FAILING, PLACE_COLUMNS, Check, unescaped
from pipeline.quality.findings.wording import plain

if TYPE_CHECKING:
    import duckdb

MOST_PLACES: Final = 20
MOST_PLACES_A_WEEK: Final = 1_000
SHOWN_PLACES: Final = 5
# What the loader calls the one table of a text file; people need not read it.
CSV_SHEET: Final = "csv"
_CAUSES: Final = "failing_cause"
# The columns by which failing rows say themselves where they stand, the most exact first.
_BY_DELIVERY: Final = {"delivery_id", "sheet", "row_no"}
_BY_FILE: Final = {"file_name", "sheet", "row_no"}
_FILE_ONLY: Final = {"file_name"}

# What `bound_places` binds, a row a span of rows: `WITH {PLACES_SQL} SELECT … FROM place`.
PLACES_SQL: Final = """place AS (
    SELECT unnest($deliveries::VARCHAR[]) AS delivery_id, unnest($sheets::VARCHAR[]) AS sheet,
        unnest($first_rows::BIGINT[]) AS first_row_no, unnest($last_rows::BIGINT[]) AS last_row_no
)"""

Cause = tuple[Any, ...]
"""week_id and the values of the cause columns, as `cause_key` writes them."""


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
        """The place as people say it: 周报.xlsx「明细」第 7–9 行."""
        has_sheet = self.sheet not in (None, CSV_SHEET)
        sheet = f"「{self.sheet}」" if has_sheet else ""
        rows = f"第 {self.rows} 行" if self.rows else ""
        return f"{self.file_name}{sheet}{rows}"

    @property
    def rows(self) -> str:
        """The row numbers: 7, or 7–9; empty for a whole file."""
        if self.first_row_no is None:
            return ""
        if self.is_one_row:
            return str(self.first_row_no)
        return f"{self.first_row_no}–{self.last_row_no}"

    @property
    def is_one_row(self) -> bool:
        """Whether it is exactly one row of a sheet."""
        return self.first_row_no is not None and self.first_row_no == self.last_row_no


def places_json(places: Iterable[Place]) -> str:
    """Returns the places as the column `places` keeps them: a JSON list of objects."""
    return json.dumps(list(map(asdict, places)), ensure_ascii=False)


def read_places(text: str | None) -> list[Place]:
    """Reads the places that the column `places` keeps; none where it is empty."""
    if not text:
        return []
    return [Place(**fields) for fields in json.loads(text)]


def bound_places(places: Iterable[Place]) -> dict[str, list[Any]]:
    """Returns the parameters of PLACES_SQL; a place that is a whole file has no rows and is left out."""
    of_rows = [place for place in places if place.first_row_no is not None]
    return {
        "deliveries": [place.delivery_id for place in of_rows],
        "sheets": [place.sheet for place in of_rows],
        "first_rows": [place.first_row_no for place in of_rows],
        "last_rows": [place.last_row_no for place in of_rows],
    }


def places_words(places: Sequence[Place]) -> str:
    """Returns a few places in words, and how many more there are."""
    words = [place.words for place in places[:SHOWN_PLACES]]
    if len(places) > SHOWN_PLACES:
        words.append(f"等共 {len(places)} 处以上")
    return "；".join(words)


def cause_columns(check: Check) -> tuple[str, ...]:
    """Returns week_id and the cause columns of a check, each once."""
    return tuple(dict.fromkeys(("week_id", *check.meta.cause)))


def cause_key(values: Iterable[object]) -> Cause:
    """Returns values of a cause in a form that two queries agree on."""
    return tuple(map(plain, values))


def merged_places(by_cause: Mapping[Cause, Sequence[Place]], causes: Iterable[Cause]) -> list[Place]:
    """Returns the first places of causes that became one finding."""
    places: list[Place] = []
    for cause in sorted(causes, key=str):
        places += by_cause.get(cause, ())
    return places[:MOST_PLACES]


def places_of_check(con: duckdb.DuckDBPyConnection, check: Check, failing: str) -> dict[Cause, list[Place]]:
    """Returns places by (week_id, values of the cause columns) of the failing rows of one check, at most twenty each.

    Rows that carry their delivery (or file), sheet and number say it themselves; else the check's own `places` does;
    a check with neither has none.
    """
    spans = _spans_sql(con, check, failing)
    if spans is None:
        return {}
    columns = cause_columns(check)
    cause = ", ".join(columns)
    own_cause = ", ".join(f"p.{name}" for name in columns)
    rows = con.execute(
        f"SELECT * FROM (SELECT {own_cause}, coalesce(d.file_name, p.file_name) AS file_name, p.sheet, "
        f"p.first_row_no, p.last_row_no, coalesce(p.delivery_id, n.delivery_id) AS delivery_id FROM ({spans}) AS p "
        "LEFT JOIN ledger.delivery AS d ON d.delivery_id = p.delivery_id "
        "LEFT JOIN ledger.delivery AS n "
        "ON n.file_name = p.file_name AND n.week_id = p.week_id AND n.status = 'current') "
        f"QUALIFY row_number() OVER (PARTITION BY {cause} ORDER BY file_name, sheet, first_row_no, "
        f"delivery_id) <= {MOST_PLACES} AND row_number() OVER (PARTITION BY week_id ORDER BY {cause}, "
        f"file_name, sheet, first_row_no) <= {MOST_PLACES_A_WEEK} ORDER BY ALL"
    ).fetchall()
    by_cause: dict[Cause, list[Place]] = {}
    for row in rows:
        values, place = row[: len(columns)], Place(*row[len(columns) :])
        if place.file_name:
            by_cause.setdefault(cause_key(values), []).append(place)
    return by_cause


def _spans_sql(con: duckdb.DuckDBPyConnection, check: Check, failing: str) -> str | None:
    """A SELECT of the cause columns, delivery_id, file_name, sheet, first_row_no, last_row_no; None where none can."""
    if check.meta.places:
        return _own_sql(con, check.meta.places, cause_columns(check), failing)
    cause = ", ".join(cause_columns(check))
    columns = {str(row[0]) for row in con.execute(f"DESCRIBE {failing}").fetchall()}
    if columns >= _BY_DELIVERY:
        return _islands_sql(cause, failing, "delivery_id", "CAST(NULL AS VARCHAR)")
    if columns >= _BY_FILE:
        return _islands_sql(cause, failing, "CAST(NULL AS VARCHAR)", "file_name")
    if columns >= _FILE_ONLY:
        nothing = "CAST(NULL AS VARCHAR) AS sheet, CAST(NULL AS BIGINT) AS first_row_no, NULL AS last_row_no"
        return f"SELECT DISTINCT {cause}, CAST(NULL AS VARCHAR) AS delivery_id, file_name, {nothing} FROM ({failing})"
    return None


def _islands_sql(cause: str, failing: str, delivery: str, file: str) -> str:
    """Spans of rows that follow one another, so that rows 7 and 300 are not told as 7–300.

    Rows that follow one another have the same difference between their number and their rank: that is their island.
    """
    return (
        f"SELECT {cause}, delivery_id, file_name, sheet, min(row_no) AS first_row_no, max(row_no) AS last_row_no FROM "
        f"(SELECT *, row_no - row_number() OVER (PARTITION BY {cause}, delivery_id, file_name, sheet ORDER BY row_no) "
        f"AS island FROM (SELECT DISTINCT {cause}, {delivery} AS delivery_id, {file} AS file_name, sheet, row_no "
        f"FROM ({failing}) AS rows_failing)) GROUP BY {cause}, delivery_id, file_name, sheet, island"
    )


def _own_sql(con: duckdb.DuckDBPyConnection, places: str, columns: Sequence[str], failing: str) -> str:
    """The check's own SELECT of places, kept to the causes that fail."""
    cause = ", ".join(columns)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {_CAUSES} AS SELECT DISTINCT {cause} FROM ({failing})")
    own = unescaped(places.rstrip("; \n").replace(FAILING, f"temp.{_CAUSES}"))
    same_cause = " AND ".join(f"own.{name} IS NOT DISTINCT FROM f.{name}" for name in columns)
    picked = ", ".join(f"own.{name}" for name in (*columns, *PLACE_COLUMNS))
    return (
        f"SELECT {picked}, CAST(NULL AS VARCHAR) AS file_name FROM ({own}) AS own "
        f"JOIN temp.{_CAUSES} AS f ON {same_cause} WHERE own.delivery_id IS NOT NULL"
    )
