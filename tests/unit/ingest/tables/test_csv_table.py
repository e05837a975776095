"""The table of a delimited text, record by record."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.tables import TableRefusal
from pipeline.ingest.tables.csv_table import CsvTable, find_table, read_records
from pipeline.ingest.text.transcode import TextFile
from tests.unit.ingest.recognise.tiny_contracts import tiny_contract

CONTRACT = tiny_contract()
HEAD = "投诉登记（2023年第15期）\n登记编号,受理部门,登记日期\n"


def table_of(text: str) -> CsvTable:
    table = find_table(text, CONTRACT)
    assert table is not None
    return table


def records(folder: Path, text: str, *, from_top: bool = False) -> list[tuple[int, list[str]]]:
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    lines = TextFile(path, text.count("\n"))
    return list(read_records(lines, table_of(text), CONTRACT, from_top=from_top))


def test_a_table_is_found_below_its_titles_however_many_lines_they_take() -> None:
    table = table_of('"投诉登记\n（2023年第15期）",,\n登记编号,受理部门,登记日期\nT1,公安厅,2023-04-17\n')
    assert table.heading == ("投诉登记\n（2023年第15期）",)
    assert (table.header.top, table.lines_above) == (1, 3)
    assert table.below == (["T1", "公安厅", "2023-04-17"],)


def test_a_text_without_the_labels_of_the_contract_holds_no_table() -> None:
    assert find_table("甲,乙\n1,2\n", CONTRACT) is None
    assert find_table("", CONTRACT) is None


def test_each_record_below_the_header_comes_with_the_line_where_it_begins(tmp_path: Path) -> None:
    text = f'{HEAD}T1,"公安厅\n户政",2023-04-17\n\nT2,司法厅\r\n"T""3",,2023-04-18'
    assert records(tmp_path, text) == [
        (3, ["T1", "公安厅\n户政", "2023-04-17"]),
        (5, []),
        (6, ["T2", "司法厅"]),
        (7, ['T"3', "", "2023-04-18"]),
    ]


def test_from_the_top_titles_and_header_are_records_too(tmp_path: Path) -> None:
    assert records(tmp_path, f"{HEAD}T1,公安厅,2023-04-17\n", from_top=True) == [
        (1, ["投诉登记（2023年第15期）"]),
        (2, ["登记编号", "受理部门", "登记日期"]),
        (3, ["T1", "公安厅", "2023-04-17"]),
    ]


@pytest.mark.parametrize(
    "opening", ['T1,"公安厅,2023-04-17', 'T1,公安厅,"2023-04-17'], ids=["first column", "last column"]
)
@pytest.mark.parametrize("from_top", [True, False])
def test_a_quote_that_takes_in_the_rows_below_is_refused_in_any_column(
    tmp_path: Path, opening: str, from_top: bool
) -> None:
    with pytest.raises(RefusedFileError, match="第 4 行有不成对的引号") as caught:
        records(tmp_path, f"{HEAD}T0,甲,2023-04-17\n{opening}\nT2,司法厅,2023-04-18\n", from_top=from_top)
    assert caught.value.refusal is TableRefusal.QUOTE_NOT_CLOSED
    assert caught.value.place.row == 4


def test_a_quote_that_takes_in_nothing_is_a_text(tmp_path: Path) -> None:
    assert records(tmp_path, f'{HEAD}T1,公安厅,"2023-04-17') == [(3, ["T1", "公安厅", "2023-04-17"])]


def test_a_quote_inside_a_text_is_a_letter_of_it(tmp_path: Path) -> None:
    assert records(tmp_path, f'{HEAD}T1,公安厅"户政,2023-04-17\nT2,甲,乙\n')[0] == (
        3, ["T1", '公安厅"户政', "2023-04-17"],
    )  # fmt: skip
