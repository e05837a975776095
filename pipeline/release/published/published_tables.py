"""Lists the tables of the published file with their columns, keys and SELECTs; `publish` writes the file.

The words for the columns of `quality` are in `quality_tables`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier, quoted
from pipeline.common.tables import has_table
from pipeline.privacy.case_numbers import without_cases
from pipeline.release.published import quality_tables
from pipeline.release.published.quality_charts import SCHEMA as CHARTS
from pipeline.release.published.quality_charts import QualityChart
from pipeline.release.revisions.frozen_rows import FROZEN_SCHEMAS, with_frozen_rows
from pipeline.release.revisions.masks import NOTHING_WITHHELD, PENDING, Masks
from pipeline.release.revisions.tables import STEWARDS_OWN
from pipeline.state_tables.release import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.warehouse.models import ModelGraph


WHOLE_SCHEMAS: Final = ("charts", "marts", "release")
REFERENCE: Final = {
    "report_week": "core.report_week",
    "metric": "core.metric",
    "measure": "core.measure",
    "department": "core.department",
    "power_type": "core.power_type",
    "channel": "core.channel",
    "case_kind": "core.case_kind",
}
# Texts that hold JSON: lists and objects of keys, figures, places.
JSON_COLUMNS: Final = frozenset({"keys", "figures", "places", "cell"})
# A table of cases has a row a case, which readers of published figures have no business with.
CASE_COLUMNS: Final = frozenset({"case_no", "trainee"})
# Words of the checks that name the figures at fault: of withheld ones nobody is told.
NAMING_FIGURES: Final = frozenset({"evidence", "explanation", "observed", "words"})
ABOUT_FINDINGS: Final = frozenset({"finding", "finding_week", "finding_event"})
WITHHELD_FINDINGS: Final = "(SELECT finding_id FROM quality.finding WHERE status = 'withheld')"
# The title of a finding names the figure at fault as well: of a withheld one the rule is told.
RULE_BROKEN: Final = f"""coalesce((SELECT any_value(r.title) FROM quality.check_rule AS r
    WHERE r.table_name = finding.table_name AND r.check_name = finding.check_name), {quoted(PENDING)})"""
# They differ between two runs over the same files, so they do not make a publication new.
VOLATILE_COLUMNS: Final = frozenset(
    {
        *("run_id", "checked_at", "seconds", "built_at", "released_at", "activated_at"),
        *("happened_at", "decided_at"),
        # What charts of quality make of these moments.
        *("released_on", "last_released_on", "days_after_end", "days_late", "is_on_time"),
        *("appeared_on", "answered_on", "settled_on", "days_to_answer", "days_to_settle"),
    }
)


@dataclass(frozen=True)
class Column:
    """A column as the catalogue of DuckDB knows it."""

    name: str
    data_type: str
    comment: str | None


@dataclass(frozen=True)
class PublishedTable:
    """A table of the published file: its name there, where it comes from, its columns and the SELECT that gives it."""

    schema: str
    name: str
    source: str
    comment: str | None
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    select: str

    @property
    def full_name(self) -> str:
        """`schema.table` in the published file."""
        return f"{self.schema}.{self.name}"

    @property
    def stable_columns(self) -> tuple[str, ...]:
        """The columns that decide whether the content is new."""
        names = []
        for column in self.columns:
            if column.name not in VOLATILE_COLUMNS:
                names.append(column.name)
        return tuple(names)


def published_tables(
    con: DuckDBPyConnection,
    graph: ModelGraph,
    held: Mapping[str, Path] | None = None,
    masks: Masks = NOTHING_WITHHELD,
    hidden: Sequence[str] = (),
    of_quality: Sequence[QualityChart] = (),
) -> list[PublishedTable]:
    """Returns the tables to publish, ordered by name: charts, marts, release, quality, and the code lists for `docs`.

    `of_quality` are the charts that tell of quality: they stand with those of the models and are frozen with no issue.

    `held` are weeks whose rows of charts and marts come from a release's folder, by week_id. What `masks` withholds is
    null or 【待核实】; of the weeks in `hidden` there are no rows.
    Raises ValueError where a table has a column of single cases or persons.
    """
    tables = []
    for schema, name, source in _sources(con):
        table = _table(con, graph, schema, name, source)
        if masks.cells and schema in FROZEN_SCHEMAS:
            table = replace(table, select=table.select.replace(source, masks.source(con, schema, name)))
        if hidden and schema in FROZEN_SCHEMAS:
            table = _without_weeks(table, hidden)
        if held and schema in FROZEN_SCHEMAS:
            table = _with_held_weeks(con, table, held)
        tables.append(table)
    for chart in of_quality:
        table = _quality_table(chart)
        tables.append(_without_weeks(table, hidden) if hidden else table)
    return sorted(tables, key=attrgetter("full_name"))


def _sources(con: DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Returns (schema and name in the published file, table of the warehouse) of everything that is there."""
    sources = []
    for schema in WHOLE_SCHEMAS:
        for name in _names(con, schema):
            sources.append((schema, name, f"{schema}.{identifier(name)}"))
    for name in quality_tables.TABLES:
        if has_table(con, "quality", name):
            sources.append(("quality", name, f"quality.{name}"))
    for name, source in REFERENCE.items():
        if has_table(con, *source.split(".")):
            sources.append(("docs", name, source))
    return sources


