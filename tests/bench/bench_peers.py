"""The weekly figures by dlt with dbt or SQLMesh from the same exports, against `zhoubao run`.

Fifteen weeks: fourteen at once, one more, and a run with nothing new. Whole commands, cold, as they are typed: theirs
load, compute and test; ours also releases, publishes, draws the site and writes the weekly. The figures must be the
same, row by row. `make bench-peers` makes the peers' environments; `BENCH_PEERS_SCALE` is the size of the sample (1 is
2.3 million cases). What the peers are made of is in `peers/`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.common.quoting import identifier, quoted
from tests.bench.peers import project_for_dbt, project_for_sqlmesh
from tests.bench.peers.project import write_home
from tests.bench.whole_commands import ROOT, Cost, cost_and_output, cost_of

SCALE = os.environ.get("BENCH_PEERS_SCALE", "0.02")
COMMAND = ROOT / "tests" / "bench" / "peers" / "weekly.py"
PYTHONS = {
    "dbt": ROOT / ".venv-peers" / "bin" / "python",
    "sqlmesh": ROOT / ".venv-sqlmesh" / "bin" / "python",
}
INSTALLED = [tool for tool, python in PYTHONS.items() if python.exists()]
LAST = "2023-15"
BEFORE = "2023-14"
# The Monday on which the exports of a week are there.
DAYS = {BEFORE: "2023-04-17", LAST: "2023-04-24"}
COMPARED = ("charts.window_weekly", "charts.item_ytd", "marts.weekly_metric")
GOAL = 0.5


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


def write_peer(home: Path, tool: str) -> None:
    """Writes a home of one of the peers with its project."""
    project = write_home(home)
    if tool == "dbt":
        project_for_dbt.write_project(home / "project", project)
    else:
        project_for_sqlmesh.write_project(home / "project", project, home / "warehouse.duckdb")


def cost_of_peer(home: Path, tool: str, week: str) -> Cost:
    """Runs a peer's weekly command and prints its steps."""
    cost, output = cost_and_output([str(PYTHONS[tool]), str(COMMAND), str(home), tool, DAYS[week]], {})
    steps = [line for line in output.splitlines() if line.startswith((tool, "dlt"))]
    print(f"\ndlt and {tool}: {cost}", *steps, sep="\n  ")
    return cost


def differences(ours: Path, peers: Path, table: str) -> list[tuple[object, ...]]:
    """Returns the rows of a table that one warehouse has and the other has not; both must have rows.

    The peers' file is opened under its own name, for SQLMesh writes that into its views.
    """
    schema, _, name = table.partition(".")
    theirs = f"{identifier(schema)}.{identifier(name)}"
    with duckdb.connect(str(peers), read_only=True) as con:
        con.execute(f"ATTACH {quoted(str(ours))} AS of_ours (READ_ONLY)")
        for stored in (theirs, f"of_ours.{theirs}"):
            assert con.execute(f"SELECT 1 FROM {stored} LIMIT 1").fetchone(), f"{stored} has no row"
        columns = [row[0] for row in con.execute(f"DESCRIBE of_ours.{theirs}").fetchall()]
        chosen = ", ".join(map(identifier, columns))
        rows_of_ours, rows_of_peers = f"SELECT {chosen} FROM of_ours.{theirs}", f"SELECT {chosen} FROM {theirs}"
        return con.execute(
            f"(SELECT 'ours' AS whose, * FROM ({rows_of_ours} EXCEPT ALL {rows_of_peers})) UNION ALL "
            f"(SELECT 'peers', * FROM ({rows_of_peers} EXCEPT ALL {rows_of_ours}))"
        ).fetchall()


def assert_same_figures(ours: Path, peers: Path) -> None:
    for table in COMPARED:
        different = differences(ours / "warehouse.duckdb", peers / "warehouse.duckdb", table)
        assert not different, (peers.name, table, len(different), different[:5])


@pytest.mark.skipif(not INSTALLED, reason="neither dbt nor SQLMesh is installed: make bench-peers does it")
def test_dlt_with_dbt_or_sqlmesh_comes_to_the_same_figures_at_another_cost(exports: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    peers = {tool: tmp_path / tool for tool in INSTALLED}
    for tool, home in peers.items():
        write_peer(home, tool)
    homes = [ours, *peers.values()]
    costs: dict[str, dict[str, Cost]] = {}

    def measure(phase: str, week: str) -> None:
        costs[phase] = {"ours": cost_of(ours, "run", "--week", week)}
        for tool, home in peers.items():
            costs[phase][tool] = cost_of_peer(home, tool, week)
            assert_same_figures(ours, home)

    deliver(exports, homes, is_last=False)
    measure("fourteen weeks", BEFORE)
    deliver(exports, homes, is_last=True)
    measure("one more week", LAST)
    measure("nothing new", LAST)
    print(f"\nours against its peers at scale {SCALE} (goal for one more week: {GOAL} x); figures equal")
    for phase, by_tool in costs.items():
        of_ours = by_tool.pop("ours")
        print(f"  {phase}: {of_ours}")
        for tool, cost in by_tool.items():
            wall, cpu = of_ours.wall / cost.wall, of_ours.cpu / cost.cpu
            print(f"    dlt and {tool}: {cost}; ours is {wall:.2f} x in wall, {cpu:.2f} x in CPU")


def test_a_figure_that_differs_is_told(tmp_path: Path) -> None:
    for whose, value in (("ours", 3), ("peers", 4)):
        with duckdb.connect(str(tmp_path / whose)) as con:
            con.execute("CREATE SCHEMA charts")
            con.execute(f"CREATE TABLE charts.t AS SELECT unnest(['a', 'b', 'b']) AS k, unnest([1, 2, {value}]) AS v")
    different = differences(tmp_path / "ours", tmp_path / "peers", "charts.t")
    assert different == [("ours", "b", 3), ("peers", "b", 4)]
