"""Loads a private copy of one file into a database in memory, and tells what the loader made of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.authoring.looking.file_head import copy_private, count_lines
from pipeline.privacy.masking import shown
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.inbox.loader import FileEvent

# Of a text that would take longer than this only its first bytes are loaded.
_HEAD_BYTES = 2 << 20
_WHOLE_SECONDS = 2.0
LENT_WEEK = "2023-15"
"""The week of foreign files, which name none of ours; the week in a copy's name is the reader's last resort."""
_LONGEST_NAME = 255  # bytes, on Linux
_EXAMPLE_LENGTH = 40
_WHOLE_ROW = "（整行）"


@dataclass(frozen=True)
class Export:
    """One export in the file: its contract, the week, the rows that would be loaded, or why it would be refused.

    `outcome` is that of its `FileEvent`, `code` that of the refusal (docs/refusals.md).
    """

    source: str
    title: str
    week_id: str
    rows: int
    refusal: str = ""
    code: str = ""
    outcome: str = "loaded"


@dataclass(frozen=True)
class Problem:
    """Cells that the loader would not take: column, message, how many, an example, and how many rows are lost so.

    `name` is the field's, `reason` a value of `pipeline.ingest.reasons.Reason`; `sheet` and `row_no` are the first
    place.
    """

    column: str
    message: str
    cells: int
    example: str
    lost_rows: int
    name: str = ""
    reason: str = ""
    sheet: str = ""
    row_no: int = 0


@dataclass(frozen=True)
class TotalLine:
    """A printed total that differs from the sum of its rows."""

    sheet: str
    row_no: int
    label: str
    column: str
    printed: str
    computed: str
    difference: str


@dataclass(frozen=True)
class Complaint:
    """What a check of the contract's own words says of one row of the file: the check's name, and the sentence."""

    check: str
    row_no: int
    sentence: str


Ask = Callable[["duckdb.DuckDBPyConnection", Settings], Sequence[Complaint]]
"""Asks the checks of a contract of the loaded copy. They are made in `pipeline.quality`, which stands above ingest."""


@dataclass(frozen=True)
class Trial:
    """What became of the copy: its exports, the account of its rows, cells that were not taken, totals that differ.

    `account` has (disposition, reason, rows); `seen_bytes` and `lines` are known where only a head was loaded;
    `remark` is what the loader says of an export that it took, `physical` counts all rows of the file; `complaints` are
    what the checks of the contract would find.
    """

    exports: tuple[Export, ...]
    account: tuple[tuple[str, str, int], ...]
    problems: tuple[Problem, ...]
    totals: tuple[TotalLine, ...]
    seconds: float
    seen_bytes: int | None = None
    lines: int | None = None
    container: str = ""
    physical: int = 0
    remark: str = ""
    complaints: tuple[Complaint, ...] = ()

    @property
    def verdict(self) -> str:
        """Why the loader would refuse the file; "" where it would take every export in it."""
        refusals = [export.refusal for export in self.exports]
        return "；".join(filter(None, refusals))


def try_loading(
    path: Path,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    *,
    may_cut: bool,
    file_name: str = "",
    ask: Ask | None = None,
) -> Trial:
    """Load a large text's head first, and the whole of it only where that is a matter of seconds.

    `may_cut` says that the first lines of the file are a file of its kind: true of text that is not packed. The copy
    is called `file_name`, or as the file is. `ask` asks the checks of the contract, where the file was loaded.
    """
    size = path.stat().st_size
    # A hidden file would be no delivery.
    name = file_name or path.name.lstrip(".") or "file"
    is_large = may_cut and size > _HEAD_BYTES
    if not is_large:
        return _load_copy(path, name, settings, calendar, contracts, None, ask)
    trial = _load_copy(path, name, settings, calendar, contracts, _HEAD_BYTES, ask)
    if trial.verdict:
        return trial
    expected_seconds = trial.seconds * size / _HEAD_BYTES
    if expected_seconds < _WHOLE_SECONDS:
        return _load_copy(path, name, settings, calendar, contracts, None, ask)
    return replace(trial, lines=count_lines(path))


def name_with_week(path: Path) -> str:
    """The name of a copy of a file that names no week: the lent one before its name, or before a long one's ending."""
    name = f"{LENT_WEEK} {path.name}"
    is_too_long = len(os.fsencode(name)) > _LONGEST_NAME
    return f"{LENT_WEEK}{path.suffix}" if is_too_long else name


