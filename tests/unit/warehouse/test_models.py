"""Reading models: what a file must say, what it depends on, and the sentence for each fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.hall.files_in_force import FilesInForce
from pipeline.warehouse import ModelError, load_models, read_model
from tests.unit.warehouse.sql_files import HEADER, write


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


def test_an_unknown_model_is_asked_for_by_its_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"sql/core/none\.sql"):
        load_models(tmp_path)["core.none"]


def test_a_file_is_named_after_its_folder_and_reads_no_week_of_the_run(tmp_path: Path) -> None:
    header = HEADER.replace("table", "incremental") + "-- week_column: a\n-- lookback: true\n"
    write(tmp_path, "core.b", "SELECT x.a -- 甲 | a\nFROM raw.x AS x, run.week AS w", header)
    model = read_model(tmp_path / "core" / "b.sql")
    assert (model.name, model.depends_on) == ("core.b", ("raw.x",))
    assert (model.is_incremental, model.week_column, model.is_lookback) == (True, "a", True)


def test_a_model_of_the_hall_takes_the_place_of_the_one_of_its_name(tmp_path: Path) -> None:
    program, hall = tmp_path / "program", tmp_path / "hall"
    write(program, "core.a", "SELECT a -- 甲 | a\nFROM raw.x")
    write(program, "marts.b", "SELECT a -- 甲 | a\nFROM core.a")
    write(hall, "core.a", "SELECT a -- 甲 | a\nFROM raw.y")
    write(hall, "charts.c", "SELECT a -- 甲 | a\nFROM marts.b")
    graph = load_models(FilesInForce((hall, program), "*/*.sql"))
    assert graph.order == ("core.a", "marts.b", "charts.c")
    assert graph["core.a"].path == hall / "core" / "a.sql"
    assert graph.sources == ("raw.y",)
