"""What the inbox sensor remembers, and when it asks again."""

from __future__ import annotations

from assets.inbox_watch import FIRST_RETRY_SECONDS, SETTLED_SECONDS, FileLook, Watch

NOW = 1_700_000_000.0
OLD = {"a.csv": FileLook("10:1", NOW - 3600)}


def seen(watch: Watch, present: dict[str, FileLook], now: float) -> tuple[Watch, list[str]]:
    """One look of the sensor: what it remembers then, and the files that it asks for."""
    watch = Watch.from_cursor(watch.look(present, now).to_cursor())
    due = watch.due(present, now)
    return (watch.ask(due, now) if due else watch), due


def test_a_file_is_asked_for_once_while_its_run_may_still_take_it() -> None:
    watch, due = seen(Watch(), OLD, NOW)
    assert due == ["a.csv"]
    assert seen(watch, OLD, NOW + 60)[1] == []


def test_a_file_that_its_run_did_not_take_is_asked_for_again_at_growing_intervals() -> None:
    watch, _ = seen(Watch(), OLD, NOW)
    watch, due = seen(watch, OLD, NOW + FIRST_RETRY_SECONDS)
    assert due == ["a.csv"]
    assert seen(watch, OLD, NOW + 2 * FIRST_RETRY_SECONDS)[1] == []
    assert seen(watch, OLD, NOW + 3 * FIRST_RETRY_SECONDS)[1] == ["a.csv"]


def test_a_file_that_was_taken_and_comes_back_unchanged_is_a_new_one() -> None:
    watch, _ = seen(Watch(), OLD, NOW)
    watch, _ = seen(watch, {}, NOW + 60)
    again, due = seen(watch, OLD, NOW + 120)
    assert due == ["a.csv"]
    assert again.asked_for == 2, "each request has a key of its own"


def test_a_file_that_is_still_written_to_waits() -> None:
    growing = {"a.csv": FileLook("10:1", NOW - 1)}
    watch, due = seen(Watch(), growing, NOW)
    assert due == []
    watch, due = seen(watch, {"a.csv": FileLook("20:2", NOW + 29)}, NOW + 30)
    assert due == [], "it has grown"
    assert seen(watch, {"a.csv": FileLook("20:2", NOW + 29)}, NOW + 60)[1] == ["a.csv"]


def test_a_file_whose_time_lies_in_the_future_settles_by_our_own_clock() -> None:
    fast = {"a.csv": FileLook("10:1", NOW + 8 * 3600)}
    watch, due = seen(Watch(), fast, NOW)
    assert due == []
    assert seen(watch, fast, NOW + SETTLED_SECONDS)[1] == ["a.csv"]


def test_a_cursor_of_an_earlier_version_begins_anew() -> None:
    assert Watch.from_cursor('{"a.csv": "10:1"}') == Watch()
    assert Watch.from_cursor(None) == Watch()
