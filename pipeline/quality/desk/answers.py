"""Takes a steward's workbook row by row: each row is answered, and those that can be are recorded as decisions.

Reading the rows is in `pipeline.quality.desk.workbook_rows`, what a decision needs in
`pipeline.quality.desk.decisions`, what a correction does in `pipeline.quality.desk.corrections`. The copy of the
workbook with its answers is written by `pipeline.present.steward.answers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.tables import insert_rows
from pipeline.common.transaction import transaction
from pipeline.contracts import Contract
from pipeline.hall.files_in_force import Files
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.quality.codes import KIND_LABELS, PERSONAL, Kind, Outcome
from pipeline.quality.desk import corrections, seal
from pipeline.quality.desk.cells import same_value, value_to_read
from pipeline.quality.desk.decisions import (
    Decision,
    DecisionError,
    basis_now,
    check_terms,
    decision_key,
    record,
    recorded_at,
)
from pipeline.quality.desk.ditto import NOTHING_ABOVE, filled_in, says_ditto
from pipeline.quality.desk.meant import Meant, cells_meant
from pipeline.quality.desk.names import accept_name, forget_name, unknown_name
from pipeline.quality.desk.roster import check_names
from pipeline.quality.desk.workbook_rows import (
    SOURCE,
    FindingInWeek,
    Row,
    Workbook,
    finding_in_week,
    left_out_rows,
    rows_of,
)
from pipeline.quality.findings.settling import settle

if TYPE_CHECKING:
    import duckdb

    from pipeline.settings import Steward

# Who makes the events that decisions cause.
STEWARD: Final = "数据专员"
# What a steward may write into 处理意见: the choices of the list, and putting off as people say it.
_KINDS: Final[Mapping[str, Kind]] = {label: kind for kind, label in KIND_LABELS.items()} | {
    "暂缓": "postpone",
    "暂缓至，带说明发布": "note",
    "暂缓，带说明发布": "note",
}
# What becomes of the week and its figures meanwhile.
_MEANWHILE: Final[Mapping[Kind, str]] = {
    "postpone": "；此前严重问题仍不发布",
    "note": "；数字照印，旁边附说明",
    "withhold": "；这一期可以发布，有关数字印作【待核实】并附说明",
}


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
class Comment:
    """What a row of a workbook says to whoever reads of its finding. Key: delivery_id, sheet, row_no."""

    finding_id: str
    week_id: str
    delivery_id: str
    sheet: str
    row_no: int
    said_at: datetime
    said_by: str | None
    words: str


@dataclass(frozen=True)
class Desk:
    """What taking decisions needs: the warehouse, contracts and code lists, the hall's key, the moment, the roster.

    `code_lists` are the places of code lists, `names` that of the home, where names are accepted into.
    """

    con: duckdb.DuckDBPyConnection
    contracts: Mapping[str, Contract]
    codes: CodeLists
    key: bytes
    now: datetime
    roster: Sequence[Steward] = ()
    code_lists: Sequence[Files] = ()
    names: Path = Path()


def take_workbook(desk: Desk, workbook: Workbook) -> list[Answer]:
    """Answers every row of a workbook and records what can be recorded, in one transaction.

    The delivery is `applied` from then on: it holds no figures, so no table depends on it.
    """
    con = desk.con
    rows = filled_in(rows_of(con, workbook, desk.now.date()))
    with transaction(con):
        answers = []
        for row in rows:
            outcome, message = _outcome(desk, workbook, row)
            message += _keep_comment(desk, workbook, row, outcome)
            answers.append(
                Answer(workbook.delivery_id, row.sheet, row.row_no, row.finding_id, outcome, message, desk.now)
            )
        for left_out in left_out_rows(con, workbook):
            answers.append(
                Answer(
                    workbook.delivery_id,
                    left_out.sheet,
                    left_out.row_no,
                    None,
                    "incomplete",
                    left_out.message,
                    desk.now,
                )
            )
        insert_rows(con, "quality.review_answer", Answer, answers)
        con.execute("UPDATE ledger.delivery SET status = 'applied' WHERE delivery_id = ?", [workbook.delivery_id])
        corrections.refresh(con, desk.contracts)
        settle(con, desk.now, STEWARD)
    return answers


def _outcome(desk: Desk, workbook: Workbook, row: Row) -> tuple[Outcome, str]:
    """What becomes of a row, and the sentence for the steward; records the decision where it can be."""
    finding = finding_in_week(desk.con, workbook.week_id, row.finding_id)
    if finding is None:
        return "unknown", "系统中没有这个问题编号；请在最新的处理单中填写"
    if not seal.is_intact(desk.key, workbook.week_id, row.finding_id, row.problem, row.evidence, row.seal):
        return "tampered", "这一行的编号、问题、依据与校验码对不上（可能排序或粘贴时错位）；请在最新的处理单中重新填写"
    if row.is_blank:
        return "blank", "没有填写处理意见，问题维持原状"
    recorded = recorded_at(desk.con, _key(row))
    if recorded is not None:
        return "repeated", f"同样的处理意见已于 {recorded:%Y-%m-%d %H:%M} 登记，未重复登记"
    outdated = _why_outdated(finding, row)
    if outdated is not None:
        return "outdated", outdated
    return _applied_or_incomplete(desk, workbook, row, finding)


def _keep_comment(desk: Desk, workbook: Workbook, row: Row, outcome: Outcome) -> str:
    """Keeps what a row says to its readers, whatever became of its decision; returns what to add to the answer.

    A row that does not belong together is not believed in this either.
    """
    if not row.comment or outcome in ("unknown", "tampered"):
        return ""
    comment = Comment(
        row.finding_id, workbook.week_id, workbook.delivery_id, row.sheet, row.row_no, desk.now, row.decided_by,
        row.comment,
    )  # fmt: skip
    insert_rows(desk.con, "quality.comment", Comment, [comment])
    return "；留言已登记，写在下一份处理单的“往来留言”"


def _applied_or_incomplete(desk: Desk, workbook: Workbook, row: Row, finding: FindingInWeek) -> tuple[Outcome, str]:
    try:
        return "applied", _apply(desk, workbook, row, finding)
    except DecisionError as error:
        return "incomplete", str(error)


def _why_outdated(finding: FindingInWeek, row: Row) -> str | None:
    """Why the finding is no longer what the row shows; None where it is."""
    if not finding.is_shown and finding.status == "fixed_at_source":
        return "来源数据已改，检查已通过，不需要再处理"
    current = seal.version(finding.evidence, finding.count, finding.explanation, finding.decision_id)
    if current == seal.version_of(row.seal or ""):
        return None
    return f"导出处理单之后问题有变化或已另行处理，现在是：{finding.evidence}；请用最新的处理单填写"


def _key(row: Row) -> str:
    """The same finding in the same state, decided in the same words, is the same decision: recorded once."""
    return decision_key(row.finding_id, seal.version_of(row.seal or ""), *row.inputs)


def _apply(desk: Desk, workbook: Workbook, row: Row, finding: FindingInWeek) -> str:
    """Records the decision; returns the answer. Raises DecisionError with what is missing."""
    con = desk.con
    if finding.category == PERSONAL:
        raise DecisionError(
            "这是个人信息，任何处理意见都不能放行；请从来源文件中删去后重新报送。已经发布过的，运行 "
            f"zhoubao release --withdraw {workbook.week_id} --revision 次数 --reason 原因 收回"
        )
    kind = _kind(row, desk.contracts[SOURCE])
    check_terms(kind, row.reason, row.until, desk.now.date())
    if not row.decided_by:
        raise DecisionError("没有写处理人；请写明姓名后再放回")
    check_names(desk.roster, kind, finding.severity, row.decided_by, row.approved_by)
    identity = _key(row)
    corrected: list[corrections.Correction] = []
    value = None
    match kind:
        case "withdraw":
            _refuse_idle_withdrawal(con, finding)
            corrections.withdraw(con, row.finding_id)
            _forget_names(desk, row.finding_id)
        case "name":
            value = _accepted_name(desk, workbook, row, finding)
        case "correct":
            corrected = _corrections(desk, workbook, row, finding, identity)
            for correction in corrected:
                corrections.record(con, correction)
            value = corrected[0].to_value
    decision = Decision(
        decision_id=identity,
        finding_id=row.finding_id,
        kind=kind,
        reason=str(row.reason),
        value=value,
        until=row.until,
        decided_by=row.decided_by,
        decided_at=desk.now,
        correction_id=corrected[0].correction_id if corrected else None,
        origin=workbook.delivery_id,
        week_id=workbook.week_id,
        basis=basis_now(con, row.finding_id),
        approved_by=row.approved_by,
    )
    record(con, decision)
    of_row = f"同第 {row.same_as} 行：" if row.same_as else ""
    if kind == "name":
        return f"{of_row}已登记名称 {value}；下一次运行重读有关的文件，这些行计入"
    return of_row + _applied_words(kind, row, corrected)


def _accepted_name(desk: Desk, workbook: Workbook, row: Row, finding: FindingInWeek) -> str:
    """Accepts the name that a finding is about; returns it with the department's, as the decision keeps it."""
    alias = unknown_name(desk.con, desk.contracts, finding.places)
    return accept_name(desk.code_lists, desk.names, alias, row.value, workbook.week_id, str(row.reason))


