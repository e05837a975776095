"""Builds models on Spark, in a process of its own that has pyspark: `python -m tests.engines.on_spark`.

In: a JSON with what to do and where Spark is, on standard input. Out: a JSON of what came of it on standard output, and
tables as Parquet. pyspark brings pyarrow, with which pandas is another one: no test may share its process.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from pipeline.contracts import load_contracts
from pipeline.province.check import Province, check_province
from pipeline.province.engine import SparkOfProvince
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import PROJECT_ROOT, Settings
from pipeline.warehouse import ModelError, build_models
from pipeline.warehouse.engines.on_spark import SparkEngine
from pipeline.warehouse.engines.sources import give_sources
from pipeline.warehouse.engines.spark_session import Session, connect
from pipeline.warehouse.measures import hall_models
from tests.engines.cluster import PACKAGES, Cluster
from tests.engines.small_source import SmallSource

Answer = dict[str, Any]


def ask(cluster: Cluster, work: str, **arguments: str) -> tuple[Answer, str]:
    """Has one of WORK done in a process with pyspark; returns what it answers, and all that it wrote to its log."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.engines.on_spark"],
        input=json.dumps({"work": work, "remote": cluster.remote, "arguments": arguments}),
        env=os.environ | {"PYTHONPATH": str(PACKAGES), "SPARK_CONNECT_AUTHENTICATE_TOKEN": cluster.token},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    answer: Answer = json.loads(done.stdout)
    return answer, done.stderr


def build_home(session: Session, home: str, hall: str, models: str, folder: str) -> Answer:
    """Builds `models` of a home and all that they read, or all, from its rows alone.

    `folder` gets `tables/<model>/*.parquet`. Answers the types by model.
    """
    settings = Settings(home=Path(home), hall=Path(hall))
    graph = hall_models(settings)
    names = graph.with_upstream(models.split()) if models else list(graph.order)
    engine = SparkEngine(session, (Path(folder) / "storage").as_uri())
    state = Path(folder) / "state.duckdb"
    shutil.copy(settings.warehouse_path, state)
    with duckdb.connect(state) as con:
        con.execute("DELETE FROM ledger.model_build")
        give_sources(con, engine, graph, Path(folder) / "sources")
        build_models(con, graph, (), names, engine)
    for name in names:
        engine.write_parquet(name, (Path(folder) / "tables" / name).as_uri())
    return {"types": {name: engine.types(name) for name in names}}


def build_province(session: Session, packages: str, folder: str) -> Answer:
    """Does what `zhoubao province --engine spark` does with the packages of several halls.

    `folder` gets `tables/<model>/*.parquet` of all tables, and `province.duckdb`. Answers the types by model, and what
    differs from what the halls released.
    """
    settings = Settings()
    contracts = load_contracts(settings.contracts).values()
    province = Province(settings, load_calendar(), contracts, hall_models(settings))
    spark = SparkOfProvince(session, Path(folder) / "storage")
    with duckdb.connect(Path(folder) / "province.duckdb") as con:
        report = check_province(con, province, Path(packages), spark)
    engine = SparkEngine(session, (Path(folder) / "storage" / "tables").as_uri())
    # Views are over rows that went with the run; what they gave is in the tables above them.
    names = [model.name for model in province.graph if model.materialized != "view"]
    for name in names:
        engine.write_parquet(name, (Path(folder) / "tables" / name).as_uri())
    differing = [found.message for found in report.mismatches]
    return {"types": {name: engine.types(name) for name in names}, "differing": differing, "left": _left(spark.storage)}


def _left(storage: Path) -> list[str]:
    """What a province leaves of the rows and tables that went to and fro."""
    return sorted(path.name for path in storage.glob("exchange*"))


