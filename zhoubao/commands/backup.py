"""`zhoubao backup`, `restore`, `verify`: keep a home, bring it back, find damage; the work is pipeline.keeping's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from zhoubao.console import complain, console
from zhoubao.session import in_sentences, read_settings, start

if TYPE_CHECKING:
    from pipeline.keeping.verify import Verified

_MB: Final = 1 << 20


class ShareProgress:
    """Prints a line for each tenth of the bytes; what is quickly done prints only its end."""

    def __init__(self) -> None:
        self._last_tenth = 0

    def __call__(self, name: str, share: float) -> None:
        """Hears of a file that was copied, and of the share of the bytes that are done."""
        tenth = int(share * 10)
        if tenth > self._last_tenth:
            self._last_tenth = tenth
            console.print(f"[dim]{tenth * 10:>5} %[/]  {escape(name)}")


def backup(
    folder: Annotated[Path, typer.Argument(help="备份目录，不在数据目录里 | where to, outside of the home")],
    without_archive: Annotated[
        bool, typer.Option("--without-archive", help="原件只记摘要，不复制 | keep only the hashes of originals")
    ] = False,
    with_history: Annotated[
        bool, typer.Option("--with-history", help="连 Dagster 的运行记录 | Dagster's history as well")
    ] = False,
) -> None:
    """备份数据目录：仓库、归档、密钥、设置、处理单、已发布的文件，只复制新的。Back up the home, only what is new."""
    from pipeline.keeping.backup import back_up

    settings, _ = start()
    with in_sentences():
        report = back_up(settings, folder, ShareProgress(), has_archive=not without_archive, has_history=with_history)
    if not report.is_new:
        console.print(f"与上一份备份 {report.backup_id} 完全相同，没有复制任何文件：{folder}")
        return
    console.print(
        f"[green]已备份[/] {report.backup_id}：{report.files:,} 个文件、{report.size / _MB:,.1f} MB，"
        f"其中新复制 {report.copied_files:,} 个、{report.copied_bytes / _MB:,.1f} MB：{folder}"
    )
    console.print("备份与归档一样含有个人信息和密钥，请同样保管。")


def restore(
    folder: Annotated[Path, typer.Argument(help="备份目录 | the folder of backups")],
    home: Annotated[Path, typer.Option("--home", help="恢复到哪里，须不存在或为空 | where to, missing or empty")],
    at: Annotated[
        str | None, typer.Option("--at", help="哪一份：编号或日期，默认最近一份 | which one, by default the last")
    ] = None,
) -> None:
    """从备份恢复到空的数据目录，逐个核对摘要。Restore a backup into an empty home, hashes compared."""
    from pipeline.keeping.restore import restore as restore_home

    with in_sentences():
        report = restore_home(folder, home, at, ShareProgress())
    console.print(
        f"[green]已恢复[/] {report.made_at} 的备份 {report.backup_id}：{report.files:,} 个文件、"
        f"{report.size / _MB:,.1f} MB，摘要全部相符：{home}"
    )
    if report.left_out:
        console.print(f"[yellow]这份备份没有原件：{len(report.left_out)} 个文件请另行放回 {home / 'archive'}。[/]")
    if report.settings_folder is not None:
        console.print(f"设置和大厅文件夹（hall/）在 {report.settings_folder}，请核对后放回原处。")
    console.print(f"再核对一遍：ZHOUBAO_HOME={home} zhoubao verify")


def verify(
    folder: Annotated[
        Path | None, typer.Argument(help="备份目录，默认查数据目录 | a folder of backups, by default the home")
    ] = None,
) -> None:
    """查数据目录或备份有无损坏：每处一句，有损坏时退出码为 1。Look for damage: a sentence for each, exit 1 if any."""
    from pipeline.keeping.verify import verify_backups, verify_home

    with in_sentences():
        found = verify_backups(folder) if folder else verify_home(read_settings())
    _show(found)
    raise typer.Exit(1 if found.damages else 0)


def _show(found: Verified) -> None:
    for damage in found.damages:
        complain(damage)
    counts = {
        "份备份": found.backups,
        "个对象": found.objects,
        "份原件": found.originals,
        "张表": found.tables,
        "次发布": found.releases,
    }
    words = "、".join(f"{count:,} {noun}" for noun, count in counts.items() if count)
    verdict = f"[red]损坏 {len(found.damages)} 处[/]" if found.damages else "[green]没有发现损坏[/]"
    console.print(f"查了 {words or '空的数据目录'}：{verdict}")
