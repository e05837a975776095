"""Takes a steward's workbook row by row: each row is answered, and those that can be are recorded as decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from pipeline.common.tables import insert_rows
from pipeline.common.transaction import transaction
from pipeline.contracts import Contract
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.quality.desk import corrections, seal
from pipeline.quality.desk.decisions import (
    Decision,
    DecisionError,
    Kind,
    basis_now,
    check_terms,
    decision_key,
    record,
    recorded_at,
)
from pipeline.quality.findings.places import Place, read_places
from pipeline.quality.findings.states import settle
from pipeline.quality.findings.wording import KIND_LABELS

if TYPE_CHECKING:
    import duckdb

SOURCE: Final = "review_decisions"
STEWARD: Final = "数据专员"
Outcome = Literal["applied", "blank", "repeated", "incomplete", "tampered", "outdated", "unknown"]
OUTCOME_LABELS: Final[Mapping[str, str]] = {
    "applied": "已登记",
    "blank": "未填写",
    "repeated": "已登记过",
    "incomplete": "未登记，请补正",
    "tampered": "未登记，行已改动",
    "outdated": "未登记，问题已变化",
    "unknown": "未登记，编号不符",
}
_KINDS: Final = {label: kind for kind, label in KIND_LABELS.items()} | {"暂缓": "postpone"}
_INPUTS: Final = ("decision", "reason", "until", "row_meant", "column_meant", "value", "decided_by")
_ROWS: Final = f"""
SELECT r.sheet, r.row_no, r.finding_id, r.problem, r.evidence, r.decision, r.decision_reason, r.until, r.row_meant,
    r.column_meant, r.corrected_value, r.decided_by, r.seal,
    (SELECT map_from_entries(list((q.column_name, q.message) ORDER BY q.column_name)) FROM quarantine.cell AS q
        WHERE q.delivery_id = r.delivery_id AND q.sheet = r.sheet AND q.row_no = r.row_no) AS problems
FROM raw.{SOURCE} AS r WHERE r.delivery_id = ? ORDER BY r.sheet, r.row_no
"""
# Rows that the loader could not take at all: they are answered too.
_LEFT_OUT: Final = """
SELECT sheet, row_no, string_agg(DISTINCT message, '；') FROM quarantine.cell
WHERE delivery_id = ? AND row_disposition = 'quarantined' GROUP BY sheet, row_no ORDER BY sheet, row_no
"""


@dataclass(frozen=True)
class Answer:
    """What became of one row. Key: delivery_id, sheet, row_no; `message` tells the steward in a sentence."""

    delivery_id: str
    sheet: str
    row_no: int
    finding_id: str | None
    outcome: Outcome
    message: str
    answered_at: datetime


@dataclass(frozen=True)
class Workbook:
    """A delivered workbook that has not been answered."""

    delivery_id: str
    week_id: str
    file_name: str


@dataclass(frozen=True)
class Row:
    """One row as the steward filled it in."""

    sheet: str
    row_no: int
    finding_id: str
    problem: str | None
    evidence: str | None
    decision: str | None
    reason: str | None
    until: date | None
    row_meant: str | None
    column_meant: str | None
    value: str | None
    decided_by: str | None
    seal: str | None
    problems: Mapping[str, str] | None

    @property
    def is_blank(self) -> bool:
        """Whether nothing was filled in; a proposed row or column of a correction alone is nothing."""
        asked = (self.decision, self.reason, self.until, self.value, self.decided_by)
        return not any(asked) and not self.problems


@dataclass(frozen=True)
class _Finding:
    finding_id: str
    status: str
    decision_id: str | None
    count: int
    evidence: str
    explanation: str | None
    places: tuple[Place, ...]
    is_shown: bool


@dataclass(frozen=True)
class Desk:
    """What taking decisions needs: the warehouse, the contracts and code lists, the hall's key, and the moment."""

    con: duckdb.DuckDBPyConnection
    contracts: Mapping[str, Contract]
    codes: CodeLists
    key: bytes
    now: datetime


