"""The models in the DuckDB file of a home: each build in the transaction that also holds its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.common.quoting import quoted
from pipeline.common.tables import single_number
from pipeline.warehouse.models import Model, ModelError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class DuckDBEngine:
    """The engine of a hall. `con` is the connection on which the builder keeps its state and opens transactions."""

    def __init__(self, con: DuckDBPyConnection) -> None:
        self._con = con

    @property
    def keeps_transactions(self) -> bool:
        """Tables and state are written on one connection."""
        return True

    def standing(self, warehouse: Mapping[str, str]) -> dict[str, str]:
        """The tables of models stand in the warehouse itself."""
        return dict(warehouse)

    def set_run_weeks(self, weeks: Sequence[str]) -> None:
        """Puts the weeks into `run.week`, a table in memory, so that nothing of it is kept."""
        self._con.execute("ATTACH IF NOT EXISTS ':memory:' AS run")
        self._con.execute("CREATE OR REPLACE TABLE run.week (week_id VARCHAR)")
        self._con.execute("INSERT INTO run.week (week_id) SELECT unnest(?::VARCHAR[])", [list(weeks)])

    def replace_view(self, model: Model, before: str | None) -> None:
        """Makes a view over the text of the model."""
        self._replace(model, "VIEW", before)

    def replace_table(self, model: Model, before: str | None) -> None:
        """Makes the table of all that the SQL gives."""
        self._replace(model, "TABLE", before)

    def replace_weeks(self, model: Model, weeks: Sequence[str]) -> int:
        """Deletes the weeks and inserts what the SQL gives for `run.week`, which are these."""
        names = ", ".join(column.name for column in model.columns)
        self._con.execute(f"DELETE FROM {model.name} WHERE list_contains(?, {model.week_column})", [list(weeks)])
        return single_number(self._con, f"INSERT INTO {model.name} ({names}) {model.sql}")

    def drop(self, name: str, kind: str) -> None:
        """Drops a table or view."""
        self._con.execute(f"DROP {kind} {name}")

    def types(self, name: str) -> dict[str, str]:
        """Column → type, in order."""
        description = self._con.execute(f"DESCRIBE {name}").fetchall()
        return {str(column): str(sql_type) for column, sql_type, *_ in description}

    def row_count(self, name: str) -> int:
        """Counts the rows of a table or view."""
        return single_number(self._con, f"SELECT count(*) FROM {name}")

    def rows_by_week(self, model: Model) -> dict[str, int]:
        """Week → rows."""
        week = model.week_column
        return dict(self._con.execute(f"SELECT {week}, count(*) FROM {model.name} GROUP BY {week}").fetchall())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._con.execute(sql).fetchall()

    def _replace(self, model: Model, kind: str, before: str | None) -> None:
        is_other_kind = before not in {kind, None}
        if is_other_kind:
            # A view cannot replace a table, nor a table a view.
            self._con.execute(f"DROP {before} {model.name}")
        self._con.execute(f"CREATE OR REPLACE {kind} {model.name} AS {model.sql}")
        self._refuse_unknown_types(model)
        self._con.execute(f"COMMENT ON {kind} {model.name} IS {quoted(model.description)}")
        for column in model.columns:
            self._con.execute(f"COMMENT ON COLUMN {model.name}.{column.name} IS {quoted(column.description)}")

    def _refuse_unknown_types(self, model: Model) -> None:
        """Raises ModelError for a column of type "NULL", as DuckDB makes of nulls alone: later rows would not fit."""
        unknown = [name for name, sql_type in self.types(model.name).items() if "NULL" in sql_type]
        if unknown:
            raise ModelError(
                f"{model.name} 的列 {'、'.join(unknown)} 没有类型（只有空值）：请在 SQL 里写明 CAST(… AS …)。"
            )
