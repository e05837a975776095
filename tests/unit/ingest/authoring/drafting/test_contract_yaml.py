"""A drafted contract as YAML: valid, and each guess marked."""

from __future__ import annotations

import yaml

from pipeline.contracts import Contract
from pipeline.ingest.authoring.drafting.columns import guess_columns
from pipeline.ingest.authoring.drafting.contract_yaml import contract_text
from pipeline.ingest.authoring.drafting.plan import plan_contract
from pipeline.ingest.authoring.drafting.table_guess import table_of
from pipeline.ingest.sheets.sheet import Sheet


def drafted(rows: list[list[str | None]], delimiter: str = "") -> tuple[Contract, str]:
    table = table_of(Sheet("a", rows))
    assert table is not None
    columns = guess_columns(table.titles, table.rows, {}, bool(delimiter), table.summed)
    text = contract_text(plan_contract("demo", "文件名", table, columns, delimiter), ["试装：\n载入 2 行"])
    assert "# 试装： 载入 2 行\n" in text
    return Contract.model_validate(yaml.safe_load(text)), text


def test_a_title_that_is_missing_is_taken_from_the_file_and_marked() -> None:
    contract, text = drafted([["单号", "件数"], ["A1", "3"], ["A2", "4"]])
    assert (contract.title, contract.title_words) == ("文件名", ())
    assert "title: 文件名  # 猜测：取自文件名" in text


def test_a_register_is_a_snapshot_and_a_log_of_cases_restates() -> None:
    register, _ = drafted([["设备台账"], ["设备编号", "名称"], ["D1", "甲"], ["D2", "乙"]])
    assert register.delivery.kind == "snapshot"
    log, text = drafted(
        [["办件编号", "更新时间"], ["A1", "2023-04-17 09:00:00"], ["A2", "2023-04-18 09:00:00"]], delimiter="\t"
    )
    assert (log.delivery.kind, log.csv.delimiter) == ("restating", "\t")
    assert 'csv: {delimiter: "\\t"}' in text


def test_the_row_number_is_the_key_where_nothing_else_is() -> None:
    contract, _ = drafted([["序号", "窗口"], ["1", "甲"], ["2", "甲"]])
    assert len(contract.primary_key) == 1
    assert contract.ignored_labels == ()


def test_the_week_is_told_by_the_day_of_acceptance_before_other_days() -> None:
    contract, _ = drafted(
        [["单号", "打印日期", "受理日期"], ["A1", "2023-04-20", "2023-04-17"], ["A2", "2023-04-20", "2023-04-18"]]
    )
    assert contract.delivery.week_from == contract.fields[2].name


def test_words_that_yaml_would_take_for_something_else_are_quoted() -> None:
    contract, _ = drafted([["单号", "a, {b}"], ["A1", "x"], ["A2", "y"]])
    assert contract.fields[1].title == "a, {b}"
