"""A hall with one export of its own whose contract has measures: its files are loaded and all models built."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.contracts import load_contracts
from pipeline.hall.skeleton import write_skeleton
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from pipeline.warehouse import build_models, open_warehouse
from pipeline.warehouse.measures import hall_models
from pipeline.warehouse.reference import load_reference

DEPARTMENTS = """department_id,department_name,department_kind,sort_order,is_on_platform
zhujian,市住建局,组成部门,1,true
jiaoyu,市教育局,组成部门,2,true
"""
ALIASES = """alias,department_id,valid_from,valid_to,reason
市住建局,zhujian,2015-01-01,,现行名称
市建委,zhujian,2015-01-01,2022-12-31,旧称
市教育局,jiaoyu,2015-01-01,,现行名称
"""
# The platform writes codes; 5 is the best mark in the one interface and the worst in the other.
SATISFACTION = """code,label,alias
5,非常满意,5
4,满意,4
1,非常不满意,1
"""
Cell = str | int | float | None
# The models that measures are made of and shown in.
_TABLES = (
    "marts.measure_place",
    "marts.measure_amount",
    "marts.measure_value",
    "charts.measure_weekly",
    "marts.weekly_metric",
    "marts.provenance",
)


class MeasuredHall:
    """One home and one hall's folder; `put` delivers an export, `built` loads what was delivered and builds."""

    def __init__(self, folder: Path, contract: str) -> None:
        hall = folder / "hall"
        write_skeleton(hall)
        (hall / "reference" / "department.csv").write_text(DEPARTMENTS, "utf-8")
        (hall / "reference" / "department_alias.csv").write_text(ALIASES, "utf-8")
        (hall / "reference" / "satisfaction.csv").write_text(SATISFACTION, "utf-8")
        name = contract.split("name: ", 1)[1].split("\n", 1)[0]
        (hall / "contracts" / f"{name}.yaml").write_text(contract, "utf-8")
        self.settings = Settings(home=folder / "home", hall=hall)
        self.settings.inbox.mkdir(parents=True)
        self.contract = load_contracts(self.settings.contracts)[name]
        self.outcomes: list[str] = []

    def put(self, issue: str, rows: Sequence[Sequence[Cell]], *, exported: str = "2023-06-01") -> None:
        """Delivers an export of an issue such as 2023-05: its rows in the order of the contract's fields."""
        year, number = issue.split("-")
        above = [[f"{self.contract.title}（{year}年第{int(number)}期）"], [f"导出时间：{exported} 09:00:00"]]
        header = [field.title for field in self.contract.fields]
        path = self.settings.inbox / f"{self.contract.title}_{issue}_{exported}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([*above, header, *rows])

    @contextmanager
    def built(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Opens a warehouse with what was delivered and with all models."""
        calendar = load_calendar()
        with open_warehouse(self.settings) as con:
            load_reference(con, self.settings, calendar)
            report = load_inbox(make_loader(con, self.settings, calendar, load_contracts(self.settings.contracts)))
            self.outcomes = [f"{event.outcome}: {event.message}" for event in report.events]
            weeks = sorted({week for event in report.events if (week := event.week_id)})
            build_models(con, hall_models(self.settings), weeks)
            yield con
