"""Takes one filled-in workbook from anywhere on disk, through the same door as the inbox; the original stays."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_file
from pipeline.ingest.inbox.unforeseen import recognise_or_refuse
from pipeline.present.steward.answers import write_answers
from pipeline.quality.desk.decisions import DecisionError
from pipeline.quality.desk.intake import Taken, take_decisions
from pipeline.quality.desk.workbook_rows import SOURCE
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.warehouse import open_warehouse

if TYPE_CHECKING:
    from pipeline.settings import Settings


def import_workbook(
    settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract], file: Path
) -> tuple[Taken, Path]:
    """Loads a workbook, records its decisions and writes the answers; returns both.

    Raises DecisionError where the file is missing, is no such workbook, or was imported before.
    """
    only = {name: contract for name, contract in contracts.items() if name == SOURCE}
    with open_warehouse(settings) as con:
        loader = make_loader(con, settings, calendar, only)
        _refuse_others(loader, file)
        copy = settings.work / file.name
        shutil.copyfile(file, copy)
        try:
            events = load_file(loader, copy)
        finally:
            copy.unlink(missing_ok=True)
        if not events or events[0].outcome != "loaded":
            raise DecisionError(f"{file.name} 没有登记：{events[0].message if events else '不是处理单'}")
        taken = take_decisions(con, settings, contracts)[-1]
        return taken, write_answers(con, settings, taken)


def _refuse_others(loader: Loader, file: Path) -> None:
    """Say so before anything of it is on record: a slip of the hand is no delivery."""
    if not file.is_file():
        raise DecisionError(f"没有文件 {file}")
    try:
        recognise_or_refuse(file, loader.settings, loader.calendar, loader.contracts)
    except RefusedFileError as error:
        raise DecisionError(f"{file.name} 不是处理单（zhoubao review export 写出的工作簿）：{error}") from error
