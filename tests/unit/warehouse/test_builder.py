"""Building: only what changed, all or nothing, and whole again after a kill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from pipeline.warehouse import (
    BuildResult,
    ModelError,
    build_model,
    build_models,
    drop_removed_models,
    load_models,
    preview,
)
from pipeline.warehouse.engines import DuckDBEngine
from pipeline.warehouse.models import Model

STAGING = """-- 明细
-- Records
-- grain: week_id, n
-- materialized: view
SELECT
    d.week_id, -- 期 | week
    r.n -- 数 | number
FROM raw.source AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
"""
FACT = """-- 事实
-- Facts
-- grain: week_id, n
-- materialized: incremental
SELECT
    s.week_id, -- 期 | week
    s.n -- 数 | it's a number
FROM staging.source AS s
WHERE s.week_id IN (SELECT week_id FROM run.week)
"""
RUNNING = """-- 累计
-- Running total
-- grain: week_id
-- materialized: incremental
-- lookback: true
SELECT
    w.week_id, -- 期 | week
    CAST(sum(f.n) AS BIGINT) AS total -- 累计 | total
FROM run.week AS w
INNER JOIN core.fact AS f ON f.week_id <= w.week_id
GROUP BY ALL
"""
TOTAL = """-- 合计
-- Total
-- grain: total
-- materialized: table
SELECT
    CAST(sum(f.n) AS BIGINT) AS total -- 合计 | total
FROM core.fact AS f
"""


class Bench:
    """A source with one file a week and four models over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.con = duckdb.connect()
        for schema in ("ledger", "raw", "staging", "core", "marts"):
            self.con.execute(f"CREATE SCHEMA {schema}")
        self.con.execute(
            "CREATE TABLE raw.source (delivery_id VARCHAR, row_no BIGINT, n BIGINT);"
            "CREATE TABLE ledger.delivery (delivery_id VARCHAR, source VARCHAR, week_id VARCHAR, as_of TIMESTAMP, "
            "status VARCHAR, contract_fingerprint VARCHAR);"
            "CREATE VIEW ledger.current_delivery AS SELECT * FROM ledger.delivery WHERE status = 'current'"
        )
        self.write("staging.source", STAGING)
        self.write("core.fact", FACT)
        self.write("core.running", RUNNING)
        self.write("marts.total", TOTAL)

    def write(self, name: str, sql: str) -> None:
        path = self.folder / f"{name.replace('.', '/')}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(sql, encoding="utf-8")

    def deliver(self, week: str, *numbers: int, source: str = "source") -> None:
        self.con.execute(
            "UPDATE ledger.delivery SET status = 'superseded' WHERE week_id = ? AND source = ?", [week, source]
        )
        delivery = f"{week}{numbers}"
        self.con.execute(
            "INSERT INTO ledger.delivery VALUES (?, ?, ?, TIMESTAMP '2023-01-01', 'current', 'c')",
            [delivery, source, week],
        )
        for number in numbers:
            self.con.execute("INSERT INTO raw.source VALUES (?, 1, ?)", [delivery, number])

    def build(self, *names: str) -> dict[str, BuildResult]:
        return build_models(self.con, load_models(self.folder), (), names or None)

    def running(self) -> list[tuple[str, int]]:
        return self.con.execute("SELECT week_id, total FROM core.running ORDER BY 1").fetchall()

    def total(self) -> int | None:
        row = self.con.execute("SELECT total FROM marts.total").fetchone()
        assert row is not None
        return row[0]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.con.close()


def test_a_second_build_does_nothing(bench: Bench) -> None:
    bench.deliver("2023-01", 1, 2)
    first = bench.build()
    assert not any(result.is_skipped for result in first.values())
    assert first["core.fact"].rows_written == 2
    second = bench.build()
    assert all(result.is_skipped and not result.weeks_built for result in second.values())
    assert second["core.fact"].rows_total == 2


