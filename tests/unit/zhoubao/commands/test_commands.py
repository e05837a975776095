"""Commands on a home where nothing has arrived: each says what to do, and none of them makes a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.quality.codes import Outcome
from pipeline.quality.desk.answers import Answer
from pipeline.quality.desk.intake import Taken
from pipeline.quality.desk.workbook_rows import Workbook
from pipeline.settings import load_settings
from zhoubao.commands.checks import export_checks, write_docs
from zhoubao.commands.contract import (
    check_contracts,
    draft_contract,
    export_contracts,
    import_contract,
    try_contracts,
)
from zhoubao.commands.notify import OFF, notify
from zhoubao.commands.review import export_review, import_review, send_back_copies
from zhoubao.commands.sample import SEED, write_sample_files

FUNCTIONS = (
    check_contracts,
    draft_contract,
    export_contracts,
    import_contract,
    try_contracts,
    export_checks,
    write_docs,
    notify,
    export_review,
    import_review,
    send_back_copies,
)


def test_every_command_is_described_in_chinese_and_english() -> None:
    for function in FUNCTIONS:
        description = function.__doc__ or ""
        assert "。" in description
        assert description.isascii() is False
        assert any(word.isascii() and word.isalpha() and len(word) > 3 for word in description.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("review", "export"), "没有可处理的问题"),
        (("review", "send-back", "--week", "2023-15"), "没有可退回的文件"),
        (("release", "--week", "2023-15"), "请先运行 zhoubao run --week 期号"),
        (("notify", "--test"), OFF),
        (("inspect", "nothing.csv"), "不存在"),
        (("report",), "请写明 --week 期号"),
        (("checks", "docs"), "还没有数据仓库"),
        (("checks", "export", "--gx", "检查"), "还没有数据仓库"),
    ],
)
def test_nothing_to_work_on_is_a_sentence(zhoubao: Callable[..., Result], words: tuple[str, ...], says: str) -> None:
    result = zhoubao(*words)
    assert result.exit_code in (1, 2)
    assert says in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("outcome", "code"), [("applied", 0), ("blank", 0), ("repeated", 0), ("incomplete", 1)])
def test_an_import_in_which_a_row_is_refused_does_not_end_well(
    zhoubao: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, outcome: Outcome, code: int
) -> None:
    answer = Answer("w1", "办件", 4, "f1", outcome, "没有写理由", datetime(2023, 4, 24, 12))
    taken = Taken(Workbook("w1", "2023-15", "处理单.xlsx"), (answer,))
    monkeypatch.setattr(
        "pipeline.present.steward.import_workbook.import_workbook", lambda *_: (taken, Path("处理结果.xlsx"))
    )
    assert zhoubao("review", "import", "处理单.xlsx").exit_code == code


def test_all_contracts_of_the_package_are_valid(zhoubao: Callable[..., Result]) -> None:
    result = zhoubao("contract", "check")
    assert result.exit_code == 0
    assert "份合同都有效" in result.output


def test_a_folder_of_foreign_files_is_tried_file_by_file(
    tmp_path: Path, home: Path, zhoubao: Callable[..., Result]
) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "a.bin").write_bytes(b"nothing that can be read")
    result = zhoubao("contract", "try", tmp_path / "foreign", "--out", tmp_path / "result.md")
    assert "a.bin" in result.output
    assert "a.bin" in (tmp_path / "result.md").read_text("utf-8")
    assert not home.exists()


def test_a_look_is_printed_for_programs_as_it_is_for_people(tmp_path: Path, zhoubao: Callable[..., Result]) -> None:
    path = tmp_path / "办件.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    result = zhoubao("inspect", path, "--json")
    look = json.loads(result.stdout)
    assert (look["file_name"], look["is_loadable"], result.exit_code) == ("办件.csv", False, 1)
    assert look["verdict"]


def test_the_sample_is_told_file_by_file(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipeline.reporting_calendar import load_calendar
    from pipeline.sample import SampleReport, kept_sample

    def write(folder: Path, **options: object) -> SampleReport:
        options["on_progress"]("a.csv", 12)
        return SampleReport(files=(folder / "a.csv",), rows=12, seconds=0.5)

    monkeypatch.setattr("pipeline.sample.write_sample", write)
    settings = load_settings()
    write_sample_files(settings, load_calendar(), 0.01)
    output = capsys.readouterr().out
    assert "非真实数据" in output
    assert "a.csv         12 行" in output
    assert "已写 1 个文件、12 行" in output
    kept = kept_sample(settings.home)
    assert kept is not None
    assert (kept.seed, kept.scale) == (SEED, 0.01)
    assert "unknown_channel" in kept.defects
