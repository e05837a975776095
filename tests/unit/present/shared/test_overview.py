"""The week at a glance: what each figure is compared with, and what moved most."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from pipeline.present.shared.overview import (
    Glance,
    by_section,
    headlines,
    largest_changes,
    week_glance,
    year_before,
)
from pipeline.present.shared.rows import NOT_REPORTED, reported
from pipeline.present.site.published import open_published
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS

LAST_YEAR = """
INSERT INTO core.report_week VALUES
    ('2022-03', 2022, 3, 370, '2022-01-17', '2022-01-21', '2022-01-15', '2022-01-21', 5, 'announced');
INSERT INTO charts.window_weekly BY NAME
SELECT * REPLACE ('2022-03' AS week_id, value // 2 AS value) FROM charts.window_weekly WHERE week_id = '2023-03';
INSERT INTO charts.item_ytd BY NAME
SELECT * REPLACE ('2022-03' AS week_id, value_ytd // 4 AS value_ytd) FROM charts.item_ytd WHERE week_id = '2023-03';
"""


def glance_of(settings: Settings, week_id: str) -> dict[str, Glance]:
    with open_published(settings) as published:
        return {glance.row.anchor: glance for glance in week_glance(published.con, week_id)}


def publish_weeks(con: duckdb.DuckDBPyConnection, settings: Settings, *weeks: str) -> None:
    freeze(con, settings, [*weeks, *WEEKS], grains=GRAINS)
    publish(con, settings)


def test_flows_are_compared_in_percent_and_departments_are_counted(released: Settings):
    glances = glance_of(released, "2023-03")
    assert len(glances) == 16
    assert glances["window-consulted"].change == "+50.0%"
    assert glances["authorization-stationed"].change == "持平"
    assert glances["training-trainees"].change == "+2"


def test_the_headline_is_what_the_weekly_prints(released: Settings):
    glances = glance_of(released, "2023-03")
    assert (glances["window-consulted"].printed, glances["window-consulted"].is_year_to_date) == (2100, False)
    licensing = glances["items-licensing-accepted"]
    assert (licensing.printed, licensing.is_year_to_date) == (15000, True)


def test_the_first_issue_has_nothing_to_be_compared_with(released: Settings):
    glances = glance_of(released, "2023-01").values()
    assert {(glance.change, glance.year_on_year) for glance in glances} == {(None, None)}
    assert largest_changes(list(glances)) == []


def test_without_the_year_before_there_is_no_year_on_year(released: Settings):
    assert {glance.year_on_year for glance in glance_of(released, "2023-03").values()} == {None}


def test_the_same_issue_of_the_year_before_gives_year_on_year(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute(LAST_YEAR)
    publish_weeks(con, settings, "2022-03")
    glances = glance_of(settings, "2023-03")
    assert glances["window-consulted"].year_on_year == "+100.0%"
    assert glances["items-licensing-accepted"].year_on_year == "+300.0%"
    assert glances["training-trainees"].year_on_year is None


def test_a_figure_that_has_not_arrived_is_a_word_and_no_change(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("UPDATE charts.window_weekly SET value = NULL WHERE week_id = '2023-03' AND measure = 'consulted'")
    publish_weeks(con, settings)
    consulted = glance_of(settings, "2023-03")["window-consulted"]
    assert (reported(consulted.printed), consulted.change) == (NOT_REPORTED, None)


def test_what_moved_most_comes_first_and_training_never(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("UPDATE charts.window_weekly SET value = 9000 WHERE week_id = '2023-03' AND measure = 'issued'")
    publish_weeks(con, settings)
    changes = largest_changes(list(glance_of(settings, "2023-03").values()))
    assert changes[0].row.anchor == "window-issued"
    assert len(changes) == 4 and not any(glance.row.anchor.startswith("training") for glance in changes)


def test_a_section_whose_source_is_missing_keeps_its_place(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("DELETE FROM charts.authorization_status WHERE week_id = '2023-03'")
    publish_weeks(con, settings)
    groups = {section.code: figures for section, figures in by_section(glance_of(settings, "2023-03").values())}
    assert list(groups) == ["window", "authorization", "training", "items"]
    assert groups["authorization"] == []


@pytest.mark.parametrize(("week_id", "before"), [("2023-15", "2022-15"), ("2024-01", "2023-01")])
def test_the_year_before_is_the_same_number(week_id: str, before: str):
    assert year_before(week_id) == before


def test_what_is_no_headline_stands_on_no_first_screen(released: Settings):
    glances = glance_of(released, "2023-03")
    consulted = glances.pop("window-consulted")
    part = replace(consulted.row, figure=replace(consulted.row.figure, is_headline=False))
    all_of_them = [replace(consulted, row=part), *glances.values()]
    assert "window-consulted" in {glance.row.anchor for glance in all_of_them}
    for shown in (headlines(all_of_them), largest_changes(all_of_them)):
        assert "window-consulted" not in {glance.row.anchor for glance in shown}
    in_sections = [glance for _, of_section in by_section(all_of_them) for glance in of_section]
    assert len(in_sections) == len(all_of_them) - 1
