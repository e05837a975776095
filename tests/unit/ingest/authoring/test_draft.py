"""A contract drafted from an unknown export: valid at once, guesses marked, persons kept out."""

from __future__ import annotations

import re
import resource
from pathlib import Path

import duckdb
import pytest
import yaml
from typer.testing import CliRunner

from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.loader import read_contract
from pipeline.ingest.authoring.contract_check import check_contracts
from pipeline.ingest.authoring.draft import draft_contract, write_draft
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import PROJECT_ROOT, Settings
from tests.unit.ingest.authoring.unknown_exports import text_file, workbook
from zhoubao.app import app


def drafted(path: Path, settings: Settings) -> tuple[Contract, str]:
    draft = draft_contract(path, settings)
    return Contract.model_validate(yaml.safe_load(draft.text)), draft.text


def fields(contract: Contract) -> dict[str, Field]:
    return {one.title: one for one in contract.fields}


def test_title_types_units_codes_and_totals_of_a_sheet_are_guessed(tmp_path: Path, settings: Settings) -> None:
    contract, _ = drafted(workbook(tmp_path), settings)
    found = fields(contract)
    assert contract.title == "政务服务投诉登记表"
    assert contract.title_words == ("政务服务投诉登记表",)
    assert [(one.label, one.covers) for one in contract.layout.totals] == [("合计", "table")]
    assert contract.ignored_labels == ("序号",)
    assert contract.primary_key == ("complaint_no",)
    assert found["登记日期"].type is FieldType.DATE
    assert found["受理部门"].codes == "department"
    assert (found["来件/现场(件)"].type, found["来件/现场(件)"].unit) == (FieldType.INTEGER, "件")
    assert found["来件/网上(件)"].zero_values == ("无",)
    assert found["投诉内容"].free_text


def test_persons_are_guessed_by_label_and_by_content_and_none_is_written_down(
    tmp_path: Path, settings: Settings
) -> None:
    path = text_file(
        tmp_path,
        "单号,投诉人姓名,备用,员工工号",
        "A1,王小明,13900001111,001",
        "A2,李小红,13900002222,002",
        "A3,张小刚,13900003333,003",
    )
    contract, text = drafted(path, settings)
    kinds = {one.title: one.personal for one in contract.fields}
    assert kinds == {"单号": None, "投诉人姓名": "drop", "备用": "drop", "员工工号": "hmac"}
    assert not any(secret in text for secret in ("王小明", "13900001111", "李小红"))


def test_a_draft_is_marked_and_loads_every_row_at_once(tmp_path: Path, settings: Settings) -> None:
    path = workbook(tmp_path)
    draft = draft_contract(path, settings, "complaint_log")
    assert "personal: drop}  # 猜测：" in draft.text
    assert draft.guesses == draft.text.count("# 猜测：") > 5
    contract = Contract.model_validate(yaml.safe_load(draft.text))
    with duckdb.connect() as con:
        loader = make_loader(con, settings, load_calendar(), {contract.name: contract})
        path.rename(settings.inbox / "投诉.xlsx")
        report = load_inbox(loader)
        assert [(one.outcome, one.week_id, one.rows) for one in report.events] == [("loaded", "2023-15", 3)]
        assert con.execute("SELECT count(*) FROM quarantine.cell").fetchone() == (0,)
        assert con.execute("SELECT difference FROM ledger.control_total").fetchall() == [(0,), (0,)]


def test_english_labels_and_american_times_are_drafted_with_their_pattern_and_their_week(
    tmp_path: Path, settings: Settings
) -> None:
    path = text_file(
        tmp_path,
        "SRNumber,CreatedDate,Status,order",
        "1-1,12/31/2017 11:59:58 PM,Closed,a",
        "1-2,12/30/2017 01:05:00 AM,Open,b",
        name="requests.csv",
    )
    contract, _ = drafted(path, settings)
    found = fields(contract)
    assert contract.name == "requests"
    assert contract.delivery.week_from == "created_date"
    assert found["CreatedDate"].formats == ("%m/%d/%Y %I:%M:%S %p",)
    assert found["order"].name == "order_value"


def test_day_and_month_that_could_be_swapped_are_said_to_be_a_guess(tmp_path: Path, settings: Settings) -> None:
    _, text = drafted(text_file(tmp_path, "id,opened", "1,1/2/20 8:43", "2,3/4/20 9:00"), settings)
    assert "也可能是 %d/%m/%y %H:%M" in text


def test_the_delimiter_is_pinned_where_it_is_no_comma(tmp_path: Path, settings: Settings) -> None:
    contract, _ = drafted(text_file(tmp_path, "单号;数量", "A1;3", "A2;4"), settings)
    assert contract.csv.delimiter == ";"


