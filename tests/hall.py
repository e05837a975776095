"""A whole hall in a temporary folder: the weekly run through the library alone, without the orchestrator."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import LoadReport, make_loader
from pipeline.ingest.inbox.reread import reread_changed
from pipeline.ingest.inbox.run import load_inbox
from pipeline.quality.contract_checks.suites import hall_suites
from pipeline.quality.desk.intake import Taken, take_decisions
from pipeline.quality.run.results import CheckResult
from pipeline.quality.run.runner import run_checks
from pipeline.reporting_calendar import WeekRule, load_calendar
from pipeline.sample import write_sample
from pipeline.sample.writer import DEFAULT_SEED
from pipeline.settings import Settings
from pipeline.warehouse import BuildResult, build_model, open_warehouse
from pipeline.warehouse.measures import hall_models
from pipeline.warehouse.reference import load_reference

SCALE = 0.002
WEEKS = tuple(f"2023-{number:02d}" for number in range(1, 16))
FLOORS = ("staging", "core", "marts", "charts")


@cache
def usual_sample(scale: float, seed: int, defects: bool) -> Path:
    """A folder with the sample of this size, with all its defects or none, written once by each process of tests."""
    folder = Path(tempfile.mkdtemp(prefix="zhoubao-sample-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_sample(folder, scale=scale, seed=seed, defects=defects, calendar=load_calendar())
    return folder


class Hall:
    """One home with its inbox, of the hall of the sample or of the folder `hall`; each method is a floor of the run.

    `hall_id` stands for that of the folder.
    """

    def __init__(self, home: Path, hall: Path | None = None, hall_id: str | None = None) -> None:
        given: dict[str, Any] = {"home": home, "hall": hall, "hall_id": hall_id}
        self.settings = Settings(**{name: value for name, value in given.items() if value is not None})
        self.calendar = load_calendar(rule=self.settings.week_rule)
        self.contracts = load_contracts(self.settings.contracts)
        self.graph = hall_models(self.settings)

    def write_sample(
        self, *, scale: float = SCALE, seed: int = DEFAULT_SEED, defects: bool | Collection[str] = True
    ) -> None:
        if isinstance(defects, bool) and self.settings.week_rule == WeekRule():
            shutil.copytree(usual_sample(scale, seed, defects), self.settings.inbox, dirs_exist_ok=True)
            return
        write_sample(self.settings.inbox, scale=scale, seed=seed, defects=defects, calendar=self.calendar)

    def open(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        return open_warehouse(self.settings)

    def load(self, con: duckdb.DuckDBPyConnection, weeks: Sequence[str] | None = None) -> LoadReport:
        load_reference(con, self.settings, self.calendar)
        return load_inbox(make_loader(con, self.settings, self.calendar, self.contracts), weeks)

    def decide(self, con: duckdb.DuckDBPyConnection, now: datetime | None = None) -> list[Taken]:
        """Takes the workbooks that came back, and reads again what they correct, with the names that they accept."""
        taken = take_decisions(con, self.settings, self.contracts, now)
        load_reference(con, self.settings, self.calendar)
        list(reread_changed(make_loader(con, self.settings, self.calendar, self.contracts)))
        return taken

    def build(self, con: duckdb.DuckDBPyConnection, weeks: Sequence[str] = WEEKS) -> list[BuildResult]:
        return [build_model(con, self.graph, name, list(weeks)) for name in self.graph.models]

    def check(
        self, con: duckdb.DuckDBPyConnection, weeks: Sequence[str] = WEEKS, now: datetime | None = None
    ) -> list[CheckResult]:
        return run_checks(con, self.settings, weeks, hall_suites(self.settings), now)


def copied(folder: Path, target: Path) -> Path:
    """Copies a home, or a folder that holds one, without the runs that Dagster keeps; returns the copy."""
    return Path(shutil.copytree(folder, target, ignore=shutil.ignore_patterns("dagster")))


def digest_of_tables(con: duckdb.DuckDBPyConnection, schemas: Sequence[str] = FLOORS) -> dict[str, str]:
    """A digest of every value of every table, whatever the order of its rows."""
    names = con.execute(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables "
        "WHERE list_contains(?, table_schema) ORDER BY 1",
        [list(schemas)],
    ).fetchall()
    digests = {}
    for (name,) in names:
        rows = sorted(repr(row) for row in con.execute(f"SELECT * FROM {name}").fetchall())
        digests[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digests
