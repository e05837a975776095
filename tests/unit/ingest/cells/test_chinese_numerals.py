"""Chinese numerals become digits where they name a day, a month, a year or an issue, and nowhere else."""

import pytest

from pipeline.ingest.cells.chinese_numerals import with_digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("二〇二三年四月十七日", "2023年4月17日"),
        ("二零二三年十月三十一号", "2023年10月31号"),
        ("二O二三年", "2023年"),
        ("第二十期", "第20期"),
        ("十月十日", "10月10日"),
    ],
)
def test_numerals_of_days_become_digits(text: str, digits: str) -> None:
    assert with_digits(text) == digits


@pytest.mark.parametrize("text", ["星期一", "三处", "一窗受理", "二〇二三", "2023-04-17", "十"])
def test_other_numerals_are_left_alone(text: str) -> None:
    assert with_digits(text) == text
