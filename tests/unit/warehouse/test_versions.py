"""Migrations lead every earlier home to the tables of now, and a later home is refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.common.package_version import package_version
from pipeline.state_tables.create import create_tables
from pipeline.warehouse.errors import NewerHomeError
from pipeline.warehouse.versions import current_version, make_new, migrate, migrations, stored_version

COLUMNS = """
SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns()
WHERE NOT internal ORDER BY ALL
"""
# Keys as DuckDB names them: PRIMARY KEY(week_id, revision).
KEYS = """
SELECT schema_name, table_name, constraint_text FROM duckdb_constraints()
WHERE constraint_type = 'PRIMARY KEY' ORDER BY ALL
"""
# The tables of the first homes that kept decisions: no title, no code, no basis.
FIRST_HOME = """
CREATE SCHEMA ledger; CREATE SCHEMA quality;
CREATE TABLE ledger.delivery (delivery_id VARCHAR PRIMARY KEY, sha256 VARCHAR, source VARCHAR, file_name VARCHAR,
    week_id VARCHAR, period_start DATE, period_end DATE, as_of TIMESTAMP, scope VARCHAR, status VARCHAR,
    superseded_by VARCHAR, message VARCHAR, container VARCHAR, encoding VARCHAR, size_bytes BIGINT,
    rows_physical BIGINT, contract_fingerprint VARCHAR, received_at TIMESTAMP);
INSERT INTO ledger.delivery (delivery_id, status) VALUES ('d1', 'current');
CREATE TABLE quality.decision (decision_id VARCHAR NOT NULL, finding_id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    reason VARCHAR, value VARCHAR, until DATE, decided_by VARCHAR, decided_at TIMESTAMP NOT NULL);
INSERT INTO quality.decision (decision_id, finding_id, kind, reason, decided_at)
VALUES ('d1', 'f1', 'postpone', '等待核实', '2023-04-20 12:00:00');
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def test_every_migration_opens_with_the_sentence_why() -> None:
    numbered = migrations()
    assert [migration.version for migration in numbered] == list(range(1, current_version() + 1))
    for migration in numbered:
        assert migration.why.endswith(".")
        assert migration.name.replace("_", "").isalnum()


def test_migrations_and_a_new_home_end_with_the_same_tables(con: duckdb.DuckDBPyConnection) -> None:
    create_tables(con)
    wanted = con.execute(COLUMNS).fetchall(), con.execute(KEYS).fetchall()
    with duckdb.connect() as other:
        migrate(other, 0)
        assert (other.execute(COLUMNS).fetchall(), other.execute(KEYS).fetchall()) == wanted
    with duckdb.connect() as oldest:
        oldest.execute(FIRST_HOME)
        migrate(oldest, 0)
        assert (oldest.execute(COLUMNS).fetchall(), oldest.execute(KEYS).fetchall()) == wanted


def test_a_home_of_before_there_were_versions_keeps_its_rows(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(FIRST_HOME)
    assert stored_version(con) == 0
    assert [step.version for step in migrate(con, 0)] == list(range(1, current_version() + 1))
    assert stored_version(con) == current_version()
    assert con.execute("SELECT delivery_id, title, code FROM ledger.delivery").fetchall() == [("d1", None, None)]
    assert con.execute("SELECT reason, origin, basis FROM quality.decision").fetchall() == [("等待核实", None, None)]


def test_a_migration_that_fails_leaves_everything_as_it_was(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.warehouse import versions

    broken = versions.Migration(2, "broken", "Why.", "CREATE TABLE ledger.half (n BIGINT); SELECT * FROM nowhere;")
    monkeypatch.setattr(versions, "migrations", lambda: (*migrations(), broken))
    con.execute(FIRST_HOME)
    before = con.execute(COLUMNS).fetchall()
    with pytest.raises(duckdb.CatalogException):
        migrate(con, 0)
    assert con.execute(COLUMNS).fetchall() == before


def test_a_new_warehouse_has_no_version_until_it_is_made(con: duckdb.DuckDBPyConnection) -> None:
    assert stored_version(con) is None
    make_new(con)
    assert stored_version(con) == current_version()
    rows = con.execute("SELECT version, name, program FROM ledger.schema_version").fetchall()
    assert rows == [(current_version(), "made", package_version())]


def test_a_home_of_a_later_program_is_refused_with_its_version(con: duckdb.DuckDBPyConnection) -> None:
    make_new(con)
    con.execute(
        "INSERT INTO ledger.schema_version (version, name, program, applied_at)"
        " VALUES (999, 'x', '7.3.0', '2030-01-01')"
    )
    with pytest.raises(NewerHomeError, match=r"zhoubao 7\.3\.0 写成（存储版本 999）.*请把程序升级到 7\.3\.0"):
        stored_version(con)
