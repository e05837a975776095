"""Cuts a sheet that holds several exports, one below the other; the tables of one export are layout's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pipeline.contracts import Contract
from pipeline.ingest.recognise.period import named_week, read_heading
from pipeline.ingest.sheets.sheet import BULK_ROWS, Sheet
from pipeline.ingest.tables.find import first_title_of
from pipeline.ingest.tables.header import Header, Row, find_header, known_labels, names, whole_header_at
from pipeline.reporting_calendar import ReportingCalendar


@dataclass(frozen=True)
class Fit:
    """A header, and the contract whose it is."""

    header: Header
    contract: Contract


def best_fit(rows: Sequence[Row], contracts: Iterable[Contract]) -> Fit | None:
    """The contract whose table the rows hold, by its header: the most complete, of most fields; None where none is."""
    fits = [Fit(header, one) for one in contracts if (header := find_header(rows, one))]
    return max(fits, key=_fitness, default=None)


def _fitness(fit: Fit) -> tuple[bool, int, int]:
    return fit.header.is_complete, fit.header.matched, -len(fit.header.unknown)


def cut(sheet: Sheet, contracts: Mapping[str, Contract], calendar: ReportingCalendar) -> tuple[Sheet, ...]:
    """The sheet, or where tables of several contracts or weeks stand on it the rows of each, with the titles above it.

    Together the pieces hold every row once. A sheet too long for a form that people fill in is left whole.
    """
    if len(sheet.rows) > BULK_ROWS:
        return (sheet,)
    starts = list(_starts(sheet, contracts, calendar))
    if len(starts) < 2:
        return (sheet,)
    ends = [*starts[1:], len(sheet.rows)]
    return tuple(
        replace(sheet, rows=sheet.rows[start:end], rows_above=start) for start, end in zip(starts, ends, strict=True)
    )


def _starts(sheet: Sheet, contracts: Mapping[str, Contract], calendar: ReportingCalendar) -> Iterator[int]:
    """The first title line of each table that is another contract's than the one above it, or another week's."""
    above: Fit | None = None
    week = ""
    for fit in _headers(sheet, contracts):
        first = first_title_of(sheet.rows, fit.header.top, above.header, above.contract) if above else 0
        named = _week_of(sheet.rows[first : fit.header.top], calendar) if fit.contract.delivery.kind == "weekly" else ""
        if above is None or fit.contract.name != above.contract.name or (named and week and named != week):
            yield first
        above, week = fit, named or week


def _week_of(titles: Sequence[Row], calendar: ReportingCalendar) -> str:
    """The week that titles name; a contradiction in them is none here, and refuses the file later."""
    with suppress(ValueError):
        return named_week(read_heading(cell for row in titles for cell in row if cell), calendar)
    return ""


def _headers(sheet: Sheet, contracts: Mapping[str, Contract]) -> Iterator[Fit]:
    """Every whole header of any contract from top to bottom, each with the contract that fits it best."""
    known = frozenset[str]().union(*(known_labels(one) for one in contracts.values()))
    below = 0
    for top, row in enumerate(sheet.rows):
        if top < below or not names(row, known):
            continue
        fits = [
            Fit(header, one)
            for one in contracts.values()
            if names(row, known_labels(one)) and (header := whole_header_at(sheet.rows, top, one))
        ]
        if fits:
            best = max(fits, key=_fitness)
            below = best.header.below
            yield best
