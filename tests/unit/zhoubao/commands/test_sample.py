"""`zhoubao sample`: which week comes next, what contradicts itself, and how defects are named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.reporting_calendar import load_calendar
from pipeline.sample import SampleReport, SampleWorld, keep_sample, write_later_weeks
from pipeline.settings import load_settings
from zhoubao.commands import sample as module

CALENDAR = load_calendar()
SMALL = SampleWorld(module.SEED, 0.001)


@pytest.fixture
def last_known(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    return lambda week: monkeypatch.setattr(module, "last_known_week", lambda *_: week)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_week_behind_the_last_one_is_written_at_the_scale_of_the_home(
    home: Path, zhoubao: Callable[..., Result], last_known: Callable[[str | None], None]
) -> None:
    last_known("2023-15")
    keep_sample(home, SMALL)
    result = zhoubao("sample", "--next")
    assert result.exit_code == 0
    assert "规模 0.001" in result.output
    assert "接着运行：zhoubao run --week 2023-16" in result.output
    assert "办件明细_2023-16.csv" in files(home / "inbox")


def test_a_week_that_lies_in_the_inbox_counts_as_the_last_one(home: Path, zhoubao: Callable[..., Result]) -> None:
    write_later_weeks(home / "inbox", [CALENDAR.week("2023-16")], SMALL, calendar=CALENDAR)
    settings = load_settings()
    assert module.next_sample_week(settings, CALENDAR).week_id == "2023-17"


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (None, "这里还没有任何一期：请先运行 make run"),
        ("2023-07", "最后一期是 2023-07：请先运行 make run"),
        ("2023-50", "最后一期是 2023-50，模拟数据只写到 2023-50 期"),
        ("2026-20", "最后一期是 2026-20，模拟数据只写到 2023-50 期"),
    ],
)
def test_where_no_week_can_follow_the_command_says_why(
    zhoubao: Callable[..., Result], last_known: Callable[[str | None], None], known: str | None, sentence: str
) -> None:
    last_known(known)
    result = zhoubao("sample", "--next")
    assert result.exit_code == 1
    assert sentence in result.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--next", "--year", "2022"), "--next 与 --year 只能写一个"),
        (("--defects", "lock_file", "--no-defects"), "--defects 与 --no-defects 只能写一个"),
        (("--year", "2022", "--defects", "lock_file"), "2022 年的模拟数据不埋缺陷"),
        (("--year", "2021"), "模拟数据只有 2022、2023 两年"),
    ],
)
def test_options_that_contradict_each_other_are_mistyped(
    zhoubao: Callable[..., Result], words: tuple[str, ...], sentence: str
) -> None:
    result = zhoubao("sample", *words)
    assert result.exit_code == 2
    assert sentence in result.output


def test_an_unknown_defect_is_answered_with_the_list_of_those_that_exist(zhoubao: Callable[..., Result]) -> None:
    result = zhoubao("sample", "--defects", "unknown_channel,foo")
    assert result.exit_code == 2
    assert "没有可以埋在2023-01 至 2023-15 期的缺陷 foo" in result.output
    assert "withdrawn_cases" in result.output
    assert "五行的办理形式为“自助终端”" in result.output


def test_the_list_for_the_next_week_has_only_what_any_week_can_have(zhoubao: Callable[..., Result]) -> None:
    result = zhoubao("sample", "--next", "--defects", "withdrawn_cases")
    assert result.exit_code == 2
    assert "没有可以埋在任何一期的缺陷 withdrawn_cases" in result.output
    assert "unknown_channel" in result.output
    assert "│ withdrawn_cases" not in result.output


def test_defects_of_the_next_week_are_named_several_times_or_with_commas(
    home: Path, zhoubao: Callable[..., Result], last_known: Callable[[str | None], None]
) -> None:
    last_known("2023-16")
    keep_sample(home, SMALL)
    result = zhoubao(
        "sample", "--next", "--defects", "delivered_twice，truncated_file", "--defects", "volume_reexported"
    )
    assert result.exit_code == 0
    written = files(home / "inbox")
    assert {"办件明细_2023-17(1).csv", "大厅巡查记录_2023-17 - 副本.xlsx"} <= set(written)
    assert "事项受理办结统计_2023-17_重报.xlsx" in written


def test_the_year_before_goes_where_it_is_told_to(
    tmp_path: Path, zhoubao: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[Path, SampleWorld]] = []

    def write(folder: Path, made_with: SampleWorld, **_: object) -> SampleReport:
        made.append((folder, made_with))
        return SampleReport((folder / "a.csv",), 12, 0.5)

    monkeypatch.setattr("pipeline.sample.write_year_before", write)
    result = zhoubao("sample", "--year", "2022", "--scale", "0.001", "--out", tmp_path / "去年")
    assert result.exit_code == 0
    assert made == [(tmp_path / "去年", SMALL)]
    assert "接着运行：zhoubao run --week 2022-50" in result.output


def test_another_hall_gets_no_sample_into_its_inbox(
    zhoubao: Callable[..., Result], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hall").mkdir()
    monkeypatch.setenv("ZHOUBAO_HALL", str(tmp_path / "hall"))
    for words in (("sample",), ("run", "--week", "2023-01", "--sample-if-empty")):
        result = zhoubao(*words)
        assert result.exit_code == 1
        assert "模拟数据属于程序自带的大厅" in result.output
    assert not list(home.glob("inbox/*"))


@pytest.fixture
def hall_with_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "hall" / "sample"
    folder.mkdir(parents=True)
    (folder / "热线_2024-01.csv").write_text("甲,乙\n1,2\n", "utf-8")
    monkeypatch.setenv("ZHOUBAO_HALL", str(tmp_path / "hall"))
    return folder


def test_a_hall_with_a_sample_of_its_own_gets_that(
    zhoubao: Callable[..., Result], home: Path, hall_with_sample: Path
) -> None:
    result = zhoubao("sample")
    assert result.exit_code == 0
    assert "大厅文件夹的样例 1 个文件" in result.output
    assert files(home / "inbox") == files(hall_with_sample)


@pytest.mark.parametrize("words", [("--next",), ("--year", "2022"), ("--scale", "0.001"), ("--no-defects",)])
def test_what_is_made_to_order_is_for_the_hall_of_the_program_alone(
    zhoubao: Callable[..., Result], home: Path, hall_with_sample: Path, words: tuple[str, ...]
) -> None:
    result = zhoubao("sample", *words)
    assert result.exit_code == 1
    assert "模拟数据属于程序自带的大厅" in result.output
    assert not list(home.glob("inbox/*"))


def test_a_run_without_a_week_says_where_nothing_was_delivered(zhoubao: Callable[..., Result], home: Path) -> None:
    result = zhoubao("run")
    assert result.exit_code == 1
    assert "没有看得出期号的文件" in result.output
    assert "--week" in result.output