def unanswered(con: duckdb.DuckDBPyConnection) -> list[Workbook]:
    """Delivered workbooks whose rows have not been answered, in the order of their arrival."""
    rows = con.execute(
        "SELECT delivery_id, week_id, file_name FROM ledger.delivery WHERE source = ? AND status = 'current' "
        "ORDER BY received_at, delivery_id",
        [SOURCE],
    ).fetchall()
    return [Workbook(*row) for row in rows]


def take_workbook(desk: Desk, book: Workbook) -> list[Answer]:
    """Answer every row of a workbook and record what can be recorded, in one transaction.

    The delivery is `applied` from then on: it holds no figures, so no table depends on it.
    """
    con = desk.con
    rows = [Row(*row) for row in con.execute(_ROWS, [book.delivery_id]).fetchall()]
    with transaction(con):
        answers = [_answer(desk, book, row) for row in rows]
        for sheet, row_no, message in con.execute(_LEFT_OUT, [book.delivery_id]).fetchall():
            answers.append(_said(desk, book, (sheet, row_no, None), "incomplete", message))
        insert_rows(con, "quality.review_answer", Answer, answers)
        con.execute("UPDATE ledger.delivery SET status = 'applied' WHERE delivery_id = ?", [book.delivery_id])
        corrections.refresh(con, desk.contracts)
        settle(con, desk.now, STEWARD)
    return answers


def _said(desk: Desk, book: Workbook, place: tuple[str, int, str | None], outcome: Outcome, message: str) -> Answer:
    return Answer(book.delivery_id, *place, outcome, message, desk.now)


def _answer(desk: Desk, book: Workbook, row: Row) -> Answer:
    place = row.sheet, row.row_no, row.finding_id
    refusal = _refusal(desk, book, row)
    if refusal is not None:
        return _said(desk, book, place, *refusal)
    try:
        return _said(desk, book, place, "applied", _apply(desk, book, row))
    except DecisionError as error:
        return _said(desk, book, place, "incomplete", str(error))


def _refusal(desk: Desk, book: Workbook, row: Row) -> tuple[Outcome, str] | None:
    """Why a row is not looked at further, or None."""
    finding = _finding(desk.con, book.week_id, row.finding_id)
    if finding is None:
        return "unknown", "系统中没有这个问题编号；请在最新的处理单中填写"
    if not seal.is_intact(desk.key, book.week_id, row.finding_id, row.problem, row.evidence, row.seal):
        return "tampered", "这一行的编号、问题、依据与校验码对不上（可能排序或粘贴时错位）；请在最新的处理单中重新填写"
    if row.is_blank:
        return "blank", "没有填写处理意见，问题维持原状"
    known = recorded_at(desk.con, _key(row))
    if known is not None:
        return "repeated", f"同样的处理意见已于 {known:%Y-%m-%d %H:%M} 登记，未重复登记"
    return _outdated(finding, row)


def _outdated(finding: _Finding, row: Row) -> tuple[Outcome, str] | None:
    if not finding.is_shown and finding.status == "fixed_at_source":
        return "outdated", "来源数据已改，检查已通过，不需要再处理"
    current = seal.version(finding.evidence, finding.count, finding.explanation, finding.decision_id)
    if current == seal.version_of(row.seal or ""):
        return None
    return "outdated", f"导出处理单之后问题有变化或已另行处理，现在是：{finding.evidence}；请用最新的处理单填写"


def _key(row: Row) -> str:
    """The same finding in the same state, decided in the same words, is the same decision: recorded once."""
    return decision_key(row.finding_id, seal.version_of(row.seal or ""), *(getattr(row, name) for name in _INPUTS))