def _quality_table(chart: QualityChart) -> PublishedTable:
    columns = tuple(Column(name, sql_type, meaning) for name, sql_type, meaning in chart.columns)
    return PublishedTable(
        schema=CHARTS,
        name=chart.name,
        source=f"{CHARTS}.{chart.name}",
        comment=chart.comment,
        columns=columns,
        key=chart.key,
        select=chart.select,
    )


def _without_weeks(table: PublishedTable, weeks: Sequence[str]) -> PublishedTable:
    """Returns the table without the rows of these weeks; a table without weeks stays as it is."""
    if "week_id" not in {column.name for column in table.columns}:
        return table
    listed = ", ".join(map(quoted, weeks))
    return replace(table, select=f"SELECT * FROM ({table.select}) WHERE week_id NOT IN ({listed})")


def _with_held_weeks(con: DuckDBPyConnection, table: PublishedTable, held: Mapping[str, Path]) -> PublishedTable:
    """Returns the table with the rows of the held weeks as they were released."""
    columns = [column.name for column in table.columns]
    return replace(table, select=with_frozen_rows(con, table.select, table.full_name, columns, held))


def _names(con: DuckDBPyConnection, schema: str) -> list[str]:
    rows = con.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_catalog = current_database() AND table_schema = ? ORDER BY table_name",
        [schema],
    ).fetchall()
    return [name for (name,) in rows]


def _table(con: DuckDBPyConnection, graph: ModelGraph, schema: str, name: str, source: str) -> PublishedTable:
    origin = source.replace('"', "").split(".")
    columns = _columns(con, schema, name, origin)
    names = {column.name for column in columns}
    cases = CASE_COLUMNS & names
    if cases:
        raise ValueError(
            f"{schema}.{name} has {', '.join(sorted(cases))}: it holds single cases or persons and must not be"
            " published. Move the table to core, or leave the column out of its SELECT."
        )
    picks = ", ".join(_pick(schema, name, column) for column in columns)
    return PublishedTable(
        schema=schema,
        name=name,
        source=source,
        comment=_comment(con, origin),
        columns=columns,
        key=tuple(column for column in _key(graph, origin) if column in names),
        select=f"SELECT {picks} FROM {source}",
    )


def _columns(con: DuckDBPyConnection, schema: str, name: str, origin: list[str]) -> tuple[Column, ...]:
    rows = con.execute(
        "SELECT column_name, data_type, comment FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = ? AND table_name = ? ORDER BY column_index",
        origin,
    ).fetchall()
    columns = []
    for column, data_type, comment in rows:
        words = comment
        if schema == "quality" and not comment:
            words = quality_tables.words_of(name, column)
        columns.append(Column(column, data_type, words))
    return tuple(columns)


