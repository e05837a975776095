"""What the commands share before they work: settings, weeks, sentences in the place of tracebacks."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from pipeline.common.log import close_log, log_file
from pipeline.contracts import ContractError
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from zhoubao.session import in_sentences, open_log, read_settings, require_warehouse, start, stop, week_id_of


def test_a_command_ends_with_a_sentence_and_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as end:
        stop("不行。", ValueError("x"), exit_code=2)
    assert end.value.exit_code == 2
    assert capsys.readouterr().err == "不行。\n"


def test_a_week_is_found_or_ends_the_command(calendar: ReportingCalendar) -> None:
    assert week_id_of(calendar, "2023-15") == "2023-15"
    with pytest.raises(typer.Exit) as end:
        week_id_of(calendar, "2023-99")
    assert end.value.exit_code == 2


@pytest.mark.parametrize("error", [ContractError("合同写错"), KeyError("以为有")])
def test_known_errors_are_sentences_and_others_are_not(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), in_sentences(KeyError):
        raise error
    assert str(error) in capsys.readouterr().err
    with pytest.raises(RuntimeError), in_sentences():
        raise RuntimeError


def test_nothing_loaded_ends_the_command(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        require_warehouse(settings, "还没有装载。")
    assert capsys.readouterr().err == "还没有装载。\n"
    settings.home.mkdir()
    settings.warehouse_path.touch()
    require_warehouse(settings, "还没有装载。")


def test_settings_that_are_wrong_are_a_sentence_with_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "zhoubao.toml"
    config.write_text("thread = 3\n", "utf-8")
    monkeypatch.setenv("ZHOUBAO_CONFIG", str(config))
    with pytest.raises(typer.Exit):
        read_settings()
    assert "设置有误：thread：没有这个键" in capsys.readouterr().err


def test_a_command_that_only_looks_opens_a_log_only_where_a_home_is(home: Path) -> None:
    close_log()
    start(is_only_looking=True)
    assert log_file() is None
    start()
    assert log_file() == home / "logs" / "zhoubao.log"
    close_log()
    home.mkdir()
    start(is_only_looking=True)
    assert log_file() is not None
    close_log()


def test_the_log_is_that_of_the_home(settings: Settings) -> None:
    open_log(settings)
    assert log_file() == settings.log_path
    close_log()
