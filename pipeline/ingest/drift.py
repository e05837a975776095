"""Says how an export differs from its contract and what to paste where; reading the export belongs elsewhere."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contracts import Contract, Field
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.layout import Header, Row, field_of
from pipeline.ingest.personal import shown
from pipeline.ingest.references import CodeLists

if TYPE_CHECKING:
    import duckdb

ENOUGH = 50.0
"""Below this score (0–100) a name is not called near."""
_ABBREVIATION = 85.0
_CLOSE_CALL = 5.0
_SHOWN = 3
_LONGEST = 120
_SYLLABLE = re.compile(r"^(四川|省|成都)+")


@dataclass(frozen=True)
class Near:
    """A known name that looks like an unknown one, with its score from 0 to 100."""

    name: str
    score: float


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


def nearest(wanted: Iterable[str], known: Iterable[str]) -> Near | None:
    """The known name that is nearest to any of the wanted ones, or None where none comes near enough."""
    names = list(known)
    best = max(
        (Near(name, likeness(one, name)) for one in wanted for name in names), key=lambda near: near.score, default=None
    )
    return best if best and best.score >= ENOUGH else None


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 100; 住建厅 is an abbreviation of 住房城乡建设厅 and counts as near."""
    from rapidfuzz import fuzz

    left, right = _bare(one), _bare(other)
    if not left or not right:
        return 0.0
    short, long = sorted((left, right), key=len)
    ratio = fuzz.ratio(left, right)
    is_short_for = len(short) > 1 and short[-1] == long[-1] and _is_within(short, long)
    return max(ratio, _ABBREVIATION + ratio / 10) if is_short_for else ratio


@lru_cache(maxsize=20_000)
def _bare(name: str) -> str:
    normal = "".join(unicodedata.normalize("NFKC", name).lower().split())
    return _SYLLABLE.sub("", normal) or normal


def _is_within(short: str, long: str) -> bool:
    rest = iter(long)
    return all(letter in rest for letter in short)


def propose_aliases(
    con: duckdb.DuckDBPyConnection, contract: Contract, codes: CodeLists, reference_dir: Path, since: date
) -> None:
    """Fill `cell_message` of a delivery on its way in: a sentence for each unknown code or department.

    In: `cell_problem`. Out: `cell_message` (grain: column_name, value), which `admit` puts into the quarantine.
    """
    unknown = con.execute(
        "SELECT DISTINCT column_name, value FROM cell_problem WHERE reason = 'unknown_code' AND value IS NOT NULL "
        "ORDER BY ALL"
    ).fetchall()
    if not unknown:
        return
    fields = {one.name: one for one in contract.fields}
    owners = department_ids(reference_dir)
    for column, value in unknown:
        source = fields[column].codes or ""
        message = proposal(value, source, codes.get(source, frozenset()), owners, since)
        con.execute("INSERT INTO cell_message VALUES (?, ?, ?)", [column, value, message])


def department_ids(reference_dir: Path) -> dict[str, str]:
    """department_id by every known name, from department_alias.csv."""
    path = reference_dir / "department_alias.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["alias"]: row["department_id"] for row in csv.DictReader(file)}


def proposal(value: str, source: str, known: Iterable[str], owners: dict[str, str], since: date) -> str:
    """What a steward may do about an unknown name: the nearest known one with its score, and the line to paste."""
    ranked = sorted((Near(name, likeness(value, name)) for name in known), key=lambda near: (-near.score, near.name))
    near = [one for one in ranked[:1] if one.score >= ENOUGH]
    rivals = [one for one in _others(ranked, owners) if near and near[0].score - one.score < _CLOSE_CALL]
    if source == "department":
        return f"“{value}”不在部门名录中；{_department(value, near, rivals, owners, since)}"
    return f"“{value}”不在代码表 {source} 中；{_code(value, source, near)}"


def _others(ranked: Sequence[Near], owners: dict[str, str]) -> Sequence[Near]:
    """The next name that does not mean the same as the first."""
    first = owners.get(ranked[0].name) if ranked else None
    return [one for one in ranked[1:] if first is None or owners.get(one.name) != first][:1]


def _department(value: str, near: Sequence[Near], rivals: Sequence[Near], owners: dict[str, str], since: date) -> str:
    cell = f'"{value}"' if "," in value else value
    before, after = f"{cell},", f",{since.isoformat()},,"
    where = "请在 pipeline/reference/department_alias.csv 加一行"
    if not near:
        return f"没有相近的名称；请核对，若是新部门或别名，{where}：{before}部门代号{after}写明缘由"
    also = f"，也可能是“{rivals[0].name}”（相似 {rivals[0].score:.0f}）" if rivals else ""
    owner = owners.get(near[0].name, "部门代号")
    return (
        f"最接近的是“{near[0].name}”（相似 {near[0].score:.0f}）{also}；若是同一部门，"
        f"{where}：{before}{owner}{after}{near[0].name}的别名"
    )


def _code(value: str, source: str, near: Sequence[Near]) -> str:
    add = f"若是新代码，请在 pipeline/reference/{source}.csv 加一行"
    if not near:
        return f"没有相近的写法；请报送单位核对，{add}"
    return f"最接近的是“{near[0].name}”（相似 {near[0].score:.0f}），请报送单位改正；{add}"