def test_the_smallest_key_is_found_and_its_absence_said(tmp_path: Path, settings: Settings) -> None:
    lines = ["区县,渠道,件数", "甲,网上,1", "甲,窗口,2", "乙,网上,3", "乙,窗口,4"]
    contract, _ = drafted(text_file(tmp_path, *lines), settings)
    assert contract.primary_key == ("district", "channel")
    contract, text = drafted(text_file(tmp_path, *lines, "乙,窗口,5", name="b.csv"), settings)
    assert contract.primary_key == ()
    assert "没有找到能区分各行的主键" in text


def test_vertical_merges_are_filled_down_only_on_the_left(tmp_path: Path, settings: Settings) -> None:
    rows: list[list[object]] = [
        ["部门", "事项类型", "授权日期", "件数"],
        ["公安厅", "行政许可", "2023-01-01", 1],
        [None, "公共服务", None, 2],
        ["司法厅", "行政许可", None, 3],
        [None, "公共服务", None, 4],
    ]
    found = fields(drafted(workbook(tmp_path, rows), settings)[0])
    assert found["部门"].fill_down
    assert not found["授权日期"].fill_down


def test_a_column_that_a_total_adds_up_is_counted_with_whatever_its_name_ends_with(
    tmp_path: Path, settings: Settings
) -> None:
    rows: list[list[object]] = [["窗口", "办件编号", "过号"], ["A01", 7, 3], ["A02", 8, 5], ["合计", None, 8]]
    text = draft_contract(workbook(tmp_path, rows), settings).text
    types = {one["title"]: one.get("type") for one in yaml.safe_load(text)["fields"]}
    assert types == {"窗口": None, "办件编号": None, "过号": "integer"}
    assert "表头像编号，按文字保存；若是数量请写 type: integer" in text


def test_rates_and_averages_are_not_added_up(tmp_path: Path, settings: Settings) -> None:
    rows: list[list[object]] = [
        ["材料收取情况表（2023年第15期）"],
        ["单位：件"],
        ["窗口", "收取", "退回", "退回率", "平均等候时长", "满意度得分", "同比(%)", "好评率"],
        ["A01", 10, 1, "10.00%", 12.5, 98, 3.2, 0.9],
        ["A02", 30, 15, "50.00%", 7.5, 96, -1.5, 0.7],
        ["合计", 40, 16, "40.00%", 8.75, 97, 0.4, 0.75],
    ]
    path = workbook(tmp_path, rows)
    contract, _ = drafted(path, settings)
    added = [one.title for one in contract.fields if one.additive and one.type is not FieldType.STRING]
    assert added == ["收取", "退回"]
    assert {one.unit for one in contract.fields if one.title in ("满意度得分", "好评率")} == {None}
    with duckdb.connect() as con:
        loader = make_loader(con, settings, load_calendar(), {contract.name: contract})
        path.rename(settings.inbox / "a.xlsx")
        assert [one.rows for one in load_inbox(loader).events] == [2]
        assert con.execute("SELECT count(difference), sum(difference) FROM ledger.control_total").fetchall() == [(2, 0)]


def test_a_draft_never_replaces_a_file_and_is_named_like_it(tmp_path: Path, settings: Settings) -> None:
    path = workbook(tmp_path)
    draft, target = write_draft(path, settings, None, tmp_path / "complaint_log.yaml")
    assert read_contract(target).name == draft.name == "complaint_log"
    with pytest.raises(RefusedFileError, match="已存在"):
        write_draft(path, settings, None, target)
    with pytest.raises(RefusedFileError, match="不能用作合同名"):
        draft_contract(path, settings, "投诉")


@pytest.mark.parametrize("out", ["contracts", "contracts/complaint_log.yaml"])
def test_a_folder_that_is_not_there_is_told_as_such(tmp_path: Path, settings: Settings, out: str) -> None:
    with pytest.raises(RefusedFileError, match="contracts 不存在，没有写") as refused:
        write_draft(workbook(tmp_path), settings, None if out.endswith("yaml") else "complaint_log", tmp_path / out)
    assert refused.value.code == "no_such_folder"
    assert not (tmp_path / "contracts").exists()


def test_a_draft_that_the_disk_had_no_room_for_leaves_no_beginning(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(RefusedFileError, match="文件超出允许的大小"):
            write_draft(path, settings, None, tmp_path / "complaint_log.yaml")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "complaint_log.yaml").exists()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02garbage\xff", b"PK\x03\x04broken", b"hello\n"])
def test_a_draft_of_garbage_is_a_sentence_and_exit_code_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "garbage").write_bytes(content)
    result = CliRunner().invoke(app, ["contract", "draft", "garbage"])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert not list(tmp_path.glob("*.yaml"))


