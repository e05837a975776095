"""How a run looks on the terminal."""

from __future__ import annotations

import pytest

from assets.runs import RunEvent, RunReport
from pipeline.ingest.inbox.loader import FileEvent
from pipeline.present.shared.metrics import WINDOW, WeeklyFigure
from pipeline.present.shared.summary import SummaryRow
from zhoubao.commands.run import RunProgress, _complain_of_unforeseen, _show_refused, figure_cells

CONSULTED = WeeklyFigure(WINDOW, "consulted", "咨询")


def figure(flag: str | None = None, note: str | None = None, value: int | None = 1234) -> SummaryRow:
    return SummaryRow(
        figure=CONSULTED,
        keys=(),
        label="咨询",
        value=value,
        value_ytd=None,
        change_pct=-3.14,
        unit="件",
        flag=flag,
        note=note,
    )


def test_a_figure_is_written_with_separators_and_sign() -> None:
    assert figure_cells(figure(), "综窗") == ("综窗", "咨询", "1,234", "", "-3.1%", "件", "")


def test_a_figure_whose_file_has_not_arrived_is_a_word_and_a_zero_stays_a_zero() -> None:
    assert figure_cells(figure(value=None), "")[2] == "未报送"
    assert figure_cells(figure(value=0), "")[2] == "0"


@pytest.mark.parametrize(
    ("flag", "note", "remark"),
    [
        ("偏高", None, "偏高"),
        (None, "见附注", "见附注"),
        ("偏高", "见附注", "偏高；见附注"),
        ("偏高", "偏高，因节后补办", "偏高，因节后补办"),
    ],
)
def test_a_note_that_repeats_the_flag_stands_alone(flag: str | None, note: str | None, remark: str) -> None:
    assert figure_cells(figure(flag, note), "")[-1] == remark


def test_each_stage_is_told_once_and_files_of_other_weeks_not_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    progress = RunProgress()
    progress(RunEvent("step_started", "load_inbox", 0.1))
    for outcome in ("later", "refused"):
        progress(RunEvent("file", "a.csv", 0.2, file=FileEvent("a.csv", outcome, message="文件有密码")))
    for table in ("core__item", "marts__provenance"):
        progress(RunEvent("step_started", table, 1.0))
    progress(RunEvent("step_failed", "release__gate", 2.0))
    assert [line.split("秒")[-1].strip() for line in capsys.readouterr().out.splitlines()] == [
        "装载收件夹 …",
        "a.csv  拒收：文件有密码",
        "计算各层表 …",
        "release__gate 未完成",
    ]


def report_of(*files: FileEvent) -> RunReport:
    return RunReport(
        run_id="1",
        first_week="2023-15",
        last_week="2023-15",
        is_success=True,
        gate_message="",
        is_blocked=False,
        checks_passed=0,
        checks_failed=(),
        failures=(),
        files=files,
        dead_runs=(),
        seconds=0.0,
    )


def test_refused_files_are_named_once_more_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    _show_refused(report_of(FileEvent("a.xlsx", "refused", message="文件有密码"), FileEvent("b.csv", "loaded")))
    assert "拒收 1 份文件，没有进入统计：a.xlsx。" in capsys.readouterr().out
    _show_refused(report_of(FileEvent("b.csv", "loaded")))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("code", "is_foreseen"), [("unforeseen", False), ("no_contract", True)])
def test_only_an_error_of_the_program_is_complained_of(
    code: str, is_foreseen: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    report = report_of(FileEvent("a.xlsx", "refused", code=code))
    assert _complain_of_unforeseen(report) is is_foreseen
    assert ("a.xlsx" in capsys.readouterr().err) is not is_foreseen