def _load_copy(
    path: Path,
    name: str,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    limit: int | None,
    ask: Ask | None,
) -> Trial:
    """Load a copy of the file, or of its first bytes, in memory."""
    import duckdb

    from pipeline.ingest.inbox.loader import make_loader
    from pipeline.ingest.inbox.run import load_inbox

    with _private_home(settings) as home, duckdb.connect() as con:
        seen_bytes = copy_private(path, home.inbox / name, limit)
        con.execute(f"SET threads = {settings.threads}; SET memory_limit = '{settings.memory_limit}'")
        con.execute("SET temp_directory = ?", [str(home.home / "spill")])
        events = load_inbox(make_loader(con, home, calendar, contracts)).events
        exports = tuple(_export(event, contracts) for event in events)
        container, physical = _read_file(con)
        is_loaded = any(export.outcome == "loaded" for export in exports)
        complaints = ask(con, home) if ask is not None and is_loaded else ()
        titles = _titles_of_fields(exports, contracts)
        return Trial(
            exports=exports,
            account=_read_account(con),
            problems=_read_problems(con, titles),
            totals=_read_totals(con, titles),
            seconds=sum(event.seconds for event in events),
            seen_bytes=seen_bytes,
            container=container,
            physical=physical,
            remark="；".join(event.message for event in events if event.outcome == "loaded" and event.message),
            complaints=tuple(complaints),
        )


@contextmanager
def _private_home(settings: Settings) -> Iterator[Settings]:
    """A home of its own, for one look; removed with everything in it."""
    with tempfile.TemporaryDirectory(prefix="zhoubao-inspect-", ignore_cleanup_errors=True) as folder:
        home = settings.model_copy(update={"home": Path(folder)})
        home.inbox.mkdir(parents=True)
        yield home


def _export(event: FileEvent, contracts: Mapping[str, Contract]) -> Export:
    contract = contracts.get(event.source)
    title = contract.title if contract else ""
    export = Export(event.source, title, event.week_id, event.rows)
    if event.outcome == "loaded":
        return export
    return replace(export, refusal=event.message, code=event.code, outcome=event.outcome)


def _titles_of_fields(exports: Sequence[Export], contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Name → title of the fields of all exports; where two contracts share a name, the first export's title counts."""
    titles: dict[str, str] = {}
    for export in exports:
        contract = contracts.get(export.source)
        for field in contract.fields if contract else ():
            titles.setdefault(field.name, field.title)
    return titles


def _read_file(con: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """The container of the file, and all of its rows; nothing of a file that never reached the ledger."""
    facts = con.execute("SELECT max(container), sum(rows_physical)::BIGINT FROM ledger.delivery").fetchone()
    container, physical = facts or (None, None)
    return container or "", physical or 0


def _read_account(con: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str, int], ...]:
    rows: list[tuple[str, str, int]] = con.execute(
        "SELECT disposition, reason, sum(row_count)::BIGINT FROM ledger.row_account GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return tuple(rows)


def _read_problems(con: duckdb.DuckDBPyConnection, titles: Mapping[str, str]) -> tuple[Problem, ...]:
    rows = con.execute(
        "SELECT column_name, reason, message, count(*), min(value), "
        "count(*) FILTER (row_disposition = 'quarantined'), arg_min(sheet, row_no), min(row_no) "
        "FROM quarantine.cell GROUP BY column_name, reason, message ORDER BY 4 DESC, 1, 3"
    ).fetchall()
    return tuple(
        Problem(
            column=titles.get(name, name or _WHOLE_ROW),
            message=message,
            cells=count,
            example=shown(value, _EXAMPLE_LENGTH) or "",
            lost_rows=lost_rows,
            name=name or "",
            reason=reason,
            sheet=sheet or "",
            row_no=row_no or 0,
        )
        for name, reason, message, count, value, lost_rows, sheet, row_no in rows
    )


def _read_totals(con: duckdb.DuckDBPyConnection, titles: Mapping[str, str]) -> tuple[TotalLine, ...]:
    rows = con.execute(
        "SELECT sheet, row_no, label, column_name, printed_value, computed_value, difference "
        "FROM ledger.control_total WHERE difference <> 0 ORDER BY ALL"
    ).fetchall()
    return tuple(
        TotalLine(
            sheet=sheet,
            row_no=row_no,
            label=label,
            column=titles.get(name, name),
            printed=_plain(printed),
            computed=_plain(computed),
            difference=_plain(difference),
        )
        for sheet, row_no, label, name, printed, computed, difference in rows
    )


def _plain(value: Decimal) -> str:
    """A number without zeros behind the point: 1240.500000 → 1,240.5; 16.000000 → 16."""
    return f"{value:,f}".rstrip("0").rstrip(".")
