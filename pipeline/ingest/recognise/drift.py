"""Says how an export differs from its contract and which line to paste where; how near names are, `likeness` says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.contracts import Contract, Field
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.recognise.likeness import Near, nearest
from pipeline.ingest.refusals.recognise import RecogniseRefusal
from pipeline.ingest.tables.headers.contract_labels import field_of
from pipeline.ingest.tables.headers.header import Column, Header
from pipeline.ingest.tables.headers.paths import Row, text_at
from pipeline.privacy.masking import shown

_MOST_SHOWN = 3
_LONGEST_LABEL = 120
_NEEDS_QUOTES = re.compile(r"[\[\]{},:#&*!|>%@`'\"]")  # what would mean something else in a YAML list


def refuse_drift(header: Header, contract: Contract, file_name: str, sheet: str = "", row_no: int = 0) -> None:
    """Refuse a table that lacks a required column or has one that the contract does not know.

    `row_no` is the physical row of the header, where that is not its place among the rows.
    Raises RefusedFileError (`RecogniseRefusal.COLUMNS_DIFFER`); its text names file, sheet, what was expected and
    found, the nearest name, and the contract line to paste.
    """
    differences = list(drift_of(header, contract))
    if not differences:
        return
    row = row_no or header.top + 1
    omitted = len(differences) - _MOST_SHOWN
    required = [field.title for field in _required(contract.fields)]
    raise RefusedFileError(
        RecogniseRefusal.COLUMNS_DIFFER,
        place=RefusalPlace(file_name, sheet or None, row),
        expected="、".join(required),
        found="、".join(_labels_for_people(header).values()),
        where=f"“{file_name}”{_on_sheet(sheet)}第 {row} 行的表头",
        differences="；".join(differences[:_MOST_SHOWN]),
        further=f"；另有 {omitted} 处不同，用 zhoubao inspect 查看" if omitted > 0 else "",
    )


def refuse_unlabelled(
    header: Header,
    below: Sequence[Row],
    contract: Contract,
    file_name: str,
    sheet: str = "",
) -> None:
    """Refuse a table with a column of data under no label, unless it stands apart or only numbers the rows.

    `below` are the first rows under the header. Raises RefusedFileError (`RecogniseRefusal.COLUMN_UNLABELLED`), which
    says where the column stands.
    """
    if not _is_complete_account(contract):
        return
    rows_of_data = sum(map(_has_several_cells, below))
    for at in _unlabelled_columns(header):
        filled = _filled_cells(below, at)
        is_mostly_filled = len(filled) * 2 > rows_of_data
        if not is_mostly_filled or counts_rows(filled):
            continue
        missing = "、".join(field.title for field in header.missing)
        raise RefusedFileError(
            RecogniseRefusal.COLUMN_UNLABELLED,
            place=RefusalPlace(file_name, sheet or None, header.top + 1, f"第 {at + 1} 列"),
            expected=missing or None,
            file=file_name,
            on_sheet=_on_sheet(sheet),
            column=at + 1,
            beside=f"（缺少的列：{missing}）" if missing else "",
            contract=contract.name,
            ignored=_yaml_list((*contract.ignored_labels, f"第 {at + 1} 列")),
        )


def _unlabelled_columns(header: Header) -> list[int]:
    """The columns without a label that may belong to the table, from 0.

    They stand before the last label, or right behind it where an optional column is missing: what stands further away
    is somebody's remark.
    """
    labelled = {column.index for column in header.columns if column.label}
    end = max(labelled, default=-1) + 1
    optional = _optional(header.missing)
    if optional:
        end += 1
    return sorted(set(range(end)) - labelled)


def _required(fields: Iterable[Field]) -> list[Field]:
    return [field for field in fields if field.constraints.required]


def _optional(fields: Iterable[Field]) -> list[Field]:
    return [field for field in fields if not field.constraints.required]


def _filled_cells(rows: Sequence[Row], column: int) -> list[str]:
    """The cells of a column that hold something, without blanks around it."""
    texts = [text_at(row, column) for row in rows]
    return list(filter(None, texts))


def _has_several_cells(row: Row) -> bool:
    texts = map(str.strip, filter(None, row))
    filled = list(filter(None, texts))
    return len(filled) > 1


def counts_rows(cells: Sequence[str]) -> bool:
    """Whether cells only number the rows: 1 2 3 or 0 1 2, with gaps where rows are no data."""
    if not all(map(str.isdecimal, cells)):
        return False
    numbers = list(map(int, cells))
    begins_small = numbers[:1] in ([0], [1])
    is_ascending = numbers == sorted(set(numbers))
    return begins_small and is_ascending


def drift_of(header: Header, contract: Contract) -> Iterable[str]:
    """One clause for each required column that is missing and each column that is unknown; none where all fits."""
    repeated = _repeated_fields(header, contract)
    if repeated:
        yield _repeated_clause(repeated, header)
    labels = _labels_for_people(header)
    unclaimed = [labels[label] for label in header.unknown if label not in repeated]
    unknown = tuple(unclaimed)
    for field in _required(header.missing):
        near = nearest(field.all_labels, unclaimed)
        # A column that stands for a missing one is told there, and not a second time as unknown.
        if near:
            unclaimed.remove(near.name)
        yield _missing_clause(field, near, unknown, contract)
    optional = _optional(header.missing)
    for label in unclaimed if _is_complete_account(contract) else ():
        yield _unknown_clause(label, optional, contract)


def _is_complete_account(contract: Contract) -> bool:
    """Whether the contract has to name every column, since none belongs to the person who fills the file in."""
    return contract.layout.other_columns == "refuse"


def _repeated_fields(header: Header, contract: Contract) -> dict[str, Field]:
    """Fields that a second column names, by that column's label."""
    repeated = {}
    fields_of_wide = _fields_of_repeated_values(header)
    for label in header.unknown:
        field = field_of(label, contract) or fields_of_wide.get(label)
        if field is not None:
            repeated[label] = field
    return repeated


