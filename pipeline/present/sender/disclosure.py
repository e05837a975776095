"""What of a row may go back to its sender; how it is written there, the copies say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from pipeline.contracts import Contract
from pipeline.ingest.tables.header import Column, Header, Row
from pipeline.ingest.tables.rows import RowKind
from pipeline.privacy.masking import (
    MASK,
    mask_free_text,
    mask_landlines,
    mask_line,
    mask_names,
    mask_number,
    signed_places,
)

NOT_LOADED: Final = "［个人信息，已删除］"
NOT_READ: Final = "［不读的列，已略去］"
# A column that the contract does not read may hold anything, so that nothing of it goes out but numbers of rows.
_NUMBERING: Final = frozenset({"序号", "行号", "行次", "编号", "no.", "no"})
_DAYS: Final = re.compile(r"(?:\d{4}\s*[年/.-]|第\s*\d)[\d年月日期第至/.: -]{0,40}")
_ROW_NUMBER: Final = re.compile(r"\d{1,6}(?:\.0)?")
# Labels under which only persons stand: below such a row begins a list that is nobody's export.
_PERSONS: Final = frozenset(
    {
        "姓名",
        "证件号码",
        "证件号",
        "身份证号",
        "身份证号码",
        "联系电话",
        "电话",
        "手机",
        "手机号",
        "手机号码",
        "联系方式",
    }
    | {"住址", "地址", "家庭住址", "联系地址"}
)
_NAME: Final = re.compile(r"[一-鿿](?:\s*[一-鿿]){1,3}")
_OF_A_TABLE: Final = tuple("表账单册报细况计期")
_LABELS: Final = (RowKind.HEADER, RowKind.REPEATED_HEADER, RowKind.NUMBERING)


class Disclosure:
    """Says of each cell of one table what its sender may be shown again."""

    def __init__(self, header: Header, contract: Contract) -> None:
        self._columns = {column.index: column for column in header.columns}
        self._totals = {total.label for total in contract.layout.totals}
        self._is_foreign = False

    @property
    def places(self) -> list[int]:
        """The columns of which something is shown: those that the contract reads and that hold no persons."""
        return [at for at, column in self._columns.items() if column.field and not column.field.personal]

    def title(self, values: Sequence[Any]) -> list[Any]:
        """A line above the header: a title, or what is said of the table (统计时间：…); no list of anything else."""
        texts = [(_text(value) or "").strip() for value in values]
        is_list = len({text for text in texts if text}) > 1
        shown = self.line(values)
        for at, text in enumerate(texts):
            if text and not _is_title(text, in_list=is_list) and shown[at] != MASK:
                shown[at] = NOT_READ
        return shown

    def line(self, values: Sequence[Any]) -> list[Any]:
        """A header of the table: as it is, but for persons in it."""
        signed = signed_places([_text(value) for value in values])
        return [MASK if at in signed and value else _in_line(value) for at, value in enumerate(values)]

    def row(self, values: Sequence[Any], kind: RowKind) -> list[Any]:
        """A row below the header."""
        if kind in _LABELS:
            return self.line(values)
        texts: Row = [_text(value) for value in values]
        self._is_foreign = self._is_foreign or _begins_persons(texts)
        if self._is_foreign:
            return [NOT_READ if text and text.strip() else None for text in texts]
        signed = signed_places(texts)
        first = next((at for at, text in enumerate(texts) if text and text.strip()), -1)
        shown: list[Any] = []
        for at, (value, text) in enumerate(zip(values, texts, strict=True)):
            if text is None or not text.strip():
                shown.append(None)
            elif kind is RowKind.NOTE and at == first:
                shown.append(_in_line(value))
            else:
                shown.append(MASK if at in signed else self._cell(at, value, text, kind))
        return shown

    def _cell(self, at: int, value: Any, text: str, kind: RowKind) -> Any:
        column = self._columns.get(at)
        if column is not None and column.field is not None:
            return NOT_LOADED if column.field.personal else _masked(value, is_prose=column.field.free_text)
        is_total = kind is RowKind.TOTAL and "".join(text.split()) in self._totals
        return value if is_total or _is_row_number(column, text) else NOT_READ


def _is_title(text: str, *, in_list: bool) -> bool:
    """Whether a cell above the header may be read by anybody: no name, and among others nothing but what says what."""
    is_said = ":" in text or "：" in text or _DAYS.fullmatch(text) is not None
    return is_said if in_list else is_said or text.endswith(_OF_A_TABLE) or _NAME.fullmatch(text) is None


def _begins_persons(texts: Row) -> bool:
    filled = ["".join(text.split()) for text in texts if text and text.strip()]
    is_header = len(filled) > 1 and not any(char.isdigit() for text in filled for char in text)
    return is_header and not _PERSONS.isdisjoint(filled)


def _is_row_number(column: Column | None, text: str) -> bool:
    return column is not None and column.label in _NUMBERING and _ROW_NUMBER.fullmatch(text.strip()) is not None


def _masked(value: Any, *, is_prose: bool) -> Any:
    if isinstance(value, str):
        masked = mask_names(mask_free_text(value))
        return mask_landlines(masked) if is_prose else masked
    return mask_number(value) if isinstance(value, int | float) else value


def _in_line(value: Any) -> Any:
    return mask_line(value) if isinstance(value, str) else _masked(value, is_prose=False)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
