"""A header that begins in a given row, and what is added to it when it is found."""

from __future__ import annotations

from pipeline.ingest.tables.headers.header import finished_header, whole_header_at
from pipeline.ingest.tables.headers.paths import Row
from tests.unit.ingest.forms import CONTRACTS

WINDOWS = CONTRACTS["window_weekly"]
VOLUME = CONTRACTS["item_volume"]
LABELS: Row = ["日期", "窗口名称", "咨询", "受理", "颁发", "流转"]


def test_a_header_begins_in_the_very_row_that_is_asked_about() -> None:
    rows: list[Row] = [["综窗办件周报"], LABELS, ["2023-04-17", "甲", "1", "1", "1", "1"]]
    header = whole_header_at(rows, 1, WINDOWS)
    assert header is not None
    assert (header.top, header.levels, header.matched, header.missing) == (1, 1, 6, ())
    assert whole_header_at(rows, 2, WINDOWS) is None
    assert whole_header_at(rows, 3, WINDOWS) is None


def test_a_header_takes_as_many_rows_as_give_it_most_fields() -> None:
    rows: list[Row] = [
        ["部门", "事项类型", "受理", None, "办结", None],
        [None, None, "本周", "累计", "本周", "累计"],
        ["公安厅", "行政许可", "1", "2", "3", "4"],
    ]
    header = whole_header_at(rows, 0, VOLUME)
    assert header is not None
    assert (header.levels, header.below, header.unknown) == (2, 2, ())


def test_a_header_without_a_required_column_is_not_whole() -> None:
    assert whole_header_at([[label for label in LABELS if label != "窗口名称"]], 0, WINDOWS) is None


def test_a_finished_header_has_its_labels_as_written_and_the_units_below_them() -> None:
    rows: list[Row] = [["日 期", "窗口名称", "咨 询（人次）", "受理"], ["单位", None, None, "万件"]]
    header = whole_header_at(rows[:1], 0, WINDOWS)
    assert header is not None
    assert [column.written for column in header.columns] == [""] * 4
    finished = finished_header(rows, header, WINDOWS)
    assert [column.written for column in finished.columns] == ["日期", "窗口名称", "咨询（人次）", "受理"]
    assert (finished.levels, finished.columns[3].scale) == (2, "万")


def test_labels_that_only_a_letter_tells_apart_are_written_as_they_stand_in_their_column() -> None:
    rows: list[Row] = [
        ["部门", "事项类型", "受理(A)", None, "办结(B)", None],
        [None, None, "本周(A)", "累计", "本周(B)", "累计"],
    ]
    header = whole_header_at(rows, 0, VOLUME)
    assert header is not None
    written = [column.written for column in finished_header(rows, header, VOLUME).columns]
    assert written[2:] == ["受理(A)/本周(A)", "受理(A)/累计", "办结(B)/本周(B)", "办结(B)/累计"]


def test_a_row_of_data_below_a_header_is_no_line_of_units() -> None:
    rows: list[Row] = [LABELS, ["2023-04-17", "甲", "1", "1", "1", "1"]]
    header = whole_header_at(rows, 0, WINDOWS)
    assert header is not None
    assert finished_header(rows, header, WINDOWS).levels == 1
