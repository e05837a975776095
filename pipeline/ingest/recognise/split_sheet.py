"""Cuts a sheet that holds several exports, one below the other; the tables of one export, `tables.find` finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pipeline.contracts import Contract
from pipeline.ingest.recognise.period import read_heading
from pipeline.ingest.recognise.ranking import Preference, fitness_of, preference, words_above
from pipeline.ingest.recognise.reported import named_week
from pipeline.ingest.sheets.sheet import BULK_ROWS, Sheet
from pipeline.ingest.tables.find import first_title_of
from pipeline.ingest.tables.headers.contract_labels import known_labels, names
from pipeline.ingest.tables.headers.header import Header, find_header, whole_header_at
from pipeline.ingest.tables.headers.paths import Row
from pipeline.reporting_calendar import ReportingCalendar


@dataclass(frozen=True)
class Fit:
    """A header, the contract whose it is, and how strongly that is preferred to other contracts."""

    header: Header
    contract: Contract
    preference: Preference


def best_fit(rows: Sequence[Row], contracts: Iterable[Contract]) -> Fit | None:
    """The contract whose table the rows hold, by the order of `ranking`; None where none is."""
    fits = []
    for contract in contracts:
        header = find_header(rows, contract)
        if header:
            fits.append(_fit(header, contract, rows, first=0))
    return _best(fits)


def _fit(header: Header, contract: Contract, rows: Sequence[Row], first: int) -> Fit:
    """A header as a fit; its titles stand from row `first` on."""
    titles = words_above(rows, header.top, first)
    fitness = fitness_of(header, contract, titles)
    return Fit(header, contract, preference(fitness, contract))


def _best(fits: Iterable[Fit]) -> Fit | None:
    return max(fits, key=lambda fit: fit.preference, default=None)


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
    pieces = []
    for start, end in zip(starts, ends, strict=True):
        rows = sheet.rows[start:end]
        pieces.append(replace(sheet, rows=rows, rows_above=start))
    return tuple(pieces)


def _starts(sheet: Sheet, contracts: Mapping[str, Contract], calendar: ReportingCalendar) -> Iterator[int]:
    """The first title line of each table that is another contract's than the one above it, or another week's."""
    above: Fit | None = None
    week = ""
    for fit in _headers(sheet, contracts):
        first = _first_title(sheet, fit, above)
        titles = sheet.rows[first : fit.header.top]
        own_week = _week_of(titles, fit.contract, calendar)
        is_other_contract = above is None or fit.contract.name != above.contract.name
        # A table whose title names no week goes on with the week above it.
        is_other_week = own_week not in ("", week) and week != ""
        if is_other_contract or is_other_week:
            yield first
        above = fit
        week = own_week or week


def _first_title(sheet: Sheet, fit: Fit, above: Fit | None) -> int:
    """The row in which the titles of a table begin, from 0; the first table takes in all rows above it."""
    if above is None:
        return 0
    return first_title_of(sheet.rows, fit.header.top, above.header, above.contract)


def _week_of(titles: Sequence[Row], contract: Contract, calendar: ReportingCalendar) -> str:
    """The week that titles name; a contradiction in them is none here, and refuses the file later."""
    if contract.delivery.kind != "weekly":
        return ""
    lines = words_above(titles, len(titles))
    with suppress(ValueError):
        return named_week(read_heading(lines), contract, calendar)
    return ""


def _headers(sheet: Sheet, contracts: Mapping[str, Contract]) -> Iterator[Fit]:
    """Every whole header of any contract from top to bottom, each with the contract that fits it best."""
    known = frozenset[str]().union(*map(known_labels, contracts.values()))
    below = 0
    for top, row in enumerate(sheet.rows):
        if top < below or not names(row, known):
            continue
        best = _best(_fits_at(sheet, top, contracts.values(), first=below))
        if best:
            below = best.header.below
            yield best


def _fits_at(sheet: Sheet, top: int, contracts: Iterable[Contract], first: int) -> Iterator[Fit]:
    """The contracts whose whole header begins in row `top`; their titles stand from row `first` on."""
    row = sheet.rows[top]
    for contract in contracts:
        if not names(row, known_labels(contract)):
            continue
        header = whole_header_at(sheet.rows, top, contract)
        if header:
            yield _fit(header, contract, sheet.rows, first)
