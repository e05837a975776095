"""A hall with one export of its own: its files are loaded, and checked by what its contract says alone."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl

from pipeline.contracts import Contract
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.checks.suites import read_suite
from pipeline.quality.contract_checks.suites import contract_suites
from pipeline.quality.run.runner import run_checks
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings, load_settings
from pipeline.warehouse import build_model, load_models
from pipeline.warehouse.reference import load_reference
from tests.unit.quality.contract_checks.every_word import contract_of

Cell = str | int | float | None
# What the checks read beside the export itself.
_CORE = (
    "core.hall",
    "core.report_week",
    "core.report_period",
    "core.calendar_day",
    "core.department",
    "core.department_alias",
    "core.week_in_use",
)
# The checks of printed totals that hold for every export.
_OF_TOTALS = ("parts_equal_printed_total", "printed_total_rounded")


@dataclass(frozen=True)
class Found:
    """A finding as its week shows it: its check without the table, its sentence, and the rows that it names."""

    check: str
    week_id: str
    severity: str
    status: str
    evidence: str
    places: str


class SmallHall:
    """One home, one contract; `check` loads what lies in the inbox and returns the findings."""

    def __init__(self, home: Path, contract_text: str) -> None:
        self.folder = home / "contracts"
        self.folder.mkdir(parents=True)
        self.contract: Contract = contract_of(self.folder, contract_text)
        self.settings: Settings = load_settings(home=home)
        self.settings.inbox.mkdir(parents=True, exist_ok=True)
        self.calendar = load_calendar()
        self.outcomes: list[str] = []

    def csv(self, issue: str, rows: Sequence[Sequence[Cell]], *, name: str = "", exported: str = "2023-06-01") -> None:
        """Puts a text into the inbox: title, time of export, header and rows, each cell as it is printed."""
        path = self.settings.inbox / (name or f"{self.contract.name}_{issue}.csv")
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([*self._above(issue, exported), self._header(), *rows])

    def xlsx(self, issue: str, rows: Sequence[Sequence[Cell]], *, name: str = "", exported: str = "2023-06-01") -> None:
        """Puts a workbook into the inbox."""
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in [*self._above(issue, exported), self._header(), *rows]:
            sheet.append(list(row))
        book.save(self.settings.inbox / (name or f"{self.contract.name}_{issue}.xlsx"))

    def _above(self, issue: str, exported: str) -> list[list[Cell]]:
        year, number = issue.split("-")
        return [[f"{self.contract.title}（{year}年第{int(number)}期）"], [f"导出时间：{exported} 09:00:00"]]

    def _header(self) -> list[Cell]:
        return [field.title for field in self.contract.fields]

    def check(self, weeks: Sequence[str]) -> list[Found]:
        """Loads the inbox and checks these weeks."""
        with self.loaded(weeks) as con:
            run_checks(con, self.settings, list(weeks), self.suites())
            rows = con.execute(
                "SELECT f.check_name, w.week_id, f.severity, f.status, w.evidence, CAST(w.places AS VARCHAR) "
                "FROM quality.finding f JOIN quality.finding_week w ON w.finding_id = f.finding_id ORDER BY ALL"
            ).fetchall()
        return [Found(*row) for row in rows]

    @contextmanager
    def loaded(self, weeks: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
        """Opens a warehouse with what lies in the inbox."""
        with duckdb.connect(config={"memory_limit": "500MB", "threads": 2}) as con:
            load_reference(con, self.settings, self.calendar)
            loader = make_loader(con, self.settings, self.calendar, {self.contract.name: self.contract})
            report = load_inbox(loader)
            self.outcomes = [f"{event.outcome}: {event.message}" for event in report.events]
            con.execute("CREATE SCHEMA IF NOT EXISTS core")
            graph = load_models(self.settings.models)
            for name in _CORE:
                build_model(con, graph, name, list(weeks))
            yield con

    def suites(self) -> list[TableSuite]:
        """The suite that comes of the contract, and the checks of printed totals."""
        totals = read_suite(self.settings.expectations.path_of("ledger.control_total.yaml"))
        of_all = tuple(check for check in totals.expectations if check.name in _OF_TOTALS)
        return [totals.model_copy(update={"expectations": of_all}), *contract_suites([self.contract])]
