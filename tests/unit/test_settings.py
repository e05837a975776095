"""Where settings come from, what a mistake in them says, and where the package finds what it brings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from pipeline.settings import (
    PROJECT_ROOT,
    DueTime,
    Settings,
    config_file,
    default_home,
    is_checkout,
    load_settings,
    resources,
    settings_fault,
)


def test_the_section_in_the_toml_is_read_and_a_typing_mistake_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "zhoubao.toml"
    monkeypatch.setenv("ZHOUBAO_CONFIG", str(config))
    config.write_text('[notice]\nurls = ["wecombot://${K}"]\n[[notice.due]]\nsources = ["x"]\nweekday = 1\n', "utf-8")
    assert load_settings().notice.due == (DueTime(sources=("x",), weekday=1),)
    assert "wecombot" not in repr(load_settings())
    config.write_text('[notice]\nurl = ["wecombot://K"]\n', "utf-8")
    with pytest.raises(ValueError, match=r"notice\.url"):
        load_settings()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "zhoubao.toml"
    monkeypatch.setenv("ZHOUBAO_CONFIG", str(path))
    return path


def test_the_file_of_the_environment_counts_before_that_of_the_checkout(config: Path) -> None:
    assert config_file() == PROJECT_ROOT / "zhoubao.toml"
    config.write_text("threads = 3\n", "utf-8")
    assert config_file() == config
    assert load_settings().threads == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("thread = 3\n", "thread：没有这个键"),
        ("threads = 0\n", "threads：不能小于 1"),
        ("threads = \n", "设置文件读不了"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_setting_and_file(config: Path, content: str, says: str) -> None:
    config.write_text(content, "utf-8")
    with pytest.raises(ValueError, match=r"\S") as fault:
        load_settings()
    sentence = settings_fault(fault.value)
    assert says in sentence
    assert f"请改正 {config}" in sentence
    assert "\n" not in sentence


def test_a_checkout_finds_its_resources_beside_the_package() -> None:
    assert is_checkout()
    assert default_home() == PROJECT_ROOT / "data"
    for name in ("sql", "expectations", "notebooks", "halls"):
        assert resources(name) == PROJECT_ROOT / name
        assert resources(name).is_dir()


@pytest.mark.parametrize(("today", "last"), [("2020-01-01", 2027), ("2026-12-31", 2027), ("2031-06-01", 2032)])
def test_the_calendar_reaches_to_the_year_after_the_present_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, today: str, last: int
) -> None:
    monkeypatch.setattr("pipeline.settings.beijing_now", lambda: datetime.fromisoformat(today))
    assert Settings(home=tmp_path).calendar_years == range(2015, last + 1)
    assert Settings(home=tmp_path, first_year=2020, last_year=2040).calendar_years == range(2020, 2041)
