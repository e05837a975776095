"""What charts, columns and rows are called."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.present.shared.labels import key_label, short_label, with_words


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("累计受理（件），办结率的分母 | accepted", "累计受理"),
        ("本期数 | value", "本期数"),
        ("三组的办件平衡：累计与本期", "三组的办件平衡"),
        ("", ""),
    ],
)
def test_a_label_ends_where_its_explanation_begins(words: str, label: str):
    assert short_label(words) == label


@pytest.mark.parametrize(
    ("row", "key", "label"),
    [
        ({"measure": "accepted", "measure_label": "受理"}, "measure", "受理"),
        ({"department_id": "shuili", "department_name": "水利厅"}, "department_id", "水利厅"),
        ({"department_id": "shuili", "department_name": None}, "department_id", "shuili"),
        ({"seq": 3}, "seq", "3"),
    ],
)
def test_a_code_goes_by_the_words_beside_it(row: dict[str, object], key: str, label: str):
    assert key_label(row, key) == label


def test_a_released_figure_is_named_by_its_chart_its_column_and_its_row():
    with duckdb.connect() as con:
        con.execute(
            "CREATE SCHEMA charts; CREATE TABLE charts.toy AS SELECT 'a' AS kind, '甲' AS kind_label, 3 AS value;"
            " COMMENT ON TABLE charts.toy IS '玩具：按种类\nToys';"
            " COMMENT ON COLUMN charts.toy.value IS '本期数 | value'"
        )
        rows = with_words(
            con,
            [
                {"metric": "toy.value", "keys": '{"kind": "a"}'},
                {"metric": "toy.value", "keys": '{"kind": "gone"}'},
                {"metric": "gone.value", "keys": "{}"},
            ],
        )
    assert [(row["figure"], row["row"]) for row in rows] == [
        ("玩具：本期数", "甲"),
        ("玩具：本期数", "gone"),
        ("gone：value", ""),
    ]
