"""Counts the rows that a run checked and those of them that a finding holds, for the scores of quality.

In: the suites, and the SELECT of failing rows of each check that failed. Out: `quality.checked_rows`, by week, table,
dimension and department. Scores are made of it in `pipeline.release.published.quality_charts`.

- A check looks at the rows of its table in a week; two checks of one dimension over one table look at the same rows.
- A row that several checks of one dimension hold is one row. It is known by its place in the file, else by the key of
  its table, else by the keys that its check shows.
- Where a suite says `counts: deliveries`, its rows are files or weeks, and what is checked are the rows of the week's
  files: a file that is held counts with all of its rows, an export that is missing with those of its last delivery.
- A file is one thing: of five totals that do not fit it holds its rows once.
- A file that a later one replaced holds nothing, and neither does a check that only tells what a later file changed
  (`holds: nothing`): what a delivery mended is mended.
- What breaks a check of a whole week holds all rows of that week.
- A row that should be there and is not counts as checked and as held.
- A department's rows are rows of files, in the column that the contract of their export gives to departments; a failing
  row that does not show it is looked up by its place. Tables that are computed by department are no rows of one, and of
  a row in quarantine nobody has read the department.
- Checks of 平台维护 are left out: they look at what this program has computed, and say nothing of the data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.common.owners import Owner
from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table, insert_rows
from pipeline.contracts import Contract
from pipeline.ingest.load.printed_lines import view_of
from pipeline.quality.checks.core_types import UNIQUE
from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.checks.standards import Dimension
from pipeline.quality.run.batches import batch_sql

if TYPE_CHECKING:
    import duckdb

# A row of no department, of all of them together, or of a name that nobody has registered.
NO_DEPARTMENT: Final = "UNKNOWN"
_NO_SINGLE_DEPARTMENT: Final = "('ALL', 'NONE', 'UNKNOWN')"
# Who repairs what checks of the program itself find.
_PROGRAM: Final[Owner] = "平台维护"
# A row's place in its file, the longer first.
_PLACES: Final = (("delivery_id", "sheet", "row_no"), ("delivery_id", "row_no"))
_NAMES_OF_DEPARTMENT: Final = ("department", "department_name")
# Table and name of a check.
CheckKey = tuple[str, str]
# (week_id, department_id) -> rows.
Counts = dict[tuple[str, str], int]

# The names that departments have in the weeks of a run: of a name that changed hands the bearer of that time.
_DEPARTMENT_NAMES: Final = """
CREATE OR REPLACE TEMP TABLE department_of_name AS
SELECT w.week_id, a.alias AS name, min(a.department_id) AS department_id
FROM core.report_week AS w
INNER JOIN core.department_alias AS a ON w.coverage_end BETWEEN a.valid_from AND a.valid_to
WHERE list_contains($weeks, w.week_id)
GROUP BY w.week_id, a.alias
"""
_NO_NAMES: Final = """
CREATE OR REPLACE TEMP TABLE department_of_name (week_id VARCHAR, name VARCHAR, department_id VARCHAR)
"""
_HELD: Final = """
CREATE OR REPLACE TEMP TABLE held_row (
    week_id VARCHAR, department_id VARCHAR, known_by VARCHAR, row_count BIGINT, is_missing BOOLEAN)
"""
_HELD_BY_DEPARTMENT: Final = f"""
WITH held AS (
    SELECT week_id, known_by, is_missing, min(department_id) AS department_id, max(row_count) AS row_count
    FROM held_row
    GROUP BY week_id, known_by, is_missing
)
SELECT
    week_id, coalesce(department_id, '{NO_DEPARTMENT}'), CAST(sum(row_count) AS BIGINT),
    CAST(coalesce(sum(row_count) FILTER (is_missing), 0) AS BIGINT)
FROM held
GROUP BY ALL
"""
# Files that a later one replaced: what stands in them counts no more.
_REPLACED: Final = """
CREATE OR REPLACE TEMP TABLE replaced_delivery AS
SELECT delivery_id FROM ledger.delivery WHERE status = 'superseded'
"""
_NONE_REPLACED: Final = "CREATE OR REPLACE TEMP TABLE replaced_delivery (delivery_id VARCHAR)"
_IS_REPLACED: Final = "failing.delivery_id IN (SELECT delivery_id FROM replaced_delivery WHERE delivery_id IS NOT NULL)"
# The file of a failing row with all of its rows; one that is not counted, such as a refused one, comes on top of them.
_HELD_FILE: Final = """
SELECT
    failing.week_id, NULL, failing.delivery_id, coalesce(d.rows_physical, 1), coalesce(d.status, 'current') <> 'current'
