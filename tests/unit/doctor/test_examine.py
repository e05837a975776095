"""All questions of the doctor in one go."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.doctor import examine
from pipeline.doctor.examine import examine_home, read_settings
from pipeline.settings import Settings

TOPICS = [
    "versions",
    "hall",
    "disk",
    "write_rights",
    "lock",
    "person_key",
    "archive",
    "stored_state",
    "home_hall",
    "calendar",
    "time_zone",
    "fonts",
    "libreoffice",
]


def test_each_question_is_answered_once_and_the_home_is_left_alone(settings: Settings) -> None:
    outcomes = examine_home(settings, date(2023, 4, 24))
    assert [outcome.topic for outcome in outcomes] == TOPICS
    assert all(outcome.sentence for outcome in outcomes)
    assert all(outcome.action for outcome in outcomes if outcome.level != "ok")
    assert not settings.home.exists()


def test_overrides_that_cannot_be_read_are_a_fault(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, calendar_overrides=tmp_path / "nothing.csv")
    (outcome,) = [outcome for outcome in examine_home(settings, date(2023, 4, 24)) if outcome.topic == "calendar"]
    assert outcome.level == "fault"


def test_settings_that_cannot_be_read_leave_the_machine_to_examine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "zhoubao.toml"
    monkeypatch.setenv("ZHOUBAO_CONFIG", str(config))
    config.write_text("home = \n", "utf-8")
    settings, outcome = read_settings()
    assert (settings, outcome.level) == (None, "fault")
    assert [outcome.topic for outcome in examine()] == ["settings", "versions", "fonts", "time_zone"]
    config.write_text(f'home = "{tmp_path / "home"}"\n', "utf-8")
    assert [outcome.topic for outcome in examine()] == ["settings", *TOPICS]
    assert str(config) in examine()[0].sentence
