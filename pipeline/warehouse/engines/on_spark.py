"""The models on Spark: each name is a view, and behind it stands a table of its own for every whole build.

    core.item       view   SELECT … FROM core.item__3f9c0a1b2c4d
    core.item__3f9c0a1b2c4d  table  Parquet, in a folder that no build before has written to

So a table is replaced by a new folder and a swapped view: readers see the old rows or the new ones. A week of an
incremental table is replaced by `INSERT OVERWRITE … PARTITION (week_id = '2023-15')`, one statement a week, also where
it is empty. Every other way of overwriting loses weeks without a word: static overwriting without a partition drops all
others, dynamic overwriting keeps a week that is empty now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from pipeline.warehouse.engines.engine import EngineError
from pipeline.warehouse.engines.spark_dialect import literal, name_of, to_spark
from pipeline.warehouse.engines.spark_session import Session
from pipeline.warehouse.engines.spark_types import require_types, spark_type
from pipeline.warehouse.models import FLOORS, RUN_SCHEMA, SOURCE_SCHEMAS, Model

_SCHEMAS: Final = tuple(sorted({*FLOORS, *SOURCE_SCHEMAS, "corrected"}))
_RUN_WEEK: Final = f"{RUN_SCHEMA}.week"
# core.item__3f9c0a1b2c4d stands behind core.item.
_BEHIND: Final = "__"
_TABLE: Final = "zhoubao.table"
"""The property of a view that names the table behind it."""


class SparkEngine:
    """The engine of many halls. `storage` is a folder that all of its workers reach, `file:///srv/zhoubao/engine`.

    With a catalogue in memory, as a server without Hive has, names end with the server: all models are then built anew.
    """

    def __init__(self, session: Session, storage: str) -> None:
        self._session = session
        self._version = session.version
        for schema in _SCHEMAS:
            location = literal(f"{storage}/{schema}")
            session.run(f"CREATE DATABASE IF NOT EXISTS {name_of(schema)} LOCATION {location}", schema)
        self._views = {name for schema in FLOORS for name in self._named(f"SHOW VIEWS IN {name_of(schema)}", schema)}
        self._tables: dict[str, set[str]] = defaultdict(set)
        """The tables behind each name, those of a build that was killed among them."""
        for schema in _SCHEMAS:
            for table in self._named(f"SHOW TABLES IN {name_of(schema)}", schema):
                name, is_behind, _ = table.rpartition(_BEHIND)
                if is_behind:
                    self._tables[name].add(table)

    @property
    def keeps_transactions(self) -> bool:
        """Spark's files and the state in the warehouse cannot be written as one."""
        return False

    def standing(self, warehouse: Mapping[str, str]) -> dict[str, str]:
        """The state in the warehouse, and the models here; models that the warehouse holds are copies of them."""
        state = {name: kind for name, kind in warehouse.items() if name.partition(".")[0] not in FLOORS}
        return state | dict.fromkeys(self._views, "VIEW")

    def set_run_weeks(self, weeks: Sequence[str]) -> None:
        """Makes `run.week` a view of these values."""
        values = ", ".join(f"({literal(week)})" for week in weeks)
        self._session.run(
            f"CREATE OR REPLACE VIEW {name_of(_RUN_WEEK)} AS SELECT * FROM VALUES {values} AS w (week_id)", _RUN_WEEK
        )

    def replace_view(self, model: Model, before: str | None) -> None:
        """Makes a view of the SQL; a table that stood behind its name is dropped."""
        query = to_spark(model.sql, self._version)
        self._require_types_of(model, query)
        self._show(model, query, table=None)
        self._drop_tables(model.name, except_for=None)

    def replace_table(self, model: Model, before: str | None) -> None:
        """Writes a table in a folder of its own and makes the view show it; then the one before is dropped."""
        query = to_spark(model.sql, self._version)
        self._require_types_of(model, query)
        table = self._new_table(model.name)
        partitioned = f" PARTITIONED BY ({name_of(model.week_column)})" if model.is_incremental else ""
        self._session.run(f"CREATE TABLE {name_of(table)} USING parquet{partitioned} AS {query}", model.name)
        columns = ", ".join(name_of(column.name) for column in model.columns)
        self._show(model, f"SELECT {columns} FROM {name_of(table)}", table)
        self._drop_tables(model.name, except_for=table)

    def replace_weeks(self, model: Model, weeks: Sequence[str]) -> int:
        """Computes all weeks into a table beside, then overwrites one partition a week from there."""
        table = self._table_behind(model.name)
        computed = self._new_table(model.name)
        query = to_spark(model.sql, self._version)
        self._require_types_of(model, query)
        require_types(model.name, self.types(model.name), self._session.types(query, model.name))
        self._session.run(f"CREATE TABLE {name_of(computed)} USING parquet AS {query}", model.name)
        try:
            written = self._rows_by_week(computed, model)
            _refuse_other_weeks(model, weeks, written)
            for week in weeks:
                self._session.run(_overwrite(model, table, computed, week), model.name)
        finally:
            self._drop_tables(model.name, except_for=table)
        return sum(written.values())

    def drop(self, name: str, kind: str) -> None:
        """Drops the view and what stands behind it."""
        self._session.run(f"DROP VIEW IF EXISTS {name_of(name)}", name)
        self._views.discard(name)
        self._drop_tables(name, except_for=None)

    def types(self, name: str) -> dict[str, str]:
        """Column → type as DuckDB calls it, in order."""
        return self._session.types(f"SELECT * FROM {name_of(name)}", name)

    def row_count(self, name: str) -> int:
        """Counts the rows of a table or view."""
        return int(self._session.rows(f"SELECT count(*) FROM {name_of(name)}", name)[0][0])

    def rows_by_week(self, model: Model) -> dict[str, int]:
        """Week → rows."""
        return self._rows_by_week(model.name, model)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._session.rows(to_spark(sql, self._version), "查询")

    def take_parquet(self, name: str, columns: Mapping[str, str], location: str) -> None:
        """Makes a table of the Parquet files of a folder, with columns and types as declared (as DuckDB calls them).

        Raises EngineError where the files have others: Spark would read them as whatever fits.
        """
        require_types(name, columns, self._session.types_of_parquet(location, name))
        table = self._new_table(name)
        declared = ", ".join(f"{name_of(column)} {spark_type(name, column, kind)}" for column, kind in columns.items())
        self._session.run(
            f"CREATE TABLE {name_of(table)} ({declared}) USING parquet LOCATION {literal(location)}", name
        )
        self._session.run(
            f"CREATE OR REPLACE VIEW {name_of(name)} TBLPROPERTIES ({literal(_TABLE)} = {literal(table)})"
            f" AS SELECT * FROM {name_of(table)}",
            name,
        )
        self._drop_tables(name, except_for=table)
        require_types(name, columns, self.types(name))

    def write_parquet(self, name: str, location: str) -> None:
        """Writes a table or view into a folder that is not there yet."""
        self._session.write_parquet(name, location)

    def _named(self, statement: str, schema: str) -> list[str]:
        """Returns what SHOW VIEWS or SHOW TABLES lists: (namespace, name, is_temporary) a row."""
        return [f"{schema}.{row[1]}" for row in self._session.rows(statement, schema)]

    def _show(self, model: Model, query: str, table: str | None) -> None:
        """Makes the view of a model, with the words for readers on it and its columns."""
        columns = ", ".join(f"{name_of(column.name)} COMMENT {literal(column.description)}" for column in model.columns)
        properties = f" TBLPROPERTIES ({literal(_TABLE)} = {literal(table)})" if table else ""
        self._session.run(
            f"CREATE OR REPLACE VIEW {name_of(model.name)} ({columns})"
            f" COMMENT {literal(model.description)}{properties} AS {query}",
            model.name,
        )
        self._views.add(model.name)

    def _table_behind(self, name: str) -> str:
        rows = self._session.rows(f"SHOW TBLPROPERTIES {name_of(name)} ({literal(_TABLE)})", name)
        table = str(rows[0][-1]) if rows else ""
        if table not in self._tables[name]:
            raise EngineError(f"{name} 背后没有表，换不了其中的几期：请重新构建整张表。")
        return table

    def _new_table(self, name: str) -> str:
        """core.item → core.item__3f9c0a1b2c4d, a name and so a folder that no build has used."""
        table = f"{name}{_BEHIND}{uuid4().hex[:12]}"
        self._tables[name].add(table)
        return table

    def _drop_tables(self, name: str, except_for: str | None) -> None:
        """Drops the tables that stand, or stood, behind a name, with their files."""
        for table in sorted(self._tables[name] - {except_for}):
            self._session.run(f"DROP TABLE IF EXISTS {name_of(table)}", name)
            self._tables[name].discard(table)

    def _require_types_of(self, model: Model, query: str) -> None:
        """Raises EngineError where columns are other than the SQL says, or of a type that engines treat differently."""
        declared = {column.name: column.type for column in model.columns}
        require_types(model.name, declared, self._session.types(query, model.name))

    def _rows_by_week(self, table: str, model: Model) -> dict[str, int]:
        week = name_of(model.week_column)
        rows = self._session.rows(f"SELECT {week}, count(*) FROM {name_of(table)} GROUP BY {week}", model.name)
        return {key: int(count) for key, count in rows}


def _overwrite(model: Model, table: str, computed: str, week: str) -> str:
    """The statement that makes one week of a table what was computed of it, nothing included."""
    week_column = name_of(model.week_column)
    columns = ", ".join(name_of(column.name) for column in model.columns if column.name != model.week_column)
    return (
        f"INSERT OVERWRITE TABLE {name_of(table)} PARTITION ({week_column} = {literal(week)})"
        f" SELECT {columns} FROM {name_of(computed)} WHERE {week_column} = {literal(week)}"
    )


def _refuse_other_weeks(model: Model, weeks: Sequence[str], written: Mapping[str, int]) -> None:
    """Raises EngineError for rows of weeks that are not replaced: they would be lost without a word."""
    others = sorted(str(week) for week in written.keys() - set(weeks))
    if others:
        raise EngineError(
            f"{model.name} 的 SQL 给出了本次不构建的期（{'、'.join(others)}）的行："
            "请让它只取 run.week 里的期，或不按期构建。"
        )
