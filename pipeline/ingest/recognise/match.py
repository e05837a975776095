"""Says which contract each export of a file belongs to and which week it reports; loading belongs in `ingest.load`.

The steps: open the file, find the contracts that fit it (`fits`), part it into exports (`split_sheet`, `exports`), name
the week of each (`period`, `week_from`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pipeline.common.file_names import shown_name
from pipeline.contracts import Contract
from pipeline.ingest.containers.container import Container
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.evidence import Sureness, decided
from pipeline.ingest.recognise.exports import Match, best_match, divide
from pipeline.ingest.recognise.fits import known_labels, sheet_matches, text_matches
from pipeline.ingest.recognise.footer import export_time_at_end, export_time_below
from pipeline.ingest.recognise.period import Heading, UnnamedWeekError, week_not_in_calendar
from pipeline.ingest.recognise.reported import (
    Reported,
    doubt_of_days,
    doubt_of_number,
    named_week,
    refuse_days_of_no_week,
    reported_by,
    reported_until,
)
from pipeline.ingest.recognise.split_sheet import cut
from pipeline.ingest.recognise.week_from import latest_day_of_csv, latest_day_of_sheets
from pipeline.ingest.refusals.recognise import RecogniseRefusal
from pipeline.ingest.refusals.text import TextRefusal
from pipeline.ingest.sheets.open_file import OpenFile, open_file, sheets_of
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.csv_table import CsvTable
from pipeline.ingest.text.legibility import is_lost
from pipeline.ingest.text.undecodable import damage_of
from pipeline.reporting_calendar import CalendarError, ReportingCalendar, ReportPeriod, ReportWeek
from pipeline.settings import Settings


@dataclass(frozen=True)
class Recognised:
    """A file, or the sheets of it that make up one export: the contract that fits and the week that is reported.

    `period` is the month or quarter where the contract's deliveries report one, `week` the release that tells it then.
    The contract carries the delimiter that the file has; `wrapper` is zip or gz where the table was packed; `share`
    names the export among those of a workbook that holds several, and is empty where it is the only one. `remark` says
    on what evidence the week was decided, where the title does not say it, and which month a monthly reports.
    """

    path: Path
    container: Container
    contract: Contract
    heading: Heading
    week: ReportWeek
    encoding: str = ""
    csv_table: CsvTable | None = None
    sheets: tuple[Sheet, ...] = ()
    wrapper: str = ""
    share: str = ""
    remark: str = ""
    period: ReportPeriod | None = None

    @property
    def file_name(self) -> str:
        """The name of the file for people, ledger and log."""
        return shown_name(self.path.name)

    @property
    def kind(self) -> str:
        """The container and what it came in, such as `csv.zip`."""
        return f"{self.container.value}.{self.wrapper}" if self.wrapper else self.container.value


def recognise(
    path: Path,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    file_name: str | None = None,
) -> tuple[Recognised, ...]:
    """Which contract a file fits, by its header and title, and which week it reports; nothing is kept of it.

    One for each export that it holds: a workbook may have a sheet for each of several, or a sheet for each week.
    `file_name` is the name that the file came with, where it is stored under another.
    Raises RefusedFileError with what was found, what was expected and what to do, WaitingFileError for a locked file.
    """
    name = file_name or path.name
    recognised = _recognised(path, name, settings, calendar, contracts)
    for export in recognised:
        refuse_days_of_no_week(export.heading, name, export.contract, export.week, calendar)
    return recognised


def _recognised(
    path: Path,
    name: str,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
) -> tuple[Recognised, ...]:
    with open_file(path, settings) as opened:
        exports = _exports(opened, settings, calendar, contracts)
        for export in exports:
            _refuse_lost_labels(opened, export)
        exports = tuple(_with_time_below(opened, export) for export in exports)
        weeks = _weeks_of(opened, name, exports, calendar)
    has_several = len(exports) > 1
    recognised = []
    for export, ((week, period), remark) in zip(exports, weeks, strict=True):
        share = f"{export.contract.name} {week.week_id}"
        reported = Reported(week, period)
        is_state = export.contract.delivery.kind == "snapshot"
        doubts = [
            doubt_of_number(export.heading, reported),
            "" if is_state else doubt_of_days(export.heading, name, reported, calendar),
        ]
        recognised.append(
            Recognised(
                path=path,
                container=opened.container,
                contract=export.contract,
                heading=export.heading,
                week=week,
                encoding=export.encoding,
                csv_table=export.csv_table,
                sheets=export.sheets,
                wrapper=opened.wrapper,
                share=share if has_several else "",
                remark="；".join(filter(None, [_told_in(week, period), *doubts, remark])),
                period=period,
            )
        )
    return tuple(recognised)


def _told_in(week: ReportWeek, period: ReportPeriod | None) -> str:
    """统计的是2023年5月，放在 2023-22 期; nothing of a week."""
    return "" if period is None else f"统计的是{period.label}，放在 {week.week_id} 期"


def recognise_again(
    stored: Path,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    file_name: str,
) -> Recognised:
    """What an archived original is read as today: of a workbook with several exports the one that it is stored for.

    An original lies in archive/<source>/<week_id>/. One that came before another week rule was accepted goes to the
    week of its last day. Raises RefusedFileError where it holds that export no longer.
    """
    exports = _recognised(stored, file_name, settings, calendar, contracts)
    week_id = stored.parent.name
    source = stored.parent.parent.name
    for export in exports:
        if export.contract.name == source and export.week.week_id == week_id:
            return export
    # A single export that is read as another one today belongs there: its contract or its week was corrected.
    if len(exports) == 1:
        return exports[0]
    raise RefusedFileError(
        RecogniseRefusal.EXPORT_GONE,
        place=RefusalPlace(file=file_name),
        expected=f"{source} {week_id}",
        found="、".join(export.share for export in exports),
        week_id=week_id,
        source=source,
    )


def _exports(
    opened: OpenFile,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
) -> tuple[Match, ...]:
    """The exports in a file, each with the contract that fits it best."""
    if opened.container.is_text:
        matches = text_matches(opened.path, contracts)
        _refuse_unknown(matches, opened)
        return (best_match(matches),)
    pieces: list[Sheet] = []
    for sheet in sheets_of(opened, settings, known_labels(contracts)):
        pieces += cut(sheet, contracts, calendar)
    matches = sheet_matches(pieces, contracts)
    _refuse_unknown(matches, opened)
    return divide(matches, tuple(pieces), calendar)


def _with_time_below(opened: OpenFile, export: Match) -> Match:
    """The export with the time that stands below its table, where none stands above it."""
    if export.heading.exported_at:
        return export
    if export.csv_table is None:
        exported_at = export_time_below(export.sheets)
    else:
        exported_at = export_time_at_end(opened.path, export.encoding)
    return replace(export, heading=replace(export.heading, exported_at=exported_at))


def _refuse_unknown(matches: Sequence[Match], opened: OpenFile) -> None:
    if not matches:
        raise RefusedFileError(RecogniseRefusal.NO_CONTRACT)


def _refuse_lost_labels(opened: OpenFile, export: Match) -> None:
    """Refuse a header of which columns are missing while others have lost characters in their labels: 受理??."""
    header = export.header
    if header.is_complete:
        return
    lost = list(filter(_is_lost_label, header.unknown))
    most = len(lost) * 2 >= len(header.unknown)
    if not lost or not most:
        return
    # Bytes that do not decode are the better explanation, for they can be told by their place.
    damage = damage_of(opened.path, export.encoding) if export.encoding else None
    if damage and damage.damaged:
        raise damage.refusal()
    raise RefusedFileError(
        TextRefusal.TEXT_LOST,
        place=RefusalPlace(row=header.top + 1),
        found="、".join(lost),
    )


def _is_lost_label(label: str) -> bool:
    return "?" in label or is_lost(label)


class _FoundWeek(NamedTuple):
    """A week, and on what evidence it was decided; nothing where the title says it."""

    reported: Reported
    remark: str = ""


def _weeks_of(opened: OpenFile, name: str, exports: Sequence[Match], calendar: ReportingCalendar) -> list[_FoundWeek]:
    """The week of each export; one that does not name it shares the only week that the others of its file name."""
    weeks: list[_FoundWeek | None] = []
    unnamed: UnnamedWeekError | None = None
    for export in exports:
        try:
            week = _week_of(opened, name, export, calendar)
            weeks.append(week)
        except UnnamedWeekError as error:
            unnamed = error
            weeks.append(None)
    named = list(filter(None, weeks))
    # Two exports of different weeks say nothing about a third.
    is_shared = len({found.reported for found in named}) == 1
    if unnamed and not is_shared:
        raise unnamed
    return [found or _of_other_sheets(named[0].reported) for found in weeks]


def _of_other_sheets(reported: Reported) -> _FoundWeek:
    remark = decided("期号取自同一工作簿的其他工作表", "这张表的标题没有写", Sureness.LIKELY)
    return _FoundWeek(reported, remark)


def _week_of(opened: OpenFile, name: str, match: Match, calendar: ReportingCalendar) -> _FoundWeek:
    """The week that a title or the file's name says, else the week of the latest day in the contract's field."""
    try:
        reported = reported_by(match.heading, name, match.contract, calendar)
        is_in_title = named_week(match.heading, match.contract, calendar) != ""
        remark = "" if is_in_title else decided("期号取自文件名", "标题没有写期号和统计时间", Sureness.LIKELY)
        return _FoundWeek(reported, remark)
    except UnnamedWeekError:
        day = _latest_day(opened, match)
        if day is None and match.contract.layout.other_columns == "set_aside":
            # Whoever fills in a form of ours reads this, and has never seen a contract.
            raise UnnamedWeekError(RecogniseRefusal.FORM_WEEK_UNNAMED, form=match.contract.title) from None
        if day is None:
            raise
    except CalendarError as error:
        raise week_not_in_calendar(error) from error
    remark = decided(f"期号按数据里最晚的一天 {day} 推定", "标题和文件名都没有写", Sureness.TO_CHECK)
    try:
        return _FoundWeek(reported_until(day, match.contract, calendar), remark)
    except CalendarError as error:
        raise week_not_in_calendar(error) from error


def _latest_day(opened: OpenFile, match: Match) -> date | None:
    """The latest day in the field that `delivery.weekFrom` names, or None."""
    if match.csv_table is None:
        return latest_day_of_sheets(match.sheets, match.contract)
    return latest_day_of_csv(opened.path, match.encoding, match.csv_table, match.contract)
