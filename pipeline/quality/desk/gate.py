"""Decides whether weeks may be released, from the findings alone; releasing them belongs in `pipeline.release`.

Personal data blocks until it is gone. Whatever was sent back blocks, a warning too, until a corrected delivery comes
or somebody lets the week go without the figures concerned. Any other critical finding blocks while it is open or put
off, and again when its decision has run out. Accepted and corrected ones do not, nor those let go with a note or
without their figures: somebody has looked, has said why with a name, and will be asked again when the day comes or the
figures change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Literal

from pipeline.common.clock import beijing_now
from pipeline.quality.codes import DATED_SQL, PERSONAL, STOPS_RELEASE_SQL
from pipeline.quality.findings.faults import rest_of
from pipeline.quality.findings.findings import Finding
from pipeline.quality.findings.order import Rank, rank
from pipeline.quality.findings.places import places_words, read_places
from pipeline.reporting_calendar.week_ids import weeks_in_words

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class GateVerdict:
    """Whether a release may go, and in Chinese why not and what to do next."""

    blocking: tuple[Finding, ...]
    unchecked_weeks: tuple[str, ...]
    message: str

    @property
    def is_open(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.blocking and not self.unchecked_weeks


def gate(con: duckdb.DuckDBPyConnection, week_ids: Sequence[str], today: date | None = None) -> GateVerdict:
    """Returns the verdict on `week_ids`.

    Findings that stop a release block, and so does a week nobody checked. A decision that ran out since the last
    checks counts as expired; `today` is Beijing's.
    """
    blocking = _blocking(con, week_ids, today or beijing_now().date())
    unchecked = _unchecked(con, week_ids)
    workbooks = _workbooks(con, week_ids, blocking)
    return GateVerdict(blocking, unchecked, _message(week_ids, blocking, unchecked, workbooks))


def _blocking(con: duckdb.DuckDBPyConnection, week_ids: Sequence[str], today: date) -> tuple[Finding, ...]:
    columns = ", ".join(f"f.{column.name}" for column in fields(Finding))
    rows = con.execute(
        f"SELECT {columns} FROM quality.finding AS f "
        "LEFT JOIN quality.decision AS d ON d.decision_id = f.decision_id "
        f"WHERE ({STOPS_RELEASE_SQL} "
        f"OR (f.severity = 'critical' AND f.status IN {DATED_SQL} AND f.until < CAST(? AS DATE))) AND f.finding_id IN "
        "(SELECT finding_id FROM quality.finding_week WHERE list_contains(?, week_id)) "
        f"ORDER BY f.category IS DISTINCT FROM '{PERSONAL}', f.table_name, f.check_name, f.finding_id",
        [today, list(week_ids)],
    ).fetchall()
    return tuple(sorted((Finding(*row) for row in rows), key=_size_first))


def _size_first(finding: Finding) -> Rank:
    return rank(finding.severity, "open", finding.figures, finding.unexpected_count)


def _unchecked(con: duckdb.DuckDBPyConnection, week_ids: Sequence[str]) -> tuple[str, ...]:
    rows = con.execute("SELECT DISTINCT week_id FROM quality.check_result").fetchall()
    checked = {week for (week,) in rows}
    return tuple(week for week in week_ids if week not in checked)


def _workbooks(con: duckdb.DuckDBPyConnection, week_ids: Sequence[str], blocking: Sequence[Finding]) -> list[str]:
    """The weeks whose workbooks hold the blocking findings: for each its last among those asked for."""
    rows = con.execute(
        "SELECT DISTINCT last FROM (SELECT max(week_id) AS last FROM quality.finding_week "
        "WHERE list_contains(?, week_id) AND list_contains(?, finding_id) GROUP BY finding_id) ORDER BY last",
        [list(week_ids), [finding.finding_id for finding in blocking]],
    ).fetchall()
    return [str(week) for (week,) in rows]


def _message(
    week_ids: Sequence[str], blocking: Sequence[Finding], unchecked: Sequence[str], workbooks: Sequence[str]
) -> str:
    weeks = _span(week_ids)
    if not blocking and not unchecked:
        return f"{weeks} 可以发布：没有未处理的严重问题。"
    lines = [f"{weeks} 暂不能发布：{_what_to_do(blocking, workbooks)}"]
    lines += [f"- {week} 还没有检查过。请先运行该周的检查。" for week in unchecked]
    lines += [_line(number, finding) for number, finding in enumerate(blocking, start=1)]
    return "\n".join(lines)


def _span(week_ids: Sequence[str]) -> str:
    """2023-15, or 2023-13 至 2023-15."""
    if not week_ids:
        return "（没有周次）"
    if len(week_ids) == 1:
        return week_ids[0]
    return f"{week_ids[0]} 至 {week_ids[-1]}"


def _what_to_do(blocking: Sequence[Finding], workbooks: Sequence[str]) -> str:
    """One sentence: how many findings wait, where they are settled, what comes after."""
    if not blocking:
        return ""
    files = "、".join(f"review/{week}/findings.xlsx" for week in workbooks)
    counts = Counter(map(_waits_for, blocking))
    sentences = []
    if counts["decision"]:
        sentences.append(
            f"{counts['decision']} 项严重问题未处理，请在 {files} 中逐项选处理意见，放回收件夹后再运行一次。"
        )
    if counts["delivery"]:
        sentences.append(
            f"{counts['delivery']} 项已退回或暂缓，等更正的报送；要先发布，请在 {files} 中改选“待核实发布”"
            "（有关数字印作【待核实】）或“带说明发布”。"
        )
    if counts["removal"]:
        sentences.append(f"{counts['removal']} 项是个人信息，任何处理意见都不能放行：请删去后重新报送。")
    return "".join(sentences)


def _waits_for(finding: Finding) -> Literal["decision", "delivery", "removal"]:
    """Says what opens the gate again: somebody's decision, a corrected delivery, or that personal data is taken out."""
    if finding.category == PERSONAL:
        return "removal"
    is_put_off = finding.status in ("sent_back", "postponed")
    return "delivery" if is_put_off else "decision"


def _line(number: int, finding: Finding) -> str:
    weeks = weeks_in_words(finding.first_seen, finding.last_seen)
    rest = rest_of(finding.title, finding.evidence)
    evidence = f"：{rest}" if rest else ""
    state = {"sent_back": "已退回，", "postponed": "已暂缓，"}.get(finding.status, "")
    return (
        f"{number}. {finding.title}（{state}{finding.table_name}，{weeks}，编号 {finding.finding_id}）{evidence}"
        f"{_where(finding)}。"
        f"处理：{finding.action}（{finding.owner}）"
    )


def _where(finding: Finding) -> str:
    """The places, unless the evidence names the files already."""
    unnamed = [place for place in read_places(finding.places) if place.file_name not in finding.evidence]
    if not unnamed:
        return ""
    return f"（{places_words(unnamed)}）"
