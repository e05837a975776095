"""The journal beside the originals has every row that no original says, and survives whatever interrupts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import Settings
from pipeline.state_tables.create import create_tables
from pipeline.warehouse import WarehouseError, open_warehouse
from pipeline.warehouse.journal import JournalError, append_journal, insert_journal_rows, read_journal, rows_of

DELIVERY = "INSERT INTO ledger.delivery (delivery_id, status, received_at) VALUES ('d1', 'current', '2023-04-24 01:00')"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        create_tables(connection)
        yield connection


def test_nothing_new_writes_nothing(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "archive" / "ledger.jsonl"
    assert append_journal(con, path) == 0
    assert not path.exists()
    con.execute(DELIVERY)
    assert append_journal(con, path) == 1
    assert append_journal(con, path) == 0
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_row_that_changes_and_changes_back_counts_as_it_was_last(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.jsonl"
    con.execute(DELIVERY)
    for status in ("current", "superseded", "current"):
        con.execute("UPDATE ledger.delivery SET status = ?", [status])
        append_journal(con, path)
    assert len(path.read_text("utf-8").splitlines()) == 3
    (row,) = rows_of(read_journal(path), "ledger.delivery")
    assert (row["status"], row["received_at"]) == ("current", "2023-04-24 01:00:00")


def test_a_finding_is_told_again_only_when_its_state_changes(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    con.execute(
        "INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen,"
        " last_seen, weeks, unexpected_count, keys, evidence, action)"
        " VALUES ('f', 't', 'c', '题', 'warning', 'open', '厅', '2023-01', '2023-01', 1, 1, '[]', '依据', '改')"
    )
    assert append_journal(con, path) == 1
    con.execute("UPDATE quality.finding SET weeks = 2, last_seen = '2023-02'")
    assert append_journal(con, path) == 0
    con.execute("UPDATE quality.finding SET status = 'waived'")
    assert append_journal(con, path) == 1


def test_rows_come_back_as_they_were(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    con.execute(
        "INSERT INTO ledger.arrival (file_name, size_bytes, outcome, seen_at)"
        " VALUES ('周报.xlsx', 12, 'loaded', '2023-04-24 01:02:03.000456'), ('a.csv', NULL, 'refused', NULL)"
    )
    before = con.execute("SELECT * FROM ledger.arrival ORDER BY ALL").fetchall()
    append_journal(con, path)
    con.execute("DELETE FROM ledger.arrival")
    insert_journal_rows(con, "ledger.arrival", rows_of(read_journal(path), "ledger.arrival"))
    insert_journal_rows(con, "ledger.arrival", [])
    assert con.execute("SELECT * FROM ledger.arrival ORDER BY ALL").fetchall() == before


def test_columns_that_went_or_came_do_not_matter(con: duckdb.DuckDBPyConnection) -> None:
    insert_journal_rows(con, "ledger.pending_load", [{"delivery_id": "a", "gone": 1}])
    assert con.execute("SELECT * FROM ledger.pending_load").fetchall() == [("a", None)]


def test_half_a_line_that_a_killed_process_left_is_cut_off(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    con.execute(DELIVERY)
    append_journal(con, path)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"table": "ledger.del')
    assert len(read_journal(path)) == 1
    con.execute("UPDATE ledger.delivery SET status = 'superseded'")
    append_journal(con, path)
    assert path.read_bytes().startswith(whole)
    assert len(path.read_bytes().splitlines()) == 2


@pytest.mark.parametrize("line", ["nonsense", '{"row": {}}', "[1]"])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(f'{{"table": "ledger.arrival", "row": {{}}}}\n{line}\n', "utf-8")
    with pytest.raises(JournalError, match="第 2 行已损坏"):
        read_journal(path)


def test_the_journal_is_brought_up_when_the_warehouse_is_closed(settings: Settings) -> None:
    with open_warehouse(settings):
        pass
    assert not settings.journal_path.exists()
    with open_warehouse(settings) as con:
        con.execute(DELIVERY)
    assert [table for table, _ in read_journal(settings.journal_path)] == ["ledger.delivery", "ledger.home_hall"]


def test_a_lost_warehouse_is_not_replaced_by_an_empty_one(settings: Settings) -> None:
    with open_warehouse(settings) as con:
        con.execute(DELIVERY)
    settings.warehouse_path.unlink()
    with (
        pytest.raises(WarehouseError, match=r"不见了.*1 份报送.*zhoubao restore.*zhoubao rebuild"),
        open_warehouse(settings),
    ):
        pass
    assert not settings.warehouse_path.exists()
