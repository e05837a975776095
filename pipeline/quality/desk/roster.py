"""Who may settle findings: the roster `[[steward]]` of the hall's settings, and the second person of a grave decision.

In: the names of a row of the workbook. Out: nothing, or a sentence what is wrong with them. What else a decision needs
is in `pipeline.quality.desk.decisions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pipeline.common.key_form import folded
from pipeline.quality.codes import Kind, Severity
from pipeline.quality.desk.decisions import DecisionError

if TYPE_CHECKING:
    from pipeline.settings import Steward

_ROSTER: Final = "zhoubao.toml 的 [[steward]] 名单"


def check_names(
    roster: Sequence[Steward], kind: Kind, severity: Severity, decided_by: str, approved_by: str | None
) -> None:
    """Raises DecisionError where those who decide are not on the roster, or a second person is missing.

    Accepting a critical finding takes two people, the second of whom has `may_accept_critical`. A hall without a roster
    lets anybody decide, and nobody accept a critical finding.
    """
    known = {folded(steward.name): steward for steward in roster}
    if known and folded(decided_by) not in known:
        raise DecisionError(f"处理人“{decided_by}”不在 {_ROSTER}上；请由名单上的人处理，或先把姓名登入名单")
    needs_second = kind == "accept" and severity == "critical"
    if approved_by:
        second = _second_person(known, decided_by, approved_by)
        if needs_second and not second.may_accept_critical:
            raise DecisionError(
                f"复核人“{approved_by}”在名单上，但不能接受严重问题（没有 may_accept_critical）；{_who_may(roster)}"
            )
    elif needs_second:
        raise DecisionError(f"这是严重问题，接受它要有第二个人复核；请在“复核人”写明姓名。{_who_may(roster)}")


def _second_person(known: dict[str, Steward], decided_by: str, approved_by: str) -> Steward:
    if folded(approved_by) == folded(decided_by):
        raise DecisionError(f"处理人和复核人都是“{approved_by}”；自己不能复核自己的处理意见，请由另一个人复核")
    second = known.get(folded(approved_by))
    if second is None:
        raise DecisionError(f"复核人“{approved_by}”不在 {_ROSTER}上；请由名单上的人复核，或先把姓名登入名单")
    return second


def _who_may(roster: Sequence[Steward]) -> str:
    """Says who can be the second person: 可以复核的：李四（政务处）."""
    able = [steward for steward in roster if steward.may_accept_critical]
    if not able:
        return f"{_ROSTER}里还没有这样的人：请登入姓名、部门和 may_accept_critical = true；或改选“退回”“待核实发布”"
    people = []
    for steward in able:
        people.append(f"{steward.name}（{steward.department}）" if steward.department else steward.name)
    return f"可以复核的：{'、'.join(people)}"
