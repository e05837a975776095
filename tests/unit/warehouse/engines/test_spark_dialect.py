"""What DuckDB and Spark cannot both say is written for Spark by a rule; all else is sqlglot's."""

from __future__ import annotations

import pytest
import sqlglot

from pipeline.settings import PROJECT_ROOT, Settings
from pipeline.warehouse import Model
from pipeline.warehouse.engines import EngineError
from pipeline.warehouse.engines.spark_dialect import literal, name_of, to_spark
from pipeline.warehouse.measures import hall_models

MODELS = tuple(hall_models(Settings(hall=PROJECT_ROOT / "halls" / "shilishi")))


def test_a_wide_integer_is_a_decimal_without_places() -> None:
    assert (
        to_spark("SELECT CAST(a AS HUGEINT) // 2 AS b FROM t") == "SELECT CAST(a AS DECIMAL(38, 0)) DIV 2 AS b FROM t"
    )


def test_a_timestamp_has_no_zone() -> None:
    assert to_spark("SELECT CAST(a AS TIMESTAMP) AS b FROM t") == "SELECT CAST(a AS TIMESTAMP_NTZ) AS b FROM t"


def test_before_spark_4_a_list_in_order_is_a_sorted_array() -> None:
    sql = "SELECT string_agg(name, '、' ORDER BY place, id) AS names FROM t"
    assert "LISTAGG(name, '、') WITHIN GROUP (ORDER BY place NULLS LAST, id NULLS LAST)" in to_spark(sql, "4.3.0")
    keys = "place IS NULL AS is_null_0, place AS key_0, id IS NULL AS is_null_1, id AS key_1"
    assert to_spark(sql, "3.5.9") == (
        f"SELECT CASE WHEN COUNT(name) > 0 THEN ARRAY_JOIN(TRANSFORM(ARRAY_SORT(COLLECT_LIST("
        f"CASE WHEN NOT name IS NULL THEN STRUCT({keys}, name AS listed) END)), element -> element.listed), '、') END "
        "AS names FROM t"
    )
    with pytest.raises(EngineError, match="DESC"):
        to_spark("SELECT string_agg(name, '、' ORDER BY place DESC) AS names FROM t", "3.5.9")


def test_the_words_for_readers_are_left_out() -> None:
    assert to_spark("-- 期\nSELECT\n    a -- 列 | column\nFROM t") == "SELECT a FROM t"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_is_one_query_for_spark(model: Model) -> None:
    written = to_spark(model.sql)
    assert "INT128" not in written and "HUGEINT" not in written
    tree = sqlglot.parse_one(written, read="spark")
    assert [item.output_name for item in tree.selects] == [column.name for column in model.columns]


@pytest.mark.parametrize(
    ("text", "written"), [("期", "'期'"), ("it's", "'it\\'s'"), ("a\\b", "'a\\\\b'"), ("2023-15", "'2023-15'")]
)
def test_a_text_is_written_so_that_spark_reads_it_back(text: str, written: str) -> None:
    assert literal(text) == written


def test_a_name_is_quoted_part_by_part() -> None:
    assert name_of("core.item") == "`core`.`item`"
    assert name_of("we`ek") == "`we``ek`"
