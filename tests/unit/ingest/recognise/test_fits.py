"""Which contracts a text or a workbook fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.exports import best_match, divide
from pipeline.ingest.recognise.fits import known_labels, sheet_matches, text_matches
from pipeline.ingest.refusals.text import TextRefusal
from pipeline.reporting_calendar import load_calendar
from tests.unit.ingest.recognise.tiny_contracts import LABELS, sheet, tiny_contract

CONTRACTS = {"complaint_log": tiny_contract()}
CALENDAR = load_calendar()
DATA = ["1", "公安厅", "2023-04-17"]


def test_labels_of_all_contracts_are_known_part_by_part() -> None:
    assert known_labels(CONTRACTS) == set(LABELS)


def test_a_text_fits_with_the_delimiter_that_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("投诉登记（2023年第15期）\n" + ";".join(LABELS) + "\n" + ";".join(DATA) + "\n", "utf-8")
    (match,) = text_matches(path, CONTRACTS)
    assert match.contract.csv.delimiter == ";"
    assert match.heading.issue == (2023, 15)
    assert match.header.matched == 3


def test_a_workbook_of_question_marks_is_told_to_be_lost() -> None:
    lost = sheet("一", ["??登记", "????", "????", "??"])
    with pytest.raises(RefusedFileError) as caught:
        sheet_matches([lost], CONTRACTS)
    assert caught.value.refusal is TextRefusal.TEXT_LOST


def test_a_sheet_for_each_week_is_an_export_for_each_week() -> None:
    sheets = (
        sheet("甲", ["2023年第14期"], LABELS, DATA),
        sheet("乙", ["2023年第15期"], LABELS, DATA),
        sheet("说明", ["每周五前报送"]),
    )
    matches = sheet_matches(sheets, CONTRACTS)
    assert best_match(matches).sheet == 0, "of equals the first"
    exports = divide(matches, sheets, CALENDAR)
    assert [[one.name for one in export.sheets] for export in exports] == [["甲", "说明"], ["乙"]]


def test_among_weeks_a_sheet_without_one_is_asked_for_with_a_code_and_its_place() -> None:
    sheets = (
        sheet("甲", ["2023年第14期"], LABELS, DATA),
        sheet("乙", ["2023年第15期"], LABELS, DATA),
        sheet("丙", LABELS, DATA),
    )
    with pytest.raises(RefusedFileError, match="工作表“丙”没有写明是哪一期") as caught:
        divide(sheet_matches(sheets, CONTRACTS), sheets, CALENDAR)
    assert caught.value.code == "sheet_without_week"
    assert caught.value.place.sheet == "丙"
