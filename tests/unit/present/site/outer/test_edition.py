"""The outer edition of the tiny hall: off unless asked for, without small numbers, and nothing of a withdrawn week."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.present.site import build_site
from pipeline.present.site.outer.counts import CountedCell
from pipeline.present.site.outer.edition import (
    FOLDER,
    INDEX,
    cells_left_out,
    remove_outer_edition,
    write_outer_edition,
)
from pipeline.present.site.published import open_published
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import DisclosureSettings, Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS


def written(settings: Settings, threshold: int = 3) -> Path:
    with open_published(settings) as published:
        return write_outer_edition(published, "program", threshold)


def rows_of(folder: Path, chart: str, week_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((folder / f"{chart}.json").read_text("utf-8"))
    return [row for row in rows if row["week_id"] == week_id]


def release(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)


def test_a_small_number_of_persons_is_left_out_and_named(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    con.execute("UPDATE charts.training_weekly SET trainees = 2 WHERE week_id = '2023-02'")
    release(con, settings)
    folder = written(settings)
    (second,) = rows_of(folder, "training_weekly", "2023-02")
    assert (second["trainees"], second["suppressed"]) == (None, "trainees")
    (first,) = rows_of(folder, "training_weekly", "2023-01")
    # A zero says that there was nobody.
    assert (first["trainees"], first["suppressed"]) == (0, None)
    line = next(
        line for line in (folder / "training_weekly.csv").read_text("utf-8-sig").splitlines() if "2023-02" in line
    )
    assert line.startswith("2023-02,trainees,")


def test_a_change_on_the_week_before_goes_with_it(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    con.execute(
        "UPDATE charts.window_weekly SET value = 1, value_ytd = value_ytd - value + 1"
        " WHERE week_id = '2023-02' AND measure = 'issued'"
    )
    release(con, settings)
    folder = written(settings)
    by_measure = {row["measure"]: row for row in rows_of(folder, "window_weekly", "2023-03")}
    # The week after tells 1 as the value before.
    assert by_measure["issued"]["previous_value"] is None
    assert "change_pct" in by_measure["issued"]["suppressed"].split()
    assert by_measure["consulted"]["previous_value"] is not None


def test_where_nothing_is_small_all_is_shown(released: Settings) -> None:
    folder = written(released)
    rows = rows_of(folder, "window_weekly", "2023-03")
    assert rows and all(row["suppressed"] is None and row["value"] is not None for row in rows)


def test_nothing_is_done_where_nothing_was_published_since(released: Settings) -> None:
    folder = written(released)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    written(released)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    written(released, threshold=5)
    assert json.loads((folder / INDEX).read_text("utf-8"))["threshold"] == 5


@pytest.mark.slow
def test_it_is_off_unless_asked_for_and_goes_when_it_is_switched_off(released: Settings) -> None:
    folder = released.published / FOLDER
    build_site(released)
    assert not folder.exists()
    build_site(released.model_copy(update={"disclosure": DisclosureSettings(outer=True)}))
    assert (folder / "window_weekly.csv").is_file()
    build_site(released)
    assert not folder.exists()
    remove_outer_edition(released.published)


def trainees(week_id: str, number: int) -> dict[str, Any]:
    return {"week_id": week_id, "trainees": number}


def test_what_is_small_depends_on_the_threshold() -> None:
    charts = {"training_weekly": [trainees("2023-01", 4), trainees("2023-02", 2), trainees("2023-03", 0)]}
    assert cells_left_out(charts, 3) == {CountedCell("training_weekly", 1, "trainees")}
    assert len(cells_left_out(charts, 5)) == 2
