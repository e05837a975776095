"""What goes into the published file and what its `docs` schema says of it; writing the file is publish's part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.release.tables import identifier
from pipeline.release.versions import has_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WHOLE_SCHEMAS: Final = ("charts", "marts", "release")
QUALITY_TABLES: Final = (
    "check_rule",
    "check_result",
    "finding",
    "finding_week",
    "decision",
    "finding_event",
    "correction",
)
# Readers are told what was decided and why; the name of who decided stays with the hall.
STEWARDS_OWN: Final = frozenset({"decided_by"})
# A table of cases has a row a case, which readers of published figures have no business with.
CASE_COLUMNS: Final = frozenset({"case_no", "trainee"})
CASE_NUMBER: Final = r"\d{6}-\d{8}-\d+"
# They differ between two runs over the same files, so they do not make a publication new.
VOLATILE_COLUMNS: Final = frozenset(
    {"run_id", "checked_at", "seconds", "built_at", "released_at", "happened_at", "decided_at"}
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
    select: str

    @property
    def full_name(self) -> str:
        """`schema.table` in the published file."""
        return f"{self.schema}.{self.name}"

    @property
    def stable_columns(self) -> tuple[str, ...]:
        """The columns that decide whether the content is new."""
        return tuple(column.name for column in self.columns if column.name not in VOLATILE_COLUMNS)


def published_tables(con: DuckDBPyConnection) -> list[PublishedTable]:
    """The tables to publish, ordered by name: charts, marts, release, results of checks, and lists for `docs`.

    Raises ValueError where a table has a column of single cases or persons.
    """
    sources = [
        (schema, name, f"{schema}.{identifier(name)}") for schema in WHOLE_SCHEMAS for name in _names(con, schema)
    ]
    sources += [("quality", name, f"quality.{name}") for name in QUALITY_TABLES if has_table(con, "quality", name)]
    if has_table(con, "core", "report_week"):
        sources.append(("docs", "report_week", "core.report_week"))
    if has_table(con, "core", "metric"):
        sources.append(("docs", "metric", "core.metric"))
    if has_table(con, "core", "power_type"):
        sources.append(("docs", "power_type", "core.power_type"))
    return sorted((_table(con, *source) for source in sources), key=lambda table: table.full_name)


def _names(con: DuckDBPyConnection, schema: str) -> list[str]:
    rows = con.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_catalog = current_database() AND table_schema = ? ORDER BY table_name",
        [schema],
    ).fetchall()
    return [name for (name,) in rows]


def _table(con: DuckDBPyConnection, schema: str, name: str, source: str) -> PublishedTable:
    origin = source.replace('"', "").split(".")
    columns = tuple(
        Column(*row)
        for row in con.execute(
            "SELECT column_name, data_type, comment FROM duckdb_columns()"
            " WHERE database_name = current_database() AND schema_name = ? AND table_name = ? ORDER BY column_index",
            origin,
        ).fetchall()
    )
    cases = CASE_COLUMNS & {column.name for column in columns}
    if cases:
        raise ValueError(
            f"{schema}.{name} has {', '.join(sorted(cases))}: it holds single cases or persons and must not be"
            " published. Move the table to core, or leave the column out of its SELECT."
        )
    picks = ", ".join(_pick(schema, column) for column in columns)
    return PublishedTable(schema, name, source, _comment(con, origin), columns, f"SELECT {picks} FROM {source}")


def _pick(schema: str, column: Column) -> str:
    name = identifier(column.name)
    if schema != "quality" or column.data_type != "VARCHAR":
        return name
    if column.name in STEWARDS_OWN:
        return f"CAST(NULL AS VARCHAR) AS {name}"
    # Keys and words about failing rows serve the steward; numbers of single cases among them stay with him.
    if column.name == "keys":
        return f"CASE WHEN contains({name}, 'case_no') THEN '[]' ELSE {name} END AS {name}"
    return f"regexp_replace({name}, '{CASE_NUMBER}', '（办件编号略）', 'g') AS {name}"


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
        digest.update(repr((table.full_name, table.comment, table.columns)).encode())
        digest.update(repr(_rows_hash(con, table)).encode())
    return digest.hexdigest()


def _rows_hash(con: DuckDBPyConnection, table: PublishedTable) -> tuple[object, ...] | None:
    columns = ", ".join(identifier(name) for name in table.stable_columns)
    row: tuple[object, ...] | None = con.execute(
        f"SELECT count(*), bit_xor(hash(t)), sum(CAST(hash(t) AS HUGEINT)) FROM (SELECT {columns} FROM"
        f" ({table.select})) AS t"
    ).fetchone()
    return row
