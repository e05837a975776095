"""Whether the disk has room for a run, by what waits, what is published and whether an upgrade is due."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.doctor import room
from pipeline.doctor.room import MB, NoRoomError, refuse_without_room, room_for_run
from pipeline.settings import Settings

EMPTY = 64


def free(monkeypatch: pytest.MonkeyPatch, megabytes: int) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda _: megabytes * MB)


def write(path: Path, megabytes: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(megabytes * MB))


@pytest.mark.parametrize(
    ("inbox_mb", "published_mb", "is_upgrade_due", "needed_mb"),
    [
        (0, 0, False, EMPTY),
        (3, 0, False, EMPTY + 12),
        (0, 2, False, EMPTY + 2),
        (0, 0, True, EMPTY + 12),
        (3, 2, True, EMPTY + 26),
    ],
)
def test_a_run_needs_room_for_what_waits_for_what_it_publishes_anew_and_for_the_copy_of_an_upgrade(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    inbox_mb: int,
    published_mb: int,
    is_upgrade_due: bool,
    needed_mb: int,
) -> None:
    write(settings.inbox / "明细.csv", inbox_mb)
    write(settings.inbox / ".hidden.csv", 9)
    write(settings.published / "metrics.duckdb", published_mb)
    write(settings.published / "releases" / "2023-01" / "r1" / "issue.json", 7)
    write(settings.warehouse_path, 10)
    monkeypatch.setattr(room, "version_of_home", lambda _: 0 if is_upgrade_due else None)
    free(monkeypatch, 5000)
    assert room_for_run(settings).needed == needed_mb * MB


@pytest.mark.parametrize(("free_mb", "level"), [(EMPTY - 1, "fault"), (EMPTY, "warning"), (EMPTY + 1024, "ok")])
def test_too_little_is_a_fault_and_no_room_to_spill_a_warning(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, free_mb: int, level: str
) -> None:
    free(monkeypatch, free_mb)
    assert room_for_run(settings).level == level


def test_a_run_without_room_is_refused_in_a_sentence_with_both_figures(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 10)
    with pytest.raises(NoRoomError, match="还有 10 MB，下一次运行约需 64 MB，不够：没有开始运行"):
        refuse_without_room(settings)
    assert not settings.home.exists()
    free(monkeypatch, 100)
    assert refuse_without_room(settings).level == "warning"


def test_the_disk_of_a_home_that_is_not_there_yet_is_that_of_the_folder_above(tmp_path: Path) -> None:
    assert room.nearest_folder(tmp_path / "not" / "there") == tmp_path
    assert room.free_bytes(tmp_path) > 0
