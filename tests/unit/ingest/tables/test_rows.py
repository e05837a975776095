"""What the rows below a header are, one after the other."""

from __future__ import annotations

from pipeline.ingest.tables.headers.header import find_header
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.rows import RowJudge, RowKind, judged
from tests.unit.ingest.demo_form import DEMO, HEADER


def kinds(*rows: Row) -> list[str]:
    header = find_header([HEADER], DEMO)
    assert header is not None
    return [kind.value for kind in judged(RowJudge([HEADER], header, DEMO), rows)]


def row(department: str | None, item: str | None = None, accepted: str | None = "1") -> Row:
    return [department, item, None, accepted, None, None]


def test_rows_below_a_merged_of_which_belong_to_it_until_something_stands_left_of_them() -> None:
    online = row(None, "网上")
    assert kinds(row("公安厅"), row("其中"), online, row(None, "窗口"), row("司法厅"), online) == [
        "data", "of_which", "of_which", "of_which", "data", "data",
    ]  # fmt: skip


def test_an_of_which_with_words_of_its_own_is_one_row() -> None:
    assert kinds(row("（其中）网上"), row(None, "窗口")) == ["of_which", "data"]


def test_a_second_of_which_takes_the_place_of_the_first() -> None:
    found = kinds(row("其中"), row(None, "网上"), row("其中：窗口"), row(None, "甲"))
    assert found == ["of_which", "of_which", "of_which", "data"]


def test_a_total_ends_a_part() -> None:
    assert kinds(row("其中"), row("小计"), row(None, "网上")) == ["of_which", "total", "data"]


def test_numbering_stands_right_below_a_header_only() -> None:
    numbers: Row = ["1", "2", "3", "4", "5", "6"]
    assert kinds(numbers, row("公安厅"), numbers, HEADER, numbers) == [
        "numbering", "data", "data", "repeated_header", "numbering",
    ]  # fmt: skip


def test_rows_are_judged_as_they_come() -> None:
    header = find_header([HEADER], DEMO)
    assert header is not None
    found = judged(RowJudge([HEADER], header, DEMO), iter([[None] * 6, row("合 计")]))
    assert (next(found), next(found)) == (RowKind.BLANK, RowKind.TOTAL)
