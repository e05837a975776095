"""How releases, their differences and rollbacks look on the command line; deciding them is in pipeline.release."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from pipeline.present.shared.rows import Row, grouped
from zhoubao.shown import complain, console

if TYPE_CHECKING:
    from pipeline.present.bring_out import BroughtOut
    from pipeline.quality.desk.gate import GateVerdict
    from pipeline.release import Preview, ReleaseOutcome
    from pipeline.release.revisions.activation import Activation

KINDS = {"added": "新增", "removed": "去掉"}
MOST_ROWS = 60
MOST_TEXT = 24


def planned(plan: Preview, verdict: GateVerdict, differences: Sequence[Row], not_taken: Sequence[str]) -> None:
    """What a release would do: a sentence an issue, the figures that would change, whether the gate is open."""
    console.print("[bold]试算，不发布：[/]")
    outcomes_told(plan.outcomes)
    if differences:
        console.print(_table(differences))
    if len(differences) > MOST_ROWS:
        console.print(f"另有 {len(differences) - MOST_ROWS} 处不同；加 --out 文件.csv 写出全部。")
    waiting(not_taken)
    if not any(one.is_new for one in plan.outcomes):
        console.print("没有要发布的变化。")
    elif verdict.is_open:
        console.print("[green]没有未处理的严重问题，可以发布。[/]")
    else:
        complain(verdict.message)


def waiting(weeks: Sequence[str]) -> None:
    """Files that no run has taken yet are in no figure."""
    if weeks:
        what = f"收件夹里有 {'、'.join(weeks)} 期的新文件，还没有计入"
        console.print(f"[yellow]{what}；先运行 zhoubao run --week {weeks[-1]} --no-release。[/]")


def outcomes_told(outcomes: Sequence[ReleaseOutcome]) -> None:
    """A sentence for each issue that changes; for all of them where none does."""
    new = [one for one in outcomes if one.is_new]
    for one in new or outcomes[-1:]:
        console.print(escape(one.message))


def _table(rows: Sequence[Row]) -> Table:
    table = Table(title=f"{len(rows)} 处不同", title_justify="left", header_style="bold")
    for heading in ("期", "数字", "行", "原", "今", "差", "原累计", "今累计", "累计差", "原因"):
        is_number = heading not in ("期", "数字", "行", "原因")
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row in rows[:MOST_ROWS]:
        table.add_row(*(escape(cell) for cell in difference_cells(row)))
    return table


def difference_cells(row: Row) -> list[str]:
    """One difference (as release.revision_diff with words beside it) as texts: a text is cut, a number is not."""
    numbers = [grouped(row[name]) for name in ("before_ytd", "after_ytd", "difference_ytd")]
    kind = KINDS.get(row["kind"], "")
    before, after = (_value(row[name], row[f"{name}_text"]) for name in ("before", "after"))
    name = f"{row['figure']}（{kind}）" if kind else row["figure"]
    return [row["week_id"], name, row["row"], before, after, grouped(row["difference"]), *numbers, row["cause"] or ""]


def _value(number: Any, text: str | None) -> str:
    if text:
        return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
    return grouped(number)


def written(path: Path, rows: int) -> None:
    """Where the whole report of differences is."""
    console.print(f"{rows} 处不同已写入 {escape(str(path))}")


def brought_out(done: BroughtOut) -> None:
    """What people open, and whether it is new."""
    console.print(escape(done.published.message))
    console.print(f"网页：{escape(str(done.site))}")
    for weekly in done.weeklies[-1:]:
        console.print(f"周报：{escape(str(weekly.folder))}")


def rolled_back(activation: Activation) -> None:
    """Which revision is shown from now on."""
    console.print(
        f"{activation.week_id} 期自 {activation.activated_at:%Y-%m-%d %H:%M} 起以第 {activation.revision} 次发布示人："
        f"{escape(activation.reason)}。已发布的都还在；要再次发布，请运行 zhoubao release --week {activation.week_id}。"
    )


def tampered(sentences: Sequence[str]) -> None:
    """Released folders that are no longer as they were released."""
    for sentence in sentences:
        complain(sentence)
