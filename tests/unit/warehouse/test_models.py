"""Reading models: what a file must say, what it depends on, and the sentence for each fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.warehouse import ModelError, column_lineage, lineage_to_sources, load_models

HEADER = "-- 说明\n-- Description\n-- grain: a\n-- materialized: table\n"


def write(folder: Path, name: str, body: str, header: str = HEADER) -> None:
    path = folder / f"{name.replace('.', '/')}.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + body, encoding="utf-8")


def test_models_come_in_building_order_with_what_they_say(tmp_path: Path) -> None:
    write(tmp_path, "core.b", "SELECT t.a, -- 甲 | a\n CAST(t.n AS BIGINT) AS n -- 数 | n\nFROM staging.z AS t")
    write(tmp_path, "staging.z", "SELECT r.a, -- 甲 | a\n r.n -- 数 | n\nFROM raw.x AS r")
    graph = load_models(tmp_path)
    assert graph.order == ("staging.z", "core.b")
    model = graph["core.b"]
    assert (model.group, model.table, model.grain, model.materialized) == ("core", "b", ("a",), "table")
    assert [(one.name, one.type, one.description) for one in model.columns] == [
        ("a", "", "甲 | a"),
        ("n", "BIGINT", "数 | n"),
    ]
    assert model.description == "说明\nDescription"
    assert graph.sources == ("raw.x",)


@pytest.mark.parametrize(
    ("body", "header", "sentence"),
    [
        ("SELECT * FROM raw.x", HEADER, "不用星号"),
        ("SELECT x.* FROM raw.x AS x", HEADER, "不用星号"),
        ("SELECT a FROM raw.x", HEADER, "列 a 没有说明"),
        ("SELECT 1 + 1 -- 和 | sum\nFROM raw.x", HEADER, "写明每一列的列名"),
        ("SELECT a, -- 甲 | a\n b AS a -- 乙 | b\nFROM raw.x", HEADER, "列 a 出现了两次"),
        ("SELECT b -- 乙 | b\nFROM raw.x", HEADER, "列 a 不在最后的 SELECT 里"),
        ("SELECT a -- 甲 | a\nFROM core.nowhere", HEADER, "不存在的表 core.nowhere"),
        ("SELECT a -- 甲 | a\nFROM nowhere", HEADER, "表 nowhere 没有写库名"),
        ("SELECT a -- 甲 | a\nFROM raw.x; SELECT 2", HEADER, "正好是一条 SELECT"),
        ("SELECT FROM WHERE", HEADER, "SQL 读不懂"),
        ("SELECT a -- 甲 | a\nFROM raw.x", "-- 说明\n-- grain: a\n-- materialized: table\n", "文件开头应有"),
        ("SELECT a -- 甲 | a\nFROM raw.x", HEADER.replace("table", "cube"), "文件开头应有"),
        ("SELECT a -- 甲 | a\nFROM raw.x", HEADER.replace("table", "incremental"), "week_id 不在最后的 SELECT 里"),
    ],
)
def test_a_faulty_file_is_refused_with_its_name_and_a_sentence(
    tmp_path: Path, body: str, header: str, sentence: str
) -> None:
    write(tmp_path, "core.b", body, header)
    with pytest.raises(ModelError, match=r"sql/core/b\.sql") as caught:
        load_models(tmp_path)
    assert sentence in str(caught.value)


def test_a_circle_is_named(tmp_path: Path) -> None:
    write(tmp_path, "core.a", "SELECT a -- 甲 | a\nFROM core.b")
    write(tmp_path, "core.b", "SELECT a -- 甲 | a\nFROM core.a")
    with pytest.raises(ModelError, match=r"互相依赖.*core\.a.*core\.b|互相依赖.*core\.b.*core\.a"):
        load_models(tmp_path)


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


def test_an_unknown_model_is_asked_for_by_its_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"sql/core/none\.sql"):
        load_models(tmp_path)["core.none"]
