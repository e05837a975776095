"""Proposes, for unknown departments and codes, the nearest known name and how it would be accepted.

A person decides. How near names are, `likeness` says; unknown labels of columns are told in `drift`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.common.utf8_text import read_utf8_csv
from pipeline.contracts import Contract
from pipeline.hall.files_in_force import Files, files_of
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.recognise.likeness import ENOUGH, LevelWords, Near, likeness

if TYPE_CHECKING:
    import duckdb

_CLOSE_CALL = 5.0  # a second name within so many points of the first is named too
_DEPARTMENT = "department"
_UNKNOWN_CODES = (
    "SELECT DISTINCT column_name, value FROM cell_problem WHERE reason = 'unknown_code' AND value IS NOT NULL "
    "ORDER BY ALL"
)


def propose_aliases(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    codes: CodeLists,
    lists: Sequence[Files],
    level_words: LevelWords = (),
) -> None:
    """Fill `cell_message` of a delivery on its way in: a sentence for each unknown code or department.

    `lists` are the places of code lists.

    In: `cell_problem`. Out: `cell_message` (grain: column_name, value), which `load.accept` puts into the quarantine.
    """
    unknown = con.execute(_UNKNOWN_CODES).fetchall()
    if not unknown:
        return
    fields = {field.name: field for field in contract.fields}
    owners = department_ids(lists)
    for column, value in unknown:
        source = fields[column].codes or ""
        known = codes.get(source, frozenset())
        message = proposal(value, source, known, owners, level_words)
        con.execute("INSERT INTO cell_message VALUES (?, ?, ?)", [column, value, message])


def department_ids(lists: Sequence[Files]) -> dict[str, str]:
    """department_id by every known name, from department_alias.csv of each place; one without it has none."""
    known: dict[str, str] = {}
    for place in lists:
        path = files_of(place, "*.csv").path_of("department_alias.csv")
        if path is not None:
            known |= {row["alias"] or "": row["department_id"] or "" for row in read_utf8_csv(path)}
    return known


def proposal(
    value: str,
    source: str,
    known: Iterable[str],
    owners: Mapping[str, str],
    level_words: LevelWords = (),
) -> str:
    """What a steward may do about an unknown name: the nearest known one with its score, and how it is accepted.

    `source` is the code list or `department`, `owners` department_id by name.
    """
    scored = [Near(name, likeness(value, name, level_words)) for name in known]
    ranked = sorted(scored, key=lambda near: (-near.score, near.name))
    best = ranked[0] if ranked and ranked[0].score >= ENOUGH else None
    if source != _DEPARTMENT:
        return f"“{value}”不在代码表 {source} 中。{_code_advice(source, best)}"
    rival = _rival(best, ranked, owners) if best else None
    advice = _department_advice(best, rival)
    return f"“{value}”不在部门名录中。{advice}"


def _rival(best: Near, ranked: Sequence[Near], owners: Mapping[str, str]) -> Near | None:
    """The next name that means another department than the best one and is as near; None where the best is clear."""
    owner = owners.get(best.name)
    others = ranked[1:]
    if owner is not None:
        # 住建厅 and 住房城乡建设厅 are one department: neither is the other's rival.
        others = [near for near in others if owners.get(near.name) != owner]
    if not others:
        return None
    next_name = others[0]
    is_close = best.score - next_name.score < _CLOSE_CALL
    return next_name if is_close else None


def _department_advice(best: Near | None, rival: Near | None) -> str:
    """Which department it may be, and that the steward's workbook takes it as another name of that one."""
    where = "在处理单中选“登记名称”，"
    if best is None:
        return f"没有相近的名称；请核对，若是某个部门的另一种叫法，{where}在“更正为”写那个部门的名称"
    other = f"，也可能是“{rival.name}”（相似 {rival.score:.0f}）" if rival else ""
    return f"最接近的是“{best.name}”（相似 {best.score:.0f}）{other}；若是同一部门，{where}在“更正为”写“{best.name}”"


def _code_advice(source: str, best: Near | None) -> str:
    """What to do about a code that its list does not hold."""
    add = f"若是平台新增的选项，请登入代码表 {source}"
    if best is None:
        return f"没有相近的写法；请报送单位核对，或在处理单中选“更正”、在“更正为”写规定的写法；{add}"
    correct = f"在处理单中选“更正”、在“更正为”写“{best.name}”"
    return f"最接近的是“{best.name}”（相似 {best.score:.0f}），请报送单位改正，或{correct}；{add}"
