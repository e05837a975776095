"""Rows by contract: code lists, masks, scales, and what one bad cell does to its row."""

from __future__ import annotations

import pytest

from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import CellReading, RowReader, is_rendering, scaled, shown_original
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.reasons import Disposition, Reason
from pipeline.ingest.refusals.cells import CellRefusal


def reader(**contract: object) -> RowReader:
    fields = [
        {"name": "channel", "title": "形式", "codes": "channel"},
        {"name": "accepted", "title": "受理", "type": "integer"},
        {"name": "remark", "title": "说明", "freeText": True},
    ]
    model = {"name": "demo", "title": "示例", "version": 1, "delivery": {"kind": "weekly"}, "fields": fields}
    return RowReader(Contract.model_validate(model | contract), {"channel": frozenset({"窗口"})}, Context(), b"k" * 32)


def test_a_row_is_typed_and_keeps_what_was_written_where_it_differs() -> None:
    typed, problems = reader().row("一", 3, {"channel": "窗口", "accepted": "1,234"})
    assert typed is not None
    assert typed.values == {"channel": "窗口", "accepted": "1234", "remark": None}
    assert typed.as_written == {"accepted": "1,234"}
    assert problems == []


def test_one_bad_cell_quarantines_its_row_and_takes_the_others_along_behind_it() -> None:
    texts = {"channel": "窗口", "accepted": "x", "remark": "电话13800001111"}
    typed, problems = reader().row("一", 3, texts)
    assert typed is None
    assert [problem.reason for problem in problems] == [Reason.NOT_AN_INTEGER, Reason.PERSONAL_DATA_MASKED]
    assert {problem.row_disposition for problem in problems} == {Disposition.QUARANTINED}


def test_who_stands_in_personal_columns_is_known_though_nothing_of_it_is_stored() -> None:
    fields = [
        {"name": "trainee_name", "title": "姓名", "personal": "drop"},
        {"name": "trainee", "title": "工号", "personal": "hmac"},
        {"name": "remark", "title": "说明", "freeText": True},
    ]
    rows = reader(fields=fields)
    typed, _ = rows.in_1904().row("一", 3, {"trainee_name": "王小明", "trainee": "51230042", "remark": "略"})
    assert typed is not None
    assert "王小明" not in str(typed)
    assert rows.persons.is_any_in("请王小明补正")
    assert rows.persons.is_any_in("工号51230042")


def test_an_unknown_code_has_its_reason() -> None:
    field = reader().contract.fields[0]
    assert reader().cell(field, "电脑").reason == Reason.UNKNOWN_CODE


def test_a_cell_that_refuses_the_file_says_where_it_stands() -> None:
    with pytest.raises(RefusedFileError, match="一 第 3 行“受理”应为整数") as caught:
        reader(onError="refuse_file").row("一", 3, {"accepted": "x"})
    assert caught.value.refusal is CellRefusal.CELL_UNREADABLE
    assert caught.value.place == RefusalPlace(sheet="一", row=3, column="受理")
    assert caught.value.found == "x"


@pytest.mark.parametrize("text", [None, "——", " — ", "\u200b"])
def test_a_required_cell_with_a_mark_of_nothing_is_told_as_one_without_a_text(text: str | None) -> None:
    required = [{"name": "case_no", "title": "编号", "constraints": {"required": True}}]
    _, (problem,) = reader(fields=required).row("一", 3, {"case_no": text})
    assert (problem.reason, problem.value) == (Reason.MISSING_REQUIRED, None)


def test_of_a_bad_cell_its_masked_text_is_shown_unless_it_is_personal() -> None:
    bad = CellReading(None, Reason.UNKNOWN_CODE)
    assert shown_original("火星厅13800001111", bad) == "火星厅［已脱敏］"
    assert shown_original("王小明", CellReading(None, Reason.TEXT_LOST, is_private=True)) is None


def test_the_reader_of_a_1904_workbook_counts_its_serials_from_there() -> None:
    assert reader().in_1904().context == Context(None, is_1904=True)


def test_a_scale_is_written_behind_numbers_that_have_none() -> None:
    accepted = reader().contract.fields[1]
    assert scaled("3.5", accepted, "万") == "3.5万"
    assert scaled("3.5万", accepted, "万") == "3.5万"
    assert scaled("—", accepted, "万") == "—"
    assert scaled("3.5", accepted, "") == "3.5"


def test_a_midnight_that_a_reader_writes_behind_a_day_is_no_other_text() -> None:
    day = Field(name="a", title="日期", type=FieldType.DATE)
    reading = CellReading("2023-04-17", None)
    assert is_rendering(day, "2023-04-17 00:00:00", reading)
    assert not is_rendering(day, "2023年4月17日", reading)
    assert not is_rendering(Field(name="a", title="编号"), "2023-04-17 00:00:00", reading)
