"""What Dagster says of columns: keys are never empty, what a contract demands is loaded, checks are named as checks."""

from __future__ import annotations

from pathlib import Path

from assets.catalogue import ModelFacts
from assets.column_schema import contract_schema, model_constraints, model_schema
from pipeline.contracts.loader import read_contract
from pipeline.quality.checks.model import TableSuite

MODEL = ModelFacts(
    name="charts.queue",
    file="sql/charts/queue.sql",
    sql="",
    description="排队",
    columns=(("week_id", "", "期"), ("window_id", "", "窗口"), ("minutes", "BIGINT", "分钟")),
    depends_on=(),
    materialized="table",
    grain=("week_id", "window_id"),
    sql_digest="",
)
META = {
    "owner": "平台维护",
    "title_zh": "分钟",
    "title_en": "minutes",
    "description_zh": "分钟数",
    "description_en": "minutes",
    "fix_zh": "核对",
    "keys": ["week_id"],
    "cause": ["week_id"],
}


def suite(severity: str) -> TableSuite:
    present = {"name": "present", "severity": severity, **META}
    long = {"name": "not_negative", "severity": severity, **META}
    return TableSuite.model_validate(
        {
            "name": "charts.queue",
            "meta": {"title_zh": "排队"},
            "expectations": [
                {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "minutes"}, "meta": present},
                {
                    "type": "expect_column_values_to_be_between",
                    "kwargs": {"column": "minutes", "min_value": 0},
                    "meta": long,
                },
            ],
        }
    )


def test_a_key_is_never_empty_and_only_one_of_a_single_column_is_unique_by_itself() -> None:
    pair = model_schema(MODEL, model_constraints(MODEL, None), {})
    assert [column.constraints.nullable for column in pair.columns] == [False, False, True]
    assert [column.constraints.unique for column in pair.columns] == [False, False, False]
    assert pair.constraints.other == ["week_id、window_id 合起来不重复"]
    alone = ModelFacts(**{**vars(MODEL), "grain": ("week_id",)})
    single = model_schema(alone, model_constraints(alone, None), {})
    assert single.columns[0].constraints.unique
    assert single.constraints.other == []


def test_a_critical_check_makes_a_column_not_null_and_a_warning_does_not() -> None:
    critical = model_constraints(MODEL, suite("critical"))
    assert critical.not_null == {"week_id", "window_id", "minutes"}
    assert critical.of_columns == {"minutes": ["minutes 不小于 0（检查）"]}
    assert model_constraints(MODEL, suite("warning")).not_null == {"week_id", "window_id"}


def test_the_type_of_the_table_that_stands_wins_over_the_cast() -> None:
    constraints = model_constraints(MODEL, None)
    types = [column.type for column in model_schema(MODEL, constraints, {"minutes": "INTEGER"}).columns]
    assert types == ["as upstream", "as upstream", "INTEGER"]


def test_what_a_contract_requires_is_not_null_unless_it_is_only_flagged(tmp_path: Path) -> None:
    path = tmp_path / "queue.yaml"
    path.write_text(
        "name: queue\ntitle: 排队\nversion: 1\ndelivery: {kind: weekly}\nprimaryKey: [number]\nfields:\n"
        "  - {name: number, title: 号, constraints: {required: true, pattern: 'A[0-9]+'}}\n"
        "  - {name: minutes, title: 分钟, type: integer, onError: null_and_flag,"
        " constraints: {required: true, minimum: 0, maximum: 600}}\n",
        "utf-8",
    )
    schema = contract_schema(read_contract(path))
    number, minutes = schema.columns
    assert not number.constraints.nullable
    assert minutes.constraints.nullable
    assert number.constraints.other == ["形如 A[0-9]+"]
    assert minutes.constraints.other == ["不小于 0", "不大于 600"]
    assert schema.constraints.other == ["一份报送之内 number 不重复"]
