"""What is said to Spark, and in which order: a table is shown when it is written, a week is one statement.

That Spark then does as it should is seen with a real one, in tests/integration/test_two_engines.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.warehouse import Model
from pipeline.warehouse.engines import EngineError
from pipeline.warehouse.engines.on_spark import SparkEngine
from pipeline.warehouse.engines.spark_session import Session
from pipeline.warehouse.models import model_of

BY_WEEK = """-- 数
-- Numbers
-- grain: week_id
-- materialized: incremental
SELECT
    r.week_id, -- 期 | week
    CAST(r.n AS BIGINT) AS n -- 数 | number's
FROM raw.number AS r
WHERE r.week_id IN (SELECT week_id FROM run.week)"""
TYPES = {"week_id": "VARCHAR", "n": "BIGINT"}


class ToldSession(Session):
    """Keeps the statements that it is told, and answers from what a test says."""

    def __init__(self, behind: str = "", counts: dict[str, int] | None = None) -> None:
        self.told: list[str] = []
        self.types_now = dict(TYPES)
        self._behind = behind
        self._counts = counts or {}

    @property
    def version(self) -> str:
        return "4.3.0"

    def run(self, statement: str, about: str) -> None:
        self.told.append(statement)

    def rows(self, query: str, about: str) -> list[tuple[Any, ...]]:
        if query.startswith("SHOW TBLPROPERTIES"):
            return [("zhoubao.table", self._behind)]
        if query.startswith("SHOW TABLES IN `core`"):
            return [("core", name, False) for name in ("number", "number__old", "number__kept", "number_of__other")]
        if query.startswith("SHOW VIEWS IN `core`"):
            return [("core", "number", False)]
        return list(self._counts.items()) if "GROUP BY" in query else []

    def types(self, query: str, about: str) -> dict[str, str]:
        return self.types_now

    def types_of_parquet(self, location: str, about: str) -> dict[str, str]:
        return self.types_now


def model(sql: str = BY_WEEK) -> Model:
    return model_of("core.number", sql, Path("sql/core/number.sql"))


def started(session: ToldSession) -> SparkEngine:
    engine = SparkEngine(session, "file:///srv/engine")
    session.told.clear()
    return engine


def test_every_schema_has_its_folder() -> None:
    session = ToldSession()
    SparkEngine(session, "file:///srv/engine")
    assert "CREATE DATABASE IF NOT EXISTS `core` LOCATION 'file:///srv/engine/core'" in session.told


def test_a_table_is_shown_when_it_is_written_and_the_old_one_dropped_then() -> None:
    session = ToldSession()
    started(session).replace_table(model(), None)
    made, shown, *dropped = session.told
    table = made.split()[2]
    assert table.startswith("`core`.`number__")
    assert made == f"CREATE TABLE {table} USING parquet PARTITIONED BY (`week_id`) AS " + made.partition(" AS ")[2]
    assert shown.startswith(
        "CREATE OR REPLACE VIEW `core`.`number` (`week_id` COMMENT '期 | week', `n` COMMENT '数 | n"
    )
    assert shown.endswith(f"AS SELECT `week_id`, `n` FROM {table}")
    assert dropped == ["DROP TABLE IF EXISTS `core`.`number__kept`", "DROP TABLE IF EXISTS `core`.`number__old`"]


def test_each_week_is_one_overwritten_partition_also_one_without_rows() -> None:
    session = ToldSession(behind="core.number__kept", counts={"2023-01": 3})
    assert started(session).replace_weeks(model(), ["2023-01", "2023-02"]) == 3
    overwrites = [statement for statement in session.told if "OVERWRITE" in statement]
    assert [statement.partition(" SELECT ")[0] for statement in overwrites] == [
        "INSERT OVERWRITE TABLE `core`.`number__kept` PARTITION (`week_id` = '2023-01')",
        "INSERT OVERWRITE TABLE `core`.`number__kept` PARTITION (`week_id` = '2023-02')",
    ]
    assert overwrites[1].endswith("WHERE `week_id` = '2023-02'")
    assert session.told[-1] == "DROP TABLE IF EXISTS `core`.`number__old`"


def test_rows_of_a_week_that_is_not_replaced_are_refused_before_any_is() -> None:
    session = ToldSession(behind="core.number__kept", counts={"2023-01": 3, "2023-03": 1})
    with pytest.raises(EngineError, match="2023-03"):
        started(session).replace_weeks(model(), ["2023-01"])
    assert not [statement for statement in session.told if "OVERWRITE" in statement]


def test_a_type_other_than_the_sql_says_is_refused_before_it_is_written() -> None:
    session = ToldSession()
    engine = started(session)
    session.types_now["n"] = "DECIMAL(20,0)"
    with pytest.raises(EngineError, match=r"core\.number 的列 n 应为 BIGINT"):
        engine.replace_table(model(), None)
    assert session.told == []


def test_weeks_are_not_put_into_what_is_no_table() -> None:
    with pytest.raises(EngineError, match="背后没有表"):
        started(ToldSession(behind="")).replace_weeks(model(), ["2023-01"])


def test_the_weeks_of_the_build_are_a_view_of_values() -> None:
    session = ToldSession()
    started(session).set_run_weeks(["2023-01", "2023-02"])
    assert session.told == [
        "CREATE OR REPLACE VIEW `run`.`week` AS SELECT * FROM VALUES ('2023-01'), ('2023-02') AS w (week_id)"
    ]


def test_models_stand_on_spark_and_the_state_in_the_warehouse() -> None:
    engine = started(ToldSession())
    warehouse = {"ledger.model_build": "TABLE", "marts.total": "TABLE", "core.number": "TABLE"}
    assert engine.standing(warehouse) == {"ledger.model_build": "TABLE", "core.number": "VIEW"}
    assert not engine.keeps_transactions
    engine.drop("core.number", "VIEW")
    assert engine.standing(warehouse) == {"ledger.model_build": "TABLE"}


def test_files_become_a_table_whose_types_are_declared() -> None:
    session = ToldSession()
    started(session).take_parquet("raw.number", TYPES, "file:///srv/rows")
    table = session.told[0].split()[2]
    assert session.told == [
        f"CREATE TABLE {table} (`week_id` string, `n` bigint) USING parquet LOCATION 'file:///srv/rows'",
        f"CREATE OR REPLACE VIEW `raw`.`number` TBLPROPERTIES ('zhoubao.table' = '{table.replace('`', '')}')"
        f" AS SELECT * FROM {table}",
    ]


def test_files_of_other_types_are_not_taken() -> None:
    session = ToldSession()
    with pytest.raises(EngineError, match=r"raw\.number 的列 n 应为 INTEGER，Spark 上是 BIGINT"):
        started(session).take_parquet("raw.number", {"week_id": "VARCHAR", "n": "INTEGER"}, "file:///srv/rows")
    assert session.told == []
