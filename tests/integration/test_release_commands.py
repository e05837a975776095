"""Releasing, tracing and rolling back on the command line as an analyst types it; what holds of each is in laws."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from pipeline.settings import Settings
from tests.hall import Hall, copied
from tests.laws.test_law_5_what_is_published_stays_published import re_export
from zhoubao.app import app

Command = Callable[..., Result]
WEEK = ("--week", "2023-15")


@pytest.fixture
def home(small_home: Settings, tmp_path: Path) -> Path:
    """A hall that was run once, to be changed."""
    return copied(small_home.home, tmp_path / "home")


@pytest.fixture
def zhoubao(home: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("ZHOUBAO_HOME", str(home))
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def consulted(home: Path) -> tuple[int, int]:
    """What readers see of the last issue: consultations of the week and of the year."""
    with duckdb.connect(str(home / "published" / "metrics.duckdb"), read_only=True) as con:
        row = con.execute(
            "SELECT value, value_ytd FROM charts.window_weekly WHERE week_id = '2023-15' AND measure = 'consulted'"
        ).fetchone()
    return row or (0, 0)


@pytest.mark.slow
@pytest.mark.usefixtures("without_pdf")
def test_an_analyst_looks_first_then_releases_then_takes_it_back(
    zhoubao: Command, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHOUBAO_HANDOVER", str(tmp_path / "上报"))
    before = consulted(home)
    assert "没有要发布的变化" in zhoubao("release", *WEEK, "--dry-run").output

    re_export(Hall(home), "2023-14")
    waiting = zhoubao("release", *WEEK, "--dry-run").output
    assert "收件夹里有 2023-14 期的新文件，还没有计入" in waiting
    loaded = zhoubao("run", *WEEK, "--no-release")
    assert loaded.exit_code == 0, loaded.output
    assert consulted(home) == before

    plan = zhoubao("release", *WEEK, "--dry-run", "--out", tmp_path / "差异.csv")
    assert plan.exit_code == 0, plan.output
    assert "2023-14 期第 2 次发布（修订）" in plan.output and "可以发布" in plan.output
    rows = list(csv.DictReader((tmp_path / "差异.csv").open(encoding="utf-8-sig")))
    moved = {(row["期"], row["数字"], row["行"]): (row["差"], row["累计差"]) for row in rows}
    assert moved["2023-14", "综窗办件：本期数", "咨询"] == ("7", "7")
    assert moved["2023-15", "综窗办件：本期数", "咨询"] == ("0", "7")
    assert {row["原因"] for row in rows} == {"新交付 重报.xlsx（取代 综窗办件周报_2023-14.xlsx）"}
    assert consulted(home) == before

    released = zhoubao("release", *WEEK)
    assert released.exit_code == 0, released.output
    assert "上报：2023-15 期第 2 次发布。" in released.output
    package = tmp_path / "上报" / "510000" / "2023-15"
    assert package.is_dir()
    assert consulted(home) == (before[0], before[1] + 7)
    assert (home / "published" / "weekly" / "2023-14" / "r2" / "weekly.docx").is_file()

    back = zhoubao("release", *WEEK, "--rollback", "--reason", "先用原数")
    assert "以第 1 次发布示人：先用原数" in back.output
    assert consulted(home) == before
    assert "2023-15 期第 2 次发布已退回，仍以第 1 次示人" in zhoubao("status").output
    assert "原来的上报包已撤下" in back.output.replace("\n", "")
    assert not package.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("release", *WEEK, "--rollback"), "请用 --reason 写明为什么退回"),
        (("release", *WEEK, "--rollback", "--dry-run", "--reason", "x"), "--rollback 没有试算"),
        (("release", *WEEK, "--revision", "2"), "只与 --rollback 一起用"),
        (("release", *WEEK, "--out", "x.csv"), "只与 --dry-run 一起用"),
        (("trace", "charts.item_ytd", "2023-15", "没有的"), "找不到“没有的”"),
        (("trace", "charts.item_ytd", "2023-99"), "2023"),
        (("release", "--week", "2023-40"), "2023-40 期没有可发布的数字"),
    ],
)
def test_what_makes_no_sense_ends_in_a_sentence(
    small_home: Settings, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.setenv("ZHOUBAO_HOME", str(small_home.home))
    said = CliRunner().invoke(app, list(words))
    assert said.exit_code in (1, 2)
    assert says in said.output
    assert "Traceback" not in said.output


def test_a_figure_is_traced_in_words(small_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHOUBAO_HOME", str(small_home.home))
    said = CliRunner().invoke(app, ["trace", "charts.item_ytd", "2023-15", "其它9类", "办结", "--sql"]).output
    assert "组 其它9类行权事项，项目 办结" in said
    assert "各行之和与此数相等" in said
    assert "办件明细_2023-15.csv" in said
    assert "staging.case_detail 的 SQL" in said
    assert "办结超出受理" in said


def test_a_way_home_is_printed_for_programs(small_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHOUBAO_HOME", str(small_home.home))
    said = CliRunner().invoke(app, ["trace", "charts.item_ytd", "2023-15", "其它9类", "办结", "--json"])
    walked = json.loads(said.stdout)
    assert (walked["chosen"]["table"], walked["chosen"]["week_id"]) == ("item_ytd", "2023-15")
    assert all(figure["is_sum"] for figure in walked["figures"])
    rows = [row for figure in walked["figures"] for part in figure["contributions"] for row in part["rows"]]
    assert "办件明细_2023-15.csv" in {row["file_name"] for row in rows}


def test_before_anything_was_loaded_it_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHOUBAO_HOME", str(tmp_path))
    for words in (["release", *WEEK], ["trace", "charts.item_ytd", "2023-15"]):
        said = CliRunner().invoke(app, words)
        assert (said.exit_code, "请先运行 zhoubao run --week" in said.output) == (1, True)
