"""`zhoubao sample`: writes synthetic exports and shows a line per file; what is in them belongs in pipeline.sample."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from zhoubao.console import console
from zhoubao.session import start

if TYPE_CHECKING:
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.sample import SampleReport

SEED: Final = 20230421


def sample(
    scale: Annotated[float, typer.Option(help="规模，1 为全量（230 万件） | 1 is full size", min=0.001, max=1)] = 1.0,
    seed: Annotated[int, typer.Option(help="随机种子，同种子同字节 | the same seed gives the same bytes")] = SEED,
    defects: Annotated[bool, typer.Option(help="是否埋入已登记的缺陷 | plant the listed defects")] = True,
    out: Annotated[Path | None, typer.Option(help="输出目录，默认收件夹 | folder, by default the inbox")] = None,
) -> None:
    """生成 2023-01 至 2023-15 的模拟导出（非真实数据）。Write synthetic exports, labelled as such."""
    settings, calendar = start()
    write_sample_files(calendar, out or settings.inbox, scale, seed=seed, defects=defects)


def write_sample_files(
    calendar: ReportingCalendar, folder: Path, scale: float, *, seed: int = SEED, defects: bool = True
) -> None:
    """Writes the sample into the folder and shows each file as it is written."""
    from pipeline.sample import write_sample

    with _progress(folder, scale) as on_progress:
        report = write_sample(
            folder,
            scale=scale,
            seed=seed,
            defects=defects,
            calendar=calendar,
            on_progress=on_progress,
        )
    _show_total(report, folder)


@contextmanager
def _progress(folder: Path, scale: float) -> Iterator[Callable[[str, int], None]]:
    console.print(f"[bold]模拟数据[/]（非真实数据，规模 {scale:g}）写入 {folder}")
    began = time.monotonic()

    def on_progress(name: str, rows: int) -> None:
        console.print(f"[dim]{time.monotonic() - began:6.1f} 秒[/]  {escape(name)}  {rows:>9,} 行")

    yield on_progress


def _show_total(report: SampleReport, folder: Path) -> None:
    console.print(f"已写 {len(report.files)} 个文件、{report.rows:,} 行，用时 {report.seconds:.0f} 秒：{folder}")
