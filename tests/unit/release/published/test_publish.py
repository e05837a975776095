"""The published files: what is in them, when they are written, and that nobody ever sees half of one."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipeline.release.freeze.issues import freeze
from pipeline.release.published.docs.schema import OWN
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.release.tiny_hall import GRAINS, WEEKS, open_hall

PROJECT = Path(__file__).resolve().parents[4]
READER = """
import sys, duckdb
path, times = sys.argv[1], int(sys.argv[2])
seen = set()
for _ in range(times):
    with duckdb.connect(path, read_only=True) as con:
        a = con.execute("SELECT DISTINCT value FROM marts.round").fetchall()
        b = con.execute("SELECT value FROM charts.round").fetchall()
    assert len(a) == 1 and a == b, (a, b)
    seen.add(a[0][0])
print(len(seen))
"""
BROKEN = """
import os, resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.unit.release.tiny_hall import GRAINS, WEEKS, hall_settings, open_hall
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
module = sys.modules["pipeline.release.published.publish"]
settings = hall_settings(Path(sys.argv[2]))
how = sys.argv[3]
real = module._copy_table
def killed(con, table):
    if table.full_name.startswith("release."):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(con, table)
with open_hall(settings) as con:
    con.execute("CREATE TABLE charts.round AS SELECT hash(i) AS value FROM range(300000) t(i)")
    con.execute("CHECKPOINT")
    if how == "kill":
        module._copy_table = killed
    else:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    publish(con, settings)
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def read(path: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as reader:
        return reader.execute(query).fetchall()


def test_the_file_holds_figures_with_their_words_and_no_case(con: duckdb.DuckDBPyConnection, settings: Settings):
    freeze(con, settings, WEEKS, grains=GRAINS)
    report = publish(con, settings)
    assert report.is_changed
    tables = read(report.path, "SELECT schema_name || '.' || table_name FROM duckdb_tables()")
    names = {name for (name,) in tables}
    assert {
        "charts.window_weekly",
        "marts.weekly_metric",
        "quality.finding",
        "release.figure",
        "docs.report_week",
    } <= names
    assert not {name for name in names if str(name).startswith(("core.", "raw.", "staging.", "quarantine."))}
    assert len(names) == report.tables + len(OWN)
    assert read(
        report.path, "SELECT comment FROM duckdb_columns() WHERE table_name = 'window_weekly' AND column_name = 'value'"
    ) == [("本周",)]
    described = read(report.path, "SELECT description, row_count FROM docs.table WHERE table_name = 'window_weekly'")
    assert described == [("综窗四项按周", 12)]
    assert read(
        report.path, "SELECT count(*) FROM docs.column WHERE schema_name = 'docs' AND table_name = 'column'"
    ) == [(9,)]
    assert read(report.path, "SELECT rows_loaded, rows_set_aside FROM docs.delivery WHERE delivery_id = 'd1'") == [
        (6, 2)
    ]
    assert read(report.path, "SELECT value FROM docs.publication WHERE name = 'data_label'") == [("模拟数据",)]


def test_keys_of_single_cases_stay_with_the_steward(con: duckdb.DuckDBPyConnection, settings: Settings):
    report = publish(con, settings)
    results = read(report.path, "SELECT keys, evidence FROM quality.check_result WHERE status = 'failed'")
    assert results == [("[]", "办件 （办件编号略） 办结早于受理")]
    assert read(report.path, "SELECT count(keys) FROM quality.finding") == [(2,)]


def test_a_table_of_cases_is_refused(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("CREATE TABLE marts.late AS SELECT * FROM core.case_version")
    with pytest.raises(ValueError, match=r"marts\.late has case_no"):
        publish(con, settings)
    assert not (settings.published / "metrics.duckdb").exists()


def test_duckdb_1_can_open_the_file(con: duckdb.DuckDBPyConnection, settings: Settings):
    report = publish(con, settings)
    with duckdb.connect(str(report.path), read_only=True) as reader:
        tags = reader.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()
    # The version number of the storage format stands at byte 12 of the header: 64 is what 0.9 to 1.1 read and write.
    with report.path.open("rb") as stream:
        header = stream.read(20)
    assert header[8:12] == b"DUCK", tags
    assert int.from_bytes(header[12:20], "little") == 64


def test_nothing_is_written_when_nothing_changed(con: duckdb.DuckDBPyConnection, settings: Settings):
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in settings.published.rglob("*") if path.is_file()}
    con.execute("UPDATE quality.check_result SET checked_at = now()::TIMESTAMP")
    con.execute("CREATE OR REPLACE TABLE charts.activity AS SELECT * FROM charts.activity ORDER BY seq DESC")
    freeze(con, settings, WEEKS, grains=GRAINS)
    report = publish(con, settings)
    assert not report.is_changed and report.new_releases == () and "未重新发布" in report.message
    after = {path: (path.stat().st_ino, path.read_bytes()) for path in settings.published.rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize("name", ["metrics.duckdb", "parquet/charts.window_weekly.parquet"])
def test_a_published_file_that_was_damaged_is_made_again(con: duckdb.DuckDBPyConnection, settings: Settings, name: str):
    publish(con, settings)
    (settings.published / name).write_bytes(b"half")
    assert publish(con, settings).is_changed
    assert not publish(con, settings).is_changed


def test_parquet_mirrors_the_file_and_stale_ones_go(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("CREATE TABLE charts.gone AS SELECT '2023-03' AS week_id")
    publish(con, settings)
    con.execute("DROP TABLE charts.gone")
    report = publish(con, settings)
    files = {path.name for path in (settings.published / "parquet").iterdir()}
    tables = read(report.path, "SELECT schema_name || '.' || table_name || '.parquet' FROM duckdb_tables()")
    assert files == {name for (name,) in tables}
    parquet = settings.published / "parquet" / "charts.item_ytd.parquet"
    assert (
        con.execute(f"SELECT count(*) FROM '{parquet}'").fetchall()
        == con.execute("SELECT count(*) FROM charts.item_ytd").fetchall()
    )


def test_each_revision_has_a_folder_that_is_never_written_again(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("UPDATE charts.activity SET content = '=1+1' WHERE seq = 1")
    freeze(con, settings, ["2023-03"], grains=GRAINS)
    publish(con, settings)
    first = settings.published / "releases" / "2023-03" / "r1"
    before = contents(first)
    rows = list(csv.DictReader((first / "figures.csv").open(encoding="utf-8-sig")))
    assert {row["text_value"] for row in rows if row["metric"] == "activity.content"} == {
        "'=1+1",
        "1 月 17 日，成都海关窗口开展上门服务。",
    }
    con.execute("UPDATE charts.training_weekly SET sessions = 5 WHERE week_id = '2023-03'")
    freeze(con, settings, ["2023-03"], grains=GRAINS)
    report = publish(con, settings)
    assert [path.name for path in report.new_releases] == ["r2"]
    assert contents(first) == before
    record = json.loads((first.parent / "r2" / "issue.json").read_text(encoding="utf-8"))
    assert [row[:3] for row in record["differences"]] == [["training_weekly.sessions", "{}", "changed"]]


@pytest.mark.parametrize("how", ["kill", "full disk"])
def test_a_publish_that_breaks_leaves_the_old_release_and_the_next_one_cleans_up(settings: Settings, how: str):
    with open_hall(settings) as con:
        freeze(con, settings, WEEKS, grains=GRAINS)
        publish(con, settings)
    before = {path: path.read_bytes() for path in settings.published.rglob("*") if path.is_file()}
    command = [sys.executable, "-c", BROKEN, str(PROJECT), str(settings.home), how]
    broken = subprocess.run(command, capture_output=True, text=True, check=False)
    assert broken.returncode != 0
    left = {path: path.read_bytes() for path in settings.published.rglob("*") if path.is_file()}
    assert {path: left.get(path) for path in before} == before
    if how == "kill":
        assert set(left) - set(before)
    else:
        assert set(left) == set(before), broken.stderr
    with open_hall(settings) as con:
        assert publish(con, settings).is_changed
    assert not [path for path in settings.published.rglob(".*")]


@pytest.mark.slow
def test_a_thousand_readers_see_one_whole_release_each_while_others_are_published(settings: Settings):
    with open_hall(settings) as con:
        _publish_round(con, settings, 0)
        path = str(settings.published / "metrics.duckdb")
        readers = [
            subprocess.Popen(
                [sys.executable, "-c", READER, path, "340"],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=os.environ,
                text=True,
            )
            for _ in range(3)
        ]
        number = 0
        while any(reader.poll() is None for reader in readers):
            number += 1
            _publish_round(con, settings, number)
    results = [reader.communicate(timeout=60) for reader in readers]
    assert [error for _, error in results] == ["", "", ""]
    assert max(int(output) for output, _ in results) > 3


def _publish_round(con: duckdb.DuckDBPyConnection, settings: Settings, number: int) -> None:
    con.execute(f"CREATE OR REPLACE TABLE marts.round AS SELECT {number} AS value FROM range(20000)")
    con.execute(f"CREATE OR REPLACE TABLE charts.round AS SELECT {number} AS value")
    assert publish(con, settings).is_changed
