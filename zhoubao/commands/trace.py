"""`zhoubao trace`: shows the way home of a published figure; the way is walked in pipeline.present.trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from pipeline.present.shared.rows import MISSING, grouped
from zhoubao.as_json import print_json
from zhoubao.console import console, new_table
from zhoubao.session import start, stop, week_id_of

if TYPE_CHECKING:
    from pipeline.present.shared.rows import Row
    from pipeline.present.trace import Trace
    from pipeline.present.trace.steps import Step
    from pipeline.present.trace.trace import Contribution, Figure

MOST_TEXT: Final = 120


def trace(
    table: Annotated[str, typer.Argument(help="图表，如 charts.item_ytd，可带列 charts.item_ytd.value_ytd | a chart")],
    week: Annotated[str, typer.Argument(help="期号，如 2023-15 | the issue, such as 2023-15")],
    words: Annotated[
        list[str] | None,
        typer.Argument(help="哪一行、哪一列：名称、名称的一部分或代码，如 其它9类 办结 | which row and column"),
    ] = None,
    sql: Annotated[bool, typer.Option("--sql", help="显示每一步的 SQL | show the SQL of every step")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取 | print JSON for programs")] = False,
) -> None:
    """一个已发布的数从哪些文件的哪些行而来，经过哪些表。From a published figure back to the rows of the files."""
    from pipeline.present.trace import TraceError, trace_published

    settings, calendar = start(is_only_looking=True)
    target = week_id_of(calendar, week)
    try:
        walked = trace_published(settings, table, target, words or [])
    except TraceError as error:
        stop(str(error), error)
    if as_json:
        print_json(asdict(walked))
    else:
        _show_trace(walked, has_sql=sql)


def _show_trace(walked: Trace, *, has_sql: bool) -> None:
    """Shows the figure first, then the rows behind it, the tables on the way, the releases and the findings."""
    chosen = walked.chosen
    row_words = "，".join(f"{label} {value}" for label, value in chosen.words.items())
    of_row = escape(f"  {row_words}") if row_words else ""
    console.print(f"[bold]charts.{chosen.table}[/]  {chosen.week_id} 期{of_row}")
    if walked.revision:
        _show_revision(walked.revision)
    listed: dict[tuple[str, str], str] = {}
    for figure in walked.figures:
        _show_figure(figure, listed)
    _show_steps(walked.steps, has_sql=has_sql)
    _show_findings(walked.findings)


def _show_revision(revision: Row) -> None:
    console.print(
        f"第 {revision['revision']} 次发布（{revision['released_at']:%Y-%m-%d %H:%M}），"
        f"数据截至 {_moment(revision['as_of'])}，口径 {escape(revision['code_version'])}"
    )
    if revision["is_held"]:
        console.print("[yellow]此期退回到这一次示人；往期的行按现在的记录列出，累计数可以与它们的和不同。[/]")


def _show_figure(figure: Figure, listed: dict[tuple[str, str], str]) -> None:
    """Shows one number and the rows behind it.

    `listed` remembers under which number rows were listed: the same rows behind a later number are not listed again.
    """
    heading = f"{figure.column.label}：{_value_text(figure.value)} {figure.unit}"
    console.print(f"\n[bold]{escape(heading)}[/]")
    for contribution in figure.contributions:
        rows_key = (contribution.label, repr(contribution.rows))
        label = escape(contribution.label)
        if not contribution.rows:
            console.print(f"{label}：发布文件里没有它的行。")
        elif rows_key in listed:
            console.print(f"{label}：{_total_text(contribution)}同上面的“{escape(listed[rows_key])}”。")
        else:
            console.print(_rows_table(contribution))
        listed.setdefault(rows_key, figure.column.label)
    _show_arithmetic(figure)
    if len(figure.released) > 1:
        history = "，".join(
            f"第 {released['revision']} 次 {_value_text(_released_value(released))}" for released in figure.released
        )
        console.print(f"历次发布：{escape(history)}")


def _show_arithmetic(figure: Figure) -> None:
    """Says how the number follows from the rows listed above it."""
    if figure.is_sum:
        console.print("[green]各行之和与此数相等。[/]")
    elif any(contribution.total is not None for contribution in figure.contributions):
        console.print("此数由以上各数算出，算法见下面的 SQL。")
    elif not figure.contributions:
        console.print("此列不出自报送的行，而来自日历、代码表或收件记录。")


def _total_text(contribution: Contribution) -> str:
    return "" if contribution.total is None else f"{grouped(contribution.total)}，"


def _released_value(released: Row) -> Any:
    return released["text_value"] if released["value"] is None else released["value"]


def _value_text(value: Any) -> str:
    if value is None:
        return MISSING
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    text = grouped(value) if is_number else str(value)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def _rows_table(contribution: Contribution) -> Table:
    table = new_table(
        ("文件", "导出时间", "工作表", "行", "行数", "贡献"),
        title=escape(contribution.label),
        right=("行数", "贡献"),
    )
    for row in contribution.rows:
        span = MISSING if row["first_row_no"] is None else f"{row['first_row_no']}—{row['last_row_no']}"
        cells = (row["file_name"] or MISSING, _moment(row["as_of"]), row["sheet"] or "（CSV）", span)
        table.add_row(*map(escape, cells), grouped(row["row_count"]), grouped(row["value"]))
    if contribution.total is not None:
        row_count = sum(row["row_count"] for row in contribution.rows)
        table.add_section()
        table.add_row("合计", "", "", "", grouped(row_count), grouped(contribution.total))
    return table


def _moment(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else MISSING


def _show_steps(steps: Sequence[Step], *, has_sql: bool) -> None:
    """Shows the tables from the chart to the files, and the SQL of all steps or of the first alone."""
    console.print("\n[bold]从图表到文件，经过[/]")
    for number, step in enumerate(steps):
        file = f"  {step.file}" if step.file else ""
        console.print(f"{number:>3}  {escape(step.table)}（{escape(step.columns)}）[dim]{escape(file)}[/]")
        if step.description:
            console.print(f"     [dim]{escape(step.description)}[/]")
    steps_in_full = steps if has_sql else steps[:1]
    for step in steps_in_full:
        if step.sql:
            console.print(f"\n[bold]{escape(step.table)} 的 SQL[/]")
            console.print(Syntax(step.sql.strip(), "sql", word_wrap=True, background_color="default"))
    if not has_sql and len(steps) > 1:
        console.print("[dim]加 --sql 显示每一步的 SQL；发布文件的 docs.model 里也有。[/]")


def _show_findings(findings: Sequence[Row]) -> None:
    from pipeline.present.shared.findings import SEVERITIES, STATES

    if not findings:
        console.print("\n这些表本期没有涉及此数的问题。")
        return
    console.print("\n[bold]本期涉及此数的问题[/]")
    for row in findings:
        state = f"{SEVERITIES[row['severity']]}，{STATES[row['status']]}"
        explanation = f"；{row['explanation']}" if row["explanation"] else ""
        console.print(escape(f"  【{state}】{row['evidence']}{explanation}"))