def test_a_new_week_is_built_alone(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.build()
    bench.deliver("2023-02", 2)
    result = bench.build()["core.fact"]
    assert (result.weeks_built, result.rows_written, result.rows_total) == (("2023-02",), 1, 2)
    assert bench.running() == [("2023-01", 1), ("2023-02", 3)]


def test_a_changed_week_rebuilds_what_looks_back_on_it(bench: Bench) -> None:
    for number in (1, 2, 3):
        bench.deliver(f"2023-0{number}", number)
    bench.build()
    bench.deliver("2023-02", 20)
    built = bench.build()
    assert built["core.fact"].weeks_built == ("2023-02",)
    assert built["core.running"].weeks_built == ("2023-02", "2023-03")
    assert bench.running() == [("2023-01", 1), ("2023-02", 21), ("2023-03", 24)]
    assert bench.total() == 24


def test_another_sources_delivery_rebuilds_nothing(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.build()
    bench.deliver("2023-01", source="other")
    assert all(result.is_skipped for result in bench.build().values())


def test_changed_sql_rebuilds_every_week_and_what_reads_it(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.deliver("2023-02", 2)
    bench.build()
    bench.write("core.fact", FACT.replace("s.n --", "s.n * 10 AS n --"))
    built = bench.build()
    assert built["core.fact"].weeks_built == ("2023-01", "2023-02")
    assert built["staging.source"].is_skipped
    assert bench.total() == 30


def test_a_changed_column_list_recreates_the_table(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.build()
    bench.write("core.fact", FACT.replace("-- 数 | it's a number", ", -- 数 | number\n    'x' AS word -- 字 | word"))
    bench.build()
    assert preview(bench.con, "core.fact", 5) == [{"week_id": "2023-01", "n": 1, "word": "x"}]


def test_a_view_can_become_a_table_and_back(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    for kind in ("view", "table", "view"):
        bench.write("staging.source", STAGING.replace("view", kind))
        bench.build()
        assert bench.total() == 1


def test_a_week_that_lost_its_delivery_is_emptied(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.deliver("2023-02", 2)
    bench.build()
    bench.con.execute("UPDATE ledger.delivery SET status = 'refused' WHERE week_id = '2023-02'")
    bench.build()
    assert bench.total() == 1


def test_a_failure_leaves_the_table_of_before_and_its_state(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.build()
    bench.write("marts.total", TOTAL.replace("sum(f.n)", "CAST(CAST(sum(f.n) AS VARCHAR) || 'x' AS BIGINT)"))
    with pytest.raises(duckdb.ConversionException):
        bench.build()
    assert bench.total() == 1
    bench.write("marts.total", TOTAL)
    assert bench.build()["marts.total"].is_skipped


def test_a_table_refused_after_it_was_made_is_taken_back(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.build()
    bench.write("marts.total", TOTAL.replace("CAST(sum(f.n) AS BIGINT)", "NULL"))
    with pytest.raises(ModelError):
        bench.build()
    assert bench.total() == 1


def test_a_week_whose_insert_fails_keeps_its_old_rows(bench: Bench) -> None:
    picky = FACT.replace("s.n --", "CAST(CASE WHEN s.n > 5 THEN 'x' ELSE CAST(s.n AS VARCHAR) END AS BIGINT) AS n --")
    bench.write("core.fact", picky)
    bench.deliver("2023-01", 1)
    bench.deliver("2023-02", 2)
    bench.build()
    bench.deliver("2023-02", 9)
    with pytest.raises(duckdb.ConversionException):
        bench.build()
    assert bench.con.execute("SELECT week_id, n FROM core.fact ORDER BY 1").fetchall() == [
        ("2023-01", 1),
        ("2023-02", 2),
    ]


def test_a_run_that_died_between_two_models_is_finished_by_the_next(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.build()
    bench.deliver("2023-02", 2)
    bench.build("staging.source", "core.fact")
    assert bench.total() == 1
    bench.build()
    assert bench.total() == 3
    assert bench.running() == [("2023-01", 1), ("2023-02", 3)]


class DyingEngine(DuckDBEngine):
    """An engine whose tables are no part of the transaction, killed while it replaces weeks."""

    @property
    def keeps_transactions(self) -> bool:
        return False

    def replace_weeks(self, model: Model, weeks: Sequence[str]) -> int:
        raise KeyboardInterrupt


def test_what_an_engine_half_wrote_does_not_pass_for_what_was_built_before(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.deliver("2023-02", 2)
    bench.build()
    bench.deliver("2023-02", 20)
    with pytest.raises(KeyboardInterrupt):
        build_models(bench.con, load_models(bench.folder), (), engine=DyingEngine(bench.con))
    # The file of before counts again: by its fingerprint alone the week would be up to date.
    bench.con.execute("UPDATE ledger.delivery SET status = 'refused' WHERE status = 'current' AND week_id = '2023-02'")
    bench.con.execute("UPDATE ledger.delivery SET status = 'current' WHERE delivery_id = '2023-02(2,)'")
    assert bench.build()["core.fact"].weeks_built == ("2023-02",)
    assert bench.running() == [("2023-01", 1), ("2023-02", 3)]


def test_building_over_a_stale_table_does_not_pass_for_up_to_date(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.build()
    bench.deliver("2023-01", 5)
    bench.build("marts.total")
    bench.build()
    assert bench.total() == 5


def test_a_dropped_table_is_built_again(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.build()
    bench.con.execute("DROP TABLE core.fact")
    bench.build()
    assert bench.total() == 1


def test_a_model_that_is_gone_leaves_no_table(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.build()
    (bench.folder / "marts" / "total.sql").unlink()
    bench.build()
    assert bench.con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'total'").fetchone() == (0,)


def test_dropping_removed_models_names_them_and_leaves_other_tables_alone(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.build()
    bench.con.execute("CREATE TABLE marts.by_hand (a INTEGER)")
    (bench.folder / "marts" / "total.sql").unlink()
    graph = load_models(bench.folder)
    assert drop_removed_models(bench.con, graph) == ("marts.total",)
    assert drop_removed_models(bench.con, graph) == ()
    assert bench.con.execute("SELECT count(*) FROM marts.by_hand").fetchone() == (0,)


def test_a_warehouse_without_deliveries_builds_empty_tables(bench: Bench) -> None:
    bench.build()
    assert bench.total() is None
    bench.deliver("2023-01", 1)
    bench.build()
    assert bench.total() == 1


def test_a_model_before_its_upstream_is_refused_with_a_sentence(bench: Bench) -> None:
    with pytest.raises(ModelError, match=r"core\.fact 还没有建立"):
        build_model(bench.con, load_models(bench.folder), "marts.total", ())


def test_a_column_of_nulls_alone_is_refused(bench: Bench) -> None:
    bench.deliver("2023-01", 1)
    bench.write("marts.total", TOTAL.replace("CAST(sum(f.n) AS BIGINT)", "NULL"))
    with pytest.raises(ModelError, match=r"列 total 没有类型"):
        bench.build()


def test_descriptions_stand_in_the_warehouse(bench: Bench) -> None:
    bench.build()
    comments = bench.con.execute(
        "SELECT column_name, comment FROM duckdb_columns() "
        "WHERE schema_name = 'core' AND table_name = 'fact' ORDER BY 1"
    ).fetchall()
    assert comments == [("n", "数 | it's a number"), ("week_id", "期 | week")]
    assert bench.con.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'fact'").fetchone() == (
        "事实\nFacts",
    )
    assert bench.con.execute("SELECT comment FROM duckdb_views() WHERE view_name = 'source'").fetchone() == (
        "明细\nRecords",
    )
