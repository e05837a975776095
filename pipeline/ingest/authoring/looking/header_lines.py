"""Tells how each header of a sheet maps to a field of its contract; tables.header does the mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.labels import label_key
from pipeline.ingest.authoring.looking.hidden_columns import MARK_OF_PERSONAL
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import Column, Header

_TYPE_WORDS = {
    FieldType.STRING: "文字",
    FieldType.INTEGER: "整数",
    FieldType.NUMBER: "数字",
    FieldType.DATE: "日期",
    FieldType.DATETIME: "日期时间",
    FieldType.BOOLEAN: "是否",
}


@dataclass(frozen=True)
class HeaderLine:
    """How one header maps: its column, what is written there, the field, its type, and a remark.

    `place` counts columns from 0, and is -1 for a field of the contract that the sheet lacks.
    """

    source: str
    sheet: str
    place: int
    written: str
    name: str
    type: str
    remark: str


def header_lines(sheet: Sheet, header: Header, contract: Contract) -> Iterator[HeaderLine]:
    """A line for each column of the header, then one for each field that it lacks."""
    ignored = set(map(label_key, contract.ignored_labels))
    for column in header.columns:
        field = column.field
        yield HeaderLine(
            source=contract.name,
            sheet=sheet.name,
            place=column.index,
            written=column.written or column.label,
            name=field.name if field else "",
            type=_type_word(field) if field else "",
            remark=_remarks(column, field) if field else _why_not_read(column.label, ignored),
        )
    for field in header.missing:
        yield HeaderLine(
            source=contract.name,
            sheet=sheet.name,
            place=-1,
            written=field.title,
            name=field.name,
            type=_TYPE_WORDS[field.type],
            remark="缺少（必需）" if field.constraints.required else "没有这一列",
        )


def _type_word(field: Field) -> str:
    """The type for people; nothing where the column is not stored."""
    return "" if field.personal == "drop" else _TYPE_WORDS[field.type]


def _remarks(column: Column, field: Field) -> str:
    remarks = []
    if field.personal:
        remarks.append(MARK_OF_PERSONAL[field.personal])
    if field.unit:
        remarks.append(f"单位 {field.unit}")
    if field.codes:
        remarks.append(f"代码表 {field.codes}")
    if column.scale:
        remarks.append(f"按{column.scale}换算")
    return "，".join(remarks)


def _why_not_read(label: str, ignored: set[str]) -> str:
    if label in ignored:
        return "不需要的列"
    return "合同中没有" if label else "没有表头，不读"