def _forget_names(desk: Desk, finding_id: str) -> None:
    """Takes back the names that were accepted for a finding."""
    accepted = desk.con.execute(
        "SELECT value FROM quality.decision WHERE finding_id = ? AND kind = 'name' AND value IS NOT NULL", [finding_id]
    ).fetchall()
    for (value,) in accepted:
        forget_name(desk.names, value)


def _refuse_idle_withdrawal(con: duckdb.DuckDBPyConnection, finding: FindingInWeek) -> None:
    """Raises DecisionError where there is neither a decision nor a correction to take back."""
    if finding.decision_id is not None:
        return
    if corrections.told_of(con, finding.finding_id) is None:
        raise DecisionError("这个问题还没有登记过处理意见，没有可撤回的")


def _kind(row: Row, contract: Contract) -> Kind:
    """The kind of decision that the row means; raises DecisionError where it cannot be told."""
    if row.problems:
        raise DecisionError(_problem_words(row.problems, contract))
    if row.decision is None:
        raise DecisionError("填了其他格，但没有选处理意见；请选一项后再放回")
    if says_ditto(row):
        raise DecisionError(NOTHING_ABOVE)
    kind = _KINDS.get(row.decision.strip())
    if kind is None:
        raise DecisionError(f"处理意见写作“{row.decision}”，只能选：{'、'.join(KIND_LABELS.values())}")
    if row.value and kind not in ("correct", "name"):
        raise DecisionError(f"填了“更正为”，但处理意见是“{row.decision}”；要更正请选“更正”，否则清空“更正为”")
    return kind


