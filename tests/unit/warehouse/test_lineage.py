"""Lineage of columns: through steps, unions and branches, down to the rows of exports."""

from __future__ import annotations

from pathlib import Path

from pipeline.warehouse import column_lineage, lineage_to_sources, load_models
from tests.unit.warehouse.sql_files import write


def test_lineage_goes_through_steps_unions_and_expressions(tmp_path: Path) -> None:
    write(tmp_path, "core.p", "SELECT r.a, -- 甲 | a\n r.n -- 数 | n\nFROM raw.x AS r")
    write(
        tmp_path,
        "marts.q",
        "WITH both_sides AS (SELECT a, n AS v FROM core.p UNION ALL SELECT r.b, r.m FROM raw.y AS r)\n"
        "SELECT s.a, -- 甲 | a\n sum(s.v) AS total, -- 和 | total\n count(*) AS rows_seen, -- 行 | rows\n"
        "'件' AS unit -- 单位 | unit\nFROM both_sides AS s GROUP BY ALL",
    )
    assert column_lineage(load_models(tmp_path), "marts.q") == {
        "a": [("core.p", "a"), ("raw.y", "b")],
        "total": [("core.p", "n"), ("raw.y", "m")],
        "rows_seen": [("core.p", "a"), ("raw.y", "delivery_id"), ("raw.y", "row_no")],
        "unit": [],
    }


MEASURES = (
    "WITH part AS (SELECT 'in' AS measure, r.a, r.n AS v FROM raw.x AS r"
    " UNION ALL SELECT 'out', r.a, r.m FROM core.p AS r)\n"
    "SELECT s.a, -- 甲 | a\n s.measure, -- 项目 | measure\n s.v, -- 数 | v\n"
    "CASE s.measure WHEN 'in' THEN s.v ELSE s.a END AS either -- 其一 | either\nFROM part AS s"
)


def test_lineage_leaves_out_what_cannot_give_the_row(tmp_path: Path) -> None:
    write(tmp_path, "core.p", "SELECT r.a, -- 甲 | a\n r.m -- 数 | m\nFROM raw.y AS r")
    write(tmp_path, "marts.q", MEASURES)
    graph = load_models(tmp_path)
    assert column_lineage(graph, "marts.q")["v"] == [("core.p", "m"), ("raw.x", "n")]
    assert column_lineage(graph, "marts.q", {"measure": "in"})["v"] == [("raw.x", "n")]
    assert column_lineage(graph, "marts.q", {"measure": "in"})["either"] == [("raw.x", "n")]
    assert column_lineage(graph, "marts.q", {"measure": "out"})["either"] == [("core.p", "a")]


def test_the_way_to_the_sources_names_each_table_before_what_it_reads(tmp_path: Path) -> None:
    write(tmp_path, "core.p", "SELECT r.a, -- 甲 | a\n r.m -- 数 | m\nFROM raw.y AS r")
    write(tmp_path, "marts.q", MEASURES)
    graph = load_models(tmp_path)
    assert lineage_to_sources(graph, "marts.q", ["v"], {"measure": "out"}) == {
        "marts.q": ("v",),
        "core.p": ("m",),
        "raw.y": ("m",),
    }
    assert list(lineage_to_sources(graph, "marts.q", ["v"])) == ["marts.q", "core.p", "raw.x", "raw.y"]