def test_equal_names_are_told_apart_by_the_groups_above_them(tmp_path: Path, settings: Settings) -> None:
    rows: list[list[object]] = [
        ["Attendances"],
        [None, None, "Attendances", None, "Over 4 hours", None],
        ["Code", "System", "Type 1", "Type 2", "Type 1", "Type 2"],
        ["QOX", "Bath", 18359, 223, 9615, 10],
        ["QHG", "Bedford", 24661, 0, 5180, 20],
    ]
    contract, _ = drafted(workbook(tmp_path, rows), settings)
    assert [one.title for one in contract.fields] == [
        "Code", "System", "Attendances/Type 1", "Attendances/Type 2", "Over 4 hours/Type 1", "Over 4 hours/Type 2",
    ]  # fmt: skip


def in_readme(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (PROJECT_ROOT / name).read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_contract_in_the_readme_is_valid_and_its_query_runs_on_what_it_loads(name: str, tmp_path: Path) -> None:
    (text,) = [one for one in in_readme(name, "yaml") if "complaint_log" in one]
    (query,) = [one for one in in_readme(name, "sql") if "complaint_log" in one]
    (tmp_path / "complaint_log.yaml").write_text(text, "utf-8")
    assert check_contracts(tmp_path, PROJECT_ROOT / "pipeline" / "reference") == (1, [])
    with duckdb.connect() as con:
        contract = read_contract(tmp_path / "complaint_log.yaml")
        make_loader(con, Settings(home=tmp_path), load_calendar(), {contract.name: contract})
        assert con.execute(query).fetchall() == []


EXPORTS: dict[str, list[list[object]]] = {
    "queue": [
        ["叫号记录（2023年第15期）"],
        ["序号", "票号", "取号时间", "叫号时间", "窗口", "业务类型", "奇异栏", "等候时长(分钟)"],
        [1, "A001", "2023-04-17 09:00:05", "2023-04-17 09:05:10", "A01", "不动产", "甲", 5],
        [2, "A002", "2023-04-17 09:01:05", "2023-04-17 09:09:10", "A02", "社保", "乙", 8],
    ],
    "devices": [
        ["设备运行情况（2023年第15期）"],
        ["设备编号", "设备名称", "设备地址", "运行时长(小时)", "故障次数", "在线率"],
        ["D01", "自助终端", "一楼", 40, 1, "97.50%"],
        ["D02", "叫号机", "二楼", 38, 0, "100.00%"],
        ["合计", None, None, 78, 1, "98.75%"],
    ],
    "post": [
        ["物流寄递登记（2023年第15期）"],
        ["运单号", "寄件日期", "收件人", "收件地址", "座机", "快递公司", "金额(万元)"],
        ["SF0001", "2023-04-17", "王小明", "一环路1号", "028-86000001", "邮政", "0.5"],
        ["SF0002", "2023-04-18", "李小红", "二环路2号", "028-86000002", "顺丰", "1.25"],
    ],
}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("export", EXPORTS)
def test_a_draft_of_what_halls_export_is_readable_and_loads_it_whole(
    tmp_path: Path, settings: Settings, export: str, kind: str
) -> None:
    rows = [row for row in EXPORTS[export] if kind == "xlsx" or row[0] != "合计"]
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    path = workbook(tmp_path, rows) if kind == "xlsx" else text_file(tmp_path, *lines)
    contract, text = drafted(path, settings)
    assert [one.title for one in contract.fields if re.search(r"\d", one.name)] == ["奇异栏"] * (export == "queue")
    assert not any(secret in text for secret in ("王小明", "一环路", "86000001"))
    with duckdb.connect() as con:
        loader = make_loader(con, settings, load_calendar(), {contract.name: contract})
        path.rename(settings.inbox / path.name)
        assert [(one.outcome, one.rows) for one in load_inbox(loader).events] == [("loaded", 2)]
        assert con.execute("SELECT count(*) FROM quarantine.cell").fetchone() == (0,)
        assert con.execute("SELECT count(*) FROM ledger.control_total WHERE difference <> 0").fetchone() == (0,)


def test_a_label_that_no_term_names_wholly_gets_a_plain_number(tmp_path: Path, settings: Settings) -> None:
    path = text_file(tmp_path, "票号,奇异栏号,预约,预约", "A1,1,2,3", "A2,4,5,6")
    names = [one.name for one in drafted(path, settings)[0].fields]
    assert names == ["ticket_no", "field_2", "booked"]


def test_a_column_of_data_without_a_name_is_called_by_its_place(tmp_path: Path, settings: Settings) -> None:
    rows: list[list[object]] = [["窗口", None, "办件数"], *([f"综窗{at}", f"甲{at}", at * 3] for at in range(1, 6))]
    contract, _ = drafted(workbook(tmp_path, rows), settings)
    assert [field.title for field in contract.fields] == ["窗口", "第 2 列", "办件数"]