def _problem_words(problems: Mapping[str, str], contract: Contract) -> str:
    """What the loader could not read, by the headers of the workbook: `“截至日期”不是日期`."""
    titles = {field.name: field.title for field in contract.fields}
    sentences = []
    for name, why in problems.items():
        sentences.append(f"“{titles.get(name, name)}”{why}")
    return "；".join(sentences)


def _corrections(
    desk: Desk, workbook: Workbook, row: Row, finding: FindingInWeek, identity: str
) -> list[corrections.Correction]:
    """The corrections that the row asks for; raises DecisionError where a cell or a value is not clear.

    The first has the decision's own identity, the others have a number behind it.
    """
    made = []
    for number, meant in enumerate(cells_meant(desk.con, desk.contracts, workbook.week_id, finding, row), start=1):
        of_cell = identity if number == 1 else f"{identity}-{number}"
        made.append(_correction(desk, row, meant, of_cell))
    return made


def _correction(desk: Desk, row: Row, meant: Meant, identity: str) -> corrections.Correction:
    cell = meant.cell
    value = value_to_read(cell, meant.text, desk.codes)
    is_as_before = same_value(desk.con, cell.field, cell.value, value)
    if is_as_before and not cell.is_unread:
        raise DecisionError(f"{cell.words}本来就是 {value}，没有可更正的")
    return corrections.make_correction(
        cell, value, identity, row.finding_id, str(row.reason), str(row.decided_by), desk.now
    )


def _applied_words(kind: Kind, row: Row, corrected: Sequence[corrections.Correction]) -> str:
    """What the steward is told of a decision that was recorded."""
    if corrected:
        return _corrected_words(corrected)
    if kind == "withdraw":
        return "已撤回此前的处理意见，问题恢复原状"
    until = f"，至 {row.until:%Y-%m-%d} 为止，之后重新列出" if row.until else ""
    if kind == "send_back":
        return f"已登记退回{until}；收到更正的报送之前不发布；退回副本在本期文件夹的“退回”中"
    # Without a day, the decision covers the weeks and figures that are known now.
    ending = until or "；出现新的情况时重新列出"
    return f"已登记“{KIND_LABELS[kind]}”{ending}{_MEANWHILE.get(kind, '')}"


def _corrected_words(corrected: Sequence[corrections.Correction]) -> str:
    """已登记更正：巡查.xlsx!四月!7 的问题数由 一百九十八 更正为 198（电话核实）等 3 处；…"""
    first, *others = corrected
    others_too = f"等 {len(corrected)} 处" if others else ""
    effect = "重新运行这一期后生效，来源一有变化就提示"
    if first.delivery_id is not None:
        effect = "下一次运行按更正后的值重读这份文件，这一行计入；文件重新报送时以新文件为准"
    return f"已登记更正：{first.note}{others_too}；{effect}"
