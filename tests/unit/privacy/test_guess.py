"""Which columns seem to hold persons."""

import pytest

from pipeline.privacy.guess import personal_kind


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
