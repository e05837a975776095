"""Finds the contracts whose header a text or the sheets of a workbook hold; which of them a file is, `match` says.

In: a decoded text, or sheets. Out: a `Match` for each contract and sheet, with its fitness.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pipeline.contracts import Contract
from pipeline.contracts.labels import label_key
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.exports import Match
from pipeline.ingest.recognise.misread import FIRST_CHARACTERS, TextHeads, has_lost_header, lines_of
from pipeline.ingest.recognise.period import read_heading
from pipeline.ingest.recognise.ranking import fitness_of, words_above
from pipeline.ingest.refusals.text import TextRefusal
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.csv_table import CsvTable, find_table
from pipeline.ingest.tables.headers.header import find_header

DELIMITERS = (",", "\t", ";", "|")
"""The delimiters that are tried in a text beside its contract's own."""
_DELIMITER_LINES = 60


def known_labels(contracts: Mapping[str, Contract]) -> frozenset[str]:
    """Every header label of every contract, reduced as headers are compared: evidence of a right decoding."""
    return frozenset[str]().union(*map(_labels_of, contracts.values()))


def _labels_of(contract: Contract) -> frozenset[str]:
    labels = [label for field in contract.fields for label in field.all_labels]
    return _label_keys(tuple(labels))


@lru_cache(maxsize=256)
def _label_keys(labels: tuple[str, ...]) -> frozenset[str]:
    """受理/本周 → 受理 and 本周."""
    parts = "/".join(labels).split("/")
    return frozenset(map(label_key, parts))


def text_matches(path: Path, contracts: Mapping[str, Contract]) -> list[Match]:
    """The contracts whose header a text file holds; each match carries the encoding and the delimiter of the file.

    Raises RefusedFileError where the text was lost or read in a wrong encoding before it came here.
    """
    heads = TextHeads(path, known_labels(contracts))
    matches = []
    for contract in contracts.values():
        decoded = heads.of(contract.csv.encoding)
        if decoded is None:
            continue
        encoding, head = decoded
        match = _text_match(head, encoding, contract)
        if match:
            matches.append(match)
    heads.refuse_illegible(_first_data_line(matches))
    return matches


def _text_match(head: str, encoding: str, contract: Contract) -> Match | None:
    with_table = _table_in(head, contract)
    if with_table is None:
        return None
    variant, table = with_table
    return Match(
        fitness=fitness_of(table.header, contract, table.heading),
        contract=variant,
        header=table.header,
        heading=read_heading(table.heading),
        encoding=encoding,
        csv_table=table,
    )


def _first_data_line(matches: Iterable[Match]) -> int | None:
    """How many lines stand above the rows of the first table; None where no header is known."""
    tables = filter(None, (match.csv_table for match in matches))
    return min((table.lines_above for table in tables), default=None)


def _table_in(head: str, contract: Contract) -> tuple[Contract, CsvTable] | None:
    """The contract's table with the delimiter with which its header is found, and the contract carrying that one."""
    first_lines = "\n".join(head[:FIRST_CHARACTERS].splitlines()[:_DELIMITER_LINES])
    best: tuple[Contract, CsvTable] | None = None
    best_rank = (-1, 0, False)
    for delimiter in dict.fromkeys((contract.csv.delimiter, *DELIMITERS)):
        if delimiter not in first_lines:
            continue
        variant = _with_delimiter(contract, delimiter)
        table = _table_with(head, variant)
        if table is None:
            continue
        header = table.header
        is_own = delimiter == contract.csv.delimiter
        rank = (header.matched, -len(header.unknown), is_own)
        if rank > best_rank:
            best, best_rank = (variant, table), rank
        if header.is_complete and not header.unknown:
            break
    return best


def _table_with(head: str, contract: Contract) -> CsvTable | None:
    """The table as the contract's delimiter parts it; None where there is none, or the text is no CSV of that kind."""
    try:
        return find_table(head, contract)
    except csv.Error:
        return None


def _with_delimiter(contract: Contract, delimiter: str) -> Contract:
    if contract.csv.delimiter == delimiter:
        return contract
    as_delivered = contract.csv.model_copy(update={"delimiter": delimiter})
    return contract.model_copy(update={"csv": as_delivered})


def sheet_matches(sheets: Sequence[Sheet], contracts: Mapping[str, Contract]) -> list[Match]:
    """The contracts whose header the sheets hold, a match for each contract and sheet.

    Raises RefusedFileError where none fits and a header consists of question marks.
    """
    matches: list[Match] = []
    for contract in contracts.values():
        matches += _matches_of(contract, sheets)
    if not matches:
        _refuse_lost_headers(sheets)
    return matches


def _matches_of(contract: Contract, sheets: Sequence[Sheet]) -> Iterator[Match]:
    for at, sheet in enumerate(sheets):
        header = find_header(sheet.rows, contract)
        if header is None:
            continue
        titles = words_above(sheet.rows, header.top)
        fitness = fitness_of(header, contract, titles)
        yield Match(fitness, contract, header, read_heading(titles), sheet=at)


def _refuse_lost_headers(sheets: Sequence[Sheet]) -> None:
    if any(has_lost_header(list(lines_of(sheet))) for sheet in sheets):
        raise RefusedFileError(TextRefusal.TEXT_LOST)
