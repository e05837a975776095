"""Says which contracts a file fits, by header and title, and which weeks it reports; loading it belongs in load."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.contracts import Contract
from pipeline.contracts.labels import label_key
from pipeline.ingest.containers.detect import Container
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.exports import Match, divide
from pipeline.ingest.recognise.misread import FIRST_RECORDS, TextHeads, has_lost_header, lines_of
from pipeline.ingest.recognise.period import Heading, UnnamedWeekError, read_heading, week_of_heading
from pipeline.ingest.recognise.split_sheet import cut
from pipeline.ingest.recognise.week_from import latest_day_of_csv, latest_day_of_sheets
from pipeline.ingest.sheets.open_file import OpenFile, open_file, sheets_of
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.csv_table import CsvTable, find_table
from pipeline.ingest.tables.header import Header, find_header
from pipeline.ingest.text.legibility import LOST, is_lost
from pipeline.ingest.text.undecodable import damage_of
from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
from pipeline.settings import Settings

DELIMITERS = (",", "\t", ";", "|")
_DELIMITER_LINES = 60


@dataclass(frozen=True)
class Recognised:
    """A file, or the sheets of it that make up one export: the contract that fits and the week that is reported.

    The contract carries the delimiter that the file has; `wrapper` is zip or gz where the table was packed; `share`
    names the export among those of a workbook that holds several, and is empty where it is the only one.
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
    with open_file(path, settings) as opened:
        exports = _exports(opened, settings, calendar, contracts)
        for export in exports:
            _refuse_lost_labels(opened, export)
        weeks = _weeks_of(opened, file_name or path.name, exports, calendar)
    return tuple(
        Recognised(
            path, opened.container, one.contract, one.heading, week, one.encoding, one.csv_table, one.sheets,
            opened.wrapper, f"{one.contract.name} {week.week_id}" if len(exports) > 1 else "",
        )
        for one, week in zip(exports, weeks, strict=True)
    )  # fmt: skip


def recognise_again(
    stored: Path,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    file_name: str,
) -> Recognised:
    """What an archived original is read as today: of a workbook with several exports the one that it is stored for.

    Raises RefusedFileError where it holds that export no longer.
    """
    exports = recognise(stored, settings, calendar, contracts, file_name)
    place = stored.parent.parent.name, stored.parent.name
    same = [one for one in exports if (one.contract.name, one.week.week_id) == place]
    if len(exports) > 1 and not same:
        raise RefusedFileError(f"工作簿中不再有第 {place[1]} 期的“{place[0]}”；请核对合同的表头")
    return same[0] if same else exports[0]


def _exports(
    opened: OpenFile, settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]
) -> tuple[Match, ...]:
    sheets: tuple[Sheet, ...] = ()
    if opened.container.is_text:
        matches = _text_matches(opened.path, contracts)
    else:
        whole = sheets_of(opened, settings, known_labels(contracts))
        sheets = tuple(piece for sheet in whole for piece in cut(sheet, contracts, calendar))
        matches = _sheet_matches(sheets, contracts)
    if not matches:
        raise RefusedFileError(
            "没有合同与这份文件的表头相符；请确认是周报所需的导出，或为它写一份合同（pipeline/contracts）"
        )
    return divide(matches, sheets, calendar) if sheets else (max(matches, key=lambda match: match.order),)


def _refuse_lost_labels(opened: OpenFile, export: Match) -> None:
    """A header of which columns are missing while others have lost characters in their labels."""
    header = export.header
    lost = [label for label in header.unknown if "?" in label or is_lost(label)]
    if header.is_complete or len(lost) * 2 < len(header.unknown) or not lost:
        return
    if export.encoding and (damage := damage_of(opened.path, export.encoding)).damaged:
        raise damage.refusal()
    raise RefusedFileError(LOST)


