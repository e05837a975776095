"""Proposes the known name that comes nearest to an unknown one, and the line that would accept it; a person decides."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.ingest.cells.code_lists import CodeLists

if TYPE_CHECKING:
    import duckdb


ENOUGH = 50.0
"""Below this score (0–100) a name is not called near."""
_ABBREVIATION = 85.0
_CLOSE_CALL = 5.0
_SYLLABLE = re.compile(r"^(四川|省|成都)+")


@dataclass(frozen=True)
class Near:
    """A known name that looks like an unknown one, with its score from 0 to 100."""

    name: str
    score: float


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
