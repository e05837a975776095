"""`zhoubao review`: the steward's workbook out and in, and the copies that go back; deciding is in pipeline.quality."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from zhoubao.console import complain, console
from zhoubao.session import in_sentences, require_warehouse, start, week_id_of

if TYPE_CHECKING:
    from pipeline.quality.desk.intake import Taken

# Outcomes of a workbook's row that need nobody any more; all others are shown in yellow.
SETTLED: Final = ("applied", "repeated")
# All others were not recorded and wait for whoever filled them in.
NOT_REFUSED: Final = (*SETTLED, "blank")

review_app = typer.Typer(
    help="数据专员的文件 | files for the steward",
    epilog="例 | example：zhoubao review export --week 2023-15；填好后 zhoubao review import findings.xlsx",
    no_args_is_help=True,
)


@review_app.command("export", epilog="例 | example：zhoubao review export --week 2023-15")
def export_review(
    week: Annotated[
        str | None, typer.Option("--week", help="期号，默认最近一期 | the issue, by default the last")
    ] = None,
) -> None:
    """写出某一期的处理单：逐项选处理意见的工作簿。Write the workbook in which a week's findings are settled."""
    from pipeline.present.steward.workbook import last_week, write_review
    from pipeline.warehouse import open_warehouse

    settings, calendar = start()
    target = week_id_of(calendar, week) if week else None
    require_warehouse(settings, "还没有装载过任何报送，没有可处理的问题。")
    with in_sentences(), open_warehouse(settings) as con:
        path = write_review(con, settings, target or last_week(con))
    console.print(f"处理单：{path}")
    console.print("填好黄色格、存盘，再放入收件夹，或运行 zhoubao review import 文件。")


@review_app.command("import", epilog="例 | example：zhoubao review import data/review/2023-15/findings.xlsx")
def import_review(
    file: Annotated[Path, typer.Argument(help="填好的处理单 | the workbook, filled in")],
) -> None:
    """登记一份填好的处理单，逐行答复；有行没登记的，退出码 1。Record a workbook; exits with 1 if a row is refused."""
    from pipeline.contracts import load_contracts
    from pipeline.present.steward.import_workbook import import_workbook
    from pipeline.quality.desk.decisions import DecisionError

    settings, calendar = start()
    with in_sentences(DecisionError):
        contracts = load_contracts(settings.contracts)
        taken, answer = import_workbook(settings, calendar, contracts, file)
    _show_answers(taken, answer)
    refused = [row for row in taken.answers if row.outcome not in NOT_REFUSED]
    raise typer.Exit(1 if refused else 0)


@review_app.command("send-back", epilog="例 | example：zhoubao review send-back --week 2023-15")
def send_back_copies(
    week: Annotated[str, typer.Option("--week", help="期号，如 2023-15 | the issue, such as 2023-15")],
) -> None:
    """为有问题的报送生成退回副本（标红、批注、退回说明）。Write the annotated copies that go back."""
    from pipeline.contracts import load_contracts
    from pipeline.present.sender.send_back import send_back
    from pipeline.warehouse.database import read_warehouse

    settings, calendar = start()
    target = week_id_of(calendar, week)
    left_out: list[str] = []
    require_warehouse(settings, "还没有装载过任何报送，没有可退回的文件。")
    with in_sentences(), read_warehouse(settings) as con:
        contracts = load_contracts(settings.contracts)
        copies = send_back(con, settings, [target], contracts, left_out.append)
    _show_copies(target, copies, left_out)
    raise typer.Exit(1 if left_out else 0)


def _show_answers(taken: Taken, answer_path: Path) -> None:
    """Says how many rows were recorded, then each row that a person wrote in, and where the copy with answers is."""
    from pipeline.present.steward.answers import summary
    from pipeline.quality.codes import OUTCOME_LABELS

    workbook = taken.workbook
    console.print(f"{escape(workbook.file_name)}（{workbook.week_id} 期）：{summary(taken)}")
    if taken.is_repeated:
        console.print("这份处理单此前已登记，没有重复登记；以下是当时的答复。")
    for answer in taken.answers:
        if answer.outcome == "blank":
            continue
        colour = "green" if answer.outcome in SETTLED else "yellow"
        label = OUTCOME_LABELS[answer.outcome]
        row = f"「{escape(answer.sheet)}」第 {answer.row_no} 行"
        console.print(f"  {row} [{colour}]{label}[/]：{escape(answer.message)}")
    console.print(f"逐行答复：{answer_path}")
    console.print(f"再运行 zhoubao run --week {workbook.week_id}，处理意见即生效。")


def _show_copies(week: str, copies: Sequence[Path], left_out: Sequence[str]) -> None:
    """Says where the copies are that go back to their departments, and of which deliveries there is none."""
    if not copies and not left_out:
        console.print(f"{week} 期没有需要退回的报送。")
    for copy in copies:
        console.print(f"退回副本：{copy}")
    for sentence in left_out:
        complain(sentence)
