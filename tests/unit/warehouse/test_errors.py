"""A damaged warehouse is a sentence that names the ways back; an error about a query is none of the file."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import Settings
from pipeline.warehouse import DamagedWarehouseError, WarehouseBusyError, WarehouseError, open_warehouse, read_warehouse
from pipeline.warehouse.errors import NewerHomeError, damage_words, in_words_of_the_warehouse, warehouse_error

WAYS_BACK = "zhoubao verify.*zhoubao restore.*zhoubao rebuild"
READ_ALL = "SELECT count(*), bit_xor(hash(t)) FROM raw.filled AS t"


@pytest.fixture
def filled(settings: Settings) -> Settings:
    with open_warehouse(settings) as con:
        con.execute("CREATE TABLE raw.filled AS SELECT range AS n, hash(range) AS h FROM range(300_000)")
    return settings


def flipped(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 0xFF]))


def truncated_to(size: int) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, size)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: flipped(path, 9), id="head"),
        pytest.param(lambda path: flipped(path, 4_100), id="second head"),
        pytest.param(lambda path: flipped(path, 12_288 + 100), id="first block"),
        pytest.param(truncated_to(0), id="empty"),
        pytest.param(truncated_to(10), id="cut in the head"),
        pytest.param(truncated_to(300_000), id="cut after a block"),
        pytest.param(lambda path: path.write_bytes(b"PK\x03\x04" * 9_000), id="another file"),
    ],
)
def test_damage_that_opening_meets_is_told_to_readers_and_writers(
    filled: Settings, damage: Callable[[Path], None]
) -> None:
    damage(filled.warehouse_path)
    with pytest.raises(DamagedWarehouseError, match=WAYS_BACK), read_warehouse(filled) as con:
        con.execute(READ_ALL)
    with pytest.raises(DamagedWarehouseError, match=WAYS_BACK), open_warehouse(filled) as con:
        con.execute(READ_ALL)


def test_a_block_damaged_anywhere_is_told_or_holds_nothing(filled: Settings) -> None:
    """Of bytes flipped at random the reading says so, or gives exactly what was written: the block was free."""
    path = filled.warehouse_path
    whole = path.read_bytes()
    with read_warehouse(filled) as con:
        expected = con.execute(READ_ALL).fetchall()
    told = 0
    for offset in random.Random(4).sample(range(12_288, len(whole)), 12):
        flipped(path, offset)
        try:
            with read_warehouse(filled) as con:
                assert con.execute(READ_ALL).fetchall() == expected
        except DamagedWarehouseError:
            told += 1
        path.write_bytes(whole)
    assert told > 0


def test_a_damaged_log_is_told_or_ends_before_what_was_not_committed(filled: Settings) -> None:
    """A process that is killed leaves a log beside the file; a byte of it that differs is never read as a value."""
    script = (
        f"import duckdb, os; con = duckdb.connect({str(filled.warehouse_path)!r});"
        " con.execute('PRAGMA disable_checkpoint_on_shutdown');"
        " con.execute('CREATE TABLE raw.later AS SELECT range AS n FROM range(1000)'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    log = Path(f"{filled.warehouse_path}.wal")
    flipped(log, log.stat().st_size // 2)
    try:
        with read_warehouse(filled) as con:
            assert con.execute("SELECT count(*) FROM raw.filled").fetchone() == (300_000,)
    except DamagedWarehouseError as error:
        assert "rebuild" in str(error)


def test_an_error_of_a_query_passes_as_it_is(settings: Settings) -> None:
    with pytest.raises(duckdb.CatalogException), open_warehouse(settings) as con:
        con.execute("SELECT * FROM raw.checksum")
    with pytest.raises(duckdb.ConversionException), open_warehouse(settings) as con:
        con.execute("SELECT CAST('Corrupt database' AS BIGINT)")


@pytest.mark.parametrize(
    ("message", "kind", "words"),
    [
        ("IO Error: Could not set lock on file", WarehouseBusyError, "另一个运行正在写入"),
        ("IO Error: No space left on device, checksum", WarehouseError, "磁盘已满"),
        ('IO Error: Cannot open file "w": Permission denied', WarehouseError, "没有权限"),
        ("Trying to read a database file with version number 99, but", NewerHomeError, "由更新的 DuckDB 写成"),
        ("Corrupt WAL file: entry at byte 12", DamagedWarehouseError, "已损坏（Corrupt WAL file: entry at byte 12）"),
    ],
)
def test_what_ails_the_file_has_a_sentence(message: str, kind: type[WarehouseError], words: str) -> None:
    error = warehouse_error(message)
    assert type(error) is kind
    assert words in str(error)


def test_what_ails_nothing_has_none() -> None:
    assert warehouse_error("Catalog Error: Table does not exist") is None


def test_the_words_of_damage_name_the_file_and_only_the_first_line() -> None:
    words = damage_words("w.duckdb", "IO Error: first\nsecond")
    assert words.startswith("数据仓库 w.duckdb 已损坏（first）。")


def test_all_else_passes_the_door() -> None:
    with pytest.raises(ZeroDivisionError), in_words_of_the_warehouse(Path("w")):
        raise ZeroDivisionError


def test_a_program_that_has_the_file_open_is_named() -> None:
    message = 'IO Error: Could not set lock on file "/d/w": Conflicting lock is held in /usr/bin/dbeaver (PID 47)'
    assert "另一个程序（dbeaver，进程 47）打开着数据仓库" in str(warehouse_error(message))
    assert "另一个程序打开着数据仓库" in str(warehouse_error("IO Error: Could not set lock on file"))
