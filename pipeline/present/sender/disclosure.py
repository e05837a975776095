"""What of a row may go back to its sender; how it is written there, copied_sheet.py and bad_lines.py say."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

from pipeline.contracts import Contract
from pipeline.ingest.cells.day_notations import plain
from pipeline.ingest.tables.headers.header import Column, Header
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
# "1", "17", "17.0" where a spreadsheet made a decimal of it.
_ROW_NUMBER: Final = re.compile(r"\d{1,6}(?:\.0)?")
# "2023年4月17日", "2023-04-17 至 2023-04-21", "第15期": what says of which days a table is.
_DAYS: Final = re.compile(r"(?:\d{4}\s*[年/.-]|第\s*\d)[\d年月日期第至/.: -]{0,40}")
# Labels under which only persons stand: below such a row begins a list that is nobody's export.
_PERSONS: Final = frozenset(
    {
        *("姓名", "证件号码", "证件号", "身份证号", "身份证号码"),
        *("联系电话", "电话", "手机", "手机号", "手机号码", "联系方式"),
        *("住址", "地址", "家庭住址", "联系地址"),
    }
)
# "张三", "欧 阳 娜 娜": two to four characters, however spaced; a short title looks the same.
_NAME: Final = re.compile(r"[一-鿿](?:\s*[一-鿿]){1,3}")
# "统计表", "窗口台账", "周报": a title that ends so is no name.
_ENDS_OF_TITLES: Final = tuple("表账单册报细况计期")
_LABELS: Final = (RowKind.HEADER, RowKind.REPEATED_HEADER, RowKind.NUMBERING)


class Disclosure:
    """Says of each cell of one table what its sender may be shown again.

    Rows are given from top to bottom: once a list of persons begins, nothing below it goes out.
    """

    def __init__(self, header: Header, contract: Contract) -> None:
        self._columns = {column.index: column for column in header.columns}
        self._totals = {total.label for total in contract.layout.totals}
        self._is_foreign = False

    @property
    def columns(self) -> list[int]:
        """The columns of which something is shown: those that the contract reads and that hold no persons."""
        disclosed: list[int] = []
        for index, column in self._columns.items():
            if column.field and not column.field.personal:
                disclosed.append(index)
        return disclosed

    def title(self, values: Sequence[Any]) -> list[Any]:
        """A line above the header: a title, or what is said of the table (统计时间：…); no list of anything else."""
        texts = list(map(str.strip, map(_text, values)))
        distinct = set(texts) - {""}
        is_list = len(distinct) > 1
        disclosed = self.line(values)
        for index, text in enumerate(texts):
            is_open = text == "" or _is_title(text, in_list=is_list)
            if not is_open and disclosed[index] != MASK:
                disclosed[index] = NOT_READ
        return disclosed

    def line(self, values: Sequence[Any]) -> list[Any]:
        """A header of the table: as it is, but for persons in it."""
        signed = _signed(values)
        disclosed = list(map(_in_line, values))
        for index in signed:
            if values[index]:
                disclosed[index] = MASK
        return disclosed

    def row(self, values: Sequence[Any], kind: RowKind) -> list[Any]:
        """A row below the header."""
        if kind in _LABELS:
            return self.line(values)
        texts = list(map(_text, values))
        filled = {index: text for index, text in enumerate(texts) if text.strip()}
        if _begins_persons(list(filled.values())):
            self._is_foreign = True
        if self._is_foreign:
            return _only_at(filled, NOT_READ, len(texts))
        disclosed = _only_at(_signed(values), MASK, len(texts))
        for index, text in filled.items():
            is_signature = disclosed[index] is not None
            if not is_signature:
                disclosed[index] = self._cell(index, values[index], text, kind)
        # The words of a note stand in its first cell, under whatever column that is.
        if kind is RowKind.NOTE and filled:
            place_of_words = min(filled)
            words = values[place_of_words]
            disclosed[place_of_words] = _in_line(words)
        return disclosed

    def _cell(self, index: int, value: Any, text: str, kind: RowKind) -> Any:
        """A cell below the header that is no signature."""
        column = self._columns.get(index)
        field = column.field if column else None
        if field is not None:
            return NOT_LOADED if field.personal else _masked(value, is_prose=field.free_text)
        # Of a column that the contract does not read only its numbering and the word of a total go out.
        is_total = kind is RowKind.TOTAL and "".join(text.split()) in self._totals
        if is_total:
            return value
        if _is_row_number(column, text):
            return value
        return NOT_READ


def _only_at(indexes: Collection[int], word: str, width: int) -> list[Any]:
    """A row that holds `word` at some places and nothing at the others."""
    return [word if index in indexes else None for index in range(width)]


def _signed(values: Sequence[Any]) -> Collection[int]:
    """The columns in which somebody signed: 审核人： and the name beside it."""
    return signed_places([None if value is None else str(value) for value in values])


def _is_title(text: str, *, in_list: bool) -> bool:
    """Whether a cell above the header may be read by anybody: no name, and among others nothing but what says what.

    `填报单位：省司法厅` and `2023年4月17日` are read in any case; `张三` is not; `窗口台账` is, where it stands alone.
    """
    has_colon = ":" in text or "：" in text
    if has_colon:
        return True
    if _DAYS.fullmatch(plain(text)):
        return True
    if in_list:
        return False
    if text.endswith(_ENDS_OF_TITLES):
        return True
    looks_like_name = _NAME.fullmatch(text) is not None
    return not looks_like_name


def _begins_persons(cells: Sequence[str]) -> bool:
    """Whether the filled cells of a row are the header of a list of persons: several labels, one of which is theirs.

    `姓名 | 手机号` is one; `张三 | 13900001234` is none, since labels hold no digit.
    """
    labels = ["".join(cell.split()) for cell in cells]
    if len(labels) < 2:
        return False
    if _PERSONS.isdisjoint(labels):
        return False
    has_digit = re.search(r"\d", "".join(labels)) is not None
    return not has_digit


def _is_row_number(column: Column | None, text: str) -> bool:
    if column is None:
        return False
    if column.label not in _NUMBERING:
        return False
    return _ROW_NUMBER.fullmatch(text.strip()) is not None


def _masked(value: Any, *, is_prose: bool) -> Any:
    if isinstance(value, str):
        masked = mask_names(mask_free_text(value))
        return mask_landlines(masked) if is_prose else masked
    if isinstance(value, int | float):
        return mask_number(value)
    return value


def _in_line(value: Any) -> Any:
    if isinstance(value, str):
        return mask_line(value)
    return _masked(value, is_prose=False)


def _text(value: Any) -> str:
    """A cell's value as text; nothing where it is empty."""
    return "" if value is None else str(value)
