"""What models read and none makes goes to Spark as Parquet, with its types said; what Spark would change does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from pipeline.warehouse import ModelGraph
from pipeline.warehouse.engines import EngineError
from pipeline.warehouse.engines.on_spark import SparkEngine
from pipeline.warehouse.engines.sources import give_sources
from pipeline.warehouse.models import graph_of, model_of

READER = """-- 明细
-- Records
-- grain: week_id
-- materialized: incremental
SELECT
    d.week_id, -- 期 | week
    r.n -- 数 | number
FROM raw.number AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
WHERE d.week_id IN (SELECT week_id FROM run.week)"""


class TakingEngine(SparkEngine):
    """Keeps which tables it was given, with their types and the files."""

    def __init__(self) -> None:
        self.taken: dict[str, tuple[dict[str, str], str]] = {}

    def take_parquet(self, name: str, columns: Mapping[str, str], location: str) -> None:
        self.taken[name] = (dict(columns), location)


def graph() -> ModelGraph:
    return graph_of({"core.number": model_of("core.number", READER, Path("sql/core/number.sql"))})


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute(
            "CREATE SCHEMA raw; CREATE SCHEMA ledger;"
            "CREATE TABLE raw.number (delivery_id VARCHAR, n DECIMAL(18, 2), as_written MAP(VARCHAR, VARCHAR));"
            "CREATE TABLE raw.other (a VARCHAR);"
            "CREATE VIEW ledger.current_delivery AS SELECT 'd' AS delivery_id, '2023-01' AS week_id;"
            "INSERT INTO raw.number VALUES ('d', 1.5, MAP {'n': '1.50'})"
        )
        yield made


def test_tables_that_models_read_are_written_and_named_with_their_types(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    engine = TakingEngine()
    assert give_sources(con, engine, graph(), tmp_path) == ["ledger.current_delivery", "raw.number"]
    types, location = engine.taken["raw.number"]
    assert types == {"delivery_id": "VARCHAR", "n": "DECIMAL(18,2)"}
    assert location == (tmp_path / "raw.number").as_uri()
    rows = con.execute(f"SELECT * FROM read_parquet('{tmp_path}/raw.number/*.parquet')").fetchall()
    assert [(delivery, str(number)) for delivery, number in rows] == [("d", "1.50")]


def test_rows_with_corrections_laid_over_go_too(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("CREATE SCHEMA corrected; CREATE VIEW corrected.number AS SELECT * FROM raw.number")
    assert "corrected.number" in give_sources(con, TakingEngine(), graph(), tmp_path)


def test_a_type_that_parquet_would_change_is_refused_before_anything_is_written(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    con.execute("ALTER TABLE raw.number ADD COLUMN wide HUGEINT")
    with pytest.raises(EngineError, match=r"raw\.number 的列 wide 的类型 HUGEINT"):
        give_sources(con, TakingEngine(), graph(), tmp_path)
    assert not (tmp_path / "raw.number").exists()
