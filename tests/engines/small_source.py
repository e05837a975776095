"""A source with a file a week and four models over it: the smallest home that has every kind of table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from pipeline.warehouse import build_models, load_models
from pipeline.warehouse.engines.on_spark import SparkEngine
from pipeline.warehouse.engines.sources import give_sources

MODELS = {
    "staging.source": """-- 明细
-- Records
-- grain: week_id, n
-- materialized: view
SELECT
    d.week_id, -- 期 | week
    r.n -- 数 | number
FROM raw.source AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id""",
    "core.fact": """-- 事实
-- Facts
-- grain: week_id, n
-- materialized: incremental
SELECT
    s.week_id, -- 期 | week
    s.n -- 数 | number
FROM staging.source AS s
WHERE s.week_id IN (SELECT week_id FROM run.week)""",
    "core.running": """-- 累计
-- Running total
-- grain: week_id
-- materialized: incremental
-- lookback: true
SELECT
    w.week_id, -- 期 | week
    CAST(sum(f.n) AS BIGINT) AS total -- 累计 | total
FROM run.week AS w
INNER JOIN core.fact AS f ON f.week_id <= w.week_id
GROUP BY ALL""",
    "marts.total": """-- 合计
-- Total
-- grain: week_id
-- materialized: table
SELECT
    s.week_id, -- 期 | week
    EXPRESSION AS total -- 合计 | total
FROM core.fact AS s""",
}


class SmallSource:
    """Rows and state stand in DuckDB in memory; `folder` takes the SQL, and what is handed over at each build."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._builds = 0
        self.con = duckdb.connect()
        self.con.execute(
            "CREATE SCHEMA ledger; CREATE SCHEMA raw;"
            "CREATE TABLE raw.source (delivery_id VARCHAR, row_no BIGINT, n BIGINT);"
            "CREATE TABLE ledger.delivery (delivery_id VARCHAR, source VARCHAR, week_id VARCHAR, as_of TIMESTAMP,"
            " status VARCHAR, contract_fingerprint VARCHAR);"
            "CREATE VIEW ledger.current_delivery AS SELECT * FROM ledger.delivery WHERE status = 'current'"
        )
        for name, sql in MODELS.items():
            self._write(name, sql.replace("EXPRESSION", "s.n"))

    def write_total(self, expression: str) -> None:
        """Gives `marts.total` another figure."""
        self._write("marts.total", MODELS["marts.total"].replace("EXPRESSION", expression))

    def deliver(self, week: str, number: int) -> None:
        """A new file of a week with one number; the one before counts no more."""
        self.refuse(week)
        delivery = f"{week}/{number}"
        self.con.execute(
            "INSERT INTO ledger.delivery VALUES (?, 'source', ?, TIMESTAMP '2023-01-01', 'current', 'c')",
            [delivery, week],
        )
        self.con.execute("INSERT INTO raw.source VALUES (?, 1, ?)", [delivery, number])

    def refuse(self, week: str) -> None:
        """The file of a week counts no more."""
        self.con.execute("UPDATE ledger.delivery SET status = 'superseded' WHERE week_id = ?", [week])

    def build(self, engine: SparkEngine) -> dict[str, Any]:
        """Hands everything over anew and builds; answers the tables, and which weeks were built of which."""
        self._builds += 1
        graph = load_models(self._folder / "sql")
        give_sources(self.con, engine, graph, self._folder / "sources" / str(self._builds))
        built = build_models(self.con, graph, (), engine=engine)
        return {
            "fact": dict(engine.rows("SELECT week_id, n FROM core.fact")),
            "running": dict(engine.rows("SELECT week_id, total FROM core.running")),
            "total": dict(engine.rows("SELECT week_id, total FROM marts.total")),
            "built": {name: list(result.weeks_built) for name, result in built.items() if not result.is_skipped},
        }

    def _write(self, name: str, sql: str) -> None:
        path = self._folder / "sql" / f"{name.replace('.', '/')}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql, encoding="utf-8")
