"""A label of a wide table is read as the year, month, week or day that it names, however it is written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.cells.dates import Context
from pipeline.ingest.tables.headers.wide_labels import is_ahead, read_label, value_of

CONTEXT = Context(2023, period=(date(2023, 4, 15), date(2023, 4, 21)))
YEARS = st.integers(1990, 2049)
MONTH_FORMS = (
    "{y}年{n}月",
    "{y} 年 {n} 月份",
    "{y}-{n:02d}",
    "{y}/{n}",
    "{y}.{n:02d}",
    "{y}{n:02d}",
    "{y}年{n:02d}月（件）",
)
WEEK_FORMS = ("{y}年第{n}周", "{y}-W{n:02d}", "{y}-{n:02d}", "{y}年{n}周", "{y}年第 {n} 期")


def value(text: str, kind: str) -> str | None:
    label = read_label(text, kind)
    return value_of(label, CONTEXT) if label else None


@given(year=YEARS, month=st.integers(1, 12), form=st.sampled_from(MONTH_FORMS))
def test_a_month_is_one_value_in_every_notation(year: int, month: int, form: str) -> None:
    assert value(form.format(y=year, n=month), "month") == f"{year}-{month:02d}"


@given(year=YEARS, week=st.integers(1, 53), form=st.sampled_from(WEEK_FORMS))
def test_a_week_is_one_value_in_every_notation(year: int, week: int, form: str) -> None:
    assert value(form.format(y=year, n=week), "week") == f"{year}-{week:02d}"


@given(year=YEARS, form=st.sampled_from(("{y}", "{y}年", " {y} 年度", "{y}年末", "{y}.0")))
def test_a_year_is_one_value_in_every_notation(year: int, form: str) -> None:
    assert value(form.format(y=year), "year") == str(year)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("13月", "month"), ("0月", "month"), ("第54周", "week"), ("1899年", "year"), ("20210", "year"),
        ("合计", "year"),
        ("去年同期", "month"), ("2021年1-6月", "month"), ("2021年1-6月", "year"), ("13月40日", "date"), ("", "week"),
    ],
)  # fmt: skip
def test_what_is_no_such_period_is_no_label(text: str, kind: str) -> None:
    assert read_label(text, kind) is None


@pytest.mark.parametrize(
    ("text", "kind", "ahead"),
    [
        ("4月", "month", False), ("5月", "month", True), ("2022年5月", "month", False), ("2024年1月", "month", True),
        ("第16周", "week", False), ("第19周", "week", True), ("4月21日", "date", False), ("4月22日", "date", True),
        ("2030年", "year", False),
    ],
)  # fmt: skip
def test_a_period_that_has_not_begun_lies_ahead_but_years_may_be_planned(text: str, kind: str, ahead: bool) -> None:
    label = read_label(text, kind)
    assert label is not None
    assert is_ahead(label, kind, CONTEXT) is ahead
