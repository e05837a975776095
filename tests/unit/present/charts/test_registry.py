"""A chart is registered once, and everything that lists charts follows."""

from __future__ import annotations

import re

import duckdb
import pytest

from pipeline.present.charts import registry
from pipeline.present.charts.panel import Panel, column, table_of, ticks, year_rows
from pipeline.present.charts.registry import CHARTS, Chart, Section, drawings_by_table, placed_panels
from pipeline.present.charts.shapes import BLUE, Series, bars
from pipeline.present.site import build_site
from pipeline.present.site.files import TEMPLATES
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import PROJECT_ROOT, Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS


def toy_panels(con: duckdb.DuckDBPyConnection, week_id: str) -> list[Panel]:
    rows = year_rows(con, "toy_weekly", week_id)
    figure = bars([Series("玩具", column(rows, "toys"), BLUE)], ticks(rows), "个")
    return [Panel("toys", "玩具逐周", "本期玩具 3 个。", ("期", "玩具"), table_of(rows, ("week_id", "toys")), figure)]


TOY = Chart("toy_weekly", toy_panels, Section.CHANNELS, "files")


@pytest.fixture
def with_toy(con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> duckdb.DuckDBPyConnection:
    con.execute("CREATE TABLE charts.toy_weekly AS SELECT week_id, 3 AS toys FROM core.report_week")
    monkeypatch.setattr(registry, "CHARTS", (*CHARTS, TOY))
    return con


def test_an_entry_in_the_registry_places_a_chart(with_toy: duckdb.DuckDBPyConnection):
    (toy,) = [drawn for drawn in placed_panels(with_toy, "2023-03") if drawn.panel.key == "toys"]
    assert (toy.section, toy.origin) == (Section.CHANNELS, "files")
    assert toy.panel.rows == (("2023-01", "3"), ("2023-02", "3"), ("2023-03", "3"))


def test_an_entry_in_the_registry_puts_a_chart_on_the_page_with_a_way_to_its_origin(
    with_toy: duckdb.DuckDBPyConnection, settings: Settings
):
    freeze(with_toy, settings, WEEKS, grains=GRAINS | {"toy_weekly": ("week_id",)})
    publish(with_toy, settings)
    html = build_site(settings).read_text(encoding="utf-8")
    assert 'id="plot-toys"' in html
    assert 'href="provenance/2023-03.html#files" aria-label="玩具逐周的出处"' in html


def test_all_charts_of_a_table_are_drawn_together():
    drawings = drawings_by_table((TOY, Chart("toy_weekly", lambda con, week_id: [], Section.QUALITY)))
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA charts; CREATE TABLE charts.toy_weekly AS SELECT '2023-01' AS week_id, 3 AS toys")
        assert [panel.key for panel in drawings["toy_weekly"](con, "2023-01")] == ["toys"]


def test_every_section_of_the_registry_has_its_place_on_the_page():
    template = (TEMPLATES / "week.html.j2").read_text(encoding="utf-8")
    placed = set(re.findall(r'(?:charts\[|beside\(|every\(|folded\()"(\w+)"', template))
    assert placed == {section.value for section in Section}


def test_the_page_of_an_issue_names_no_panel_and_no_group():
    template = (TEMPLATES / "week.html.j2").read_text(encoding="utf-8")
    assert re.findall(r'drawn\("', template) == []
    assert re.findall("licensing|public_service|other_nine", template) == []


@pytest.mark.parametrize("table", sorted({chart.table for chart in CHARTS}))
def test_every_chart_of_the_registry_has_its_sql(table: str):
    # Those of quality itself are made while publishing.
    paths = [PROJECT_ROOT / "sql" / folder / f"{table}.sql" for folder in ("charts", "published")]
    assert sum(path.is_file() for path in paths) == 1
