"""`zhoubao release`: plans, makes and takes back a release; deciding is in pipeline.release."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.present.shared.rows import Row, grouped
from zhoubao.commands.handover import hand_over_again
from zhoubao.commands.withdrawal import Asked, withdraw_release
from zhoubao.console import complain, console, new_table
from zhoubao.session import in_sentences, require_warehouse, start, stop, week_id_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.present.bring_out import BroughtOut
    from pipeline.quality.desk.gate import GateVerdict
    from pipeline.release.freeze.issues import Preview, ReleaseOutcome
    from pipeline.release.revisions.activation import Activation
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings

KINDS: Final = {"added": "新增", "removed": "去掉"}
MOST_ROWS: Final = 60
MOST_TEXT: Final = 24
HEADINGS: Final = ("期", "数字", "行", "原", "今", "差", "原累计", "今累计", "累计差", "原因")
NUMBER_HEADINGS: Final = ("原", "今", "差", "原累计", "今累计", "累计差")


def release(  # noqa: PLR0913, PLR0917 - an option each
    week: Annotated[str | None, typer.Option("--week", help="期号，如 2023-15 | the issue, such as 2023-15")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看会改动哪些数字，不发布 | only show what would change")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="试算时把全部不同写成 CSV | write all differences of a dry run as CSV")
    ] = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="改以先前一次发布示人 | show an earlier release again")
    ] = False,
    revision: Annotated[
        int | None,
        typer.Option(
            help="退回到、收回第几次发布；退回默认前一次 | which one, to roll back by default the one before", min=1
        ),
    ] = None,
    withdraw: Annotated[
        str | None,
        typer.Option(
            "--withdraw",
            metavar="WEEK",
            help="收回这一期的一次发布，去掉它的内容 | take a release's content out of all that is published",
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="退回或收回的原因 | why it is rolled back or withdrawn")] = "",
    by: Annotated[str | None, typer.Option(help="由谁决定 | who decided so")] = None,
) -> None:
    """发布一期：--dry-run 先看差异，--rollback 退回先前一次，--withdraw 收回。Release an issue, roll back, withdraw."""
    from pipeline.present.bring_out import bring_out
    from pipeline.release.freeze.requested_release import ReleaseError, release_week
    from pipeline.release.freeze.rollback import RollbackError
    from pipeline.warehouse import open_warehouse

    settings, calendar = start()
    if withdraw is not None:
        asked = Asked(withdraw, revision, reason, by)
        withdraw_release(settings, calendar, asked, has_other_option=bool(week or dry_run or rollback or out))
        return
    if week is None:
        stop("请用 --week 写明期号，如 --week 2023-15。", exit_code=2)
    target = week_id_of(calendar, week)
    _refuse_contradiction(
        is_dry_run=dry_run,
        is_rollback=rollback,
        has_reason=bool(reason.strip()),
        has_rollback_option=revision is not None or bool(reason),
        has_out=out is not None,
    )
    require_warehouse(settings, "还没有装载过任何报送；请先运行 zhoubao run --week 期号。")
    with in_sentences(ReleaseError, RollbackError), open_warehouse(settings) as con:
        if dry_run:
            _plan(con, settings, target, _weeks_not_taken(settings, calendar, target), out)
            return
        if rollback:
            _roll_back(con, settings, target, revision, by, reason)
        else:
            _show_outcomes(release_week(con, settings, target))
            _show_waiting(_weeks_not_taken(settings, calendar, target))
        _show_published(bring_out(con, settings, [target]))
        hand_over_again(con, settings)


def _roll_back(
    con: DuckDBPyConnection, settings: Settings, week: str, revision: int | None, by: str | None, reason: str
) -> None:
    from pipeline.release.freeze.rollback import RollbackError, roll_back

    try:
        activation = roll_back(con, settings, week, revision=revision, decided_by=by, reason=reason)
    except RollbackError:
        _bring_out_what_is_shown(con, settings, week)
        raise
    _show_rollback(activation)


def _bring_out_what_is_shown(con: DuckDBPyConnection, settings: Settings, week: str) -> None:
    """Brings what people open in line with what is shown; it is, unless an earlier rollback was killed half-way.

    Whoever repeats such a rollback is told that the revision is shown already: then readers must have it.
    """
    from pipeline.present.bring_out import bring_out
    from pipeline.release.revisions.activation import shown_revision

    if shown_revision(con, week) is not None:
        bring_out(con, settings, [week])


def _refuse_contradiction(
    *, is_dry_run: bool, is_rollback: bool, has_reason: bool, has_rollback_option: bool, has_out: bool
) -> None:
    """Stops with a sentence where options contradict each other."""
    if is_rollback and is_dry_run:
        stop("--rollback 没有试算：它不改动任何数字，可以随时再退回来。", exit_code=2)
    if is_rollback and not has_reason:
        stop("请用 --reason 写明为什么退回：读者会看到。", exit_code=2)
    if has_rollback_option and not is_rollback:
        stop("--revision 和 --reason 只与 --rollback 一起用。", exit_code=2)
    if has_out and not is_dry_run:
        stop("--out 只与 --dry-run 一起用；已发布的不同在发布文件的 release.revision_diff 里。", exit_code=2)


def _weeks_not_taken(settings: Settings, calendar: ReportingCalendar, week: str) -> list[str]:
    """Returns the weeks up to this one for which the inbox has files that no run has taken yet."""
    from pipeline.contracts import load_contracts
    from pipeline.ingest.inbox.run import pending_weeks

    pending = pending_weeks(settings, calendar, load_contracts(settings.contracts))
    return sorted({pending_week for pending_week in pending if pending_week <= week})


def _plan(
    con: DuckDBPyConnection, settings: Settings, week: str, weeks_not_taken: Sequence[str], out: Path | None
) -> None:
    """Shows what a release would change, and writes all differences to `out` where it is given."""
    from pipeline.present.shared.differences import write_differences
    from pipeline.present.shared.labels import with_words
    from pipeline.release.freeze.requested_release import plan_release

    plan, verdict = plan_release(con, settings, week)
    rows = with_words(con, plan.differences)
    _show_plan(plan, verdict, rows, weeks_not_taken)
    if out is not None:
        write_differences(out, rows)
        console.print(f"{len(rows)} 处不同已写入 {escape(str(out))}")


def _show_plan(plan: Preview, verdict: GateVerdict, differences: Sequence[Row], weeks_not_taken: Sequence[str]) -> None:
    """Says what a release would do: a sentence an issue, the figures that would change, whether the gate is open."""
    console.print("[bold]试算，不发布：[/]")
    _show_outcomes(plan.outcomes)
    if differences:
        console.print(_difference_table(differences))
    if len(differences) > MOST_ROWS:
        console.print(f"另有 {len(differences) - MOST_ROWS} 处不同；加 --out 文件.csv 写出全部。")
    _show_waiting(weeks_not_taken)
    has_change = any(outcome.is_new for outcome in plan.outcomes)
    if not has_change:
        console.print("没有要发布的变化。")
    elif verdict.is_open:
        console.print("[green]没有未处理的严重问题，可以发布。[/]")
    else:
        complain(verdict.message)


def _show_waiting(weeks: Sequence[str]) -> None:
    """Warns of files that no run has taken yet: they are in no figure."""
    if weeks:
        waiting = f"收件夹里有 {'、'.join(weeks)} 期的新文件，还没有计入"
        console.print(f"[yellow]{waiting}；先运行 zhoubao run --week {weeks[-1]} --no-release。[/]")


def _show_outcomes(outcomes: Sequence[ReleaseOutcome]) -> None:
    """Writes a sentence for each issue that changes; where none does, the sentence of the last."""
    changed = [outcome for outcome in outcomes if outcome.is_new]
    for outcome in changed or outcomes[-1:]:
        console.print(escape(outcome.message))


def _difference_table(rows: Sequence[Row]) -> Table:
    table = new_table(HEADINGS, title=f"{len(rows)} 处不同", right=NUMBER_HEADINGS, overflow=True)
    for row in rows[:MOST_ROWS]:
        table.add_row(*map(escape, difference_cells(row)))
    return table


def difference_cells(row: Row) -> list[str]:
    """Writes one difference in the order of HEADINGS: a long text is cut, a number is not.

    In: a row as in `release.revision_diff` with words beside it (pipeline.present.shared.labels.with_words).
    """
    figure = row["figure"]
    kind = KINDS.get(row["kind"])
    return [
        row["week_id"],
        f"{figure}（{kind}）" if kind else figure,
        row["row"],
        _number_or_text(row["before"], row["before_text"]),
        _number_or_text(row["after"], row["after_text"]),
        grouped(row["difference"]),
        grouped(row["before_ytd"]),
        grouped(row["after_ytd"]),
        grouped(row["difference_ytd"]),
        row["cause"] or "",
    ]


def _number_or_text(number: Any, text: str | None) -> str:
    if not text:
        return grouped(number)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def _show_published(brought_out: BroughtOut) -> None:
    """Says what people open now, and whether it is new."""
    console.print(escape(brought_out.published.message))
    console.print(f"网页：{escape(str(brought_out.site))}")
    for weekly in brought_out.weeklies[-1:]:
        console.print(f"周报：{escape(str(weekly.folder))}")


def _show_rollback(activation: Activation) -> None:
    """Says which revision is shown from now on."""
    console.print(
        f"{activation.week_id} 期自 {activation.activated_at:%Y-%m-%d %H:%M} 起以第 {activation.revision} 次发布示人："
        f"{escape(activation.reason)}。已发布的都还在；要再次发布，请运行 zhoubao release --week {activation.week_id}。"
    )
