"""The verbs on DuckDB: weeks are replaced alone, kinds can change, words for readers stand in the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.warehouse import Model, ModelError
from pipeline.warehouse.engines import DuckDBEngine
from pipeline.warehouse.models import model_of

BY_WEEK = """-- 数
-- Numbers
-- grain: week_id
-- materialized: incremental
SELECT
    r.week_id, -- 期 | week
    r.n -- 数 | number
FROM raw.number AS r
WHERE r.week_id IN (SELECT week_id FROM run.week)"""


def model(sql: str = BY_WEEK) -> Model:
    return model_of("core.number", sql, Path("sql/core/number.sql"))


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("CREATE SCHEMA raw; CREATE SCHEMA core; CREATE TABLE raw.number (week_id VARCHAR, n BIGINT)")
        made.execute("INSERT INTO raw.number VALUES ('2023-01', 1), ('2023-02', 2)")
        yield made


@pytest.fixture
def engine(con: duckdb.DuckDBPyConnection) -> DuckDBEngine:
    made = DuckDBEngine(con)
    made.set_run_weeks(["2023-01", "2023-02"])
    made.replace_table(model(), None)
    return made


def test_a_table_has_its_columns_types_and_rows(engine: DuckDBEngine) -> None:
    assert engine.types("core.number") == {"week_id": "VARCHAR", "n": "BIGINT"}
    assert (engine.row_count("core.number"), engine.rows_by_week(model())) == (2, {"2023-01": 1, "2023-02": 1})


def test_a_week_is_replaced_and_the_others_stay(engine: DuckDBEngine, con: duckdb.DuckDBPyConnection) -> None:
    con.execute("UPDATE raw.number SET n = 10 * n")
    engine.set_run_weeks(["2023-02"])
    assert engine.replace_weeks(model(), ["2023-02"]) == 1
    assert engine.rows("SELECT * FROM core.number ORDER BY 1") == [("2023-01", 1), ("2023-02", 20)]


def test_an_emptied_week_is_empty(engine: DuckDBEngine, con: duckdb.DuckDBPyConnection) -> None:
    con.execute("DELETE FROM raw.number WHERE week_id = '2023-02'")
    engine.set_run_weeks(["2023-02"])
    assert engine.replace_weeks(model(), ["2023-02"]) == 0
    assert engine.rows_by_week(model()) == {"2023-01": 1}


def test_a_table_gives_way_to_a_view_and_is_dropped_by_its_kind(engine: DuckDBEngine) -> None:
    engine.replace_view(model(BY_WEEK.replace("incremental", "view")), "TABLE")
    assert engine.row_count("core.number") == 2
    engine.drop("core.number", "VIEW")
    with pytest.raises(duckdb.CatalogException):
        engine.row_count("core.number")


def test_a_column_of_nulls_alone_is_refused(engine: DuckDBEngine) -> None:
    with pytest.raises(ModelError, match="列 n 没有类型"):
        engine.replace_table(model(BY_WEEK.replace("r.n --", "NULL AS n --")), "TABLE")


def test_what_it_writes_stands_in_the_transaction_of_the_warehouse(
    engine: DuckDBEngine, con: duckdb.DuckDBPyConnection
) -> None:
    con.execute("BEGIN")
    con.execute("DELETE FROM raw.number")
    engine.replace_weeks(model(), ["2023-01", "2023-02"])
    con.execute("ROLLBACK")
    assert engine.keeps_transactions
    assert engine.row_count("core.number") == 2
    assert engine.standing({"core.number": "TABLE"}) == {"core.number": "TABLE"}
