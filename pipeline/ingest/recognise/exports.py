"""Divides a workbook into its exports where it holds more than one; which contract fits a sheet, `fits` says.

In: the contracts that fit its sheets. Out: one `Match` an export, with the sheets that belong to it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.recognise.period import Heading
from pipeline.ingest.recognise.ranking import Fitness, Preference, preference
from pipeline.ingest.recognise.reported import named_week
from pipeline.ingest.refusals.recognise import RecogniseRefusal
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.csv_table import CsvTable
from pipeline.ingest.tables.headers.header import Header
from pipeline.reporting_calendar import ReportingCalendar


@dataclass(frozen=True)
class Match:
    """One contract that fits a text or one sheet of a workbook, and how well; `sheets` are those that it takes in.

    `sheet` is the place of its sheet among those of the workbook, from 0.
    """

    fitness: Fitness
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
        if self.header.is_complete:
            return True
        has_half = self.header.matched * 2 >= len(self.contract.fields)
        return has_half and self.fitness.has_title

    @property
    def preference(self) -> Preference:
        """Better matches come later; of equals, the contract's name decides."""
        return preference(self.fitness, self.contract)


def best_match(matches: Sequence[Match]) -> Match:
    """The match of the contract that fits best; of one contract's sheets with equal headers the first."""
    return max(matches, key=lambda match: match.preference)


def divide(matches: Sequence[Match], sheets: tuple[Sheet, ...], calendar: ReportingCalendar) -> tuple[Match, ...]:
    """The exports in a workbook: for each its best match, with the sheets that belong to it; nearly always one.

    A sheet belongs to the contract of which it has the whole header, best. Sheets of a weekly export that name
    different weeks are exports of their own: a workbook to which each week adds a sheet. What fits no contract stays
    with the first. An export time printed once counts for all.

    Raises RefusedFileError where some of such sheets name their week and another does not.
    """
    best = best_match(matches)
    owners = _owners(matches, sheets, best)
    is_one_export = best.contract.delivery.scope == "file"
    if is_one_export or not owners:
        return (replace(best, sheets=sheets),)
    groups: list[list[Match]] = []
    for matches_of_contract in _by_contract(owners, best):
        groups += _by_week(matches_of_contract, sheets, calendar)
    exported_at = _first_export_time(owners)
    owned = {match.sheet for match in owners}
    unowned = set(range(len(sheets))) - owned
    exports = []
    for group in groups:
        places = {match.sheet for match in group} | unowned
        # What fits no contract goes with the first export, and with no other.
        unowned = set()
        export = _with_sheets(group, places, sheets, exported_at)
        exports.append(export)
    return tuple(exports)


def _first_export_time(matches: Sequence[Match]) -> datetime | None:
    times = (match.heading.exported_at for match in matches)
    return next(filter(None, times), None)


def _with_sheets(
    group: Sequence[Match],
    places: Collection[int],
    sheets: Sequence[Sheet],
    exported_at: datetime | None,
) -> Match:
    """The best match of an export with the sheets that it takes in; `exported_at` counts where it has no own time."""
    match = best_match(group)
    own_time = match.heading.exported_at
    heading = replace(match.heading, exported_at=own_time or exported_at)
    taken = tuple(sheets[place] for place in sorted(places))
    return replace(match, heading=heading, sheets=taken)


def _owners(matches: Sequence[Match], sheets: Sequence[Sheet], best: Match) -> list[Match]:
    """For each sheet that holds a contract's table the match that fits it best, in the order of the sheets.

    A hidden sheet is an export of its own only where all are hidden.
    """
    meant = [match for match in matches if match.is_meant]
    owners: dict[int, Match] = {}
    for match in _claimants(meant, sheets, best):
        rival = owners.get(match.sheet, match)
        owners[match.sheet] = max(rival, match, key=lambda claimant: _claim(claimant, best))
    return [owners[place] for place in sorted(owners)]


def _claimants(meant: list[Match], sheets: Sequence[Sheet], best: Match) -> list[Match]:
    """The matches of visible sheets, then those of the best contract; all of them where all sheets are hidden."""
    visible = []
    of_best = []
    for match in meant:
        if not sheets[match.sheet].is_hidden:
            visible.append(match)
        # Hidden sheets of the best contract stay with it: its layout says whether they are read.
        if match.contract.name == best.contract.name:
            of_best.append(match)
    return [*visible, *of_best] if visible else meant


def _claim(match: Match, best: Match) -> Preference:
    """How strong a match's claim to its sheet is: of equals that of the workbook's best contract wins."""
    return preference(match.fitness, match.contract, preferred=best.contract.name)


def _by_contract(owners: Sequence[Match], best: Match) -> list[list[Match]]:
    """The matches of each contract, those of the best first."""
    groups: dict[str, list[Match]] = {best.contract.name: []}
    for match in owners:
        groups.setdefault(match.contract.name, []).append(match)
    return list(filter(None, groups.values()))


def _by_week(group: list[Match], sheets: Sequence[Sheet], calendar: ReportingCalendar) -> list[list[Match]]:
    """The sheets of a weekly export, those of each week together; all at once where they name one week or none."""
    if group[0].contract.delivery.kind != "weekly":
        return [group]
    weeks: dict[str, list[Match]] = {}
    for match in group:
        week_id = named_week(match.heading, match.contract, calendar)
        weeks.setdefault(week_id, []).append(match)
    unnamed = weeks.pop("", [])
    if len(weeks) < 2:
        return [group]
    _refuse_sheets_without_week(unnamed, sheets, sorted(weeks))
    first, *others = weeks.values()
    return [first + unnamed, *others]


def _refuse_sheets_without_week(unnamed: Sequence[Match], sheets: Sequence[Sheet], weeks: Sequence[str]) -> None:
    """Refuse a sheet that could be of any of several weeks; one that adds up the others needs no week."""
    for match in unnamed:
        name = sheets[match.sheet].name
        if match.contract.layout.is_summary(name):
            continue
        raise RefusedFileError(
            RecogniseRefusal.SHEET_WITHOUT_WEEK,
            place=RefusalPlace(sheet=name),
            expected="、".join(weeks),
            found=match.heading.title,
            sheet=name,
            weeks="、".join(weeks),
        )
