"""What a mask lets through is noted by the load, without its text."""

from __future__ import annotations

import pytest

from pipeline.ingest.cells import row_reader
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.load.csv_rows import csv_seals
from tests.unit.ingest.inbox.deliveries import SECRETS, case, case_file, put, rows

LEFT = "SELECT column_name, row_no, value FROM quarantine.cell WHERE reason = 'personal_data_left'"


def test_a_mask_that_is_switched_off_is_noticed(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (row_reader, csv_seals):
        monkeypatch.setattr(module, "mask_field", lambda text, *, keeps_names=False: text)
    put(loader, "cases.csv", case_file(case("A1", name="补证139-5000-0005"), case("A2")))
    load_inbox(loader)
    assert rows(loader, LEFT) == [("item_name", 4, None)]


def test_the_name_of_an_applicant_is_noticed_in_the_texts_of_the_cases(loader: Loader) -> None:
    named = case("A1", name="请张小明补正").replace(SECRETS[0], "张小明")
    put(loader, "cases.csv", case_file(named, case("A2", name="变更登记")))
    load_inbox(loader)
    assert rows(loader, LEFT) == [("item_name", 4, None)]


def test_behind_the_mask_nothing_is_left(loader: Loader) -> None:
    put(loader, "cases.csv", case_file(case("13950000005", name="补证139-5000-0005"), case("A2")))
    load_inbox(loader)
    assert rows(loader, LEFT) == []
    assert rows(loader, "SELECT case_no FROM raw.case_detail WHERE row_no = 4") == [("13950000005",)]


def test_who_stands_in_a_personal_column_is_noticed_in_the_texts_of_the_delivery(loader: Loader) -> None:
    lines = [
        "业务培训台账（2023年第15期）",
        "统计时间：2023-04-15 至 2023-04-21,导出时间：2023-04-24 09:12:33",
        "培训日期,场次编号,授课部门,培训主项,参训人员,工号,人员类别",
        "2023-04-17,C1,公安厅,礼仪,王小明,GH000042,窗口人员",
        "2023-04-18,C2,公安厅,请王小明主讲,李大方,GH000043,窗口人员",
    ]
    put(loader, "业务培训.csv", "\r\n".join(lines) + "\r\n")
    (event,) = load_inbox(loader).events
    assert event.outcome == "loaded", event.message
    assert rows(loader, LEFT) == [("main_item", 5, None)]