FROM ({select}) AS failing LEFT JOIN ledger.delivery AS d ON d.delivery_id = failing.delivery_id
WHERE NOT {is_replaced}
"""
# The files of a source in a week, where a failing row names one of them by its file name alone.
_HELD_FILES_OF_SOURCE: Final = """
SELECT failing.week_id, NULL, d.delivery_id, coalesce(d.rows_physical, 1), false
FROM ({select}) AS failing
INNER JOIN ledger.delivery AS d ON d.week_id = failing.week_id AND d.source = failing.source AND d.status = 'current'
"""
# A file that is not there, with the rows of the last one of its source until that week.
_HELD_MISSING: Final = """
SELECT failing.week_id, NULL, failing.source, coalesce((
    SELECT arg_max(d.rows_physical, struct_pack(w := d.week_id, i := d.delivery_id)) FROM ledger.delivery AS d
    WHERE d.source = failing.source AND d.week_id <= failing.week_id AND d.status = 'current'
), 1), true
FROM ({select}) AS failing
"""


@dataclass(frozen=True)
class CheckedRows:
    """The rows of a table that checks of one dimension looked at, and those that a finding holds.

    Key: week_id, table_name, dimension, department_id.
    """

    week_id: str
    table_name: str
    dimension: Dimension
    department_id: str
    rows_checked: int
    rows_held: int


@dataclass(frozen=True)
class _Table:
    """A checked table: the SELECT of its rows in the weeks, its columns, and the one that tells the department.

    `department` is None where its rows are no rows of files, or name no department.
    """

    suite: TableSuite
    batch: str
    columns: tuple[str, ...]
    department: str | None


@dataclass(frozen=True)
class _Held:
    """The rows that checks of one dimension hold, those of them that no file has, and weeks held as a whole."""

    rows: Counts
    missing: Counts
    whole_weeks: frozenset[str]


def count_rows(
    con: duckdb.DuckDBPyConnection,
    weeks: Sequence[str],
    suites: Sequence[TableSuite],
    failing: Mapping[CheckKey, str],
    contracts: Iterable[Contract] = (),
) -> list[CheckedRows]:
    """Returns the counts of these weeks, ordered by their key; a table without rows and without findings has none.

    `failing` is the SELECT of failing rows, or of failing weeks, by table and name of each check that failed;
    `contracts` say which columns name a department.
    """
    named = _named_by_contracts(contracts)
    _name_departments(con, weeks)
    con.execute(_REPLACED if has_table(con, "ledger", "delivery") else _NONE_REPLACED)
    counted = []
    for suite in suites:
        by_dimension = _by_dimension(suite)
        if not by_dimension:
            continue
        table = _table(con, suite, weeks, named.get(suite.table))
        checked = _rows_checked(con, table, weeks)
        for dimension, checks in by_dimension.items():
            failed = [check for check in checks if (suite.table, check.name) in failing]
            held = _rows_held(con, table, failed, failing)
            for week, department in sorted({*checked, *held.rows}):
                in_table = checked.get((week, department), 0)
                rows_held = in_table if week in held.whole_weeks else held.rows.get((week, department), 0)
                rows = max(in_table + held.missing.get((week, department), 0), rows_held)
                counted.append(CheckedRows(week, suite.table, dimension, department, rows, rows_held))
    return sorted(counted, key=lambda rows: (rows.week_id, rows.table_name, rows.dimension, rows.department_id))


def replace_rows(
    con: duckdb.DuckDBPyConnection, weeks: Sequence[str], tables: Sequence[str], counted: Sequence[CheckedRows]
) -> None:
    """Puts `counted` in the place of what is kept of `tables` in `weeks`; belongs inside the caller's transaction."""
    con.execute(
        "DELETE FROM quality.checked_rows WHERE list_contains(?, week_id) AND list_contains(?, table_name)",
        [list(weeks), list(tables)],
    )
    insert_rows(con, "quality.checked_rows", CheckedRows, counted)


