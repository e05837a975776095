"""Law 8: nothing personal that came with a file is found anywhere but in the archive."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.hall import Hall

PERSONAL = ("申请人姓名", "证件号码", "联系电话", "联系地址")


@pytest.fixture(scope="module")
def secrets(sample_hall: Hall) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {label: set() for label in PERSONAL}
    for path in sample_hall.settings.inbox.glob("*.csv"):
        lines = path.read_bytes().decode("gb18030").splitlines()[2:]
        for row in csv.DictReader(lines):
            for label in PERSONAL:
                found[label].add(row[label] or "")
    return {label: {value for value in values if len(value) > 3} for label, values in found.items()}


def texts_of(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    columns = con.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal "
        "AND (data_type LIKE '%VARCHAR%' OR data_type LIKE 'MAP%')"
    ).fetchall()
    for schema, table, column in columns:
        where = f"{schema}.{table}.{column}"
        for (value,) in con.execute(f'SELECT DISTINCT CAST("{column}" AS VARCHAR) FROM {schema}."{table}"').fetchall():
            if value:
                yield where, value


def test_no_table_holds_what_the_personal_columns_held(built_hall: Hall, secrets: dict[str, set[str]]) -> None:
    exact = set().union(*secrets.values())
    numbers = secrets["证件号码"] | secrets["联系电话"]
    assert len(exact) > 1000, "the sample must hold personal values for this test to be able to fail"
    seen = 0
    with built_hall.open() as con:
        for where, value in texts_of(con):
            seen += 1
            assert value not in exact, f"{where} holds a personal value"
            digits = "".join(char if char.isalnum() else " " for char in value).split()
            assert not numbers.intersection(digits), f"{where} holds a personal number"
    assert seen > 1000


def test_no_file_outside_the_archive_holds_a_personal_number(
    built_hall: Hall, secrets: dict[str, set[str]], tmp_path: Path
) -> None:
    some = [value.encode() for value in sorted(secrets["证件号码"])[:200] + sorted(secrets["联系电话"])[:200]]
    home = built_hall.settings.home
    files = [path for path in home.rglob("*") if path.is_file() and built_hall.settings.archive not in path.parents]
    assert any(path.name == "warehouse.duckdb" for path in files)
    for path in files:
        content = path.read_bytes()
        assert not any(value in content for value in some), f"{path.name} holds a personal number"
    assert not list(built_hall.settings.work.iterdir())


def test_a_person_is_counted_by_a_digest_that_needs_the_key(built_hall: Hall) -> None:
    with built_hall.open() as con:
        digests = con.execute("SELECT DISTINCT trainee FROM raw.training_log").fetchall()
    assert len(digests) > 5
    assert all(len(value) == 32 and set(value) <= set("0123456789abcdef") for (value,) in digests)
