"""Originals are read again when their contract or code lists change."""

from __future__ import annotations

import pytest

from pipeline.ingest.inbox.archive import stored_original
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.reread import load_again, reload_deliveries, reread_changed, weeks_read_otherwise
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.reader_version import READER_VERSION
from pipeline.reporting_calendar import WeekRule, load_calendar
from pipeline.warehouse.home_hall import read_all_again
from pipeline.warehouse.week_stages import week_inputs
from tests.unit.ingest.inbox.deliveries import case, case_file, outcomes, put, rows


def test_a_changed_contract_reads_the_archive_again(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1", department="火星厅")))
    load_inbox(loader)
    wider = {**loader.codes, "department": loader.codes["department"] | {"火星厅"}}
    again = Loader(loader.con, loader.settings, loader.calendar, loader.contracts, wider, loader.person_key)
    assert [event.file_name for event in load_inbox(again).of("loaded")] == ["a.csv"]
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(1,)]
    assert rows(loader, "SELECT count(*) FROM quarantine.cell") == [(0,)]
    assert outcomes(load_inbox(again)) == []


def test_one_original_is_read_again_under_the_name_that_it_came_with(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    assert list(reread_changed(loader)) == []
    stored = next(path for path in loader.settings.archive.rglob("*.csv"))
    event = load_again(loader, stored, "a.csv")
    assert (event.outcome, event.rows, event.message) == ("loaded", 1, "合同或代码表有更新，已按新合同重读")
    assert rows(loader, "SELECT file_name, status FROM ledger.delivery") == [("a.csv", "current")]


def test_an_original_that_the_archive_no_longer_keeps_stays_as_it_was_read(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    loader.con.execute("UPDATE ledger.delivery SET contract_fingerprint = 'another'")
    for path in loader.settings.archive.rglob("*.csv"):
        path.unlink()
    (kept,) = reread_changed(loader)
    assert (kept.outcome, kept.file_name) == ("kept", "a.csv")
    assert "原件已过保存期" in kept.message
    assert rows(loader, "SELECT message FROM ledger.delivery") == [(kept.message,)]
    assert list(reread_changed(loader)) == [], "it is told once"
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(1,)]


def test_what_an_earlier_reader_read_is_read_again_and_says_so(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    arrived = rows(loader, "SELECT received_at FROM ledger.delivery")
    for module in ("inbox.loader", "inbox.reread", "load.ledger"):
        monkeypatch.setattr(f"pipeline.ingest.{module}.READER_VERSION", READER_VERSION + 1)
    assert weeks_read_otherwise(loader.con, loader.fingerprints()) == ["2023-15"]
    (event,) = reread_changed(loader)
    assert event.message == f"读取程序更新（v{READER_VERSION} → v{READER_VERSION + 1}）"
    assert rows(loader, "SELECT reader_version FROM ledger.delivery") == [(READER_VERSION + 1,)]
    assert rows(loader, "SELECT received_at FROM ledger.delivery") == arrived
    assert weeks_read_otherwise(loader.con, loader.fingerprints()) == []
    assert list(reread_changed(loader)) == []


def test_a_reload_says_whether_the_rows_differ_and_only_then_moves_the_week(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    before = week_inputs(loader.con)
    (same,) = reload_deliveries(loader, "case_detail", "2023-15")
    assert (same.outcome, same.message) == ("loaded", "与原来读到的相同")
    assert week_inputs(loader.con) == before
    loader.con.execute("UPDATE raw.case_detail SET case_no = 'as an older reader read it'")
    (other,) = reload_deliveries(loader, "case_detail", None)
    assert other.message.startswith("与原来读到的不同")
    assert rows(loader, "SELECT case_no FROM raw.case_detail") == [("A1",)]
    assert week_inputs(loader.con) != before
    assert list(reread_changed(loader)) == [], "a reloaded delivery is read as its contract says"
    assert list(reload_deliveries(loader, "case_detail", "2023-14")) == []


def with_week_from(loader: Loader, field: str) -> Loader:
    """The same loader with a contract of cases that takes the week from a field."""
    contract = loader.contracts["case_detail"]
    delivery = contract.delivery.model_copy(update={"week_from": field})
    changed = {**loader.contracts, "case_detail": contract.model_copy(update={"delivery": delivery})}
    return make_loader(loader.con, loader.settings, loader.calendar, changed)


def without_week(text: str) -> str:
    return text.replace("（2023年第15期）", "").replace("统计时间：2023-04-15 至 2023-04-21,", "")


def test_a_week_that_a_delivery_leaves_counts_what_that_delivery_had_superseded(loader: Loader) -> None:
    put(loader, "first.csv", without_week(case_file(case("A1"))))
    later = case_file(case("A1", updated="2023-04-24 09:00:00"), exported="2023-04-25")
    put(loader, "later.csv", without_week(later))
    load_inbox(with_week_from(loader, "accepted_at"))
    assert rows(loader, "SELECT file_name, week_id FROM ledger.current_delivery") == [("later.csv", "2023-15")]
    load_inbox(with_week_from(loader, "updated_at"))
    assert rows(loader, "SELECT file_name, week_id FROM ledger.current_delivery ORDER BY week_id") == [
        ("first.csv", "2023-15"),
        ("later.csv", "2023-16"),
    ]


def test_a_delivery_that_another_contract_fits_today_counts_there_alone(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    contract = loader.contracts["case_detail"]
    renamed = [
        field if field.title == "受理时间" else field.model_copy(update={"title": f"新{field.title}"})
        for field in contract.fields
    ]
    contracts = {
        "case_detail": contract.model_copy(update={"fields": tuple(renamed)}),
        "case_list": contract.model_copy(update={"name": "case_list"}),
    }
    again = make_loader(loader.con, loader.settings, loader.calendar, contracts)
    assert outcomes(load_inbox(again)) == ["loaded"]
    assert rows(loader, "SELECT source, status FROM ledger.delivery") == [("case_list", "current")]
    assert rows(loader, "SELECT count(*) FROM raw.case_list") == [(1,)]
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(0,)]
    ((delivery_id,),) = rows(loader, "SELECT delivery_id FROM ledger.delivery")
    assert stored_original(loader.settings, "case_list", str(delivery_id)) is not None
    assert stored_original(loader.settings, "case_detail", str(delivery_id)) is None


def test_by_another_week_rule_that_was_accepted_a_delivery_goes_to_the_week_of_its_days(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")).replace("（2023年第15期）", ""))
    put(loader, "b.csv", case_file(case("A2"), exported="2023-04-25"))
    load_inbox(loader)
    assert rows(loader, "SELECT DISTINCT week_id FROM ledger.delivery") == [("2023-15",)]
    assert read_all_again(loader.con) == 2
    from_friday = load_calendar(rule=WeekRule(first_day=5))
    again = make_loader(loader.con, loader.settings, from_friday, loader.contracts)
    events = {event.file_name: event for event in reread_changed(again)}
    assert (events["a.csv"].outcome, events["a.csv"].week_id) == ("loaded", "2023-17")
    # Its title says issue 15, its days are those of 17: which is right is no guess.
    assert "标题写的是第 2023-15 期，统计时间却落在第 2023-17 期" in events["b.csv"].message
    weeks = "SELECT file_name, week_id, status FROM ledger.delivery ORDER BY 1"
    assert rows(loader, weeks) == [("a.csv", "2023-17", "current"), ("b.csv", "2023-15", "current")]
