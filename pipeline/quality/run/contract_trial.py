"""Asks a contract's own check words of a file that was loaded for a try: what would be found in it.

In: a database that holds one export, and its contract. Out: a complaint for each line that fails, in the words of a
finding. No finding is written; `pipeline.ingest.authoring` loads the file and drafts the contract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from pipeline.contracts import Contract
from pipeline.ingest.authoring.looking.trial_load import Complaint
from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.checks.vocabulary import Vocabulary, vocabulary
from pipeline.quality.contract_checks.suites import contract_suites
from pipeline.quality.findings.faults import observation, parted
from pipeline.quality.findings.wording import display_columns
from pipeline.quality.run.batches import batch_sql, failing_sql
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from pipeline.warehouse import build_model, load_models
from pipeline.warehouse.reference import load_reference

if TYPE_CHECKING:
    import duckdb

# What such checks read beside the export: which weeks and days there are, and who has to report.
_CORE_TABLE: Final = re.compile(r"\bcore\.\w+")


def complaints(
    con: duckdb.DuckDBPyConnection, settings: Settings, calendar: ReportingCalendar, contract: Contract
) -> tuple[Complaint, ...]:
    """Returns what the checks of a contract say of the export in `con`, by check and row; () where it has no words."""
    suites = contract_suites([contract])
    found = con.execute("SELECT DISTINCT week_id FROM ledger.delivery WHERE status = 'current' ORDER BY ALL").fetchall()
    weeks = [str(week) for (week,) in found]
    if not suites or not weeks:
        return ()
    read: set[str] = set()
    for suite in suites:
        for check in suite.expectations:
            read.update(_CORE_TABLE.findall(check.query))
    if read:
        _build_core(con, settings, calendar, weeks, read)
    words = vocabulary(settings, {contract.name: contract}, suites)
    return tuple(said for suite in suites for said in _of_suite(con, suite, weeks, words))


def _build_core(
    con: duckdb.DuckDBPyConnection, settings: Settings, calendar: ReportingCalendar, weeks: list[str], read: set[str]
) -> None:
    """Builds the models that are read, and those that these are built of."""
    load_reference(con, settings, calendar)
    con.execute("CREATE SCHEMA IF NOT EXISTS core")
    graph = load_models(settings.models)
    for name in graph.with_upstream(read):
        build_model(con, graph, name, weeks)


def _of_suite(
    con: duckdb.DuckDBPyConnection, suite: TableSuite, weeks: list[str], words: Vocabulary
) -> Iterator[Complaint]:
    batch = batch_sql(suite, weeks)
    spoken = words.of(suite.table)
    for check in suite.expectations:
        for row_no, sentence in _of_check(con, check, batch, spoken):
            yield Complaint(check.name, row_no, sentence)


def _of_check(con: duckdb.DuckDBPyConnection, check: Check, batch: str, words: Vocabulary) -> Iterator[tuple[int, str]]:
    """Yields what a finding would say, a row for each cause: a column with six blanks is told once."""
    order = ", ".join(display_columns(check))
    told: set[tuple[object, ...]] = set()
    failing = con.execute(f"SELECT * FROM ({failing_sql(check, batch)}) AS failing ORDER BY {order}")
    names = [column[0] for column in failing.description or ()]
    for values in failing.fetchall():
        row = dict(zip(names, values, strict=True))
        cause = tuple(row[name] for name in check.meta.cause)
        if cause in told:
            continue
        told.add(cause)
        fault, _ = parted(observation(check, row, words))
        yield int(row.get("row_no") or 0), fault
