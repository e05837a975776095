"""What is said when an export differs from its contract: where, what was expected and found, and what to paste."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
import yaml

from pipeline.contracts import Contract, load_contracts
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.recognise.drift import counts_rows, drift_of, refuse_drift, refuse_unlabelled
from pipeline.ingest.tables.headers.header import find_header
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings

CONTRACT = Contract.model_validate(
    yaml.safe_load(
        """
        name: complaint_log
        title: 投诉登记
        version: 1
        delivery: {kind: weekly}
        ignoredLabels: [序号]
        fields:
          - {name: complaint_no, title: 登记编号, constraints: {required: true}}
          - {name: department, title: 受理部门, labels: [办理部门], constraints: {required: true}}
          - {name: remark, title: 情况说明}
        """
    )
)


def said_of(*labels: str) -> str:
    header = find_header([["投诉登记表"], list(labels)], CONTRACT)
    assert header is not None
    with pytest.raises(RefusedFileError) as caught:
        refuse_drift(header, CONTRACT, "投诉.xlsx", "第一页")
    return str(caught.value)


def test_a_renamed_required_column_is_named_with_file_sheet_row_and_the_line_to_paste() -> None:
    said = said_of("登记编号", "承办部门", "情况说明")
    assert "“投诉.xlsx”工作表“第一页”第 2 行" in said
    assert "缺少必需的列“受理部门”（也认：办理部门）" in said
    assert "最接近的是“承办部门”" in said
    assert "合同 complaint_log.yaml 的 department 写 labels: [办理部门, 承办部门]" in said


def test_a_column_that_stands_for_a_missing_one_is_not_reported_a_second_time() -> None:
    assert "有合同中没有的列" not in said_of("登记编号", "承办部门", "情况说明")


def test_a_missing_column_without_anything_like_it_asks_for_a_whole_export() -> None:
    said = said_of("登记编号", "情况说明", "金额")
    assert "缺少必需的列“受理部门”" in said
    assert "请重新导出完整的列" in said
    assert "labels" not in said.split("；")[1]


def test_an_unknown_column_comes_with_both_lines_ignored_labels_keeping_what_was_there() -> None:
    said = said_of("登记编号", "受理部门", "情况说明", "渠道")
    assert "有合同中没有的列“渠道”" in said
    assert "ignoredLabels: [序号, 渠道]" in said
    assert "{name: 英文名, title: 渠道}" in said


def test_an_unknown_column_near_an_optional_one_is_offered_as_its_label() -> None:
    assert "的 remark 写 labels: [情况说明书]" in said_of("登记编号", "受理部门", "情况说明书")


def test_a_label_is_told_as_it_is_written_and_whole_so_that_the_line_can_be_pasted() -> None:
    label = "Remark Note of the Receiving Window（Internal Use Only, Not for Publication）"
    assert f'ignoredLabels: [序号, "{label}"]' in said_of("登记编号", "受理部门", "情况说明", label)


def test_two_columns_for_one_field_are_named_with_their_places() -> None:
    said = said_of("登记编号", "受理部门", "情况说明", "办理部门")
    assert "“受理部门”有 2 列（第 2 列“受理部门”、第 4 列“办理部门”），无法判断以哪一列为准" in said
    assert "ignoredLabels" not in said


def test_the_pasted_line_makes_the_file_fit() -> None:
    said = said_of("登记编号", "承办部门", "情况说明")
    line = said.split("的 department 写 ")[1]
    data = CONTRACT.model_dump(by_alias=True, mode="json")
    data["fields"][1] |= yaml.safe_load(line)
    repaired = Contract.model_validate(data)
    header = find_header([["登记编号", "承办部门", "情况说明"]], repaired)
    assert header is not None
    refuse_drift(header, repaired, "投诉.xlsx")


def test_many_differences_are_counted_not_all_listed() -> None:
    assert "另有 2 处不同" in said_of("登记编号", "受理部门", "情况说明", "甲一", "乙二", "丙三", "丁四", "戊五")


@pytest.fixture
def loader(tmp_path: Path) -> Iterator[Loader]:
    settings = Settings(home=tmp_path / "home")
    with duckdb.connect() as con:
        yield make_loader(con, settings, load_calendar(), load_contracts(settings.contracts))


def volume(path: Path, header: str, department: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "统计"
    for row in (
        ["省本级政务服务事项受理办结统计表（2023年第15期）"],
        [header, "事项类型", "受理", None, "办结", None],
        [None, None, "本周", "累计", "本周", "累计"],
        [department, "行政许可", 10, 11, 9, 12],
        ["公安厅", "行政许可", 1, 1, 1, 1],
    ):
        sheet.append(row)
    book.save(path)


def test_the_proposed_alias_reaches_the_quarantine_where_the_steward_sees_it(loader: Loader) -> None:
    volume(loader.settings.inbox / "a.xlsx", "部门", "省住建厅")
    assert load_inbox(loader).rows_loaded == 1
    found = loader.con.execute("SELECT value, message FROM quarantine.cell WHERE reason = 'unknown_code'").fetchall()
    assert len(found) == 1
    assert found[0][0] == "省住建厅"
    assert "在“更正为”写“住房城乡建设厅”" in found[0][1]


def test_a_drifted_file_in_the_inbox_is_refused_with_its_name_and_its_sheet(loader: Loader) -> None:
    volume(loader.settings.inbox / "漂移.xlsx", "承办单位部", "公安厅")
    message = load_inbox(loader).events[0].message
    assert "“漂移.xlsx”工作表“统计”" in message
    assert "缺少必需的列“部门”" in message


def test_a_refused_table_says_where_and_what_for_programs_too() -> None:
    header = find_header([["登记编号", "承办部门", "情况说明"]], CONTRACT)
    assert header is not None
    with pytest.raises(RefusedFileError) as caught:
        refuse_drift(header, CONTRACT, "投诉.xlsx", "第一页")
    place = caught.value.place
    assert (caught.value.code, place.file, place.sheet, place.row) == ("columns_differ", "投诉.xlsx", "第一页", 1)
    assert caught.value.expected == "登记编号、受理部门"
    assert caught.value.found == "登记编号、承办部门、情况说明"
    assert len(list(drift_of(header, CONTRACT))) == 1


def test_a_column_of_data_without_a_label_is_refused_and_row_numbers_are_not() -> None:
    header = find_header([["登记编号", None, "受理部门"]], CONTRACT)
    assert header is not None
    refuse_unlabelled(header, [["a", "1", "甲"], ["b", "2", "乙"]], CONTRACT, "投诉.xlsx")
    with pytest.raises(RefusedFileError, match="第 2 列有数据却没有表头") as caught:
        refuse_unlabelled(header, [["a", "x", "甲"], ["b", "y", "乙"]], CONTRACT, "投诉.xlsx")
    assert caught.value.code == "column_unlabelled"
    assert "写 ignoredLabels: [序号, 第 2 列]" in str(caught.value)


def test_cells_number_rows_where_they_only_count_up_from_nothing_or_one() -> None:
    assert counts_rows(["1", "2", "4"])
    assert counts_rows(["0", "1"])
    assert not any(map(counts_rows, (["2", "3"], ["1", "1"], ["1", "x"], [])))