def replace_weeks(session: Session, folder: str) -> Answer:
    """Three weeks; then the second loses its file, gets another one, and a build dies between two weeks."""
    source = SmallSource(Path(folder))
    engine = SparkEngine(session, (Path(folder) / "storage").as_uri())
    for week, number in (("2023-01", 1), ("2023-02", 2), ("2023-03", 3)):
        source.deliver(week, number)
    answer: Answer = {"three weeks": source.build(engine)}
    source.refuse("2023-02")
    answer["the second is gone"] = source.build(engine)
    source.deliver("2023-02", 20)
    source.deliver("2023-01", 10)
    dying = SparkEngine(_DyingSession(session), (Path(folder) / "storage").as_uri())
    try:
        source.build(dying)
    except KeyboardInterrupt:
        answer["half written"] = dict(engine.rows("SELECT week_id, n FROM core.fact"))
    answer["the next build"] = source.build(engine)
    answer["another session"] = source.build(SparkEngine(session, (Path(folder) / "storage").as_uri()))
    return answer


class _DyingSession(Session):
    """Is interrupted before it overwrites a second week."""

    def __init__(self, session: Session) -> None:
        self._spark = session._spark
        self._overwritten = 0

    def run(self, statement: str, about: str) -> None:
        if statement.startswith("INSERT OVERWRITE"):
            self._overwritten += 1
            if self._overwritten > 1:
                raise KeyboardInterrupt
        super().run(statement, about)


def overwrite_otherwise(session: Session, folder: str) -> Answer:
    """What the other ways of overwriting one of two weeks leave: mode → week → rows."""
    left = {}
    session.run("CREATE DATABASE IF NOT EXISTS tried", "tried")
    for mode in ("static", "dynamic"):
        session.run(f"SET spark.sql.sources.partitionOverwriteMode = {mode}", "tried")
        table = f"tried.{mode}"
        session.run(
            f"CREATE TABLE {table} USING parquet PARTITIONED BY (week_id) AS SELECT * FROM VALUES"
            " (1, '2023-01'), (2, '2023-02') AS v (n, week_id)",
            table,
        )
        # The second week anew; for the dynamic mode there is nothing of it any more.
        now = "SELECT 2 AS n, '2023-02' AS week_id" + (" WHERE false" if mode == "dynamic" else "")
        session.run(f"INSERT OVERWRITE TABLE {table} {now}", table)
        left[mode] = dict(session.rows(f"SELECT week_id, count(*) FROM {table} GROUP BY week_id", table))
    return left


def refuse(session: Session, folder: str) -> Answer:
    """What is refused, and in which words; `geheim` stands for a value that no log may hold."""
    source = SmallSource(Path(folder))
    source.deliver("2023-01", 1)
    tried = {
        "a value that is no number": "CAST('geheim' || CAST(s.n AS VARCHAR) AS BIGINT)",
        "a sum past its range": "CAST(s.n + 9223372036854775807 AS BIGINT)",
        "a division by nothing": "CAST(s.n // (s.n - s.n) AS BIGINT)",
        "a time with a zone": "CAST(CAST('2023-01-01' AS DATE) AS TIMESTAMPTZ)",
        "a column of nulls alone": "NULL",
    }
    answer = {}
    for words, expression in tried.items():
        source.write_total(expression)
        answer[words] = _refusal(lambda: source.build(SparkEngine(session, (Path(folder) / "storage").as_uri())))
    engine = SparkEngine(session, (Path(folder) / "storage").as_uri())
    files = next((Path(folder) / "sources").rglob("raw.source"))
    answer["other types than declared"] = _refusal(
        lambda: engine.take_parquet(
            "raw.source", {"delivery_id": "VARCHAR", "row_no": "BIGINT", "n": "INTEGER"}, files.as_uri()
        )
    )
    return answer


def _refusal(tried: Callable[[], object]) -> str:
    try:
        tried()
    except ModelError as error:
        return str(error)
    return ""


WORK: dict[str, Callable[..., Answer]] = {
    "build_home": build_home,
    "build_province": build_province,
    "replace_weeks": replace_weeks,
    "overwrite_otherwise": overwrite_otherwise,
    "refuse": refuse,
}


def main() -> None:
    """Does what standard input asks for."""
    job = json.load(sys.stdin)
    session = connect(job["remote"], os.environ["SPARK_CONNECT_AUTHENTICATE_TOKEN"])
    try:
        answer = WORK[job["work"]](session, **job["arguments"])
    finally:
        session.close()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
