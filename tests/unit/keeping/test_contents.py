"""What goes into a backup: all state of the home, and what the settings name outside of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.hall.facts import WeeklySettings
from pipeline.keeping.contents import Entry, entries, named_paths
from pipeline.settings import Settings


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "zhoubao.toml"
    config.write_text("threads = 1\n", "utf-8")
    (tmp_path / "own" / ".git").mkdir(parents=True)
    (tmp_path / "own" / "hall.toml").write_text("", "utf-8")
    (tmp_path / "own" / "weekly.docx").write_text("x", "utf-8")
    (tmp_path / "own" / ".git" / "index").write_text("x", "utf-8")
    monkeypatch.setenv("ZHOUBAO_HALL", str(tmp_path / "own"))
    monkeypatch.setenv("ZHOUBAO_CONFIG", str(config))


def names(settings: Settings, *, has_history: bool = False) -> list[str]:
    return [entry.name for entry in entries(settings, has_history=has_history)]


def test_state_is_kept_and_what_passes_is_not(hall: Settings) -> None:
    (hall.home / "published" / ".metrics.12.duckdb").write_text("half", "utf-8")
    assert names(hall) == [
        "home/archive/case_detail/2023-15/6f1ed002ab559585.csv",
        "home/archive/ledger.jsonl",
        "home/person.key",
        "home/published/site/index.html",
        "home/review/2023-15/findings.xlsx",
        "home/warehouse.duckdb",
        "settings/hall/hall.toml",
        "settings/hall/weekly.docx",
        "settings/zhoubao.toml",
    ]


def test_the_history_of_dagster_is_kept_where_it_is_asked_for(hall: Settings) -> None:
    hall.dagster_home.mkdir()
    (hall.dagster_home / "dagster.yaml").write_text("x", "utf-8")
    assert "home/dagster/dagster.yaml" not in names(hall)
    assert "home/dagster/dagster.yaml" in names(hall, has_history=True)


def test_files_and_folders_that_the_settings_name_are_kept(hall: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "calendar"
    folder.mkdir()
    (folder / "days.csv").write_text("x", "utf-8")
    template = tmp_path / "周报模板.docx"
    template.write_text("x", "utf-8")
    inside = hall.home / "published" / "site" / "index.html"
    settings = hall.model_copy(update={"calendar_overrides": folder, "weekly": WeeklySettings(template=template)})
    own = {"hall": tmp_path / "own", "calendar_overrides": folder, "weekly.template": template}
    assert dict(named_paths(settings)) == own
    assert {"settings/calendar_overrides/days.csv", "settings/weekly.template/周报模板.docx"} <= set(names(settings))
    of_hall = WeeklySettings(template=tmp_path / "own" / "weekly.docx")
    assert names(hall.model_copy(update={"weekly": of_hall})) == names(hall)
    settings = hall.model_copy(update={"calendar_overrides": inside})
    assert not any("calendar_overrides" in name for name in names(settings))


def test_the_journal_is_archived_but_is_no_original() -> None:
    journal = Entry("home/archive/ledger.jsonl", Path("x"))
    original = Entry("home/archive/refused/a.bin", Path("x"))
    assert (journal.is_archived, journal.is_original) == (True, False)
    assert (original.is_archived, original.is_original) == (True, True)
