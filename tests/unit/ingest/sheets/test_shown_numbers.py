"""What a number format shows beside the digits of a number: scales, units, leading zeros."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.common.cell_marks import SCALED_MARK
from pipeline.ingest.cells.numbers import SCALES, parse_number
from pipeline.ingest.sheets.shown_numbers import shown_number


def text(code: str, number: float) -> str | None:
    shown = shown_number(code)
    return shown.text(number) if shown else None


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ('0.0"万件"', 12, "12万件"), ('0"万"', 3, "3万"), ("0万", 3, "3万"), ('0"百件"', 25, "25百件"),
        ('#,##0.00" 万元"', 1.255, "1.255万元"), ('G/通用格式"（万件）"', 3, "3万件"), ('General"亿"', 3, "3亿"),
        ('0.0"万";-0.0"万"', -5, "-5万"), ('0.0"万";(0.0"万")', -5, "-5万"), ('0"万";-0"万";"-"', 0, None),
        # The format divides by what its word multiplies by: the number is what it is.
        ('0!.0,"万"', 12345, None), ('0"."0,"万"', 12345, None), ('#,##0.0,"千"', 12345, None),
        ('0.0,"K"', 12345, None),
        # Shown smaller, and nothing says so.
        ("0,", 12345, f"{SCALED_MARK}12.345"), ("#,##0,,", 5e6, f"{SCALED_MARK}5"),
        ("0!.0,", 12345, f"{SCALED_MARK}1.2345"),
        # The two contradict each other.
        ('0.0,"万"', 12345, f"{SCALED_MARK}12.345万"),
        # Scales that no unit has come as they are shown, so that no number is read from them.
        ('0"万亩"', 12, "12万亩"), ('0"万余件"', 12, "12万余件"), ('0"K"', 12, "12K"),
        ('0"小时"', 3, "3小时"), ('0"元"', 3, "3元"),
        # Per cent in one section only
        ("0.0%;-0.00", 0.985, "98.5%"), ("0.0%;-0.00", -0.985, None),
        # Conditions
        ('[>=10000]0!.0,"万";0', 12345, None), ('[<100]0;0"万"', 12, None), ('[<100]0;0"万"', 120, "120万"),
    ],
)  # fmt: skip
def test_a_scale_or_unit_of_the_format_stands_behind_the_number(code: str, number: float, shown: str | None) -> None:
    assert text(code, number) == shown


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ("0000", 19, "0019"), ("0000", 12345, None), ("00", 5, "05"), ("00", 12, None), ('"A"000', 7, "A007"),
        ('"PX-"0000', 12, "PX-0012"), ("000-0000", 10002, "001-0002"), ('0000"年"00"月"', 202304, "2023年04月"),
        ('"第"00"期"', 5, "05"), ("0000", 1.5, None), ("0000", -5, None), ("0000;@", 19, "0019"),
    ],
)  # fmt: skip
def test_a_code_has_the_zeros_that_its_cell_shows(code: str, number: float, shown: str | None) -> None:
    assert text(code, number) == shown


@pytest.mark.parametrize(
    "code",
    [
        "General", "0", "0.00", "#,##0", "#,##0.00", "@", "", '0"件"', '0"人次"', '"第"0"期"', "¥#,##0.00",
        '0"千克"', '0"千米"',
        "[$¥-804]#,##0.00", '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ', "0.00E+00", "# ?/?", "[DBNum1]0", "0;[Red]-0",
        '#,##0;-#,##0;"-"', '0"年"', "???", "0.0##",
    ],
)  # fmt: skip
def test_formats_of_plain_numbers_show_nothing_more(code: str) -> None:
    assert [text(code, number) for number in (0, 5, 12, 12345, -3, 0.5)] == [None] * 6


@given(st.integers(1, 10**6), st.sampled_from(sorted(SCALES)), st.sampled_from(["", "件", "人次", "元"]))
def test_a_shown_scale_always_multiplies(number: int, scale: str, measure: str) -> None:
    shown = text(f'0.0"{scale}{measure}"', number)
    assert shown is not None
    assert parse_number(shown) == number * SCALES[scale]


@given(st.integers(0, 10**9), st.integers(2, 9))
def test_leading_zeros_change_no_number(number: int, zeros: int) -> None:
    shown = text("0" * zeros, number)
    assert int(shown or number) == number
    assert len(shown or str(number)) == max(len(str(number)), zeros)
