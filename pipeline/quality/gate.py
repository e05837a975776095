"""Decides whether weeks may be released, from the findings alone; releasing them belongs in pipeline.release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from pipeline.quality.findings import Finding

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


def gate(con: duckdb.DuckDBPyConnection, week_ids: Sequence[str]) -> GateVerdict:
    """The verdict on `week_ids`: critical findings that are open in them block, and so does a week nobody checked."""
    blocking = _blocking(con, week_ids)
    unchecked = _unchecked(con, week_ids)
    return GateVerdict(blocking, unchecked, _message(week_ids, blocking, unchecked))


def _blocking(con: duckdb.DuckDBPyConnection, week_ids: Sequence[str]) -> tuple[Finding, ...]:
    columns = ", ".join(column.name for column in fields(Finding))
    rows = con.execute(
        f"SELECT {columns} FROM quality.finding WHERE severity = 'critical' AND status = 'open' AND finding_id IN "
        "(SELECT finding_id FROM quality.finding_week WHERE list_contains(?, week_id)) "
        "ORDER BY table_name, check_name, finding_id",
        [list(week_ids)],
    ).fetchall()
    return tuple(Finding(*row) for row in rows)


def _unchecked(con: duckdb.DuckDBPyConnection, week_ids: Sequence[str]) -> tuple[str, ...]:
    rows = con.execute("SELECT DISTINCT week_id FROM quality.check_result").fetchall()
    checked = {str(row[0]) for row in rows}
    return tuple(week for week in week_ids if week not in checked)


def _message(week_ids: Sequence[str], blocking: Sequence[Finding], unchecked: Sequence[str]) -> str:
    weeks = week_ids[0] if len(week_ids) == 1 else f"{week_ids[0]} 至 {week_ids[-1]}" if week_ids else "（没有周次）"
    if not blocking and not unchecked:
        return f"{weeks} 可以发布：没有未处理的严重问题。"
    lines = [f"{weeks} 暂不能发布："]
    lines += [f"- {week} 还没有检查过。请先运行该周的检查。" for week in unchecked]
    lines += [_line(number, finding) for number, finding in enumerate(blocking, start=1)]
    return "\n".join(lines)


def _line(number: int, finding: Finding) -> str:
    seen = finding.first_seen if finding.weeks == 1 else f"{finding.first_seen} 至 {finding.last_seen}"
    return (
        f"{number}. {finding.title}（{finding.table_name}，{seen}，编号 {finding.finding_id}）：{finding.evidence}。"
        f"处理：{finding.action}（{finding.owner}）"
    )
