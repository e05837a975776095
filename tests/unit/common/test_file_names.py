"""Any bytes may be a file's name: it is shown so that nothing of it can break a line, a log or a table."""

from __future__ import annotations

import os

import pytest

from pipeline.common.file_names import is_unicode, shown_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2023年第15期 办件明细（省本级）.csv", "2023年第15期 办件明细（省本级）.csv"),
        ("a\nb\t.csv", r"a\x0ab\x09.csv"),
        ("\u202egnp.xlsx", r"\u202egnp.xlsx"),
        ("'\"[red]%s.csv", "'\"[red]%s.csv"),
        (os.fsdecode("办件.csv".encode("gbk")), r"\xb0\xec\xbc\xfe.csv"),
    ],
    ids=["plain", "line break", "direction", "quotes", "GBK"],
)
def test_only_what_cannot_be_shown_is_written_otherwise(name: str, expected: str) -> None:
    shown = shown_name(name)
    assert shown == expected
    assert is_unicode(shown)
    assert shown_name(shown) == shown


def test_a_name_in_another_encoding_is_known_as_such() -> None:
    assert is_unicode("办件.csv")
    assert not is_unicode(os.fsdecode("办件.csv".encode("gbk")))
