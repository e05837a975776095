"""Whatever lies in the inbox gets a sentence; only plain files are opened, by whatever name they have."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from assets.automation import Source, inbox_looks, weeks_of_files
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.entries import (
    NOT_OPENED,
    inbox_files,
    recognise_in_inbox,
    refuse_no_plain_file,
    stamp_of_unopened,
)
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox, pending_weeks
from pipeline.ingest.refusals.inbox import InboxRefusal
from pipeline.status import waiting_files
from tests.unit.ingest.inbox.deliveries import case, case_file, outcomes, put, rows

LONG = "明" * 83 + "a.csv"  # 254 bytes; systems take 255
GBK_NAME = os.fsdecode("办件.csv".encode("gbk"))
HOSTILE_NAMES = ["a\nb.csv", "\u202evsc.exe.csv", "'; DROP TABLE x--.csv", "[red]%s{0}.csv", "a*?.csv", LONG, GBK_NAME]


@pytest.fixture
def elsewhere(loader: Loader, tmp_path: Path) -> Path:
    """A file outside of the home that would load, with a mode and a time of its own."""
    path = put(loader, "a.csv", case_file(case("A1"))).rename(tmp_path / "elsewhere.csv")
    path.chmod(0o644)
    os.utime(path, (1e9, 1e9))
    return path


def state(path: Path) -> tuple[int, int, bytes]:
    known = path.stat()
    return known.st_mode, known.st_mtime_ns, path.read_bytes()


def test_a_link_is_refused_once_and_its_target_stays_as_it_is(loader: Loader, elsewhere: Path) -> None:
    before = state(elsewhere)
    link = loader.settings.inbox / "链接.csv"
    link.symlink_to(elsewhere)
    put(loader, "b.csv", case_file(case("B1")))
    report = load_inbox(loader)
    assert sorted(outcomes(report)) == ["loaded", "refused"]
    (refused,) = report.of("refused")
    assert (refused.file_name, refused.code) == ("链接.csv", "link")
    assert outcomes(load_inbox(loader)) == ["refused"]
    assert link.is_symlink()
    assert state(elsewhere) == before
    in_ledger = "SELECT file_name, code FROM ledger.delivery WHERE status = 'refused'"
    assert rows(loader, in_ledger) == [("链接.csv", "link")]
    assert rows(loader, "SELECT count(*) FROM ledger.arrival WHERE outcome = 'refused'") == [(1,)]


def test_another_name_of_a_file_elsewhere_keeps_mode_and_time(loader: Loader, elsewhere: Path) -> None:
    before = state(elsewhere)
    os.link(elsewhere, loader.settings.inbox / "a.csv")
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert state(elsewhere) == before
    assert not list(loader.settings.inbox.iterdir())


def test_what_is_no_file_is_refused_unopened_and_the_others_load(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = loader.settings.inbox
    (inbox / "a.xlsx").mkdir()
    os.mkfifo(inbox / "b.xlsx")
    monkeypatch.chdir(inbox)  # the whole path of a socket may be 107 bytes at most
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("c.xlsx")
    (inbox / "d.csv").symlink_to(inbox / "nowhere.csv")
    (inbox / ".hidden").mkdir()
    (inbox / "旧文件").mkdir()
    put(loader, "e.csv", case_file(case("A1")))
    report = load_inbox(loader)
    assert outcomes(report) == ["refused"] * 4 + ["loaded"]
    assert [event.code for event in report.of("refused")] == ["no_plain_file"] * 3 + ["link"]
    words = "".join(event.message for event in report.events)
    assert all(word in words for word in ("文件夹", "管道", "套接字", "链接"))
    assert outcomes(load_inbox(loader)) == ["refused"] * 4
    assert rows(loader, "SELECT count(*) FROM ledger.arrival WHERE outcome = 'refused'") == [(4,)]


def test_everything_that_looks_into_the_inbox_passes_links_and_pipes(loader: Loader, elsewhere: Path) -> None:
    settings = loader.settings
    (settings.inbox / "a.csv").symlink_to(elsewhere)
    os.mkfifo(settings.inbox / "b.csv")
    assert [path.name for path in inbox_files(settings)] == ["a.csv", "b.csv"]
    assert pending_weeks(settings, loader.calendar, loader.contracts) == []
    refusals = [file.refusal for file in waiting_files(settings, loader.calendar, loader.contracts)]
    assert [refusal.code for refusal in refusals if refusal] == ["link", "no_plain_file"]
    names = inbox_looks(settings.inbox)
    assert list(names) == ["a.csv", "b.csv"]
    assert weeks_of_files(Source(settings, loader.calendar, loader.contracts), names) == []
    with pytest.raises(RefusedFileError) as caught:
        recognise_in_inbox(settings.inbox / "b.csv", settings, loader.calendar, loader.contracts)
    assert caught.value.refusal in NOT_OPENED


def test_a_plain_file_is_no_question_and_one_that_is_gone_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.touch()
    refuse_no_plain_file(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        refuse_no_plain_file(path)
    link = InboxRefusal.LINK.code
    assert stamp_of_unopened(path, link) == stamp_of_unopened(path, link)
    assert stamp_of_unopened(path, link) != stamp_of_unopened(tmp_path / "b.csv", link)


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_a_file_of_any_name_is_loaded_and_archived(loader: Loader, name: str) -> None:
    path = put(loader, "a.csv", case_file(case("A1"))).rename(loader.settings.inbox / name)
    (waiting,) = waiting_files(loader.settings, loader.calendar, loader.contracts)
    assert waiting.weeks == ("2023-15",)
    (event,) = load_inbox(loader).events
    assert event.outcome == "loaded", event.message
    assert not path.exists()
    assert len(list(loader.settings.archive.rglob("*.csv"))) == 1
    ((stored_name,),) = rows(loader, "SELECT file_name FROM ledger.delivery")
    assert stored_name == event.file_name
    assert str(stored_name).isprintable()


def test_a_broken_file_whose_name_is_no_unicode_is_refused_under_a_name_that_can_be_shown(loader: Loader) -> None:
    put(loader, GBK_NAME, "nothing that fits")
    (event,) = load_inbox(loader).events
    assert (event.outcome, event.code) == ("refused", "no_contract")
    assert event.file_name == r"\xb0\xec\xbc\xfe.csv"
    assert event.place is not None and event.place.file == event.file_name