def _name_departments(con: duckdb.DuckDBPyConnection, weeks: Sequence[str]) -> None:
    has_names = has_table(con, "core", "department_alias") and has_table(con, "core", "report_week")
    if has_names:
        con.execute(_DEPARTMENT_NAMES, {"weeks": list(weeks)})
    else:
        con.execute(_NO_NAMES)


def _by_dimension(suite: TableSuite) -> dict[Dimension, list[Check]]:
    checks: dict[Dimension, list[Check]] = defaultdict(list)
    for check in suite.expectations:
        says_of_data = check.meta.owner != _PROGRAM and check.meta.holds != "nothing"
        if says_of_data:
            checks[check.dimension].append(check)
    return checks


def _named_by_contracts(contracts: Iterable[Contract]) -> dict[str, str]:
    """Returns the column with a department's name by table, for the tables that hold the rows of an export."""
    named = {}
    for contract in contracts:
        columns = [field.name for field in contract.stored_fields if field.codes == "department" and not field.personal]
        if columns:
            named[f"staging.{contract.name}"] = columns[0]
            named[view_of(contract.name)] = columns[0]
    return named


def _table(con: duckdb.DuckDBPyConnection, suite: TableSuite, weeks: Sequence[str], named: str | None) -> _Table:
    batch = batch_sql(suite, weeks)
    columns = tuple(_columns(con, batch))
    has_rows_of_files = suite.meta.counts == "rows" and "delivery_id" in columns
    department = _department_column(columns, (named, *_NAMES_OF_DEPARTMENT)) if has_rows_of_files else None
    return _Table(suite, batch, columns, department)


def _rows_checked(con: duckdb.DuckDBPyConnection, table: _Table, weeks: Sequence[str]) -> Counts:
    if table.suite.meta.counts == "deliveries":
        rows = con.execute(
            "SELECT week_id, CAST(sum(coalesce(rows_physical, 0)) AS BIGINT) FROM ledger.delivery "
            "WHERE status = 'current' AND list_contains(?, week_id) GROUP BY week_id",
            [list(weeks)],
        ).fetchall()
        return {(week, NO_DEPARTMENT): count for week, count in rows}
    # Of a file that was sent again only the later one is checked.
    current = "WHERE delivery_status = 'current'" if "delivery_status" in table.columns else ""
    named = table.department
    grouped = "week_id" if named is None else f"week_id, {identifier(named)}"
    counts = f"SELECT {grouped}, count(*) AS row_count FROM ({table.batch}) {current} GROUP BY {grouped}"
    rows = con.execute(
        f"SELECT week_id, coalesce({_department_sql(named, 'counted')}, '{NO_DEPARTMENT}'), "
        f"CAST(sum(row_count) AS BIGINT) FROM ({counts}) AS counted GROUP BY ALL"
    ).fetchall()
    return {(week, department_id): count for week, department_id, count in rows}


def _rows_held(
    con: duckdb.DuckDBPyConnection, table: _Table, failed: Sequence[Check], failing: Mapping[CheckKey, str]
) -> _Held:
    """Counts the rows that `failed` checks of one dimension hold, each once."""
    if not failed:
        return _Held({}, {}, frozenset())
    suite = table.suite
    whole_weeks: set[str] = set()
    columns_of: dict[str, list[str]] = {}
    for check in failed:
        select = failing[suite.table, check.name]
        if check.is_of_weeks:
            whole_weeks |= {week for (week,) in con.execute(f"SELECT week_id FROM ({select})").fetchall()}
        else:
            columns_of[check.name] = _columns(con, select)
    con.execute(_HELD)
    common = _known_by(suite, columns_of.values())
    for check in failed:
        if check.name not in columns_of:
            continue
        columns = columns_of[check.name]
        select = failing[suite.table, check.name]
        held = _held_file_sql(select, columns) if suite.meta.counts == "deliveries" else None
        if held is None:
            keys = common or _known_by(suite, [columns]) or check.meta.keys
            held = _held_row_sql(table, check, select, columns, keys)
        con.execute(f"INSERT INTO held_row {held}")
    rows = con.execute(_HELD_BY_DEPARTMENT).fetchall()
    return _Held(
        rows={(week, department): count for week, department, count, _ in rows},
        missing={(week, department): count for week, department, _, count in rows if count},
        whole_weeks=frozenset(whole_weeks),
    )