def _weeks_of(opened: OpenFile, name: str, exports: Sequence[Match], calendar: ReportingCalendar) -> list[ReportWeek]:
    """The week of each export; one that does not name it shares the only week that the others of its file name."""
    weeks: list[ReportWeek | None] = []
    unnamed: UnnamedWeekError | None = None
    for one in exports:
        try:
            weeks.append(_week_of(opened, name, one, calendar))
        except UnnamedWeekError as error:
            weeks.append(None)
            unnamed = error
        except ValueError as error:
            raise RefusedFileError(str(error)) from error
    named = {week.week_id: week for week in weeks if week}
    if unnamed and len(named) != 1:
        raise RefusedFileError(str(unnamed)) from unnamed
    return [week or next(iter(named.values())) for week in weeks]


def _week_of(opened: OpenFile, name: str, match: Match, calendar: ReportingCalendar) -> ReportWeek:
    try:
        return week_of_heading(match.heading, name, calendar)
    except UnnamedWeekError:
        if match.csv_table is None:
            day = latest_day_of_sheets(match.sheets, match.contract)
        else:
            day = latest_day_of_csv(opened.path, match.encoding, match.csv_table, match.contract)
        if day is None:
            raise
        return calendar.week_of(day)


def known_labels(contracts: Mapping[str, Contract]) -> frozenset[str]:
    """Every header label of every contract, reduced as headers are compared: evidence of a right decoding."""
    return frozenset(key for contract in contracts.values() for key in _labels(contract))


@lru_cache(maxsize=256)
def _label_keys(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(label_key(part) for text in texts for part in text.split("/"))


def _labels(contract: Contract) -> frozenset[str]:
    return _label_keys(tuple(label for field in contract.fields for label in field.all_labels))


def _text_matches(path: Path, contracts: Mapping[str, Contract]) -> list[Match]:
    heads = TextHeads(path, known_labels(contracts))
    matches = []
    for contract in contracts.values():
        decoded = heads.of(contract.csv.encoding)
        if decoded is None:
            continue
        encoding, head = decoded
        found = _table(head, contract)
        if found:
            variant, table = found
            rank = _rank(contract, table.header, " ".join(table.heading))
            matches.append(Match(rank, variant, table.header, read_heading(table.heading), encoding, table))
    heads.refuse_illegible(min((one.csv_table.lines_above for one in matches if one.csv_table), default=None))
    return matches


def _table(head: str, contract: Contract) -> tuple[Contract, CsvTable] | None:
    """The contract's table with the delimiter with which its header is found, and the contract carrying that one."""
    first_lines = "\n".join(head[:FIRST_RECORDS].splitlines()[:_DELIMITER_LINES])
    best: tuple[tuple[int, ...], Contract, CsvTable] | None = None
    for delimiter in dict.fromkeys((contract.csv.delimiter, *DELIMITERS)):
        if delimiter not in first_lines:
            continue
        variant = _with_delimiter(contract, delimiter)
        try:
            table = find_table(head, variant)
        except csv.Error:
            continue
        if table is None:
            continue
        rank = (table.header.matched, -len(table.header.unknown), delimiter == contract.csv.delimiter)
        if best is None or rank > best[0]:
            best = (rank, variant, table)
        if table.header.is_complete and not table.header.unknown:
            break
    return best[1:] if best else None


def _with_delimiter(contract: Contract, delimiter: str) -> Contract:
    if contract.csv.delimiter == delimiter:
        return contract
    return contract.model_copy(update={"csv": contract.csv.model_copy(update={"delimiter": delimiter})})


def _sheet_matches(sheets: Sequence[Sheet], contracts: Mapping[str, Contract]) -> list[Match]:
    matches = []
    for contract in contracts.values():
        for at, sheet in enumerate(sheets):
            header = find_header(sheet.rows, contract)
            if header:
                lines = [cell for row in sheet.rows[: header.top] for cell in row if cell]
                rank = _rank(contract, header, " ".join(lines))
                matches.append(Match(rank, contract, header, read_heading(lines), sheet=at))
    if not matches and any(has_lost_header(list(lines_of(sheet))) for sheet in sheets):
        raise RefusedFileError(LOST)
    return matches


def _rank(contract: Contract, header: Header, title: str) -> tuple[int, ...]:
    has_title = any(word in title for word in contract.title_words)
    return (header.is_complete, has_title, header.matched, -len(header.missing), -len(header.unknown))
