"""A correction acts while the source holds what it held, is told when the source moves, and stays on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import duckdb
import pytest

from pipeline.contracts import Contract
from pipeline.quality.desk.corrections import (
    Correction,
    broken_words,
    notes_of_week,
    record,
    refresh,
    told_of,
    withdraw,
)

NOTE = "大厅巡查记录 2023-04-17、工作纪律 的发现问题数由 1 更正为 3（漏记两项）"


def status_of(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str | None]]:
    return con.execute("SELECT status, observed FROM quality.correction ORDER BY correction_id").fetchall()


def test_a_correction_says_from_what_to_what_and_why(correction: Correction) -> None:
    assert (correction.note, correction.status, correction.observed) == (NOTE, "active", "1")


def test_an_active_correction_is_read_in_the_place_of_raw_and_noted(
    delivered: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], correction: Correction
) -> None:
    record(delivered, correction)
    refresh(delivered, contracts)
    read = delivered.execute("SELECT issues FROM corrected.hall_inspection ORDER BY sheet, row_no").fetchall()
    assert sorted(read) == [(0,), (2,), (3,)]
    assert notes_of_week(delivered, "2023-15") == [NOTE]
    assert broken_words(delivered) == []


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ("UPDATE raw.hall_inspection SET issues = 3 WHERE row_no = 7", ("obsolete", "3"), "来源已改为 3"),
        ("UPDATE raw.hall_inspection SET issues = 4 WHERE row_no = 7", ("failed", "4"), "来源现在是 4"),
        ("DELETE FROM raw.hall_inspection WHERE row_no = 7", ("failed", None), "来源现在是 空"),
    ],
)
def test_a_correction_whose_source_moved_acts_no_more_and_says_so(
    delivered: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    correction: Correction,
    change: str,
    status: tuple[str, str | None],
    words: str,
) -> None:
    record(delivered, correction)
    delivered.execute(change)
    refresh(delivered, contracts)
    assert status_of(delivered) == [status]
    (sentence,) = broken_words(delivered)
    assert words in sentence
    assert delivered.execute("SELECT count(*) FROM quality.corrected_cell").fetchone() == (0,)


def test_a_second_correction_of_a_cell_takes_the_place_of_the_first(
    delivered: duckdb.DuckDBPyConnection, correction: Correction
) -> None:
    record(delivered, correction)
    record(delivered, replace(correction, correction_id="k2", to_value="5"))
    assert [status for status, _ in status_of(delivered)] == ["replaced", "active"]


def test_a_withdrawal_takes_back_the_corrections_of_a_finding_and_the_one_that_it_is_about(
    delivered: duckdb.DuckDBPyConnection, correction: Correction
) -> None:
    record(delivered, correction)
    record(delivered, replace(correction, correction_id="k2", column_name="note", finding_id="f2"))
    delivered.execute(
        "INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, "
        "last_seen, weeks, unexpected_count, keys, evidence, action) VALUES ('f9', 'quality.correction', 'c', '题', "
        "'critical', 'open', '数据专员', '2023-15', '2023-15', 1, 1, '[{\"correction_id\": \"k2\"}]', '', '')"
    )
    assert (told_of(delivered, "f9"), told_of(delivered, "f1")) == ("k2", None)
    withdraw(delivered, "f1")
    assert [status for status, _ in status_of(delivered)] == ["withdrawn", "active"]
    withdraw(delivered, "f9")
    assert [status for status, _ in status_of(delivered)] == ["withdrawn", "withdrawn"]
