"""Reads whole rows by contract, the same for every container; reading columns of texts is in patches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pipeline.common.cell_marks import unmarked
from pipeline.contracts import Contract, Field, FieldType, OnError
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.numbers import SCALES
from pipeline.ingest.cells.read_cell import Reading, read_text
from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.reasons import MESSAGES
from pipeline.privacy.digest import person_digest
from pipeline.privacy.masking import mask_free_text, shown

_DIGIT = re.compile(r"\d")
_OWN_SCALE = re.compile(f"[{''.join(SCALES)}]")


@dataclass(frozen=True)
class CellReading:
    """A cell by its field: its canonical text, the reason if it has none, and whether its original may be kept."""

    value: str | None
    reason: str | None
    is_private: bool = False


class RowReader:
    """Reads cells of one delivery by contract, code lists and the person key; answers are cached by text."""

    def __init__(self, contract: Contract, codes: CodeLists, context: Context, person_key: bytes) -> None:
        self.contract = contract
        self.context = context
        self._codes = codes
        self._key = person_key
        self._fields = {field.name: field for field in contract.stored_fields}
        self._cached = lru_cache(maxsize=50_000)(self._read)

    def in_1904(self) -> RowReader:
        """The same reader for a workbook whose serials count from 1904."""
        return RowReader(self.contract, self._codes, Context(self.context.default_year, is_1904=True), self._key)

    def cell(self, field: Field, text: str | None, scale: str = "") -> CellReading:
        """What one cell means; personal fields come back as a digest, free text masked."""
        return self._cached(field.name, text, scale)

    def row(
        self, sheet: str, row_no: int, texts: Mapping[str, str | None], scales: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[TypedRow | None, list[CellProblem]]:
        """One row: typed, or None where a cell sends it to quarantine; and its cell problems, such a cell's first.

        `scales` names the fields whose header or title counts in 万 or the like.
        Raises RefusedFileError where the contract says that such a cell refuses the file.
        """
        typed = TypedRow(sheet, row_no, {})
        problems: list[CellProblem] = []
        for name, field in self._fields.items():
            text = texts.get(name)
            reading = self.cell(field, text, scales.get(name, ""))
            typed.values[name] = reading.value
            if reading.reason:
                problems.append(self._problem(sheet, row_no, field, text, reading))
            written = unmarked(text)
            differs = reading.value != written and not is_rendering(field, text, reading)
            if written is not None and differs and not reading.is_private:
                typed.as_written[name] = written
        causes = [problem for problem in problems if problem.row_disposition == "quarantined"]
        if causes:
            others = [_as_quarantined(problem) for problem in problems if problem not in causes]
            return None, causes + others
        return typed, problems

    def _problem(self, sheet: str, row_no: int, field: Field, text: str | None, reading: CellReading) -> CellProblem:
        reason = reading.reason or ""
        rule = self.contract.on_error_of(field)
        if rule is OnError.REFUSE_FILE:
            raise RefusedFileError(f"{sheet} 第 {row_no} 行“{field.title}”{MESSAGES.get(reason, reason)}")
        is_kept = rule is OnError.NULL_AND_FLAG or reading.value is not None
        value = None if reading.is_private else shown(unmarked(text))
        return CellProblem(sheet, row_no, field.name, reason, value, "loaded" if is_kept else "quarantined")

    def _read(self, name: str, text: str | None, scale: str) -> CellReading:
        field = self._fields[name]
        reading = read_text(scaled(text, field, scale), field, self.contract, self.context)
        if reading.value is None:
            return CellReading(None, reading.reason, is_private=field.personal is not None)
        if field.personal == "hmac":
            return CellReading(person_digest(reading.value, self._key), None, is_private=True)
        if field.free_text and (masked := mask_free_text(reading.value)) != reading.value:
            return CellReading(masked, "personal_data_masked", is_private=True)
        return self._coded(field, reading)

    def _coded(self, field: Field, reading: Reading) -> CellReading:
        known = self._codes.get(field.codes) if field.codes else None
        if known is None or reading.value in known or reading.value in field.zero_values:
            return CellReading(reading.value, reading.reason)
        return CellReading(None, "unknown_code")


def _as_quarantined(problem: CellProblem) -> CellProblem:
    return CellProblem(problem.sheet, problem.row_no, problem.column_name, problem.reason, problem.value, "quarantined")


def is_rendering(field: Field, text: str | None, reading: CellReading) -> bool:
    """Whether a text is only how a reader shows a day: a midnight after it says nothing that the date does not."""
    return field.type is FieldType.DATE and text == f"{reading.value} 00:00:00"


def scaled(text: str | None, field: Field | None, scale: str) -> str | None:
    """A number under a header such as 受理(万件), with its scale written behind it so that it is read exactly."""
    if not scale or text is None or field is None or field.type not in (FieldType.INTEGER, FieldType.NUMBER):
        return text
    return text if not _DIGIT.search(text) or _OWN_SCALE.search(text) else text.strip() + scale
