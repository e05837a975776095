"""The second net finds numbers of persons by their digits alone, and leaves figures, days and case numbers."""

from __future__ import annotations

import pytest

from pipeline.privacy import second_net
from pipeline.privacy.second_net import KnownPersons, is_number_left


@pytest.mark.parametrize(
    "text",
    [
        "13950000005",
        "电话1.3.9/5000-0005。",
        "+86 139 5000 0005",
        "００８６－１３９５０００００００",
        "证510105 1987 0303 0024",
        "11010519491231002X",
        "身份证510105199003074516已核对",
        "身份证号 51010519900307451x",
    ],
)
def test_a_number_is_found_in_any_form(text: str) -> None:
    assert is_number_left(text)


@pytest.mark.parametrize(
    "text",
    [
        "［已脱敏］",
        "2023-04-17 09:05:00",
        "510000-20230417-000001",
        "20230417090500",
        "1,234,567件",
        "12345678901",
        "",
        "服务热线 12345，电话 028-86936179",
        "统一社会信用代码 11510000008282417Y",
        "单号 2023041700139123456789",
        "实施编码 511Z07001006-511602000000-000-11511301008778183N-1-00",
    ],
)
def test_what_is_no_persons_number_is_left(text: str) -> None:
    assert not is_number_left(text)


@pytest.mark.parametrize("text", ["请王小明补正", "工号 2023-0042-17", "诸葛小明", "补证 8660 1234"])
def test_who_stands_in_a_personal_column_is_found_in_a_text(text: str) -> None:
    persons = KnownPersons()
    for cell in ("王 小明", "诸葛小明", "2023004217", "86601234", None):
        persons.add(cell)
    assert persons.is_any_in(text)


@pytest.mark.parametrize("text", ["企业设立登记", "方向明确", "王小", "2023年4月17日", "四川样例公司", ""])
def test_words_companies_and_short_numbers_of_a_personal_column_are_found_in_no_text(text: str) -> None:
    persons = KnownPersons()
    for cell in ("企业设立", "方向", "四川样例公司", "17", "2023-04-17", ""):
        persons.add(cell)
    assert not persons.is_any_in(text)


def test_no_more_persons_are_known_than_memory_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_net, "_MOST_KNOWN", 1)
    persons = KnownPersons()
    for cell in ("王小明", "李小明"):
        persons.add(cell)
    assert len(persons) == 1


def test_a_latitude_is_no_mobile_number() -> None:
    assert not is_number_left("纬度 18.252847123，大厅东侧")
    assert is_number_left("1.3.9/5000-0005")
