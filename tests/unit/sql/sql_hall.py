"""A warehouse in memory that tests fill row by row, as the loader would, and build with the project's own SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from pipeline.contracts import load_contracts
from pipeline.ingest.load.ledger import prepare
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from pipeline.warehouse import BuildResult, build_model, load_models
from pipeline.warehouse.database import SCHEMAS
from pipeline.warehouse.reference import load_reference

Row = Mapping[str, Any]


def case(case_no: str, accepted: str, closed: str | None = None, **other: Any) -> dict[str, Any]:
    """A row of 办件明细 with only what a test cares about; days are written as 2023-01-05."""
    row = {
        "case_no": case_no,
        "department": "水利厅",
        "power_type": "行政许可",
        "channel": "窗口",
        "case_kind": "承诺件",
        "accepted_at": f"{accepted} 10:00:00",
        "completed_at": f"{closed} 15:00:00" if closed else None,
        "result": "办结" if closed else None,
        "change_mark": "I",
    }
    return row | other


class SqlHall:
    """One connection; `deliver` writes raw and ledger, `build` runs the models asked for and all they read."""

    def __init__(self) -> None:
        self.con = duckdb.connect(config={"threads": 1})
        for schema in SCHEMAS:
            self.con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        settings = Settings()
        self.sources = load_contracts(settings.contracts)
        self.graph = load_models(settings.models)
        prepare(self.con, self.sources.values(), settings.hall_id)
        load_reference(self.con, settings, load_calendar())

    def reset(self) -> None:
        """Back to an empty warehouse; the code lists and the calendar stay."""
        raw = self.con.execute(
            "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'raw' AND column_name = 'as_written'"
        ).fetchall()
        for (table,) in raw:
            self.con.execute(f"DELETE FROM raw.{table}")
        self.con.execute("DELETE FROM ledger.delivery; DELETE FROM ledger.model_build")

    def deliver(
        self, source: str, week_id: str, rows: Sequence[Row], *, as_of: str | None = None, scope: str = ""
    ) -> None:
        """A new file of a source and week; it supersedes an earlier one of the same scope if exported later."""
        exported = datetime.fromisoformat(as_of or f"{week_id[:4]}-12-01 00:00:{int(week_id[5:]):02d}")
        count = self.con.execute("SELECT count(*) FROM ledger.delivery").fetchone()
        delivery_id = f"{source}/{week_id}/{count[0] if count else 0}"
        self.con.execute(
            "INSERT INTO ledger.delivery (delivery_id, source, week_id, as_of, scope, status) "
            "VALUES (?, ?, ?, ?, ?, 'current')",
            [delivery_id, source, week_id, exported, scope],
        )
        self._insert(source, delivery_id, rows)
        self.con.execute(
            "UPDATE ledger.delivery SET status = 'superseded' WHERE source = ? AND week_id = ? AND scope = ? AND as_of "
            "< (SELECT max(as_of) FROM ledger.delivery WHERE source = ? AND week_id = ? AND scope = ?)",
            [source, week_id, scope] * 2,
        )

    def _insert(self, source: str, delivery_id: str, rows: Iterable[Row]) -> None:
        for number, row in enumerate(rows, start=3):
            columns = ["delivery_id", "sheet", "row_no", *row]
            marks = ", ".join("?" for _ in columns)
            self.con.execute(
                f"INSERT INTO raw.{source} ({', '.join(columns)}) VALUES ({marks})",
                [delivery_id, "表", number, *row.values()],
            )

    def build(self, *names: str) -> dict[str, BuildResult]:
        """Build the models named and whatever they read; without names, all of them."""
        wanted = self.graph.with_upstream(names or self.graph.order)
        return {name: build_model(self.con, self.graph, name, ()) for name in wanted}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.con.execute(sql).fetchall()

    def content(self, table: str) -> list[str]:
        """Every value of a table, whatever the order of its rows."""
        return sorted(map(repr, self.rows(f"SELECT * FROM {table}")))
