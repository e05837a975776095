"""Takes one filled-in workbook from anywhere on disk, through the same door as the inbox; the original stays."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.contracts import Contract
from pipeline.ingest.containers.identity import stamp
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_file
from pipeline.ingest.inbox.unforeseen import recognise_or_refuse
from pipeline.present.steward.answers import write_answers
from pipeline.quality.desk.decisions import DecisionError
from pipeline.quality.desk.intake import Taken, take_decisions, taken_before
from pipeline.quality.desk.workbook_rows import SOURCE
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.warehouse import open_warehouse

if TYPE_CHECKING:
    from pipeline.settings import Settings

# What the door may say of a workbook whose rows are in the warehouse.
_ON_RECORD: Final = ("loaded", "duplicate")


def import_workbook(
    settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract], file: Path
) -> tuple[Taken, Path]:
    """Loads a workbook, records its decisions and writes the answers; returns both.

    One that was imported before gets the answers of then, and whatever a killed import left undone is done: its rows
    may be loaded and not answered, or answered and not written down for the steward. Raises DecisionError where the
    file is missing or is no such workbook.
    """
    only = {name: contract for name, contract in contracts.items() if name == SOURCE}
    with open_warehouse(settings) as con:
        loader = make_loader(con, settings, calendar, only)
        delivery_id = _delivery_id(loader, file)
        copy = settings.work / file.name
        shutil.copyfile(file, copy)
        try:
            events = load_file(loader, copy)
        finally:
            copy.unlink(missing_ok=True)
        if not events or events[0].outcome not in _ON_RECORD:
            raise DecisionError(f"{file.name} 没有登记：{events[0].message if events else '不是处理单'}")
        by_delivery = {taken.workbook.delivery_id: taken for taken in take_decisions(con, settings, contracts)}
        taken = by_delivery.get(delivery_id) or taken_before(con, delivery_id)
        return taken, write_answers(con, settings, taken)


def _delivery_id(loader: Loader, file: Path) -> str:
    """Returns the delivery that the workbook is, or will be.

    Raises DecisionError for any other file before anything of it is on record: a slip of the hand is no delivery.
    """
    if not file.is_file():
        raise DecisionError(f"没有文件 {file}")
    try:
        export, *_ = recognise_or_refuse(file, loader.settings, loader.calendar, loader.contracts)
    except RefusedFileError as error:
        raise DecisionError(f"{file.name} 不是处理单（zhoubao review export 写出的工作簿）：{error}") from error
    return stamp(file).of_share(export.share).delivery_id
