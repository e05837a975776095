"""Which sheets of one workbook make up which export, where it holds more than one; what a sheet is, recognise says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.period import Heading, named_week
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.csv_table import CsvTable
from pipeline.ingest.tables.header import Header
from pipeline.reporting_calendar import ReportingCalendar


@dataclass(frozen=True)
class Match:
    """One contract that fits a text or one sheet of a workbook, and how well; `sheets` are those that it takes in."""

    rank: tuple[int, ...]
    contract: Contract
    header: Header
    heading: Heading
    encoding: str = ""
    csv_table: CsvTable | None = None
    sheet: int = 0
    sheets: tuple[Sheet, ...] = ()

    @property
    def is_meant(self) -> bool:
        """Whether this is the contract's table: its whole header, or half of it under its title."""
        has_title = bool(self.rank[1])
        return self.header.is_complete or (has_title and self.header.matched * 2 >= len(self.contract.fields))

    @property
    def order(self) -> tuple[tuple[int, ...], str]:
        """Better matches come later; of equals, the contract's name decides."""
        return self.rank, self.contract.name


def divide(matches: Sequence[Match], sheets: tuple[Sheet, ...], calendar: ReportingCalendar) -> tuple[Match, ...]:
    """The exports in a workbook: for each its best match, with the sheets that belong to it; nearly always one.

    A sheet belongs to the contract of which it has the whole header, best. Sheets of a weekly export that name
    different weeks are exports of their own: a workbook to which each week adds a sheet. What fits no contract stays
    with the first. An export time printed once counts for all.

    Raises RefusedFileError where some of such sheets name their week and another does not.
    """
    best = max(matches, key=lambda match: match.order)
    owners = _owners(matches, sheets, best)
    if best.contract.delivery.scope == "file" or not owners:
        return (replace(best, sheets=sheets),)
    groups = [group for one in _by_contract(owners, best) for group in _by_week(one, sheets, calendar)]
    exported_at = next((one.heading.exported_at for one in owners if one.heading.exported_at), None)
    found = []
    for group in groups:
        first = max(group, key=lambda match: match.rank)
        heading = replace(first.heading, exported_at=first.heading.exported_at or exported_at)
        mine = {one.sheet for one in group}
        if group is groups[0]:
            mine |= set(range(len(sheets))) - {one.sheet for one in owners}
        found.append(
            replace(first, heading=heading, sheets=tuple(sheet for at, sheet in enumerate(sheets) if at in mine))
        )
    return tuple(found)


def _owners(matches: Sequence[Match], sheets: Sequence[Sheet], best: Match) -> list[Match]:
    """For each sheet that holds a contract's table the match that fits it best, in the order of the sheets.

    A hidden sheet is an export of its own only where all are hidden.
    """
    meant = [one for one in matches if one.is_meant]
    is_any_visible = any(not sheets[one.sheet].is_hidden for one in meant)
    owners: dict[int, Match] = {}
    for match in meant:
        is_other = match.contract.name != best.contract.name
        if is_other and is_any_visible and sheets[match.sheet].is_hidden:
            continue
        kept = owners.get(match.sheet)
        if kept is None or _claim(match, best) > _claim(kept, best):
            owners[match.sheet] = match
    return [owners[at] for at in sorted(owners)]


def _claim(match: Match, best: Match) -> tuple[tuple[int, ...], bool, str]:
    return match.rank, match.contract.name == best.contract.name, match.contract.name


def _by_contract(owners: Sequence[Match], best: Match) -> list[list[Match]]:
    """The matches of each contract, those of the best first."""
    names = dict.fromkeys((best.contract.name, *(one.contract.name for one in owners)))
    groups = ([one for one in owners if one.contract.name == name] for name in names)
    return [group for group in groups if group]


def _by_week(group: list[Match], sheets: Sequence[Sheet], calendar: ReportingCalendar) -> Iterator[list[Match]]:
    """The sheets of a weekly export, those of each week together; all at once where they name one week or none."""
    weeks: dict[str, list[Match]] = {}
    for one in group if group[0].contract.delivery.kind == "weekly" else ():
        try:
            week = named_week(one.heading, calendar)
        except ValueError as error:
            raise RefusedFileError(str(error)) from error
        weeks.setdefault(week, []).append(one)
    unnamed = weeks.pop("", [])
    if len(weeks) < 2:
        yield group
        return
    for one in unnamed:
        name = sheets[one.sheet].name
        if not one.contract.layout.is_summary(name):
            raise RefusedFileError(
                f"工作表“{name}”没有写明是哪一期，而同一工作簿的其他工作表分属第 {'、'.join(sorted(weeks))} 期；"
                "请在它的标题中写明“2023年第15期”或统计时间"
            )
    first, *others = weeks.values()
    yield first + unnamed
    yield from others
