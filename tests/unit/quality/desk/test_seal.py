"""A row of the workbook is taken only as it was written, and only while its finding is what it shows."""

from __future__ import annotations

import pytest

from pipeline.quality.desk.seal import is_intact, seal, version, version_of

KEY = b"key of the hall"
ROW = ("2023-15", "f1", "合计不符", "12 与 11 不等")


@pytest.fixture
def code() -> str:
    return seal(KEY, *ROW, version("12 与 11 不等", 1, None, None))


def test_a_row_that_a_spreadsheet_saved_is_intact(code: str) -> None:
    assert is_intact(KEY, *ROW, code)
    assert is_intact(KEY, "2023-15", "f1", "合计不符 ", "“12 与 11 不等”\n", code)


@pytest.mark.parametrize(
    "row",
    [
        ("2023-14", "f1", "合计不符", "12 与 11 不等"),
        ("2023-15", "f2", "合计不符", "12 与 11 不等"),
        ("2023-15", "f1", "合计不符", "12 与 10 不等"),
        ("2023-15", "f1", None, None),
    ],
)
def test_cells_of_another_row_do_not_belong(code: str, row: tuple[str, str, str | None, str | None]) -> None:
    assert not is_intact(KEY, *row, code)
    assert not is_intact(b"another hall", *ROW, code)
    assert not is_intact(KEY, *ROW, None)


def test_the_version_moves_with_the_evidence_the_count_and_the_decision(code: str) -> None:
    shown = version("12 与 11 不等", 1, None, None)
    assert version_of(code) == shown
    others = [version("12 与 10 不等", 1, None, None), version("12 与 11 不等", 2, None, None)]
    others += [version("12 与 11 不等", 1, "有说明", None), version("12 与 11 不等", 1, None, "d1")]
    assert len({shown, *others}) == 5
