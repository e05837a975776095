"""The weekly figures by dlt and dbt from the same exports, against `zhoubao run`: fifteen weeks, one more, nothing new.

Whole commands, cold, as they are typed: theirs loads, computes and tests; ours also releases, publishes, draws the site
and writes the weekly. The figures must be the same, row by row. `make bench-peers` makes the peers' environment;
`BENCH_PEERS_SCALE` is the size of the sample (1 is 2.3 million cases). What the peers are made of is in `peers/`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.common.quoting import identifier, quoted
from tests.bench.peers.project import write_home
from tests.bench.whole_commands import ROOT, Cost, cost_and_output, cost_of

SCALE = os.environ.get("BENCH_PEERS_SCALE", "0.02")
PYTHON = ROOT / ".venv-peers" / "bin" / "python"
COMMAND = ROOT / "tests" / "bench" / "peers" / "weekly.py"
LAST = "2023-15"
BEFORE = "2023-14"
COMPARED = ("charts.window_weekly", "charts.item_ytd", "marts.weekly_metric")


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """The exports of fifteen weeks."""
    folder = tmp_path / "exports"
    cost_of(tmp_path, "sample", "--scale", SCALE, "--no-defects", "--out", str(folder))
    return folder


def deliver(exports: Path, homes: list[Path], *, is_last: bool) -> None:
    """Puts the exports of the last week, or of all before it, into the inbox of each home."""
    for home in homes:
        (home / "inbox").mkdir(parents=True, exist_ok=True)
        for path in exports.iterdir():
            if (LAST in path.name) is is_last:
                shutil.copy2(path, home / "inbox")


def cost_of_peers(home: Path) -> Cost:
    """Runs the peers' weekly command and prints its steps."""
    cost, output = cost_and_output([str(PYTHON), str(COMMAND), str(home)], {})
    print(f"\ndlt and dbt: {cost}", *output.splitlines(), sep="\n  ")
    return cost


def differences(ours: Path, peers: Path, table: str) -> list[tuple[object, ...]]:
    """Returns the rows of a table that one warehouse has and the other has not; both must have rows."""
    schema, _, name = table.partition(".")
    table = f"{identifier(schema)}.{identifier(name)}"
    with duckdb.connect() as con:
        for alias, warehouse in (("ours", ours), ("peers", peers)):
            con.execute(f"ATTACH {quoted(str(warehouse))} AS {alias} (READ_ONLY)")
            assert con.execute(f"SELECT 1 FROM {alias}.{table} LIMIT 1").fetchone(), f"{alias}: {table} has no row"
        columns = [row[0] for row in con.execute(f"DESCRIBE ours.{table}").fetchall()]
        chosen = ", ".join(map(identifier, columns))
        of_ours, of_peers = (f"SELECT {chosen} FROM {alias}.{table}" for alias in ("ours", "peers"))
        return con.execute(
            f"(SELECT 'ours' AS whose, * FROM ({of_ours} EXCEPT ALL {of_peers})) UNION ALL "
            f"(SELECT 'peers', * FROM ({of_peers} EXCEPT ALL {of_ours}))"
        ).fetchall()


def assert_same_figures(ours: Path, peers: Path) -> None:
    for table in COMPARED:
        different = differences(ours / "warehouse.duckdb", peers / "warehouse.duckdb", table)
        assert not different, (table, len(different), different[:5])


@pytest.mark.skipif(not PYTHON.exists(), reason="dlt and dbt are not installed: make bench-peers does it")
def test_one_more_week_costs_less_than_by_dlt_and_dbt(exports: Path, tmp_path: Path) -> None:
    ours, peers = tmp_path / "ours", tmp_path / "peers"
    peers.mkdir()
    tests = write_home(peers)
    costs = {}
    deliver(exports, [ours, peers], is_last=False)
    costs["fourteen weeks"] = cost_of(ours, "run", "--week", BEFORE), cost_of_peers(peers)
    assert_same_figures(ours, peers)
    deliver(exports, [ours, peers], is_last=True)
    costs["one more week"] = cost_of(ours, "run", "--week", LAST), cost_of_peers(peers)
    assert_same_figures(ours, peers)
    costs["nothing new"] = cost_of(ours, "run", "--week", LAST), cost_of_peers(peers)

    print(f"\nours against dlt and dbt ({tests} tests) at scale {SCALE}; figures equal in {', '.join(COMPARED)}")
    for phase, (our_cost, their_cost) in costs.items():
        wall, cpu = our_cost.wall / their_cost.wall, our_cost.cpu / their_cost.cpu
        print(f"  {phase}: wall {wall:.2f} x, CPU {cpu:.2f} x ({our_cost} against {their_cost})")


def test_a_figure_that_differs_is_told(tmp_path: Path) -> None:
    for whose, value in (("ours", 3), ("peers", 4)):
        with duckdb.connect(str(tmp_path / whose)) as con:
            con.execute("CREATE SCHEMA charts")
            con.execute(f"CREATE TABLE charts.t AS SELECT unnest(['a', 'b', 'b']) AS k, unnest([1, 2, {value}]) AS v")
    different = differences(tmp_path / "ours", tmp_path / "peers", "charts.t")
    assert different == [("ours", "b", 3), ("peers", "b", 4)]
