"""A reader that opens the published file at any moment of a release has one release, whole.

`REOPENINGS` says how often; `make faults` reopens it 1,000 times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest

from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.warehouse.versions import current_version
from tests.faults.kill_stages import SmallHall
from tests.fixtures.homes.make import HERE, WEEK

REOPENINGS = int(os.environ.get("REOPENINGS", "60"))
LEAST_PUBLICATIONS = 3
LOOKS_A_RELEASE = 5
# Looks at what two tables of one release say of it, reads every table to its end, and looks again.
READER = """
import json, sys, duckdb
LOOK = '''SELECT (SELECT value FROM docs.publication WHERE name = 'content_hash'),
    (SELECT max(revision) FROM release.issue), (SELECT sum(value) FROM charts.window_weekly)'''
for _ in range(int(sys.argv[2])):
    with duckdb.connect(sys.argv[1], read_only=True, config={"threads": 1}) as con:
        first = con.execute(LOOK).fetchone()
        for schema, table in con.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
            con.execute(f'SELECT bit_xor(hash(t)) FROM {schema}."{table}" AS t').fetchall()
        last = con.execute(LOOK).fetchone()
    print(json.dumps([str(first), str(last), first[0], first[1], int(first[2])]), flush=True)
"""


@pytest.mark.slow
def test_every_opening_during_releases_has_one_release_whole(tmp_path: Path) -> None:
    with ZipFile(HERE / f"v{current_version()}.zip") as packed:
        packed.extractall(tmp_path / "home")
    hall = SmallHall(tmp_path / "home")
    metrics = hall.settings.published / "metrics.duckdb"
    sums: dict[int, int] = {}
    with hall.open() as con:
        hall.build(con, [WEEK])
        _release(hall, con, sums)
        looks = tmp_path / "looks.jsonl"
        with looks.open("w") as output:
            reader = subprocess.Popen([sys.executable, "-c", READER, str(metrics), str(REOPENINGS)], stdout=output)
        while reader.poll() is None:
            begun_at = _lines(looks)
            _release(hall, con, sums)
            # Releases of one week pile up, each slower than the one before: no more of them than are looked at.
            while reader.poll() is None and _lines(looks) < begun_at + LOOKS_A_RELEASE:
                time.sleep(0.01)
    seen = [json.loads(line) for line in looks.read_text().splitlines()]
    print(f"{len(seen)} reopenings, {len(sums)} publications, seen: {Counter(look[3] for look in seen)}")
    assert reader.returncode == 0
    assert len(seen) == REOPENINGS
    assert [look for look in seen if look[0] != look[1]] == []
    # The figures belong to the release that the same file names.
    assert [look for look in seen if sums[look[3]] != look[4]] == []
    assert [look[3] for look in seen] == sorted(look[3] for look in seen)
    assert len(sums) >= LEAST_PUBLICATIONS


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def _release(hall: SmallHall, con: duckdb.DuckDBPyConnection, sums: dict[int, int]) -> None:
    """Raises every figure of a chart by one, releases the week again and publishes it."""
    con.execute("UPDATE charts.window_weekly SET value = value + 1")
    (outcome,) = freeze(con, hall.settings, [WEEK])
    ((total,),) = con.execute("SELECT sum(value) FROM charts.window_weekly").fetchall()
    # Noted before it is published, since a reader may be there at once.
    sums[outcome.revision or 0] = int(total)
    assert publish(con, hall.settings).is_changed
