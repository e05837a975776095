"""Mends a draft by what a trial of its own file showed, where the cause needs no judgement; draft tries it again.

受理日期: date, and three rows hold 待定 → 受理日期: string, with a sentence that says so
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import attrgetter
from types import MappingProxyType

from pipeline.contracts import FieldType
from pipeline.contracts.model import DATED
from pipeline.ingest.authoring.drafting.column_types import TypeGuess
from pipeline.ingest.authoring.drafting.columns import TYPE_WORDS, DraftColumn
from pipeline.ingest.authoring.drafting.keys import KeyGuess, latest_by
from pipeline.ingest.authoring.drafting.plan import DraftPlan
from pipeline.ingest.authoring.drafting.proposals.agreement import MOST_MISFITS
from pipeline.ingest.authoring.looking.trial_load import Complaint, Problem
from pipeline.ingest.reasons import Reason

_Mend = tuple[DraftColumn, str]
# What the sender has to put right: no other contract would take these cells.
_FAULTS_OF_CELLS = frozenset(
    {
        Reason.ERROR_CELL,
        Reason.FORMULA_WITHOUT_VALUE,
        Reason.IDENTIFIER_LOST,
        Reason.IDENTIFIER_AS_DAY,
        Reason.IDENTIFIER_AS_NUMBER,
        Reason.TEXT_LOST,
        Reason.WRONG_COLUMN_COUNT,
    }
)
_NO_LONGER_UNIQUE = KeyGuess(evidence="试装时同一主键有内容不同的行")


def mended(plan: DraftPlan, problems: Sequence[Problem]) -> DraftPlan | None:
    """The draft that takes the rows which the trial lost; None where that cannot be had without a judgement."""
    fields = {column.name: column for column in plan.fields}
    key = plan.key
    mends: list[str] = []
    for problem in filter(attrgetter("lost_rows"), problems):
        if _keeps_form_rows_out(problem, plan):
            continue
        if problem.reason == Reason.CONFLICTING_DUPLICATE:
            key = _NO_LONGER_UNIQUE
            mends.append("改过：去掉了主键，同一主键有内容不同的行")
            continue
        column = fields.get(problem.name)
        mend = _mend_column(column, problem)
        if mend is None:
            continue
        fields[problem.name], sentence = mend
        mends.append(sentence)
    if not mends:
        return None
    columns = tuple(fields.values())
    better = replace(
        plan,
        fields=columns,
        key=_still_dated(key, columns),
        mends=(*plan.mends, *mends),
    )
    # A column that is a text now is no part of a sum any more.
    return better.proposed()


def unsaid(plan: DraftPlan, complaints: Sequence[Complaint]) -> DraftPlan | None:
    """The draft without the check words that more of its rows contradict than errors of a file would; None for none.

    The first look at the rows proposed them; the checks themselves judge also what only they see.
    """
    kept = []
    mends = []
    for found in plan.proposals:
        rows = {complaint.row_no for complaint in complaints if found.is_asked_by(complaint.check)}
        if found.is_doubted or len(rows) <= max(MOST_MISFITS, len(found.misfits)):
            kept.append(found)
        else:
            mends.append(f"改过：去掉了 {found.word}（{found.meaning}），试核对时有 {len(rows):,} 行不符")
    if not mends:
        return None
    return replace(plan, proposals=tuple(kept), mends=(*plan.mends, *mends))


def _keeps_form_rows_out(problem: Problem, plan: DraftPlan) -> bool:
    """Whether the rows that lack a required value are those of a form that nobody filled in."""
    lacks_value = problem.reason == Reason.MISSING_REQUIRED
    return lacks_value and problem.lost_rows <= plan.table.prenumbered


def _still_dated(key: KeyGuess, fields: Sequence[DraftColumn]) -> KeyGuess:
    """The key without a moment of its latest state, where that column is no moment any more."""
    types = {column.name: column.guess.type for column in fields}
    if not key.latest:
        return key
    if types[key.latest] in DATED:
        return key
    latest = latest_by(fields)
    if latest is None:
        return replace(key, latest="", restates=False)
    return replace(key, latest=latest.name)


def _mend_column(column: DraftColumn | None, problem: Problem) -> _Mend | None:
    """The column that takes the cells of the problem, and the sentence; None where that needs a judgement."""
    if column is None:
        return None
    mend = _MENDS.get(problem.reason)
    if mend is not None:
        return mend(column, problem)
    if not column.fill_down or problem.reason in _FAULTS_OF_CELLS:
        return None
    unfilled = replace(column, fill_down=False, is_never_blank=False)
    return unfilled, _sentence(column, problem, "不再向下填充")


def _as_text(column: DraftColumn, problem: Problem) -> _Mend | None:
    """The column as a text, which holds whatever its cells say."""
    if column.guess.type is FieldType.STRING:
        return None
    was = TYPE_WORDS[column.guess.type.value]
    advice = f"若应为{was}，请写 type: {column.guess.type.value} 并改正或登记不合的写法"
    as_text = replace(column, guess=TypeGuess(FieldType.STRING), is_additive=True)
    return as_text.noted(f"由{was}改为文字"), f"{_sentence(column, problem, f'由{was}改为文字')}；{advice}"


def _as_moment(column: DraftColumn, problem: Problem) -> _Mend:
    """A day whose cells also say a time of day."""
    guess = TypeGuess(FieldType.DATETIME)
    return replace(column, guess=guess), _sentence(column, problem, "由日期改为日期时间")


def _may_be_blank(column: DraftColumn, problem: Problem) -> _Mend:
    return replace(column, is_never_blank=False), _sentence(column, problem, "不再必填")


def _without_codes(column: DraftColumn, problem: Problem) -> _Mend:
    return replace(column, codes=None), _sentence(column, problem, "不再对照代码表")


def _sentence(column: DraftColumn, problem: Problem, what: str) -> str:
    """改过：“受理日期”由日期改为文字，3 行不合（第 5 行“待定”起）."""
    quoted = f"“{problem.example}”" if problem.example else ""
    place = f"第 {problem.row_no:,} 行{quoted}起"
    return f"改过：“{column.title}”{what}，{problem.lost_rows:,} 行不合（{place}）"


_MENDS: MappingProxyType[str, Callable[[DraftColumn, Problem], _Mend | None]] = MappingProxyType(
    {
        Reason.NOT_AN_INTEGER: _as_text,
        Reason.NOT_A_NUMBER: _as_text,
        Reason.NOT_A_DATE: _as_text,
        Reason.NOT_A_DATETIME: _as_text,
        Reason.NOT_YES_OR_NO: _as_text,
        Reason.DATE_WITHOUT_YEAR: _as_text,
        Reason.TOO_MANY_DECIMALS: _as_text,
        Reason.TIME_IN_DATE: _as_moment,
        Reason.MISSING_REQUIRED: _may_be_blank,
        Reason.UNKNOWN_CODE: _without_codes,
    }
)
