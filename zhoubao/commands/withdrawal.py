"""`zhoubao release --withdraw`: calls a release back, says what cannot be reached; deciding is in pipeline.release."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.markup import escape

from zhoubao.commands.handover import hand_over_again
from zhoubao.console import complain, console
from zhoubao.session import in_sentences, require_warehouse, stop, week_id_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.release.revisions.withdrawal_record import Withdrawal
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings


@dataclass(frozen=True)
class Asked:
    """What a person asks to be withdrawn, as written on the command line; who asks is else the user of the machine."""

    week: str
    revision: int | None
    reason: str
    by: str | None


def withdraw_release(settings: Settings, calendar: ReportingCalendar, asked: Asked, *, has_other_option: bool) -> None:
    """Withdraws a release, brings out what is left, and says what cannot be reached from here."""
    from pipeline.release.freeze.withdrawal import WithdrawalError, other_revisions
    from pipeline.warehouse import open_warehouse

    revision = _revision_asked(asked, has_other_option=has_other_option)
    week = week_id_of(calendar, asked.week)
    who = asked.by or getpass.getuser()
    require_warehouse(settings, "还没有发布过任何一期，没有可收回的。")
    with in_sentences(WithdrawalError), open_warehouse(settings) as con:
        withdrawal, message = _withdrawn(con, settings, (week, revision), asked.reason.strip(), who)
        others = other_revisions(con, week)
        hand_over_again(con, settings)
    console.print(
        f"{week} 期第 {revision} 次发布已由 {escape(who)} 收回：{escape(withdrawal.reason)}。"
        "内容已从网页、发布文件夹、周报、DuckDB、Parquet、CSV 和工作簿中去掉；"
        f"留下的是它存在过的记录（数字的摘要 {withdrawal.figures_hash[:12]}）。"
    )
    console.print(escape(message))
    if others:
        names = "、".join(f"第 {other} 次" for other in others)
        complain(f"{week} 期还有{names}发布，如也含有同样的内容，请逐次收回。")
    for sentence in not_reached(settings):
        console.print(f"[yellow]{escape(sentence)}[/]")


def _revision_asked(asked: Asked, *, has_other_option: bool) -> int:
    """Returns the revision to withdraw; stops where something is missing, or where other options contradict."""
    if has_other_option:
        stop("--withdraw 不与 --week、--dry-run、--rollback、--out 一起用：期号写在 --withdraw 之后。", exit_code=2)
    if not asked.reason.strip():
        stop("请用 --reason 写明为什么收回：原因会公布，请不要写个人信息。", exit_code=2)
    if asked.revision is None:
        stop("请用 --revision 写明收回第几次发布：收回之后内容不能恢复。", exit_code=2)
    return asked.revision


def _withdrawn(
    con: DuckDBPyConnection, settings: Settings, release: tuple[str, int], reason: str, who: str
) -> tuple[Withdrawal, str]:
    """Withdraws (week_id, revision) and publishes without it; returns what publishing says.

    Where that is refused, a withdrawal that was killed half-way is finished all the same.
    """
    from pipeline.present.bring_out import bring_out
    from pipeline.release.freeze.withdrawal import WithdrawalError, withdraw
    from pipeline.release.revisions.activation import withdrawn

    try:
        withdrawal = withdraw(con, *release, reason=reason, withdrawn_by=who)
    except WithdrawalError:
        if withdrawn(con):
            bring_out(con, settings, [])
        raise
    return withdrawal, bring_out(con, settings, []).published.message


def not_reached(settings: Settings) -> list[str]:
    """Says which copies a withdrawal cannot reach, and what to do about them: readers', old warehouses, backups."""
    sentences = ["够不到的：读者已经下载、打印、转发或存下的副本，请通知他们删除。"]
    copies = sorted(settings.home.glob("before-upgrade/*"))
    if copies:
        names = "、".join(path.name for path in copies)
        sentences.append(
            f"够不到的：升级前的数据仓库副本 {names}（在 {settings.home / 'before-upgrade'}），请自行删除。"
        )
    return [*sentences, _backups_words(settings)]


def _backups_words(settings: Settings) -> str:
    """Names the folder of the last backup and the backups in it."""
    from pipeline.keeping.backup import last_backup_folder
    from pipeline.keeping.store import backup_ids

    folder = last_backup_folder(settings)
    if folder is None:
        return "够不到的：没有登记过备份；另外复制过数据目录或 published 的，请一并处理。"
    ids = "、".join(backup_ids(folder)) if folder.is_dir() else "现在打不开"
    return f"够不到的：备份 {folder}（{ids}）。恢复收回之前的备份会带回内容：恢复之后请再收回一次，或删去这些备份。"
