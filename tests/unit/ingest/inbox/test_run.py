"""Which files of the inbox a run takes, and which weeks wait in it."""

from __future__ import annotations

from pathlib import Path

from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import inbox_files, load_file, load_inbox, pending_weeks
from tests.unit.ingest.inbox.deliveries import case, case_file, outcomes, put


def test_files_of_other_weeks_wait_in_the_inbox(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    assert pending_weeks(loader.settings, loader.calendar, loader.contracts) == ["2023-15"]
    assert outcomes(load_inbox(loader, ["2023-14"])) == ["later"]
    assert (loader.settings.inbox / "a.csv").exists()


def test_a_file_from_elsewhere_is_loaded_as_if_it_lay_in_the_inbox(loader: Loader, tmp_path: Path) -> None:
    copy = tmp_path / "a.csv"
    copy.write_text(case_file(case("A1")), "utf-8")
    assert [(event.outcome, event.rows) for event in load_file(loader, copy)] == [("loaded", 1)]
    assert not copy.exists()


def test_hidden_files_and_folders_are_no_deliveries(loader: Loader) -> None:
    (loader.settings.inbox / "folder").mkdir()
    for name in (".hidden.csv", "b.csv", "a.csv"):
        put(loader, name, "x")
    assert [path.name for path in inbox_files(loader.settings)] == ["a.csv", "b.csv"]
    assert inbox_files(loader.settings.model_copy(update={"home": loader.settings.home / "none"})) == []
