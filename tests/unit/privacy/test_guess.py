"""Which columns hold persons: by their labels, and by what stands in them."""

from __future__ import annotations

import pytest

from pipeline.privacy.guess import personal_kind


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


@pytest.mark.parametrize(
    ("label", "texts", "kind"),
    [
        ("工号", ["0001"], "hmac"),
        ("联系方式", [], "drop"),
        ("备注", ["138 0000 1111", "无"], "drop"),
        ("经办", ["王小明", "李大红", "张三"], "drop"),
        ("车辆", ["川A·12345"], "drop"),
        ("窗口电话", [], None),
        ("当事人", ["12", "3"], None),
        ("是否本人", ["是", "否"], None),
        ("星期", ["周一", "周二", "周三"], None),
        ("区县", ["高新区", "江安县", "金牛区"], None),
    ],
)
def test_persons_are_guessed_from_labels_and_texts(label: str, texts: list[str], kind: str | None) -> None:
    assert personal_kind(label, texts)[0] == kind


def test_the_guess_says_why() -> None:
    assert personal_kind("备注", ["13800001111"]) == ("drop", "内容像身份证号或手机号")
    assert personal_kind("联系电话", []) == ("drop", "表头像个人信息")
    assert personal_kind("事项", ["许可"]) == (None, "")


def test_codes_of_enterprises_are_no_persons_though_some_have_the_check_digit_of_one() -> None:
    codes = ["915100007000013693", "915100007000014434", "91510000600000265E", "915100006000003188"]
    assert personal_kind("统一社会信用代码", codes) == (None, "")