def _key(graph: ModelGraph, origin: list[str]) -> tuple[str, ...]:
    """Returns the key columns that are declared for a table, none where nothing declares it."""
    schema, name = origin
    if schema == "quality":
        return quality_tables.TABLES[name][1]
    if schema == "release" and name in TABLES:
        # "week_id, revision"
        return tuple(TABLES[name][1].split(", "))
    model = graph.models.get(f"{schema}.{name}")
    if model is None:
        return ()
    return model.grain


def _pick(schema: str, table: str, column: Column) -> str:
    """Returns a column as the SELECT has it: what stays with the hall is null, texts of findings name no case."""
    name = identifier(column.name)
    if column.name in STEWARDS_OWN:
        return f"CAST(NULL AS {column.data_type}) AS {name}"
    if schema != "quality":
        return name
    if column.data_type != "VARCHAR":
        return name
    return f"{_as_told(table, column.name)} AS {name}"


def _as_told(table: str, column: str) -> str:
    """SQL of a text of `quality` as readers are told it: without numbers of single cases.

    Where a week was let go without the figures of a finding, what names them is 【待核实】, in its title the rule.
    """
    name = identifier(column)
    # Keys and words about failing rows serve the steward; numbers of single cases among them stay with him.
    if column in JSON_COLUMNS:
        empty = f"CASE WHEN starts_with({name}, '[') THEN '[]' ELSE '{{}}' END"
        is_figures = _is_withheld(table) if column == "figures" else "false"
        return f"CASE WHEN contains({name}, 'case_no') OR {is_figures} THEN {empty} ELSE {name} END"
    if column in NAMING_FIGURES:
        return f"CASE WHEN {_is_withheld(table)} THEN {quoted(PENDING)} ELSE {without_cases(name)} END"
    if (table, column) == ("finding", "title"):
        return f"CASE WHEN {_is_withheld(table)} THEN {RULE_BROKEN} ELSE {without_cases(name)} END"
    return without_cases(name)


def _is_withheld(table: str) -> str:
    """SQL that holds for rows of a table of `quality` that are about a finding whose figures are withheld."""
    if table == "check_result":
        return (
            f"(week_id, table_name, check_name) IN (SELECT (w.week_id, w.table_name, w.check_name)"
            f" FROM quality.finding_week AS w WHERE w.finding_id IN {WITHHELD_FINDINGS})"
        )
    if table in ABOUT_FINDINGS:
        return f"finding_id IN {WITHHELD_FINDINGS}"
    return "false"


def _comment(con: DuckDBPyConnection, origin: list[str]) -> str | None:
    schema, name = origin
    if schema == "quality":
        return quality_tables.TABLES[name][0]
    row = con.execute(
        "SELECT comment FROM duckdb_tables() WHERE database_name = current_database()"
        " AND schema_name = $1 AND table_name = $2"
        " UNION ALL SELECT comment FROM duckdb_views() WHERE database_name = current_database()"
        " AND schema_name = $1 AND view_name = $2",
        origin,
    ).fetchone()
    return row[0] if row else None


def content_hash(con: DuckDBPyConnection, tables: list[PublishedTable]) -> str:
    """Returns a hash over names, types, comments and rows of all tables, without row order and volatile columns."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(repr((table.full_name, table.comment, table.columns, table.key)).encode())
        digest.update(repr(_rows_hash(con, table)).encode())
    return digest.hexdigest()


def _rows_hash(con: DuckDBPyConnection, table: PublishedTable) -> tuple[object, ...] | None:
    """Returns number, xor and sum of the hashes of all rows: the same rows in any order give the same three."""
    columns = ", ".join(map(identifier, table.stable_columns))
    row: tuple[object, ...] | None = con.execute(
        f"SELECT count(*), bit_xor(hash(t)), sum(CAST(hash(t) AS HUGEINT)) FROM (SELECT {columns} FROM"
        f" ({table.select})) AS t"
    ).fetchone()
    return row
