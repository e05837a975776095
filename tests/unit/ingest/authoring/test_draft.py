"""A contract drafted from an unknown export: valid at once, guesses marked, persons kept out; and contracts checked."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.loader import read_contract
from pipeline.ingest.authoring.contract_check import check_contracts
from pipeline.ingest.authoring.draft import draft_contract, locate_header, write_draft
from pipeline.ingest.authoring.guess import ascii_name, is_rate, type_of, unit_of
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.privacy.guess import personal_kind
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import PROJECT_ROOT, Settings
from zhoubao.cli import app

ROWS: list[list[object]] = [
    ["政务服务投诉登记表（2023年第15期）"],
    ["填报单位：大厅 统计时间：2023-04-15 至 2023-04-21 单位：件"],
    ["序号", "投诉编号", "登记日期", "受理部门", "投诉人", "联系电话", "来件", None, "投诉内容"],
    [None, None, None, None, None, None, "现场(件)", "网上(件)", None],
    [
        1,
        "TS-0001",
        "2023.4.17",
        "公安厅",
        "王小明",
        "13900001111",
        1,
        "无",
        "窗口态度生硬，等候时间太长，希望改进工作作风",
    ],
    [
        2,
        "TS-0002",
        "2023.4.18",
        "司法厅",
        "李小红",
        "13900002222",
        "1,200",
        2,
        "材料要求前后不一，来回跑了三趟还没有办成",
    ],
    [3, "TS-0003", "2023.4.19", "公安厅", "张小刚", "13900003333", 3, 4, "电话无人接听，多次拨打都是忙音，请尽快处理"],
    ["合计", None, None, None, None, None, 1204, 6, None],
]


def workbook(folder: Path, rows: list[list[object]] = ROWS, name: str = "a.xlsx") -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def text_file(folder: Path, *lines: str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


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
    assert (found["现场(件)"].type, found["现场(件)"].unit) == (FieldType.INTEGER, "件")
    assert found["网上(件)"].zero_values == ("无",)
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


@pytest.mark.parametrize(
    ("label", "name"),
    [("投诉编号", "complaint_no"), ("受理/本周", "accepted_week"), ("SRNumber", "srnumber"), ("奇异栏目", None)],
)
def test_names_come_from_the_terms_of_the_field(label: str, name: str | None) -> None:
    assert ascii_name(label)[0] == name


@pytest.mark.parametrize(
    ("label", "texts", "kind"),
    [
        ("邮编", ["0101", "0202"], FieldType.STRING),
        ("办件编号", ["1", "2"], FieldType.STRING),
        ("数", ["12.5%", "3%"], FieldType.NUMBER),
        ("数", ["1.1234567", "2"], FieldType.STRING),
        ("数", ["510101199001011234", "510101199001011235"], FieldType.STRING),
        ("日期", ["4月17日", "4月18日"], FieldType.DATE),
        ("时间", ["2023-04-17 09:00:00"], FieldType.DATETIME),
    ],
)
def test_types_that_would_change_a_value_are_not_guessed(label: str, texts: list[str], kind: FieldType) -> None:
    assert type_of(label, texts, True).type is kind


def test_flags_about_an_address_are_no_address() -> None:
    assert personal_kind("AddressVerified", ["Y", "N"]) == (None, "")
    assert personal_kind("ApproximateAddress", ["Y", "N"])[0] is None
    assert personal_kind("Address", ["1 A ST", "2 B ST", "3 C ST", "4 D ST"])[0] == "drop"


def test_three_names_in_many_rows_are_still_persons() -> None:
    assert personal_kind("评价人", ["王某某", "李某某"])[0] == "drop"
    assert personal_kind("申请人类型", ["自然人", "企业法人"])[0] is None


@pytest.mark.parametrize(
    "label",
    [
        "姓  名", "户主", "申请者", "投诉者/举报者", "当事人名称", "申请人名称", "申请人（单位）", "患者", "身份号码",
        "证件编号", "座机", "固话", "来电号码", "联络方式", "住所", "车牌号", "银行账号", "社保卡号", "驾驶证", "QQ",
        "昵称", "法人代表", "微信", "邮箱", "户籍", "出生日期", "家庭住址", "法定代表人", "经办人", "联系电话", "电 话",
        "联系人/手机", "通讯地址",
    ],
)  # fmt: skip
def test_labels_of_persons_are_known_however_they_are_spaced(label: str) -> None:
    assert personal_kind(label, ())[0] == "drop"
    assert personal_kind(label, ["甲乙丙丁戊"])[0] == "drop"


@pytest.mark.parametrize(
    ("label", "texts"),
    [
        ("设备地址", ["大厅一楼A区"]), ("窗口地址", ["二楼"]), ("部门电话", ["028-86111111"]), ("办公地址", ["一楼"]),
        ("IP地址", ["10.0.0.1"]), ("企业法人", ["甲公司"]), ("申请人类型", ["自然人"]), ("电话咨询", ["12", "7"]),
        ("人次", ["3"]), ("微信", ["12", "30"]), ("参训人员", ["14", "9"]), ("区县", ["武侯区", "高新区", "金牛区"]),
        ("星期", ["周一", "周二", "周三"]), ("经办", ["王府井", "综合", "大厅"]), ("等级", ["高", "中", "低"]),
        ("办件编号", ["510000202304170001", "510000202304170002"]), ("办件类型", ["承诺件", "即办件", "其他"]),
        ("记者", ["3"]), ("统一社会信用代码", ["91510100MA6CXXXX1P"]),
    ],
)  # fmt: skip
def test_what_belongs_to_offices_or_is_a_count_is_no_person(label: str, texts: list[str]) -> None:
    assert personal_kind(label, texts) == (None, "")


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        (["510105199003074418", "51010519900307441X", "无"], "身份证号"),
        (["138 0000 1111", "+8613800001112", "139-0000-1113"], "手机号"),
        (["510105900307441", "510105620728123"], "身份证号"),
        (["川A12345", "川AD12345", "京B·88888"], "车牌号"),
        (["a@example.com", "b.c@mail.example.cn"], "邮箱"),
        (["王小明", "李红", "欧阳修文", "张三丰", "赵云", "刘备"], "姓名"),
        (["王*明", "李某某", "张**"], "遮盖过"),
    ],
)
def test_persons_are_known_by_what_stands_in_a_column_of_any_name(texts: list[str], what: str) -> None:
    kind, why = personal_kind("备用", texts)
    assert (kind, what in why) == ("drop", True)


def test_numbers_with_a_word_among_them_stay_text_and_are_said_to_be_mixed() -> None:
    guess = type_of("时限", ["3", "5", "五"], True)
    assert guess.type is FieldType.STRING
    assert "多数是数字，“五”等不是" in guess.doubt


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
        assert con.execute("SELECT count(*), sum(difference) FROM ledger.control_total").fetchall() == [(2, 0)]


@pytest.mark.parametrize(
    ("label", "is_summed", "expected"),
    [
        ("均衡件数", False, False),
        ("年度得分", True, False),
        ("占比", True, True),
        ("完成(%)", False, True),
        ("比上周增减", False, False),
    ],
)
def test_what_only_looks_like_a_rate_is_added_up(label: str, is_summed: bool, expected: bool) -> None:
    assert is_rate(label, ["1", "2"], is_summed) is expected


def test_a_scale_in_the_header_is_no_unit() -> None:
    assert (unit_of("受理(件)"), unit_of("受理(万件)"), unit_of("受理(A)")) == ("件", None, None)


def test_the_header_is_found_below_titles_and_through_its_levels() -> None:
    texts = [[None if cell is None else str(cell) for cell in row] for row in ROWS]
    assert locate_header(texts) == (2, 2)
    assert locate_header([["只有一个标题"], []]) is None


def test_a_draft_never_replaces_a_file_and_is_named_like_it(tmp_path: Path, settings: Settings) -> None:
    path = workbook(tmp_path)
    draft, target = write_draft(path, settings, None, tmp_path / "complaint_log.yaml")
    assert read_contract(target).name == draft.name == "complaint_log"
    with pytest.raises(RefusedFileError, match="已存在"):
        write_draft(path, settings, None, target)
    with pytest.raises(RefusedFileError, match="不能用作合同名"):
        draft_contract(path, settings, "投诉")


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


GOOD = "name: demo\ntitle: 示例\nversion: 1\ndelivery: {kind: weekly}\nfields:\n  - {name: a, title: 甲}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("title: 甲", "title: 甲, codes: nothing"), "没有对应的代码表"),
        (GOOD.replace("title: 甲", "title: 甲, constraints: {pattern: '['}"), "正则表达式"),
        (GOOD + "  - {name: b, title: 甲}\n", "同时属于 a 和 b"),
        (GOOD.replace("甲", "联系电话"), "像个人信息"),
        (GOOD.replace("name: demo", "name: other"), "应与文件名一致"),
        ("fields: [", "不是有效的 YAML"),
    ],
)
def test_a_wrong_contract_is_one_sentence_with_its_file(
    tmp_path: Path, settings: Settings, text: str, said: str
) -> None:
    (tmp_path / "demo.yaml").write_text(text, "utf-8")
    count, problems = check_contracts(tmp_path, settings.reference_dir)
    assert count == 1
    assert len(problems) == 1
    assert problems[0].startswith("demo.yaml")
    assert said in problems[0]


def test_the_shipped_contracts_pass_the_check() -> None:
    result = CliRunner().invoke(app, ["contract", "check"])
    assert (result.exit_code, "都有效" in result.output) == (0, True)


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


def test_a_wrong_contract_stops_a_run_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo.yaml").write_text("name: [", "utf-8")
    monkeypatch.setattr(Settings, "contracts_dir", tmp_path)
    monkeypatch.setenv("ZHOUBAO_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(app, ["run", "--week", "2023-15"])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "demo.yaml 不是有效的 YAML" in result.output


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
