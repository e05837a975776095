"""Reads whole rows by contract, the same for every container; whole columns are read in `pipeline.ingest.load`.

On top of `read_cell` this applies what only a delivery knows: code lists, the key of persons' digests, the masks of
free text, and scales that a header or title gives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from pipeline.common.cell_marks import SCALED_MARK, unmarked
from pipeline.common.key_form import folded
from pipeline.contracts import Contract, Field, FieldType, OnError
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.numbers import SCALES
from pipeline.ingest.cells.read_cell import Reading, read_text
from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.reasons import MESSAGES, Disposition, Reason
from pipeline.ingest.refusals.cells import CellRefusal
from pipeline.privacy.digest import person_digest
from pipeline.privacy.masking import mask_field, shown
from pipeline.privacy.second_net import KnownPersons

Corrections = Mapping[tuple[str, int], Mapping[str, str]]
"""Sheet and row number → field → the text to be read in the place of what the file says."""

_DIGIT = re.compile(r"\d")
_OWN_SCALE = re.compile(f"[{''.join(SCALES)}]")
_NO_SCALES: Mapping[str, str] = MappingProxyType({})
_NO_CELLS: Mapping[str, str] = MappingProxyType({})
_REMEMBERED_CELLS = 50_000


@dataclass(frozen=True)
class CellReading:
    """A cell by its field: its canonical text, the reason if it has none, and whether its original may be kept."""

    value: str | None
    reason: str | None
    is_private: bool = False


class RowReader:
    """Reads cells of one delivery by contract, code lists and the person key; answers are cached by text.

    `persons` are those whom it met in personal columns, `codes` the code lists. `corrections` are texts that a steward
    gave for cells of this delivery, by sheet, row and field: they are read in the place of what the file says.
    """

    def __init__(
        self,
        contract: Contract,
        codes: CodeLists,
        context: Context,
        person_key: bytes,
        corrections: Corrections = MappingProxyType({}),
    ) -> None:
        self.contract = contract
        self.context = context
        self.codes = codes
        self.corrections = corrections
        self._key = person_key
        self.persons = KnownPersons()
        self._dropped = [field.name for field in contract.fields if field.personal == "drop"]
        self._fields = {field.name: field for field in contract.stored_fields}
        self._cached = lru_cache(maxsize=_REMEMBERED_CELLS)(self._read)

    def in_1904(self) -> RowReader:
        """The same reader for a workbook whose serials count from 1904."""
        context = replace(self.context, is_1904=True)
        reader = RowReader(self.contract, self.codes, context, self._key, self.corrections)
        reader.persons = self.persons
        return reader

    def cell(self, field: Field, text: str | None, scale: str = "") -> CellReading:
        """What one cell means; personal fields come back as a digest, free text masked."""
        return self._cached(field.name, text, scale)

    def row(
        self,
        sheet: str,
        row_no: int,
        texts: Mapping[str, str | None],
        scales: Mapping[str, str] = _NO_SCALES,
    ) -> tuple[TypedRow | None, list[CellProblem]]:
        """One row: typed, or None where a cell sends it to quarantine; and its cell problems, such a cell's first.

        `scales` names the fields whose header or title counts in 万 or the like.
        Raises RefusedFileError (`CellRefusal.CELL_UNREADABLE`) where the contract says that such a cell refuses the
        file.
        """
        for name in self._dropped:
            self.persons.add(texts.get(name))
        typed = TypedRow(sheet, row_no, {})
        problems: list[CellProblem] = []
        corrected = self.corrections.get((sheet, row_no), _NO_CELLS)
        for name, field in self._fields.items():
            text = texts.get(name)
            scale = scales.get(name, "")
            # A correction says the number itself, whatever unit the header counts in.
            reading = self.cell(field, corrected[name]) if name in corrected else self.cell(field, text, scale)
            typed.values[name] = reading.value
            if reading.reason:
                problem = self._problem(sheet, row_no, field, text, reading)
                problems.append(problem)
            written = unmarked(text)
            if written is None or written == reading.value:
                continue
            if reading.is_private or is_rendering(field, text, reading):
                continue
            typed.as_written[name] = self.written(field, written)
        if any(map(_is_quarantined, problems)):
            return None, _of_quarantined_row(problems)
        return typed, problems

    def written(self, field: Field, text: str) -> str:
        """A cell as it was written, without persons: 13900001111 in a column of days is one; a case number is none."""
        is_identifier = field.type is FieldType.STRING and not self.contract.is_masked(field)
        return text if is_identifier else mask_field(text, keeps_names=field.names_officials)

    def _problem(self, sheet: str, row_no: int, field: Field, text: str | None, reading: CellReading) -> CellProblem:
        """What was wrong with a cell, and what that does to its row by the contract's rule."""
        reason = reading.reason or ""
        value = shown_original(text, reading)
        rule = self.contract.on_error_of(field)
        if rule is OnError.REFUSE_FILE:
            raise RefusedFileError(
                CellRefusal.CELL_UNREADABLE,
                place=RefusalPlace(sheet=sheet, row=row_no, column=field.title),
                expected=field.type.value,
                found=value,
                sheet=sheet,
                row=row_no,
                column=field.title,
                reason=MESSAGES.get(reason, reason),
            )
        is_kept = rule is OnError.NULL_AND_FLAG or reading.value is not None
        disposition = Disposition.LOADED if is_kept else Disposition.QUARANTINED
        return CellProblem(sheet, row_no, field.name, reason, value, disposition)

    def _read(self, name: str, text: str | None, scale: str) -> CellReading:
        """What `cell` returns, without its memory."""
        field = self._fields[name]
        whole = scaled(text, field, scale)
        reading = read_text(whole, field, self.contract, self.context)
        if reading.value is None:
            is_private = field.personal is not None
            return CellReading(None, reading.reason, is_private)
        if field.personal == "hmac":
            self.persons.add(reading.value)
            digest = person_digest(reading.value, self._key)
            return CellReading(digest, None, is_private=True)
        if not self.contract.is_masked(field):
            return self._checked_by_codes(field, reading)
        masked = mask_field(reading.value, keeps_names=field.names_officials)
        checked = self._checked_by_codes(field, reading)
        if masked == reading.value or checked.reason == Reason.UNKNOWN_CODE:
            return checked
        return CellReading(masked, Reason.PERSONAL_DATA_MASKED, is_private=True)

    def _checked_by_codes(self, field: Field, reading: Reading) -> CellReading:
        """The reading, or `UNKNOWN_CODE` where the field has a code list that does not hold its value."""
        read = CellReading(reading.value, reading.reason)
        known = self.codes.get(field.codes or "")
        if known is None or reading.value in known:
            return read
        label = self._label_by_form(field.codes or "", reading.value)
        if label is not None:
            return CellReading(label, None)
        # 无业务 stands in a column of codes as it does in one of numbers.
        if reading.value in field.zero_values:
            return read
        return CellReading(None, Reason.UNKNOWN_CODE)

    def _label_by_form(self, code_list: str, text: str | None) -> str | None:
        """The only label of a list that a text is another spelling of: 行政 许可 → 行政许可; else None."""
        if text is None:
            return None
        form = folded(text)
        labels = [label for label in self.codes.get(code_list, ()) if folded(label) == form]
        return labels[0] if len(labels) == 1 else None


