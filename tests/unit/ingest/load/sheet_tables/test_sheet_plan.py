"""What the rows of a large sheet are, told without reading each of them."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pytest

from pipeline.contracts import FieldType
from pipeline.ingest.load.sheet_tables import sheet_plan
from pipeline.ingest.load.sheet_tables.sheet_plan import SheetPlan, is_blank_sql, make_plan, shape
from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.sheets.sheet import MergedRange
from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.rows import RowKind
from tests.unit.ingest.demo_form import DEMO, HEADER, TITLES, Cell, case

BLANK: list[Cell] = [None] * 6


def plan_of(*below: list[Cell], merged: Sequence[MergedRange] = ()) -> SheetPlan | None:
    rows = in_columns([*TITLES, HEADER, *below])
    header = find_header(rows, DEMO)
    assert header is not None
    return make_plan(rows, header, DEMO, merged=lambda: merged)


def test_rows_that_are_no_data_are_planned_by_their_place_and_blank_ones_are_counted() -> None:
    plan = plan_of(
        ["1", "2", "3", "4", "5", "6"], case("公安厅", "3"), BLANK, HEADER, ["其中：网上", None, None, "2", None, None],
        case("合 计", "3"), ["注：略", *BLANK[1:]],
    )  # fmt: skip
    assert plan is not None
    assert plan.titles == [RowKind.TITLE, RowKind.TITLE]
    assert plan.kinds == {
        3: RowKind.NUMBERING, 6: RowKind.REPEATED_HEADER, 7: RowKind.OF_WHICH, 8: RowKind.TOTAL, 9: RowKind.NOTE,
    }  # fmt: skip
    assert plan.rows[8][:4] == ["合 计", None, None, "3"]
    assert plan.blank == 1


def test_the_rows_over_which_a_part_is_merged_belong_to_it() -> None:
    plan = plan_of(
        case("公安厅", "3"),
        ["其中", "网上", None, "2", None, None],
        [None, "窗口", None, "1", None, None],
        case("司法厅"),
    )
    assert plan is not None
    assert plan.kinds == {4: RowKind.OF_WHICH, 5: RowKind.OF_WHICH}


def test_merged_cells_decide_whether_blanks_mean_as_above_and_a_sheet_with_both_kinds_has_no_plan() -> None:
    flat = [case("公安厅", "3"), case("公安厅", "5"), case("司法厅", "9"), case(None, "20"), case("水利厅", "44")]
    plan = plan_of(*flat)
    assert plan is not None
    assert plan.filled_down == {"department": False}
    plan = plan_of(*flat, merged=[MergedRange(5, 6, 0, 0)])
    assert plan is not None
    assert plan.filled_down == {"department": True}
    assert plan_of(*flat, case(None, "87"), merged=[MergedRange(5, 6, 0, 0)]) is None


def test_a_sheet_with_a_second_table_has_no_plan() -> None:
    turned: list[Cell] = ["受理", "部门", "日期", "事项", "办结率", "经办人"]
    assert plan_of(case("公安厅"), BLANK, ["第二部分", *BLANK[1:]], turned, ["2", "司法厅", *BLANK[2:]]) is None


def test_a_sheet_with_too_many_odd_rows_has_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_plan, "_MOST_ODD", 2)
    notes: list[list[Cell]] = [["注：略", *BLANK[1:]] for _ in range(3)]
    assert plan_of(case("公安厅"), *notes[:1]) is not None
    assert plan_of(case("公安厅"), *notes) is None


def test_a_row_is_blank_where_no_cell_of_it_shows_anything() -> None:
    rows = in_columns([["甲", None], [None, " 　"], [None, "0"]])
    found = rows.con.execute(f"SELECT rowid FROM cells WHERE {is_blank_sql(rows)}").fetchall()
    assert found == [(1,)]


@pytest.mark.parametrize(
    ("kind", "plain", "others"),
    [
        (FieldType.INTEGER, ["12", "-3", "0"], ["012", "12.0", "1,234", "１２", " 12", "-0", "9" * 20]),
        (FieldType.NUMBER, ["12", "-0.5", "3.141593"], ["12.50", "1e3", ".5", "012", "3.1415927", "98%"]),
        (FieldType.DATE, ["2023-04-17", "2023-04-17 00:00:00"], ["2023-4-17", "2023-02-30", "2023-04-17 09:05:00"]),
        (FieldType.DATETIME, ["2023-04-17 09:05:00"], ["2023-04-17", "2023-04-17 24:00:00", "2023-04-17 09:05:00.5"]),
    ],
)
def test_a_text_has_the_shape_of_its_type_where_it_is_written_as_a_reader_writes_it(
    kind: FieldType, plain: list[str], others: list[str]
) -> None:
    with duckdb.connect() as con:
        query = f"SELECT t FROM (SELECT unnest(?::VARCHAR[]) AS t) WHERE {shape(kind, 't')}"
        assert con.execute(query, [[*plain, *others, None]]).fetchall() == [(text,) for text in plain]
