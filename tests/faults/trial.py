"""Loads one file into a home of its own, and says what it broke: nothing, where it was refused or read whole."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.contracts import Contract
from pipeline.ingest.inbox.loader import FileEvent, Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

MOST_SECONDS = 20
MOST_MEGABYTES = 1_500
_LONG_AGO = 1e9
_UNBALANCED = """
SELECT count(*) FROM ledger.delivery d
WHERE d.status <> 'refused' AND d.rows_physical <> (
    SELECT coalesce(sum(row_count), 0) FROM ledger.row_account a WHERE a.delivery_id = d.delivery_id)
"""
_LOADED = "SELECT coalesce(sum(row_count), 0)::BIGINT FROM ledger.row_account WHERE disposition = 'loaded'"


@dataclass(frozen=True)
class Bench:
    """Where files are tried: calendar and contracts, read once, and a folder that nothing but homes may be left in."""

    folder: Path
    calendar: ReportingCalendar
    contracts: Mapping[str, Contract]


def try_content(bench: Bench, name: str, content: bytes) -> tuple[FileEvent, list[str]]:
    """What became of a file, and the rules that it broke, in words."""
    home = bench.folder / "home"
    settings = Settings(home=home, memory_limit="400MB", threads=1)
    settings.inbox.mkdir(parents=True, exist_ok=True)
    path = settings.inbox / name
    path.write_bytes(content)
    os.utime(path, (_LONG_AGO, _LONG_AGO))
    _forget_peak()
    began = time.process_time()
    with duckdb.connect(config={"threads": 1, "memory_limit": "400MB"}) as con:
        loader = make_loader(con, settings, bench.calendar, bench.contracts)
        events = load_inbox(loader).events
        broken = [] if events else ["no word"]
        for event in events:
            broken += _broken_by(event)
        broken += _unaccounted(loader)
    if time.process_time() - began > MOST_SECONDS:
        broken.append("slow")
    if _peak_megabytes() > MOST_MEGABYTES:
        broken.append("memory")
    if sorted(entry.name for entry in bench.folder.iterdir()) != ["home"]:
        broken.append("written outside of the home")
    if any(settings.work.iterdir()) or any(settings.inbox.iterdir()):
        broken.append("left behind")
    return events[0], broken


def _forget_peak() -> None:
    """Lets Linux begin anew with the peak of this process: each file has its own, not that of the hungriest before."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def _peak_megabytes() -> float:
    """The most memory that this process has held since: the line `VmHWM:  291336 kB` of its status."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _broken_by(event: FileEvent) -> list[str]:
    broken = []
    if event.outcome not in ("loaded", "duplicate", "refused"):
        broken.append(f"{event.outcome} {event.code}")
    if event.code == "unforeseen":
        broken.append("unforeseen")
    if event.outcome == "refused" and not (event.code and event.message):
        broken.append("no sentence")
    return broken


def _unaccounted(loader: Loader) -> list[str]:
    broken = []
    if loader.con.execute(_UNBALANCED).fetchall() != [(0,)]:
        broken.append("rows do not add up")
    in_raw = 0
    for name in loader.contracts:
        in_raw += loader.con.execute(f"SELECT count(*) FROM raw.{name}").fetchall()[0][0]
    if loader.con.execute(_LOADED).fetchall() != [(in_raw,)]:
        broken.append("rows of raw are not those of the account")
    return broken
