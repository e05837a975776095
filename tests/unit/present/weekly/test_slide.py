"""The page for meetings: its figures, its own charts, one page, the same bytes each time."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pptx import Presentation

from pipeline.present.shared.summary import week_summary
from pipeline.present.site.published import open_published
from pipeline.present.weekly.content import weekly_content
from pipeline.present.weekly.slide import HEADER, MOST_LINES, SlideContent, fitting_rows, slide, slide_content
from pipeline.present.weekly.write import write_weekly
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS


@pytest.fixture
def content(released: Settings) -> SlideContent:
    with open_published(released) as published:
        fields = weekly_content(published.con, "2023-03", released).fields
        return slide_content(published.con, "2023-03", fields)


def shapes_of(path: Path) -> list[Any]:
    (page,) = Presentation(str(path)).slides
    return list(page.shapes)


def texts_of(path: Path) -> list[str]:
    return [shape.text_frame.text for shape in shapes_of(path) if shape.has_text_frame]


@pytest.fixture
def written(released: Settings, tmp_path: Path) -> Path:
    return write_weekly(released, "2023-03", tmp_path / "out").folder / "weekly.pptx"


def test_the_table_has_every_printed_figure(released: Settings, written: Path):
    (table,) = [shape.table for shape in shapes_of(written) if shape.has_table]
    rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
    with open_published(released) as published:
        printed = week_summary(published.con, "2023-03")
    assert rows[0] == HEADER
    assert rows[1] == ("综窗办件", "咨询", "2,100 人次", "+50.0%", "—", "4,200", "高于常值")
    assert len(rows) == 1 + len(printed) == 17


def test_charts_are_powerpoints_own_and_their_axis_is_never_cut(written: Path):
    charts = [shape.chart for shape in shapes_of(written) if shape.has_chart]
    assert [chart.chart_title.text_frame.text for chart in charts] == [
        "咨询（人次）",
        "受理（件）",
        "颁发（件）",
        "流转（件）",
    ]
    assert list(charts[0].plots[0].categories) == ["1期", "2期", "3期"]
    assert list(charts[0].plots[0].series[0].values) == [700, 1400, 2100]
    assert {chart.value_axis.minimum_scale for chart in charts} == {0}


def test_the_page_says_what_it_is_what_changed_and_that_data_are_made_up(written: Path):
    texts = "\n".join(texts_of(written))
    for words in ("2023 年第 3 期", "1月16日—1月20日", "模拟数据", "变化最大", "需要留意", "<script>alert(1)</script>"):
        assert words in texts


def test_everything_lies_on_the_page(written: Path):
    presentation = Presentation(str(written))
    outside = [
        shape.name
        for shape in presentation.slides[0].shapes
        if shape.left + shape.width > presentation.slide_width or shape.top + shape.height > presentation.slide_height
    ]
    assert outside == []


def test_equal_content_gives_equal_bytes_whenever_it_is_written(content: SlideContent):
    first = slide(content, date(2023, 1, 27))
    # A zip file keeps seconds in pairs, and XlsxWriter writes them out.
    time.sleep(2.1)
    assert slide(content, date(2023, 1, 27)) == first
    assert Presentation(BytesIO(first)).core_properties.created.isoformat()[:10] == "2023-01-27"


def test_a_figure_that_has_not_arrived_is_a_word_and_a_gap(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("UPDATE charts.window_weekly SET value = NULL WHERE week_id = '2023-03' AND measure = 'consulted'")
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)
    with open_published(settings) as published:
        fields = weekly_content(published.con, "2023-03", settings).fields
        found = slide_content(published.con, "2023-03", fields)
    assert found.rows[0][2:4] == ("未报送", "—")
    assert found.counters[0].values == (700, 1400, None)
    (page,) = Presentation(BytesIO(slide(found, date(2023, 1, 27)))).slides
    charts = [shape.chart for shape in page.shapes if shape.has_chart]
    assert list(charts[0].plots[0].series[0].values) == [700, 1400, None]


def test_a_hall_without_an_export_has_no_empty_charts(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute("UPDATE charts.window_weekly SET value = NULL WHERE measure <> 'issued'")
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)
    with open_published(settings) as published:
        fields = weekly_content(published.con, "2023-03", settings).fields
        found = slide_content(published.con, "2023-03", fields)
    assert [counter.name for counter in found.counters] == ["颁发（件）"]


def test_long_names_and_changes_of_rates_take_one_line():
    of_measure = ("12345热线办理周报", "等候超30分钟人次", "12,345 人次")
    row = (*of_measure, "+12.36 个百分点", "-12.36 个百分点", "1,234,567", "办结超出受理")
    assert fitting_rows((row,) * 40) == (row,) * MOST_LINES


@pytest.mark.parametrize(
    ("label", "fitting"),
    [("满意率", MOST_LINES), ("群众对政务服务大厅各窗口的满意率", MOST_LINES // 2)],
    ids=["one line a row", "two lines a row"],
)
def test_more_figures_than_fit_are_counted_and_not_drawn_off_the_page(content: SlideContent, label: str, fitting: int):
    rows = tuple(("好差评", label, f"{number} %", "+1.36 个百分点", "—", "—", "") for number in range(40))
    fits = fitting_rows(rows)
    assert fits == rows[:fitting]
    body = slide(replace(content, rows=fits, left_out=40 - len(fits)), date(2023, 1, 27))
    presentation = Presentation(BytesIO(body))
    shapes = list(presentation.slides[0].shapes)
    texts = [shape.text_frame.text for shape in shapes if shape.has_text_frame]
    assert f"另有 {40 - fitting} 项列不下，见本期周报。" in texts
    assert all(shape.top + shape.height <= presentation.slide_height for shape in shapes)
    (table,) = [shape.table for shape in shapes if shape.has_table]
    # A line of 11 points with a point above and below.
    assert min(row.height.pt for row in table.rows) >= 11 * 1.2 + 2
