"""A look at one file as the loader would take it, leaving no trace; `zhoubao.shown_inspect` puts it on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from pipeline.common.cell_marks import unmarked
from pipeline.common.file_names import shown_name
from pipeline.contracts import Contract
from pipeline.contracts.labels import label_key
from pipeline.ingest.authoring.looking.header_lines import HeaderLine, header_lines
from pipeline.ingest.authoring.looking.hidden_columns import GUESSED
from pipeline.ingest.authoring.looking.row_picture import SheetLook, look_at_sheet
from pipeline.ingest.authoring.looking.trial_load import Export, Problem, TotalLine, Trial, try_loading
from pipeline.ingest.authoring.peek import Peek, peek
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.unforeseen import refuse_unforeseen
from pipeline.ingest.recognise.drift import drift_of
from pipeline.ingest.recognise.ranking import (
    Preference,
    fitness_of,
    fitness_without_header,
    preference,
    title_words_in,
    words_above,
)
from pipeline.ingest.recognise.split_sheet import best_fit, cut
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import find_header
from pipeline.privacy.masking import mask_name, signed_places
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

# Rows of each sheet that a look reads itself; the loader reads all of them.
_ROWS = 2_000
_NO_EXPORT = Export("", "", "", 0)


@dataclass(frozen=True)
class Candidate:
    """A contract beside the file: how many of its columns are there, and what differs, in words."""

    name: str
    title: str
    fields: int
    matched: int
    has_title: bool
    is_complete: bool
    reasons: tuple[str, ...]
    rank: tuple[bool, Preference]
    """Whether it has a header here, then the loader's own order; better ones are greater."""