def _fields_of_repeated_values(header: Header) -> dict[str, Field]:
    """The field of each column of a wide table whose value another column bears already: 2021 beside 2021年."""
    fields: dict[object, Field] = {}
    without_field: list[Column] = []
    for column in header.columns:
        if column.field is None:
            without_field.append(column)
        else:
            fields[_value(column)] = column.field
    repeated = {}
    for column in without_field:
        field = fields.get(_value(column))
        if field is not None:
            repeated[column.label] = field
    return repeated


def _value(column: Column) -> object:
    """The value that a column of a wide table bears, or a label of its own for any other column."""
    return column.wide.identity if column.wide is not None else column.index


def _labels_for_people(header: Header) -> dict[str, str]:
    """The label of each column as it may be shown, by its key.

    What stands for a column may be a cell of data after all: it is shown as cells are, masked and not at length.
    """
    return {column.label: shown(_written(column), _LONGEST_LABEL) or "" for column in header.columns}


def _written(column: Column) -> str:
    return column.written or column.label


def _repeated_clause(repeated: Mapping[str, Field], header: Header) -> str:
    """Two columns for one field: of the first few, the places and what stands there."""
    first = list(repeated.items())[:_MOST_SHOWN]
    clauses = [_clause_of_repeated(label, field, header) for label, field in first]
    has_more = len(repeated) > _MOST_SHOWN
    count = f"等 {len(repeated)} 处" if has_more else ""
    ways_out = "请删去或改名多出的列，并排的两张表请上下排列或分成两个工作表"
    return f"{'，'.join(clauses)}{count}，无法判断以哪一列为准；{ways_out}"


def _clause_of_repeated(label: str, field: Field, header: Header) -> str:
    """“受理部门”有 2 列（第 2 列“受理部门”、第 4 列“办理部门”）."""
    places = list(map(_place_of, _columns_of_repeated(label, field, header)))
    return f"“{field.title}”有 {len(places)} 列（{'、'.join(places)}）"


def _columns_of_repeated(label: str, field: Field, header: Header) -> Iterator[Column]:
    """The columns of a field, and those of a wide table that bear the same value as the column of a label."""
    same = {_value(column) for column in header.columns if column.label == label}
    for column in header.columns:
        is_of_field = column.field is field
        is_wide = column.wide is not None
        if (is_of_field and not is_wide) or _value(column) in same:
            yield column


def _place_of(column: Column) -> str:
    return f"第 {column.index + 1} 列“{_written(column)}”"


def _missing_clause(field: Field, near: Near | None, unknown: Sequence[str], contract: Contract) -> str:
    """A required column that is not there, and the unknown one that may be meant."""
    synonyms = f"（也认：{'、'.join(field.labels)}）" if field.labels else ""
    others = f"多出的列是{_quoted(unknown)}" if unknown else "没有未登记的列"
    clause = f"缺少必需的列“{field.title}”{synonyms}，{others}"
    if near is None:
        return f"{clause}；请重新导出完整的列"
    return f"{clause}；{_same_column(near, field, near.name, contract)}"


def _unknown_clause(label: str, missing: Sequence[Field], contract: Contract) -> str:
    """A column that the contract does not know, and the optional one that may be meant."""
    fields = {name: field for field in missing for name in field.all_labels}
    near = nearest([label], list(fields))
    same = ""
    if near:
        same = f"{_same_column(near, fields[near.name], label, contract)}；"
    ignored = _yaml_list((*contract.ignored_labels, label))
    return (
        f"有合同中没有的列“{label}”；{same}若不需要，请在合同 {contract.name}.yaml 写 "
        f"ignoredLabels: {ignored}，若需要，请在 fields 中加一行 "
        f"- {{name: 英文名, title: {label}}}（含个人信息时加 personal: drop）"
    )


def _same_column(near: Near, field: Field, label: str, contract: Contract) -> str:
    """The line that makes a label one of a field's: labels: [办理部门, 承办部门]."""
    labels = _yaml_list((*field.labels, label))
    line = f"请在合同 {contract.name}.yaml 的 {field.name} 写 labels: {labels}"
    return f"最接近的是“{near.name}”（相似 {near.score:.0f}），若是同一列，{line}"


def _yaml_list(labels: Iterable[str]) -> str:
    """[序号, "渠道: 网上"]."""
    items = [f'"{label}"' if _NEEDS_QUOTES.search(label) else label for label in labels]
    return f"[{', '.join(items)}]"


def _quoted(labels: Sequence[str]) -> str:
    """“渠道”、“金额”、“备注”等 5 列."""
    first = "、".join(f"“{label}”" for label in labels[:_MOST_SHOWN])
    has_more = len(labels) > _MOST_SHOWN
    return f"{first}等 {len(labels)} 列" if has_more else first


def _on_sheet(sheet: str) -> str:
    return f"工作表“{sheet}”" if sheet else ""
