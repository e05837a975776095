"""Tries a drafted contract on the file it was drafted from, and says in sentences what became of its rows.

The load itself is `looking.trial_load`; what can be mended, `draft_mending` knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

from pipeline.contracts import Contract
from pipeline.ingest.authoring.contract_check import unmade_tables
from pipeline.ingest.authoring.drafting.table_guess import TableGuess
from pipeline.ingest.authoring.looking.trial_load import (
    LENT_WEEK,
    Ask,
    Complaint,
    Export,
    Problem,
    Trial,
    name_with_week,
    try_loading,
)
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.unforeseen import refuse_unforeseen
from pipeline.ingest.reasons import WORDS, Disposition, RowReason
from pipeline.ingest.refusals.recognise import RecogniseRefusal
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

# Sentences about so many columns, the one that loses most rows first.
_COLUMNS_NAMED = 5
_COMPLAINTS_NAMED = 5
# Rows that no contract loads, or that say what other rows say: nothing is lost with them.
_NO_DATA = frozenset(
    {
        RowReason.TITLE,
        RowReason.HEADER,
        RowReason.REPEATED_HEADER,
        RowReason.NUMBERING,
        RowReason.TOTAL,
        RowReason.OF_WHICH,
        RowReason.COMPARISON,
        RowReason.UNIT_LINE,
        RowReason.ONLY_NUMBERED,
        RowReason.NO_VALUES,
        RowReason.NOTE,
        RowReason.BLANK,
        RowReason.SHEET_WITHOUT_TABLE,
        RowReason.SUMMARY_SHEET,
        RowReason.HIDDEN_SHEET,
    }
)
_SAID_ELSEWHERE = frozenset({RowReason.DUPLICATE_ROW, RowReason.SUPERSEDED_IN_FILE})
_NO_TRIAL = Trial(exports=(), account=(), problems=(), totals=(), seconds=0.0)


@dataclass(frozen=True)
class DraftTrial:
    """What the loader made of the file by its draft.

    `rows_seen` are the rows of data that the draft was made from, `empty_rows` those of a form with nothing but a
    number; `refusal` is a sentence where the file was refused; `lent_week` is the week of a file that names none.
    """

    trial: Trial
    rows_seen: int
    empty_rows: int = 0
    refusal: str = ""
    lent_week: str = ""

    @property
    def loaded(self) -> int:
        """Rows that were loaded."""
        return self._rows_of(Disposition.LOADED)

    @property
    def quarantined(self) -> int:
        """Rows that were quarantined."""
        return self._rows_of(Disposition.QUARANTINED)

    @property
    def set_aside(self) -> dict[str, int]:
        """Rows by reason that were set aside and are no titles, headers, totals, notes or blanks."""
        reasons = self._reasons_of(Disposition.SET_ASIDE)
        for reason in _NO_DATA.intersection(reasons):
            del reasons[reason]
        return reasons

    @property
    def lost_problems(self) -> tuple[Problem, ...]:
        """The problems that cost rows, the one that costs most first."""
        lost = filter(attrgetter("lost_rows"), self.trial.problems)
        return tuple(sorted(lost, key=attrgetter("lost_rows"), reverse=True))

    @property
    def missing_rows(self) -> int:
        """Rows that the draft saw and the loader made nothing of; 0 where only the head of the file was loaded."""
        if self.trial.seen_bytes is not None:
            return 0
        set_aside = self.set_aside
        told_elsewhere = sum(set_aside.get(reason, 0) for reason in _SAID_ELSEWHERE)
        missing = self.rows_seen - self.loaded - self.quarantined - told_elsewhere
        return max(missing, 0)

    @property
    def is_mostly_set_aside(self) -> bool:
        """Whether more rows were set aside than loaded, apart from those that are no data."""
        return sum(self.set_aside.values()) - self.empty_rows > self.loaded

    @property
    def is_whole(self) -> bool:
        """Whether the draft loads its own file with every row of data."""
        if self.refusal:
            return False
        losses = (
            self.loaded == 0,
            self.quarantined > self.empty_rows,
            self.missing_rows > 0,
            self.is_mostly_set_aside,
        )
        return not any(losses)

    def sentences(self) -> Iterator[str]:
        """What became of the file, in Chinese sentences: the account first, then what was lost, the worst first."""
        if self.refusal:
            yield f"试装没有成功，草稿还不能用：{self.refusal}"
            return
        yield self._account()
        if self.empty_rows:
            yield f"有 {self.empty_rows:,} 行只有事先印好的序号，不是数据"
        yield from map(_lost_by, self.lost_problems[:_COLUMNS_NAMED])
        further = len(self.lost_problems) - _COLUMNS_NAMED
        if further > 0:
            yield f"另有 {further} 处原因，见 zhoubao inspect"
        if self.missing_rows:
            yield f"起草时看到 {self.rows_seen:,} 行数据，试装少了 {self.missing_rows:,} 行；请核对表头和合计行"
        if self.is_mostly_set_aside:
            yield "搁置的行比载入的还多；请核对表头、主键和合计行"
        if self.trial.totals:
            yield f"打印的合计有 {len(self.trial.totals)} 处与逐行相加不符；请核对合计行和各列的含义"
        yield from self._found()
        if self.lent_week:
            yield (
                f"文件没有写明是哪一期，试装时当作第 {self.lent_week} 期；报送时请在标题或文件名中写明期号，"
                "或在合同的 delivery 中写 weekFrom"
            )

    def _found(self) -> Iterator[str]:
        """What the proposed check words find in the file: a sentence a row, those beyond the first few counted."""
        complaints = self.trial.complaints
        for complaint in complaints[:_COMPLAINTS_NAMED]:
            yield f"按提议的核对，文件有一处不符：{complaint.sentence}{_at_row(complaint)}"
        further = len(complaints) - _COMPLAINTS_NAMED
        if further > 0:
            yield f"按提议的核对，另有 {further} 处不符"

    def _rows_of(self, disposition: Disposition) -> int:
        return sum(self._reasons_of(disposition).values())

    def _reasons_of(self, wanted: Disposition) -> dict[str, int]:
        """Rows by reason of one disposition."""
        reasons: dict[str, int] = {}
        for disposition, reason, rows in self.trial.account:
            if disposition == wanted:
                reasons[reason] = rows
        return reasons

    def _account(self) -> str:
        """试装：载入 97 行，隔离 3 行（不是日期 3），搁置 2 行（重复行 2）."""
        reasons = self._reasons_of(Disposition.QUARANTINED)
        parts = [f"载入 {self.loaded:,} 行", f"隔离 {self.quarantined:,} 行{_in_words(reasons)}"]
        if self.set_aside:
            rows = sum(self.set_aside.values())
            parts.append(f"搁置 {rows:,} 行{_in_words(self.set_aside)}")
        what = "试装" if self.trial.seen_bytes is None else "试装（文件很大，只试了开头）"
        return f"{what}：{'，'.join(parts)}"


def try_draft(
    path: Path,
    settings: Settings,
    calendar: ReportingCalendar,
    contract: Contract,
    table: TableGuess,
    *,
    may_cut: bool,
    ask: Ask | None = None,
) -> DraftTrial:
    """Load the file by the contract alone in a scratch home; where it names no week, once more with one in its name.

    `ask` asks the check words of the contract of the rows that were loaded.
    """
    untried = DraftTrial(_NO_TRIAL, len(table.rows), table.prenumbered)
    unmade = "；".join(unmade_tables(contract))
    if unmade:
        return replace(untried, refusal=unmade)
    contracts = {contract.name: contract}
    try:
        with refuse_unforeseen(path.name):
            trial = try_loading(path, settings, calendar, contracts, may_cut=may_cut, ask=ask)
            lent_week = ""
            if any(map(_names_no_week, trial.exports)):
                lent_week = LENT_WEEK
                name = name_with_week(path)
                trial = try_loading(path, settings, calendar, contracts, may_cut=may_cut, file_name=name, ask=ask)
    except RefusedFileError as error:
        return replace(untried, refusal=str(error))
    refusal = trial.verdict or ("" if trial.exports else "文件没有被读取")
    return replace(untried, trial=trial, refusal=refusal, lent_week=lent_week)


def _names_no_week(export: Export) -> bool:
    return export.code == RecogniseRefusal.WEEK_UNNAMED.code


def _at_row(complaint: Complaint) -> str:
    return f"（第 {complaint.row_no:,} 行）" if complaint.row_no else ""


def _lost_by(problem: Problem) -> str:
    """“受理日期” 3 行隔离：不是日期，首处在工作表“表一”第 5 行“待定”."""
    on_sheet = f"工作表“{problem.sheet}”" if problem.sheet else ""
    quoted = f"“{problem.example}”" if problem.example else ""
    words = WORDS.get(problem.reason, problem.message)
    return f"“{problem.column}” {problem.lost_rows:,} 行隔离：{words}，首处在{on_sheet}第 {problem.row_no:,} 行{quoted}"


def _in_words(reasons: dict[str, int]) -> str:
    """（不是日期 3、必填而空 1）, the most frequent first; "" for none."""
    if not reasons:
        return ""
    ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return f"（{'、'.join(f'{WORDS.get(reason, reason)} {rows:,}' for reason, rows in ranked)}）"