@dataclass
class Inspection:
    """Everything that a look tells; `verdict` is a sentence where the loader would refuse the file."""

    file_name: str
    path: str
    size_bytes: int
    container: str = ""
    encoding: str = ""
    delimiter: str = ""
    lines: int | None = None
    verdict: str = ""
    exports: tuple[Export, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    headers: tuple[HeaderLine, ...] = ()
    sheets: tuple[SheetLook, ...] = ()
    account: tuple[tuple[str, str, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    totals: tuple[TotalLine, ...] = ()
    seen_bytes: int | None = None
    remark: str = ""
    """What the loader would say of the exports beside loading them, such as the month that one reports."""

    @property
    def is_loadable(self) -> bool:
        """Whether the loader would take the file, with every export in it."""
        return not self.verdict

    @property
    def source(self) -> str:
        """The contract of the first export that would be loaded; "" where none would be."""
        return self._first_loadable.source

    @property
    def week_id(self) -> str:
        """The week of the first export that would be loaded; "" where none would be."""
        return self._first_loadable.week_id

    @property
    def _first_loadable(self) -> Export:
        for export in self.exports:
            if not export.refusal:
                return export
        return _NO_EXPORT


def inspect_file(
    path: Path, settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]
) -> Inspection:
    """What `path` is and what the loader would make of it; nothing of the home is read, locked or changed.

    The loader itself runs on a private copy, in memory; of a text file that
    would take seconds only its first 2 MB are read.
    """
    size_bytes = path.stat().st_size if path.is_file() else 0
    inspection = Inspection(mask_name(shown_name(path.name)), mask_name(shown_name(str(path))), size_bytes)
    try:
        with refuse_unforeseen(path.name):
            seen = peek(path, settings, _ROWS)
    except RefusedFileError as error:
        inspection.verdict = str(error)
        return inspection
    inspection.container = seen.kind
    inspection.encoding = seen.encoding
    inspection.delimiter = seen.delimiter
    if not seen.is_text:
        seen = _cut_apart(seen, contracts, calendar)
    candidates = list(_candidates(seen, contracts))
    candidates.sort(key=lambda candidate: candidate.rank, reverse=True)
    inspection.candidates = tuple(candidates)

    # The first lines of a packed file cannot be had without the rest of it.
    may_cut = seen.is_text and not seen.is_packed
    trial = try_loading(path, settings, calendar, contracts, may_cut=may_cut)
    _take_over(trial, seen, inspection)

    contracts_to_show = _contracts_to_show(inspection, contracts)
    _look_at_rows(seen, contracts_to_show, inspection)
    return inspection


def _cut_apart(seen: Peek, contracts: Mapping[str, Contract], calendar: ReportingCalendar) -> Peek:
    """The same file, each sheet that holds several exports cut apart as the loader cuts it."""
    pieces: list[Sheet] = []
    for sheet in seen.sheets:
        pieces += cut(sheet, contracts, calendar)
    return replace(seen, sheets=tuple(pieces))


def _contracts_to_show(inspection: Inspection, contracts: Mapping[str, Contract]) -> list[Contract]:
    """The contracts of the file's exports; where it has none, the one that comes nearest."""
    known = [contracts[export.source] for export in inspection.exports if export.source in contracts]
    if known:
        return known
    nearest = _best(inspection, contracts)
    return [nearest] if nearest else []


def _take_over(trial: Trial, seen: Peek, inspection: Inspection) -> None:
    """What the trial load says, without the names of those who signed."""
    inspection.exports = trial.exports
    inspection.verdict = trial.verdict
    inspection.account = trial.account
    inspection.totals = trial.totals
    inspection.seen_bytes = trial.seen_bytes
    inspection.lines = trial.lines
    inspection.remark = trial.remark
    signers = _signers(seen) if trial.problems else frozenset()
    inspection.problems = tuple(_without_names(problem, signers) for problem in trial.problems)


def _signers(seen: Peek) -> frozenset[str]:
    """Names beside 制表人 or the like, which a line of signatures without a colon brings into the columns of data."""
    names: set[str] = set()
    rows = chain.from_iterable(sheet.rows for sheet in seen.sheets)
    for row in rows:
        cells = list(map(unmarked, row))
        for index in signed_places(cells):
            name = cells[index] or ""
            names.add(name.strip())
    return frozenset(names)


def _without_names(problem: Problem, names: frozenset[str]) -> Problem:
    """The problem with a mark where it quotes one of these names."""
    example = GUESSED if problem.example in names else problem.example
    for name in names:
        quoted = f"“{name}”"
        if quoted in problem.message:
            message = problem.message.replace(quoted, f"“{GUESSED}”")
            return replace(problem, message=message, example=example)
    return replace(problem, example=example)


def _best(inspection: Inspection, contracts: Mapping[str, Contract]) -> Contract | None:
    """The contract whose header is there, though the file would be refused; None where none comes near."""
    if not inspection.candidates:
        return None
    best = inspection.candidates[0]
    is_near = best.matched * 2 >= best.fields
    return contracts[best.name] if is_near else None


def _candidates(seen: Peek, contracts: Mapping[str, Contract]) -> Iterator[Candidate]:
    """Each contract beside the sheet that it fits best; none where it fits no sheet at all."""
    for contract in contracts.values():
        by_sheet = (_candidate(sheet, contract) for sheet in seen.sheets)
        looks = list(filter(None, by_sheet))
        if looks:
            yield max(looks, key=lambda candidate: candidate.rank)


def _candidate(sheet: Sheet, contract: Contract) -> Candidate | None:
    header = find_header(sheet.rows, contract)
    fields = len(contract.fields)
    if header is None:
        matched = _labels_seen(sheet, contract)
        why = (f"{fields} 列中只见到 {matched} 列的表头",)
        rank = False, preference(fitness_without_header(matched, contract), contract)
        return Candidate(contract.name, contract.title, fields, matched, False, False, why, rank) if matched else None
    titles = words_above(sheet.rows, header.top)
    words = title_words_in(titles, contract)
    rank = True, preference(fitness_of(header, contract, titles), contract)
    reasons = [f"{fields} 列中有 {header.matched} 列", *(f"标题有“{word}”" for word in words)]
    reasons += list(drift_of(header, contract))[:2]
    return Candidate(
        contract.name, contract.title, fields, header.matched, bool(words), header.is_complete, tuple(reasons), rank
    )


def _labels_seen(sheet: Sheet, contract: Contract) -> int:
    """How many fields of a contract have their own label, the last part of 受理/本周, among the first cells."""
    rows = sheet.rows[: contract.layout.header_search_rows]
    cells = filter(None, chain.from_iterable(rows))
    keys = set(map(label_key, cells))
    matched = 0
    for contract_field in contract.fields:
        own_labels = (label.split("/")[-1] for label in contract_field.all_labels)
        is_there = not keys.isdisjoint(map(label_key, own_labels))
        matched += is_there
    return matched


def _look_at_rows(seen: Peek, contracts: Sequence[Contract], inspection: Inspection) -> None:
    """The rows of each sheet by the one of `contracts` that fits it best: those of the file's exports."""
    looks: list[SheetLook] = []
    lines: list[HeaderLine] = []
    for sheet in seen.sheets:
        fit = best_fit(sheet.rows, contracts)
        if fit is None:
            # The sheet is set aside; the file's first contract says what it lacks.
            header = None
            contract = next(iter(contracts), None)
        else:
            header = fit.header
            contract = fit.contract
            lines += header_lines(sheet, fit.header, fit.contract)
        look = look_at_sheet(
            sheet,
            header,
            contract,
            is_text=seen.is_text,
            is_whole=seen.is_whole,
        )
        looks.append(look)
    inspection.sheets = tuple(looks)
    inspection.headers = tuple(lines)