def _is_quarantined(problem: CellProblem) -> bool:
    return problem.row_disposition == Disposition.QUARANTINED


def _of_quarantined_row(problems: Sequence[CellProblem]) -> list[CellProblem]:
    """The problems of a row that is not loaded: first those that kept it out, then the others, which go with it."""
    causes_first = sorted(problems, key=_is_quarantined, reverse=True)
    return [replace(problem, row_disposition=Disposition.QUARANTINED) for problem in causes_first]


def shown_original(text: str | None, reading: CellReading) -> str | None:
    """What people may see of a cell with a problem: its text, masked; nothing of a personal one or an empty one.

    A cell with a mark of nothing, such as ——, is as empty as one without a text: the fast reading of a CSV sees no
    difference between the two, and a delivery is told the same however it was read.
    """
    if reading.is_private or reading.reason == Reason.MISSING_REQUIRED:
        return None
    return shown(unmarked(text))


def is_rendering(field: Field, text: str | None, reading: CellReading) -> bool:
    """Whether a text is only how a reader shows a day: a midnight after it says nothing that the date does not."""
    if field.type is not FieldType.DATE:
        return False
    rendered = f"{reading.value} 00:00:00"
    return text == rendered


def scaled(text: str | None, field: Field | None, scale: str) -> str | None:
    """A number under a header such as 受理(万件), with its scale written behind it so that it is read exactly.

    3.5 → 3.5万; a text without digits or with a scale of its own stays as it is.
    """
    if not scale or text is None:
        return text
    is_number = field is not None and field.type in NUMERIC
    if not is_number:
        return text
    # 无业务 and — are no numbers to scale.
    has_digits = _DIGIT.search(text) is not None
    if not has_digits:
        return text
    # 3.5万 under 受理(万件): the writer repeated the scale of the header.
    has_own_scale = _OWN_SCALE.search(text) is not None
    if has_own_scale:
        return text
    # 12345 shown as 12 under 受理(千件): the header says what the cell's format leaves out.
    return text.removeprefix(SCALED_MARK).strip() + scale
