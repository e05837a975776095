"""The skeleton of a hall's folder: each key with its default, and nothing overwritten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.doctor.hall_folder import problems_of_hall
from pipeline.hall.errors import HallError
from pipeline.hall.facts import (
    SETTING_OF_KEY,
    CatalogueSettings,
    DepartmentSettings,
    ExportWords,
    HallWords,
    PowerGroup,
    WeeklySettings,
)
from pipeline.hall.skeleton import SKELETON, write_skeleton
from pipeline.reporting_calendar.week_rule import WeekRule
from pipeline.settings import Settings


def test_every_key_stands_in_the_skeleton_with_its_default(tmp_path: Path) -> None:
    write_skeleton(tmp_path / "hall")
    written = Settings(home=tmp_path, hall=tmp_path / "hall")
    without = Settings(home=tmp_path, hall=None)
    for setting in SETTING_OF_KEY.values():
        if setting != "week_rule":
            assert getattr(written, setting) == getattr(without, setting)
    # A new hall counts its own issues, not on from those of the seed report.
    assert written.week_rule == without.week_rule.model_copy(update={"anchor_total": 1})
    text = (SKELETON / "hall.toml").read_text("utf-8")
    models = (HallWords, DepartmentSettings, WeekRule, WeeklySettings, CatalogueSettings, ExportWords, PowerGroup)
    for model in models:
        for key in model.model_fields:
            assert re.search(rf"^(# )?{key} +=|^(# )?{key}=|^# +{key} ", text, re.MULTILINE), key
    for key in SETTING_OF_KEY:
        assert re.search(rf"^(# )?(\[+{key}|{key} =)", text, re.MULTILINE), key


def test_what_is_commented_out_is_an_example_that_can_be_used(tmp_path: Path) -> None:
    write_skeleton(tmp_path / "hall")
    path = tmp_path / "hall" / "hall.toml"
    text = re.sub(
        r"^# (\[|code =|label =|types =|expected = |required = |is_open)", r"\1", path.read_text("utf-8"), flags=re.M
    )
    path.write_text(text, "utf-8")
    settings = Settings(home=tmp_path, hall=tmp_path / "hall")
    assert settings.exports["window_weekly"].expected == "never"
    assert len(settings.power_groups) == 2
    assert problems_of_hall(settings) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(HallError, match="里已经有文件，没有改动"):
        write_skeleton(tmp_path)
    with pytest.raises(HallError, match="是文件，不是文件夹"):
        write_skeleton(tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