def _apply(desk: Desk, book: Workbook, row: Row) -> str:
    """Record the decision; returns the answer. Raises DecisionError with what is missing."""
    kind = _kind(row, {field.name: field.title for field in desk.contracts[SOURCE].fields})
    finding = cast("_Finding", _finding(desk.con, book.week_id, row.finding_id))
    check_terms(kind, row.reason, row.until, desk.now.date())
    if not row.decided_by:
        raise DecisionError("没有写处理人；请写明姓名后再放回")
    if kind == "withdraw" and finding.decision_id is None and corrections.told_of(desk.con, row.finding_id) is None:
        raise DecisionError("这个问题还没有登记过处理意见，没有可撤回的")
    identity = _key(row)
    correction = _correction(desk, book, row, finding, identity) if kind == "correct" else None
    if kind == "withdraw":
        corrections.withdraw(desk.con, row.finding_id)
    if correction is not None:
        corrections.record(desk.con, correction)
    basis = basis_now(desk.con, row.finding_id)
    record(
        desk.con,
        Decision(
            decision_id=identity, finding_id=row.finding_id, kind=kind, reason=str(row.reason),
            value=correction.to_value if correction else None, until=row.until, decided_by=row.decided_by,
            decided_at=desk.now, correction_id=correction.correction_id if correction else None,
            origin=book.delivery_id, week_id=book.week_id, basis=basis,
        ),
    )  # fmt: skip
    return _applied_words(kind, row, correction)


def _kind(row: Row, titles: Mapping[str, str]) -> Kind:
    if row.problems:
        raise DecisionError("；".join(f"“{titles.get(name, name)}”{why}" for name, why in row.problems.items()))
    if row.decision is None:
        raise DecisionError("填了其他格，但没有选处理意见；请选一项后再放回")
    kind = _KINDS.get(row.decision.strip())
    if kind is None:
        raise DecisionError(f"处理意见写作“{row.decision}”，只能选：{'、'.join(KIND_LABELS.values())}")
    if kind != "correct" and row.value:
        raise DecisionError(f"填了“更正为”，但处理意见是“{row.decision}”；要更正请选“更正”，否则清空“更正为”")
    return cast("Kind", kind)


def _correction(desk: Desk, book: Workbook, row: Row, finding: _Finding, identity: str) -> corrections.Correction:
    cell = corrections.find_cell(
        desk.con, desk.contracts, book.week_id, finding.places, row.row_meant, row.column_meant
    )
    value = corrections.value_to_read(cell, row.value, desk.codes)
    if corrections.same_value(desk.con, cell.field, cell.value, value):
        raise DecisionError(f"{cell.words}本来就是 {value}，没有可更正的")
    return corrections.make_correction(
        cell, value, identity, row.finding_id, str(row.reason), str(row.decided_by), desk.now
    )


def _applied_words(kind: Kind, row: Row, correction: corrections.Correction | None) -> str:
    until = f"，至 {row.until:%Y-%m-%d} 为止，之后重新列出" if row.until else ""
    if correction is not None:
        return f"已登记更正：{correction.note}；重新运行这一期后生效，来源一有变化就会提示"
    if kind == "withdraw":
        return "已撤回此前的处理意见，问题恢复原状"
    if kind == "send_back":
        return f"已登记退回{until}；退回副本在本期文件夹的“退回”中"
    return f"已登记“{KIND_LABELS[kind]}”{until or '；出现新的情况时重新列出'}"


def _finding(con: duckdb.DuckDBPyConnection, week_id: str, finding_id: str) -> _Finding | None:
    """A finding as the workbook of a week shows it: the week's own words, or the last ones where it is gone."""
    row: tuple[Any, ...] | None = con.execute(
        "SELECT f.finding_id, f.status, f.decision_id, coalesce(w.unexpected_count, f.unexpected_count), "
        "coalesce(w.evidence, f.evidence), CASE WHEN w.finding_id IS NULL THEN f.explanation ELSE w.explanation END, "
        "coalesce(w.places, f.places), w.finding_id IS NOT NULL FROM quality.finding AS f "
        "LEFT JOIN quality.finding_week AS w ON w.finding_id = f.finding_id AND w.week_id = ? WHERE f.finding_id = ?",
        [week_id, finding_id],
    ).fetchone()
    if row is None:
        return None
    identity, status, decision_id, count, evidence, explanation, places, is_shown = row
    return _Finding(identity, status, decision_id, count, evidence, explanation, tuple(read_places(places)), is_shown)
