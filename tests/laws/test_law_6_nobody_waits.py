"""Law 6: readers never block the writer, nor the writer the readers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from tests.hall import WEEKS, Hall

READER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
print(con.execute("SELECT count(*) FROM charts.window_weekly").fetchone()[0], flush=True)
sys.stdin.readline()
print(con.execute("SELECT count(*) FROM charts.window_weekly").fetchone()[0], flush=True)
"""


def test_a_reader_keeps_its_version_while_the_writer_publishes_another(built_hall: Hall, tmp_path: Path) -> None:
    shutil.copytree(built_hall.settings.home, tmp_path / "home")
    hall = Hall(tmp_path / "home")
    metrics = hall.settings.published / "metrics.duckdb"
    with hall.open() as con:
        freeze(con, hall.settings, WEEKS)
        publish(con, hall.settings)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(metrics)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout is not None
    before = int(reader.stdout.readline())
    with hall.open() as con:
        con.execute("DELETE FROM charts.window_weekly WHERE week_id = '2023-15'")
        freeze(con, hall.settings, ["2023-15"])
        report = publish(con, hall.settings)
        assert report.is_changed
        with duckdb.connect(str(metrics), read_only=True) as new_reader:
            row = new_reader.execute("SELECT count(*) FROM charts.window_weekly").fetchone()
            assert row == (before - 4,)
    output, _ = reader.communicate("\n", timeout=60)
    assert int(output) == before
    assert reader.returncode == 0
