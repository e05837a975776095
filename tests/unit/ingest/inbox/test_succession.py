"""Of several deliveries for one week the latest export counts, or people are asked."""

from __future__ import annotations

import openpyxl
import pytest

from pipeline.ingest.containers.identity import stamp
from pipeline.ingest.inbox.load_export import delivery_of
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.inbox.succession import find_rival, name_of_twin, refuse_unclear_succession
from pipeline.ingest.recognise.match import recognise
from tests.unit.ingest.inbox.deliveries import case, case_file, outcomes, put, rows, volume_file


@pytest.mark.parametrize("order", [("first.csv", "later.csv"), ("later.csv", "first.csv")])
def test_a_re_export_supersedes_in_whatever_order_it_arrives(loader: Loader, order: tuple[str, str]) -> None:
    files = {
        "first.csv": case_file(case("A1"), exported="2023-04-24"),
        "later.csv": case_file(case("A1"), case("A2"), exported="2023-04-25"),
    }
    for name in order:
        put(loader, name, files[name])
        load_inbox(loader)
    assert rows(loader, "SELECT file_name FROM ledger.current_delivery") == [("later.csv",)]
    superseded = "SELECT old.file_name, new.file_name FROM ledger.delivery old JOIN ledger.delivery new "
    assert rows(loader, superseded + "ON old.superseded_by = new.delivery_id") == [("first.csv", "later.csv")]


def test_two_different_files_of_one_export_time_are_a_question_not_a_guess(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    put(loader, "b.csv", case_file(case("A2")))
    report = load_inbox(loader)
    assert outcomes(report) == ["loaded", "refused"]
    assert "导出时间也相同，但内容不同，无法判断以哪份为准" in report.events[1].message
    assert report.events[1].code == "same_export_time"
    assert rows(loader, "SELECT case_no FROM raw.case_detail JOIN ledger.current_delivery USING (delivery_id)") == [
        ("A1",)
    ]
    put(loader, "c.csv", case_file(case("A2"), exported="2023-04-25"))
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, "SELECT file_name FROM ledger.current_delivery") == [("c.csv",)]


def test_of_two_files_without_an_export_time_the_second_counts_once_it_has_one(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")).replace("导出时间", "时间"))
    put(loader, "b.csv", case_file(case("A2")).replace("导出时间", "时间"))
    refused = load_inbox(loader).of("refused")[0]
    assert "都没有写导出时间" in refused.message
    assert refused.code == "no_export_time"
    put(loader, "b.csv", "导出时间：2023-04-25 09:00\r\n" + case_file(case("A2")).replace("导出时间", "时间"))
    assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, "SELECT file_name FROM ledger.current_delivery") == [("b.csv",)]


def test_a_workbook_that_a_spreadsheet_saved_again_is_a_duplicate(loader: Loader) -> None:
    volume_file(loader.settings.inbox / "a.xlsx")
    load_inbox(loader)
    path = loader.settings.inbox / "b.xlsx"
    volume_file(path)
    book = openpyxl.load_workbook(path)
    book.properties.title = "另存"
    book.save(path)
    (export,) = recognise(path, loader.settings, loader.calendar, loader.contracts)
    delivery = delivery_of(export, stamp(path))
    assert find_rival(loader, delivery) is not None
    assert name_of_twin(loader, export, delivery) == "a.xlsx"
    (event,) = load_inbox(loader).events
    assert (event.outcome, event.message) == ("duplicate", "只是把已装载的“a.xlsx”另存了一份，未重复装载")


def test_what_counts_alone_for_its_week_is_no_question(loader: Loader) -> None:
    path = put(loader, "a.csv", case_file(case("A1")))
    (export,) = recognise(path, loader.settings, loader.calendar, loader.contracts)
    delivery = delivery_of(export, stamp(path))
    assert find_rival(loader, delivery) is None
    refuse_unclear_succession(loader, delivery, is_dated=True)
    assert f"{delivery.as_of:%Y-%m-%d %H:%M:%S}" == "2023-04-24 09:12:33"
    assert (delivery.source, delivery.week_id, delivery.container) == ("case_detail", "2023-15", "csv")
