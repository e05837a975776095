"""What goes into the published file and what its `docs` schema says of it; writing the file is publish's part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table
from pipeline.privacy.case_numbers import without_cases
from pipeline.release.published import quality_tables
from pipeline.release.revisions.frozen_rows import FROZEN_SCHEMAS, with_frozen_rows
from pipeline.release.revisions.tables import STEWARDS_OWN, TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.warehouse.models import ModelGraph


WHOLE_SCHEMAS: Final = ("charts", "marts", "release")
REFERENCE: Final = {
    "report_week": "core.report_week",
    "metric": "core.metric",
    "department": "core.department",
    "power_type": "core.power_type",
    "channel": "core.channel",
    "case_kind": "core.case_kind",
}
JSON_COLUMNS: Final = frozenset({"keys", "figures", "places", "cell"})
# A table of cases has a row a case, which readers of published figures have no business with.
CASE_COLUMNS: Final = frozenset({"case_no", "trainee"})
# They differ between two runs over the same files, so they do not make a publication new.
VOLATILE_COLUMNS: Final = frozenset(
    {
        *("run_id", "checked_at", "seconds", "built_at", "released_at", "activated_at"),
        *("happened_at", "decided_at"),
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
        return tuple(column.name for column in self.columns if column.name not in VOLATILE_COLUMNS)


def published_tables(
    con: DuckDBPyConnection, graph: ModelGraph, held: Mapping[str, Path] | None = None
) -> list[PublishedTable]:
    """The tables to publish, ordered by name: charts, marts, release, quality, and the code lists for `docs`.

    `held` are weeks whose rows of charts and marts come from a release's folder, by week_id.
    Raises ValueError where a table has a column of single cases or persons.
    """
    sources = [
        (schema, name, f"{schema}.{identifier(name)}") for schema in WHOLE_SCHEMAS for name in _names(con, schema)
    ]
    sources += [
        ("quality", name, f"quality.{name}") for name in quality_tables.TABLES if has_table(con, "quality", name)
    ]
    sources += [("docs", name, source) for name, source in REFERENCE.items() if has_table(con, *source.split("."))]
    tables = (_table(con, graph, *source) for source in sources)
    return sorted((_held(con, table, held or {}) for table in tables), key=lambda table: table.full_name)


def _held(con: DuckDBPyConnection, table: PublishedTable, held: Mapping[str, Path]) -> PublishedTable:
    if table.schema not in FROZEN_SCHEMAS or not held:
        return table
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
    cases = CASE_COLUMNS & {column.name for column in columns}
    if cases:
        raise ValueError(
            f"{schema}.{name} has {', '.join(sorted(cases))}: it holds single cases or persons and must not be"
            " published. Move the table to core, or leave the column out of its SELECT."
        )
    picks = ", ".join(_pick(schema, column) for column in columns)
    comment = quality_tables.TABLES[name][0] if schema == "quality" else _comment(con, origin)
    key = tuple(column for column in _key(graph, origin) if column in {one.name for one in columns})
    return PublishedTable(schema, name, source, comment, columns, key, f"SELECT {picks} FROM {source}")


def _columns(con: DuckDBPyConnection, schema: str, name: str, origin: list[str]) -> tuple[Column, ...]:
    rows = con.execute(
        "SELECT column_name, data_type, comment FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = ? AND table_name = ? ORDER BY column_index",
        origin,
    ).fetchall()
    if schema != "quality":
        return tuple(Column(*row) for row in rows)
    return tuple(
        Column(column, kind, comment or quality_tables.words_of(name, column)) for column, kind, comment in rows
    )


def _key(graph: ModelGraph, origin: list[str]) -> tuple[str, ...]:
    schema, name = origin
    if schema == "release" and name in TABLES:
        return tuple(part.strip() for part in TABLES[name][1].split(","))
    if schema == "quality":
        return quality_tables.TABLES[name][1]
    model = graph.models.get(f"{schema}.{name}")
    return model.grain if model else ()


def _pick(schema: str, column: Column) -> str:
    name = identifier(column.name)
    if column.name in STEWARDS_OWN:
        return f"CAST(NULL AS {column.data_type}) AS {name}"
    if schema != "quality" or column.data_type != "VARCHAR":
        return name
    # Keys and words about failing rows serve the steward; numbers of single cases among them stay with him.
    if column.name in JSON_COLUMNS:
        empty = f"CASE WHEN starts_with({name}, '[') THEN '[]' ELSE '{{}}' END"
        return f"CASE WHEN contains({name}, 'case_no') THEN {empty} ELSE {name} END AS {name}"
    return f"{without_cases(name)} AS {name}"


def _comment(con: DuckDBPyConnection, origin: list[str]) -> str | None:
    row = con.execute(
        "SELECT comment FROM duckdb_tables() WHERE database_name = current_database()"
        " AND schema_name = $1 AND table_name = $2"
        " UNION ALL SELECT comment FROM duckdb_views() WHERE database_name = current_database()"
        " AND schema_name = $1 AND view_name = $2",
        origin,
    ).fetchone()
    return row[0] if row else None


def content_hash(con: DuckDBPyConnection, tables: list[PublishedTable]) -> str:
    """A hash over names, types, comments and rows of all tables; row order and volatile columns do not count."""
    import hashlib

    digest = hashlib.sha256()
    for table in tables:
        digest.update(repr((table.full_name, table.comment, table.columns, table.key)).encode())
        digest.update(repr(_rows_hash(con, table)).encode())
    return digest.hexdigest()


def _rows_hash(con: DuckDBPyConnection, table: PublishedTable) -> tuple[object, ...] | None:
    columns = ", ".join(identifier(name) for name in table.stable_columns)
    row: tuple[object, ...] | None = con.execute(
        f"SELECT count(*), bit_xor(hash(t)), sum(CAST(hash(t) AS HUGEINT)) FROM (SELECT {columns} FROM"
        f" ({table.select})) AS t"
    ).fetchone()
    return row
