"""How the way home of a figure looks on the command line; it is walked in pipeline.present.trace."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from pipeline.present.shared.findings import SEVERITIES, STATES
from pipeline.present.shared.rows import MISSING, grouped
from zhoubao.shown import console

if TYPE_CHECKING:
    from pipeline.present.shared.rows import Row
    from pipeline.present.trace import Trace
    from pipeline.present.trace.steps import Step
    from pipeline.present.trace.trace import Contribution, Figure

MOST_TEXT = 120


def traced(trace: Trace, *, has_sql: bool) -> None:
    """The figure first, then the rows behind it, the tables on the way, the releases and the findings."""
    chosen = trace.chosen
    words = "，".join(f"{label} {value}" for label, value in chosen.words.items())
    console.print(f"[bold]charts.{chosen.table}[/]  {chosen.week_id} 期{escape(f'  {words}' if words else '')}")
    if trace.revision:
        one = trace.revision
        console.print(
            f"第 {one['revision']} 次发布（{one['released_at']:%Y-%m-%d %H:%M}），数据截至 {_moment(one['as_of'])}，"
            f"口径 {escape(one['code_version'])}"
        )
        if one["is_held"]:
            console.print("[yellow]此期退回到这一次示人；往期的行按现在的记录列出，累计数可以与它们的和不同。[/]")
    shown: dict[tuple[str, str], str] = {}
    for figure in trace.figures:
        _figure(figure, shown)
    _steps(trace.steps, has_sql=has_sql)
    _findings(trace.findings)


def _figure(figure: Figure, shown: dict[tuple[str, str], str]) -> None:
    """One number and the rows behind it; what an earlier number rests on, too, is not listed again."""
    console.print(f"\n[bold]{escape(figure.column.label)}：{escape(_value(figure.value))} {escape(figure.unit)}[/]")
    for part in figure.contributions:
        rows = (part.label, repr(part.rows))
        if not part.rows:
            console.print(f"{escape(part.label)}：发布文件里没有它的行。")
        elif rows in shown:
            console.print(f"{escape(part.label)}：{_total(part)}同上面的“{escape(shown[rows])}”。")
        else:
            console.print(_places(part))
        shown.setdefault(rows, figure.column.label)
    if figure.is_sum:
        console.print("[green]各行之和与此数相等。[/]")
    elif any(part.total is not None for part in figure.contributions):
        console.print("此数由以上各数算出，算法见下面的 SQL。")
    elif not figure.contributions:
        console.print("此列不出自报送的行，而来自日历、代码表或收件记录。")
    if len(figure.released) > 1:
        history = "，".join(f"第 {one['revision']} 次 {_value(_released(one))}" for one in figure.released)
        console.print(f"历次发布：{escape(history)}")


def _total(part: Contribution) -> str:
    return "" if part.total is None else f"{grouped(part.total)}，"


def _released(row: Row) -> Any:
    return row["text_value"] if row["value"] is None else row["value"]


def _value(value: Any) -> str:
    if value is None:
        return MISSING
    text = grouped(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else str(value)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def _places(part: Contribution) -> Table:
    table = Table(title=escape(part.label), title_justify="left", header_style="bold")
    for heading in ("文件", "导出时间", "工作表", "行", "行数", "贡献"):
        table.add_column(heading, justify="right" if heading in ("行数", "贡献") else "left")
    for row in part.rows:
        span = MISSING if row["first_row_no"] is None else f"{row['first_row_no']}—{row['last_row_no']}"
        cells = [row["file_name"] or MISSING, _moment(row["as_of"]), row["sheet"] or "（CSV）", span]
        table.add_row(*(escape(cell) for cell in cells), grouped(row["row_count"]), grouped(row["value"]))
    if part.total is not None:
        table.add_section()
        table.add_row("合计", "", "", "", grouped(sum(row["row_count"] for row in part.rows)), grouped(part.total))
    return table


def _moment(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else MISSING


def _steps(steps: tuple[Step, ...], *, has_sql: bool) -> None:
    console.print("\n[bold]从图表到文件，经过[/]")
    for number, step in enumerate(steps):
        where = f"  {step.file}" if step.file else ""
        console.print(f"{number:>3}  {escape(step.table)}（{escape(step.columns)}）[dim]{escape(where)}[/]")
        if step.description:
            console.print(f"     [dim]{escape(step.description)}[/]")
    shown = [step for step in steps if step.sql] if has_sql else [step for step in steps[:1] if step.sql]
    for step in shown:
        console.print(f"\n[bold]{escape(step.table)} 的 SQL[/]")
        console.print(Syntax(step.sql.strip(), "sql", word_wrap=True, background_color="default"))
    if not has_sql and len(steps) > 1:
        console.print("[dim]加 --sql 显示每一步的 SQL；发布文件的 docs.model 里也有。[/]")


def _findings(findings: tuple[Row, ...]) -> None:
    if not findings:
        console.print("\n这些表本期没有涉及此数的问题。")
        return
    console.print("\n[bold]本期涉及此数的问题[/]")
    for row in findings:
        state = f"{SEVERITIES[row['severity']]}，{STATES[row['status']]}"
        why = f"；{row['explanation']}" if row["explanation"] else ""
        console.print(escape(f"  【{state}】{row['title']}：{row['evidence']}{why}"))
