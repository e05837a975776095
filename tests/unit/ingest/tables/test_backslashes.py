r"""A text that escapes with backslashes is refused with the line; backslashes that escape nothing are letters."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.tables.backslashes import refuse_backslash_escapes
from tests.unit.ingest.exports import weekly_text
from tests.unit.ingest.inbox.deliveries import case, case_file


def look_at(text: str, columns: int = 3) -> None:
    lines = text.splitlines(keepends=True)
    refuse_backslash_escapes(lines, next(csv.reader(lines)), ",", columns, 7)


@pytest.mark.parametrize(
    "record",
    [
        r'1,"say \"yes\"",2', r'1,"\"yes\"",2', r'1,"a\"b",2', r"1,a\,b,2", r"a\,b\,c,1,2", r"1\,2,3,4",
        '1,"a\n\\"b",2',
    ],
)  # fmt: skip
def test_a_record_that_only_makes_sense_with_escapes_is_refused(record: str) -> None:
    with pytest.raises(RefusedFileError) as refused:
        look_at(record)
    assert (refused.value.code, refused.value.place.row) == ("backslash_escapes", 7)


@pytest.mark.parametrize(
    "record",
    [r"1,C:\data,2", r'1,"C:\",2', r'1,"C:\","D:\"', r"1,\N,2", r"1,a\,2", r'1,"a\\b",2', r'1,"he said ""a\"" ",2',
     '1,"5"" pipe",2', "1,2,3,4", r"1,a\\,b,2"],
)  # fmt: skip
def test_a_backslash_that_escapes_nothing_is_a_letter(record: str) -> None:
    look_at(record)


@given(st.lists(st.text(st.sampled_from('a\\",\n 公')), min_size=3, max_size=3))
def test_no_record_that_python_writes_is_refused(cells: list[str]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    look_at(text.getvalue())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("办件明细.csv", case_file(case("A1"), case("A2", name=r'"某某\"许可\""'), case("A3"))),
        ("办件明细.csv", case_file(case("A1"), case("A2", name=r"某某\,许可"), case("A3"))),
        ("综窗.csv", weekly_text().replace("综合窗口2", r'"综合\"窗口2"')),
        ("综窗.csv", weekly_text().replace("综合窗口2", r"综合\,窗口2")),
    ],
)
def test_a_file_with_escapes_is_refused_as_a_whole(quick_loader: Loader, name: str, text: str) -> None:
    (quick_loader.settings.inbox / name).write_text(text, "utf-8")
    events = [(event.code, event.place and event.place.row) for event in load_inbox(quick_loader).events]
    assert events == [("backslash_escapes", 5)]
