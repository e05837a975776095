"""Originals are kept privately, by source, week and content, for as long as the settings say."""

from __future__ import annotations

import stat
from pathlib import Path

from pipeline.ingest.containers.identity import stamp
from pipeline.ingest.inbox.archive import (
    archive_file,
    archive_path,
    delivery_id_of,
    empty_folder,
    refused_path,
    stored_original,
)
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.recognise.match import recognise
from pipeline.settings import Settings
from tests.unit.ingest.inbox.deliveries import case, case_file, put


def test_originals_are_archived_privately_under_names_that_come_from_content(loader: Loader) -> None:
    put(loader, "a;rm -rf ..%2f..%2fetc.csv", case_file(case("A1")))
    load_inbox(loader)
    stored = [path for path in loader.settings.archive.rglob("*") if path.is_file()]
    assert [path.parent.relative_to(loader.settings.archive).as_posix() for path in stored] == ["case_detail/2023-15"]
    assert stat.S_IMODE(stored[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(loader.settings.archive.stat().st_mode) == 0o700


def test_the_original_of_two_exports_stands_in_both_folders(settings: Settings) -> None:
    path = settings.inbox / "a.xlsx"
    path.write_text("x", "utf-8")
    targets = [settings.archive / source / "2023-15" / f"{source}id.xlsx" for source in ("one", "two")]
    archive_file(path, targets)
    assert [target.read_text("utf-8") for target in targets] == ["x", "x"]
    assert not path.exists()
    assert stored_original(settings, "two", "twoid") == targets[1]
    assert stored_original(settings, "two", "other") is None
    assert delivery_id_of(settings.archive / "one" / "2023-15" / "0a1b.csv.zip") == "0a1b"


def test_leftovers_of_a_killed_run_are_removed_and_linked_folders_stay(tmp_path: Path) -> None:
    work, outside = tmp_path / "work", tmp_path / "outside"
    (work / "renamed-x").mkdir(parents=True)
    (work / "part.txt").write_text("x", "utf-8")
    outside.mkdir()
    (outside / "kept").write_text("x", "utf-8")
    (work / "link").symlink_to(outside)
    empty_folder(work)
    empty_folder(tmp_path / "missing")
    assert list(work.iterdir()) == []
    assert (outside / "kept").exists()


def test_a_refused_file_is_kept_by_its_content(loader: Loader) -> None:
    put(loader, "b.csv", "姓名,成绩\n")
    mark = stamp(loader.settings.inbox / "b.csv")
    load_inbox(loader)
    assert refused_path(loader.settings, mark).exists()


def test_an_archived_file_is_named_by_source_week_and_content(loader: Loader) -> None:
    path = put(loader, "a.csv", case_file(case("A1")))
    (export,) = recognise(path, loader.settings, loader.calendar, loader.contracts)
    mark = stamp(path)
    expected = loader.settings.archive / "case_detail" / "2023-15" / f"{mark.delivery_id}.csv"
    assert archive_path(loader.settings, export, mark) == expected