def _held_row_sql(table: _Table, check: Check, select: str, columns: Sequence[str], keys: Sequence[str]) -> str:
    """SQL of the rows of `held_row` for failing rows that stand for themselves."""
    known_by = ", ".join(f"coalesce(CAST({identifier(key)} AS VARCHAR), '')" for key in keys)
    counts = f"WHERE NOT {_IS_REPLACED}" if "delivery_id" in columns else ""
    named = None
    if table.department is not None:
        named = _department_column(columns, (check.meta.department, table.department, *_NAMES_OF_DEPARTMENT))
        if named is None:
            named, select = _with_department(table, table.department, select, columns)
    return (
        f"SELECT failing.week_id, {_department_sql(named, 'failing')}, concat_ws(chr(31), {known_by}), 1, false "
        f"FROM ({select}) AS failing {counts}"
    )


def _with_department(table: _Table, department: str, select: str, columns: Sequence[str]) -> tuple[str | None, str]:
    """Returns the column with the department, and the SELECT with it; None where no place tells which row it is."""
    for place in _PLACES:
        is_shown = set(columns).issuperset(place) and set(table.columns).issuperset(place)
        if is_shown:
            keys = f"week_id, {', '.join(place)}"
            name = identifier(department)
            rows = f"SELECT {keys}, any_value({name}) AS {name} FROM ({table.batch}) AS batch_rows GROUP BY {keys}"
            joined = f"({select}) AS shown LEFT JOIN ({rows}) AS placed USING ({keys})"
            return department, f"SELECT shown.*, placed.{name} FROM {joined}"
    return None, select


def _held_file_sql(select: str, columns: Sequence[str]) -> str | None:
    """SQL of the rows of `held_row` for failing rows that stand for files; None where they stand for themselves.

    A file is known by its delivery, one that is missing by its source, so that each counts once in a week.
    """
    if "row_no" in columns:
        return None
    if "delivery_id" in columns:
        return _HELD_FILE.format(select=select, is_replaced=_IS_REPLACED)
    if "source" not in columns:
        return None
    held = _HELD_FILES_OF_SOURCE if "file_name" in columns else _HELD_MISSING
    return held.format(select=select)


def _known_by(suite: TableSuite, all_columns: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Returns the columns that tell rows apart in all of these SELECTs; none where they have no such columns."""
    every = [set(columns) for columns in all_columns]
    for candidate in (*_PLACES, _key_of(suite)):
        if candidate and all(columns.issuperset(candidate) for columns in every):
            return candidate
    return ()


def _key_of(suite: TableSuite) -> tuple[str, ...]:
    """Returns the key of the table, as the check that tests it names it; none where no check does."""
    for check in suite.expectations:
        if check.type == UNIQUE:
            return tuple(check.kwargs["column_list"])
        if check.name == "key_unique":
            return check.meta.keys
    return ()


def _department_column(columns: Sequence[str], names: Iterable[str | None]) -> str | None:
    """Returns the column with the department of a row: its id, else the first of `names` that is there."""
    if "department_id" in columns:
        return "department_id"
    return next((name for name in names if name in columns), None)


def _department_sql(column: str | None, rows: str) -> str:
    """SQL of a department's id, null for none; `column` of `rows` has its id, or a name that it had in that week."""
    if column is None:
        return "CAST(NULL AS VARCHAR)"
    if column == "department_id":
        return f"CASE WHEN {rows}.department_id NOT IN {_NO_SINGLE_DEPARTMENT} THEN {rows}.department_id END"
    return (
        "(SELECT any_value(n.department_id) FROM department_of_name AS n"
        f" WHERE n.week_id = {rows}.week_id AND n.name = {rows}.{identifier(column)})"
    )


def _columns(con: duckdb.DuckDBPyConnection, select: str) -> list[str]:
    return [name for name, *_ in con.execute(f"DESCRIBE {select}").fetchall()]
