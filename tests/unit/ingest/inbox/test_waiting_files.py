"""Files that are still being written, locked or closed to us wait for the next run."""

from __future__ import annotations

import fcntl
import os
import threading
import time

import pytest

from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from tests.unit.ingest.deliveries import (
    load_with,
    outcome,
    put,
    stored,
)
from tests.unit.ingest.exports import (
    STORED,
    weekly_text,
)


def test_a_growing_file_is_waited_for_and_then_loaded_whole(quick_loader: Loader) -> None:
    content = weekly_text().encode()
    path = put(quick_loader, "a.csv", content[:200])
    settings = quick_loader.settings.model_copy(update={"settle_seconds": 0.3, "wait_seconds": 5.0})

    def finish() -> None:
        time.sleep(0.15)
        with path.open("ab") as file:
            file.write(content[200:])

    writer = threading.Thread(target=finish)
    writer.start()
    report = load_inbox(load_with(quick_loader, settings))
    writer.join()
    assert outcome(report) == "loaded"
    assert stored(quick_loader) == STORED


def test_a_file_that_stays_open_for_writing_waits_for_the_next_run(quick_loader: Loader) -> None:
    path = put(quick_loader, "a.csv", weekly_text().encode())
    with path.open("ab"):
        report = load_inbox(quick_loader)
    assert outcome(report) == "waiting"
    assert "还在写入" in report.events[0].message
    assert path.is_file()
    assert outcome(load_inbox(quick_loader)) == "loaded"


def test_a_locked_file_waits_for_the_next_run(quick_loader: Loader) -> None:
    path = put(quick_loader, "a.csv", weekly_text().encode())
    with path.open("rb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        assert outcome(load_inbox(quick_loader)) == "waiting"
    assert outcome(load_inbox(quick_loader)) == "loaded"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_waits_for_the_next_run(quick_loader: Loader) -> None:
    put(quick_loader, "a.csv", weekly_text().encode()).chmod(0)
    assert outcome(load_inbox(quick_loader)) == "waiting"


def test_old_files_cost_no_pause(quick_loader: Loader) -> None:
    path = put(quick_loader, "a.csv", weekly_text().encode())
    os.utime(path, (time.time() - 60, time.time() - 60))
    settings = quick_loader.settings.model_copy(update={"settle_seconds": 30.0})
    began = time.monotonic()
    assert outcome(load_inbox(load_with(quick_loader, settings))) == "loaded"
    assert time.monotonic() - began < 10
