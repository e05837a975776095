"""Says how an export differs from its contract and what to paste where; the nearest known name, aliases find."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.contracts import Contract, Field
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.aliases import Near, nearest
from pipeline.ingest.tables.header import Header, Row, field_of
from pipeline.privacy.masking import shown

_SHOWN = 3
_LONGEST = 120


def refuse_drift(header: Header, contract: Contract, file_name: str, sheet: str = "", row_no: int = 0) -> None:
    """Refuse a table that lacks a required column or has one that the contract does not know.

    `row_no` is the physical row of the header, where that is not its place among the rows.
    Raises RefusedFileError; its text names file, sheet, what was expected and found, the nearest name, and the
    contract line to paste.
    """
    problems = list(drift_of(header, contract))
    if not problems:
        return
    place = f"“{file_name}”" + (f"工作表“{sheet}”" if sheet else "") + f"第 {row_no or header.top + 1} 行的表头"
    more = f"；另有 {len(problems) - _SHOWN} 处不同，用 zhoubao inspect 查看" if len(problems) > _SHOWN else ""
    raise RefusedFileError(f"{place}：{'；'.join(problems[:_SHOWN])}{more}")


def refuse_unlabelled(
    header: Header, below: Sequence[Row], contract: Contract, file_name: str, sheet: str = ""
) -> None:
    """Refuse a table with a column of data under no label, unless it stands apart or only numbers the rows.

    `below` are the first rows under the header. Raises RefusedFileError, which says where the column stands.
    """
    last = max((column.index for column in header.columns if column.label), default=-1)
    reach = last + (1 if any(not one.constraints.required for one in header.missing) else 0)
    for at in range(reach + 1):
        if at < len(header.columns) and header.columns[at].label:
            continue
        cells = [row[at].strip() if at < len(row) and row[at] else "" for row in below]  # type: ignore[union-attr]
        filled = [cell for cell in cells if cell]
        rows = sum(sum(1 for cell in row if cell and cell.strip()) > 1 for row in below)
        if len(filled) * 2 > rows and not counts_rows(filled):
            beside = f"（缺少的列：{'、'.join(one.title for one in header.missing)}）" if header.missing else ""
            raise RefusedFileError(
                f"“{file_name}”{f'工作表“{sheet}”' if sheet else ''}第 {at + 1} 列有数据却没有表头{beside}，"
                f"不知道是什么；请补上表头，或在合同 {contract.name}.yaml 该字段的 labels 中写“第 {at + 1} 列”，"
                f"若不需要，写 ignoredLabels: {_flow((*contract.ignored_labels, f'第 {at + 1} 列'))}"
            )


def counts_rows(cells: Sequence[str]) -> bool:
    """Whether cells only number the rows: 1 2 3 or 0 1 2, with gaps where rows are no data."""
    numbers = [int(cell) for cell in cells if cell.isdecimal()]
    return len(numbers) == len(cells) and numbers[:1] in ([0], [1]) and numbers == sorted(set(numbers))


def drift_of(header: Header, contract: Contract) -> Iterable[str]:
    """One clause for each required column that is missing and each column that is unknown; none where all fits."""
    repeated = {label: field for label in header.unknown if (field := field_of(label, contract))}
    if repeated:
        yield _repeated(repeated, header)
    # What stands for a column may be a cell of data after all: it is shown as cells are, masked and not at length.
    written = {column.label: shown(column.written or column.label, _LONGEST) or "" for column in header.columns}
    header = replace(header, unknown=tuple(written[label] for label in header.unknown if label not in repeated))
    unclaimed = list(header.unknown)
    for lost in (one for one in header.missing if one.constraints.required):
        near = nearest(lost.all_labels, unclaimed)
        if near:
            unclaimed.remove(near.name)
        yield _missing(lost, near, header, contract)
    optional = [one for one in header.missing if not one.constraints.required]
    for label in unclaimed:
        yield _unknown(label, optional, contract)


def _repeated(repeated: Mapping[str, Field], header: Header) -> str:
    """Two columns for one field: of the first few, the places and what stands there."""
    clauses = []
    for label, field in list(repeated.items())[:_SHOWN]:
        same = [column for column in header.columns if column.label == label or column.field is field]
        places = "、".join(f"第 {column.index + 1} 列“{column.written or column.label}”" for column in same)
        clauses.append(f"“{field.title}”有 {len(same)} 列（{places}）")
    more = f"等 {len(repeated)} 处" if len(repeated) > _SHOWN else ""
    ways_out = "请删去或改名多出的列，并排的两张表请上下排列或分成两个工作表"
    return f"{'，'.join(clauses)}{more}，无法判断以哪一列为准；{ways_out}"


def _missing(lost: Field, near: Near | None, header: Header, contract: Contract) -> str:
    also = f"（也认：{'、'.join(lost.labels)}）" if lost.labels else ""
    found = f"多出的列是{_quoted(header.unknown)}" if header.unknown else "没有未登记的列"
    said = f"缺少必需的列“{lost.title}”{also}，{found}"
    if near is None:
        return f"{said}；请重新导出完整的列"
    return f"{said}；最接近的是“{near.name}”（相似 {near.score:.0f}），若是同一列，{_rename(lost, near.name, contract)}"


def _unknown(label: str, missing: Sequence[Field], contract: Contract) -> str:
    names = {one: field for field in missing for one in field.all_labels}
    near = nearest([label], list(names))
    same = ""
    if near:
        line = _rename(names[near.name], label, contract)
        same = f"最接近的是“{near.name}”（相似 {near.score:.0f}），若是同一列，{line}；"
    return (
        f"有合同中没有的列“{label}”；{same}若不需要，请在合同 {contract.name}.yaml 写 "
        f"ignoredLabels: {_flow((*contract.ignored_labels, label))}，若需要，请在 fields 中加一行 "
        f"- {{name: 英文名, title: {label}}}（含个人信息时加 personal: drop）"
    )


def _rename(field: Field, label: str, contract: Contract) -> str:
    return f"请在合同 {contract.name}.yaml 的 {field.name} 写 labels: {_flow((*field.labels, label))}"


def _flow(labels: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{one}"' if re.search(r"[\[\]{},:#&*!|>%@`'\"]", one) else one for one in labels) + "]"


def _quoted(labels: Sequence[str]) -> str:
    more = f"等 {len(labels)} 列" if len(labels) > _SHOWN else ""
    return "、".join(f"“{one}”" for one in labels[:_SHOWN]) + more
