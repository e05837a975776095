"""Law 5: a later week changes nothing of what is out; what appears later begins when it appears."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.sample import copy_own_exports
from pipeline.settings import PROJECT_ROOT
from tests.hall import WEEKS, Hall

SHILISHI = PROJECT_ROOT / "halls" / "shilishi"
SHILISHI_WEEKS = ("2024-01", "2024-02", "2024-03", "2024-04")


def sample(home: Path, exports: Path) -> Hall:
    hall = Hall(home)
    hall.write_sample(scale=0.004, defects=False)
    hall.settings.inbox.rename(exports)
    return hall


def shilishi(home: Path, exports: Path) -> Hall:
    exports.mkdir()
    copy_own_exports(SHILISHI / "sample", exports)
    return Hall(home, SHILISHI)


def rows_by_week(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[str]]:
    """(table, week) → the rows of every table that is released, as texts."""
    tables = con.execute(
        "SELECT table_schema || '.' || table_name FROM information_schema.columns "
        "WHERE column_name = 'week_id' AND table_schema IN ('marts', 'charts') ORDER BY 1"
    ).fetchall()
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (table,) in tables:
        for week_id, row in con.execute(
            f"SELECT week_id, CAST(t AS VARCHAR) FROM {table} AS t ORDER BY ALL"
        ).fetchall():
            rows[table, week_id].append(row)
    return rows


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "weeks"), [(sample, WEEKS[:4]), (shilishi, SHILISHI_WEEKS)], ids=["sample", "measures"]
)
def test_the_rows_of_a_week_stay_as_they_are_when_the_next_one_comes(
    make: Callable[[Path, Path], Hall], weeks: tuple[str, ...], tmp_path: Path
) -> None:
    exports = tmp_path / "exports"
    hall = make(tmp_path / "home", exports)
    hall.settings.inbox.mkdir(parents=True, exist_ok=True)
    before: dict[tuple[str, str], list[str]] = {}
    changed = []
    with hall.open() as con:
        for position, week_id in enumerate(weeks, start=1):
            for path in exports.glob(f"*{week_id}*"):
                shutil.copy(path, hall.settings.inbox)
            hall.load(con)
            hall.build(con, weeks[:position])
            now = rows_by_week(con)
            changed += [(place, week_id) for place, rows in before.items() if now.get(place) != rows]
            before = now
    assert len(before) > 60
    assert changed == []
