"""`zhoubao sample`: writes synthetic exports and shows a line per file; what is in them belongs in pipeline.sample.

Without a choice it writes the fifteen weeks of 2023 that `make run` begins with; `--next` the week behind the last one
that this home knows; `--year 2022` the year before. A hall with a sample of its own in its folder gets that.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from zhoubao.console import console, new_table
from zhoubao.session import in_sentences, start, stop

if TYPE_CHECKING:
    from pipeline.reporting_calendar import ReportingCalendar, ReportWeek
    from pipeline.sample import SampleReport, SampleWorld
    from pipeline.settings import Settings

SEED: Final = 20230421
NOT_OF_HALL: Final = (
    "模拟数据属于程序自带的大厅，部门与本大厅的不同，没有写进收件夹。要试用的，请用 ZHOUBAO_CONFIG 和 ZHOUBAO_HOME 另指"
    "自带的 zhoubao.toml 和另一个数据目录，或用 --out 写到别处。"
)
MISTYPED: Final = 2
_SEPARATORS: Final = re.compile(r"[,，、\s]+")


def sample(
    next_week: Annotated[
        bool,
        typer.Option(
            "--next", help="接着最后一期（已装载的或在收件夹里的）写下一期 | write the week behind the last one"
        ),
    ] = False,
    year: Annotated[int | None, typer.Option(metavar="2022", help="写上一年全年 | write the year before")] = None,
    scale: Annotated[
        float | None,
        typer.Option(
            help="规模，1 为全量（230 万件）；默认与已有的模拟数据相同 | 1 is full size; by default as the sample here",
            min=0.001,
            max=1,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="随机种子，同种子同字节；默认同上 | the same seed gives the same bytes; by default as above"),
    ] = None,
    defects: Annotated[
        list[str] | None,
        typer.Option(
            metavar="名称",
            help="埋入这些缺陷，可写几次或用逗号隔开；写错就列出全部 | plant these; a wrong name lists them all",
        ),
    ] = None,
    is_without: Annotated[
        bool, typer.Option("--no-defects", help="不埋入缺陷；--next 本来就不埋 | plant none; --next never does unasked")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="输出目录，默认收件夹 | folder, by default the inbox")] = None,
) -> None:
    """生成模拟导出（非真实数据）：2023-01 至 2023-15，或下一期，或 2022 年。Write synthetic exports."""
    _refuse_contradictions(is_next=next_week, year=year, has_defects=bool(defects), is_without=is_without)
    settings, calendar = start()
    folder = out or settings.inbox
    if out is None and not is_hall_of_sample(settings):
        is_plain = not (next_week or year or scale or seed or defects or is_without)
        copy_sample_of_hall(settings, is_plain=is_plain)
        return
    names = _defect_names(defects or [], is_next=next_week)
    with in_sentences(ValueError):
        made_with = _made_with(settings, scale, seed)
        if next_week:
            _write_next(settings, calendar, folder, made_with, names)
        elif year is not None:
            _write_year_before(calendar, folder, made_with)
        else:
            planted = names or not is_without
            write_sample_files(settings, calendar, made_with.scale, seed=made_with.seed, defects=planted, folder=folder)


def _refuse_contradictions(*, is_next: bool, year: int | None, has_defects: bool, is_without: bool) -> None:
    """Ends the command with exit code 2 where its options contradict each other."""
    contradictions = {
        "--next 与 --year 只能写一个。": is_next and year is not None,
        "--defects 与 --no-defects 只能写一个。": has_defects and is_without,
        "2022 年的模拟数据不埋缺陷；缺陷可以埋在 2023 年的各期（--next --defects）。": has_defects and year is not None,
        f"模拟数据只有 2022、2023 两年：写 --year 2022，或用 --next 接着写 2023 年的，而不是 --year {year}。": (
            year not in (None, 2022)
        ),
    }
    for sentence, is_so in contradictions.items():
        if is_so:
            stop(sentence, exit_code=MISTYPED)


def _defect_names(typed: Sequence[str], *, is_next: bool) -> frozenset[str]:
    """Returns the defects that were named; an unknown name is answered with the list, and exit code 2."""
    from pipeline.sample.defects import DEFECTS, MOVABLE

    names = frozenset(name for text in typed for name in _SEPARATORS.split(text) if name)
    choice = [defect for defect in DEFECTS if defect.defect_id in MOVABLE or not is_next]
    unknown = sorted(names.difference(defect.defect_id for defect in choice))
    if not unknown:
        return names
    table = new_table(("名称", "埋入什么"), title="可以埋入的缺陷", overflow=True)
    for defect in choice:
        table.add_row(defect.defect_id, defect.planted)
    console.print(table)
    where = "任何一期" if is_next else "2023-01 至 2023-15 期"
    stop(f"没有可以埋在{where}的缺陷 {'、'.join(unknown)}；可选的见上表。", exit_code=MISTYPED)


def _made_with(settings: Settings, scale: float | None, seed: int | None) -> SampleWorld:
    """Returns what the sample of this home was made with; what is typed goes before it."""
    from dataclasses import replace

    from pipeline.sample import SampleWorld, kept_sample

    kept = kept_sample(settings.home) or SampleWorld(SEED, 1.0)
    return replace(kept, scale=kept.scale if scale is None else scale, seed=kept.seed if seed is None else seed)


def is_hall_of_sample(settings: Settings) -> bool:
    """Whether this hall is the one that the sample is made of: another hall has other departments."""
    from pipeline.settings import hall_of_program

    return settings.hall == hall_of_program()


def write_first_sample(settings: Settings, calendar: ReportingCalendar, scale: float) -> None:
    """Writes the sample of this hall into its inbox; ends the command where there is none for it."""
    if is_hall_of_sample(settings):
        write_sample_files(settings, calendar, scale)
    else:
        copy_sample_of_hall(settings)


def copy_sample_of_hall(settings: Settings, *, is_plain: bool = True) -> None:
    """Copies the sample that the hall's folder brings into the inbox.

    Ends the command where the folder brings none, and where the options ask for one that is made (not `is_plain`).
    """
    from pipeline.sample import copy_own_exports

    if settings.own_sample is None or not is_plain:
        stop(NOT_OF_HALL)
    files = copy_own_exports(settings.own_sample, settings.inbox)
    console.print(f"[bold]大厅文件夹的样例[/] {len(files)} 个文件，已从 {settings.own_sample} 放进 {settings.inbox}")


def write_sample_files(
    settings: Settings,
    calendar: ReportingCalendar,
    scale: float,
    *,
    seed: int = SEED,
    defects: bool | frozenset[str] = True,
    folder: Path | None = None,
) -> None:
    """Writes the fifteen weeks into the inbox, or into the folder, and shows each file as it is written."""
    from pipeline.sample import SampleWorld, keep_sample, write_sample
    from pipeline.sample.defects import chosen_defects

    target = folder or settings.inbox
    with _progress(target, scale) as on_progress:
        report = write_sample(
            target,
            scale=scale,
            seed=seed,
            defects=defects,
            calendar=calendar,
            on_progress=on_progress,
        )
    if target == settings.inbox:
        keep_sample(settings.home, SampleWorld(seed, scale, chosen_defects(defects)))
    _show_total(report, target)


def _write_next(
    settings: Settings, calendar: ReportingCalendar, folder: Path, made_with: SampleWorld, defects: frozenset[str]
) -> None:
    from pipeline.sample import write_later_weeks

    week = next_sample_week(settings, calendar)
    with _progress(folder, made_with.scale) as on_progress:
        report = write_later_weeks(
            folder, [week], made_with, calendar=calendar, defects=defects, on_progress=on_progress
        )
    _show_total(report, folder)
    console.print(f"接着运行：zhoubao run --week {week.week_id}")


def _write_year_before(calendar: ReportingCalendar, folder: Path, made_with: SampleWorld) -> None:
    from pipeline.sample import YEAR_BEFORE, write_year_before

    with _progress(folder, made_with.scale) as on_progress:
        report = write_year_before(folder, made_with, calendar=calendar, on_progress=on_progress)
    _show_total(report, folder)
    console.print(f"接着运行：zhoubao run --week {calendar.weeks(YEAR_BEFORE)[-1].week_id}")


def next_sample_week(settings: Settings, calendar: ReportingCalendar) -> ReportWeek:
    """Returns the week behind the last one that is loaded or lies in the inbox.

    Ends the command where the fifteen weeks that it would follow are not there, and behind the end of the sample.
    """
    from pipeline.sample.calibration import LAST_WEEK, YEAR

    last = last_known_week(settings, calendar)
    if last is None or last < LAST_WEEK:
        known = f"最后一期是 {last}" if last else "这里还没有任何一期"
        stop(f"{known}：请先运行 make run，或 zhoubao sample 写出 2023-01 至 {LAST_WEEK} 期。")
    weeks = calendar.weeks(YEAR)
    later = [week for week in weeks if week.week_id > last]
    if not later:
        stop(f"最后一期是 {last}，模拟数据只写到 {weeks[-1].week_id} 期。")
    return later[0]


def last_known_week(settings: Settings, calendar: ReportingCalendar) -> str | None:
    """Returns the last week that is loaded or that a file in the inbox reports; None where there is none."""
    from pipeline.common.tables import has_table
    from pipeline.contracts import load_contracts
    from pipeline.ingest.inbox.run import pending_weeks
    from pipeline.warehouse.database import read_warehouse
    from pipeline.warehouse.week_stages import week_inputs

    known = list(pending_weeks(settings, calendar, load_contracts(settings.contracts)))
    if settings.warehouse_path.exists():
        with read_warehouse(settings) as con:
            known += week_inputs(con) if has_table(con, "ledger", "delivery") else []
    return max(known, default=None)


@contextmanager
def _progress(folder: Path, scale: float) -> Iterator[Callable[[str, int], None]]:
    console.print(f"[bold]模拟数据[/]（非真实数据，规模 {scale:g}）写入 {folder}")
    began = time.monotonic()

    def on_progress(name: str, rows: int) -> None:
        console.print(f"[dim]{time.monotonic() - began:6.1f} 秒[/]  {escape(name)}  {rows:>9,} 行")

    yield on_progress


def _show_total(report: SampleReport, folder: Path) -> None:
    console.print(f"已写 {len(report.files)} 个文件、{report.rows:,} 行，用时 {report.seconds:.0f} 秒：{folder}")
