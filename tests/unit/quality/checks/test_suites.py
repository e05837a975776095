from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.contracts.loader import load_contracts
from pipeline.quality.checks.suites import SuiteError, load_suites, read_suite, refuse_personal
from pipeline.settings import load_settings

MakeCheck = Callable[..., dict[str, Any]]
QUERY = "SELECT week_id, k, n FROM {batch} WHERE n < 0"
QUERY_TO_FILL = "SELECT week_id, k, n FROM {batch} WHERE n < {least}"


def write(folder: Path, *checks: dict[str, Any], name: str = "charts.t") -> Path:
    path = folder / "charts.t.yaml"
    document = {"name": name, "meta": {"title_zh": "测试用表"}, "expectations": list(checks)}
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    return path


def test_loading_suites_does_not_import_great_expectations() -> None:
    code = (
        "import sys; from pipeline.quality.checks.suites import load_suites;"
        "from pipeline.settings import load_settings;"
        "import pipeline.quality.run.runner, pipeline.quality.desk.gate; load_suites(load_settings().expectations);"
        "sys.exit('great_expectations' in sys.modules or 'duckdb' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_suite_is_read_with_its_thresholds_filled_into_the_query(tmp_path: Path, make_check: MakeCheck) -> None:
    limit = {"name": "least", "value": 3, "since": "2026-11-23", "reason_zh": "首次设定"}
    query = "SELECT week_id, k, n FROM {batch} WHERE n < {least}"
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": query}, thresholds=[limit])
    suite = read_suite(write(tmp_path, check))
    assert suite.expectations[0].query == "SELECT week_id, k, n FROM {batch} WHERE n < 3"
    assert suite.expectations[0].resolved_kwargs["unexpected_rows_query"].endswith("n < 3")


def test_a_suite_in_the_shape_of_great_expectations_is_the_same_as_one_in_the_earlier_shape(
    tmp_path: Path, make_check: MakeCheck
) -> None:
    limit = {"name": "least", "value": 3, "since": "2026-11-23", "reason_zh": "首次设定"}
    earlier = make_check("unexpected_rows_expectation", {"unexpected_rows_query": QUERY_TO_FILL}, thresholds=[limit])
    earlier["example"] = {"sql": "UPDATE charts.t SET n = 0", "says_zh": "为 0"}
    native = copy.deepcopy(earlier)
    native["severity"] = native["meta"].pop("severity")
    native["notes"] = [native["meta"].pop("description_zh"), native["meta"].pop("description_en")]
    native["meta"]["example"] = native.pop("example")
    native["kwargs"]["unexpected_rows_query"] = QUERY_TO_FILL.replace("{least}", "3 /* least */")
    first, second = (read_suite(write(tmp_path, check)).expectations[0] for check in (earlier, native))
    assert (second.meta, second.example) == (first.meta, first.example)
    assert second.query.replace(" /* least */", "") == first.query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT week_id, k, n FROM {batch} WHERE n < 4 /* least */", "阈值 least 是 3，查询中却写作 4"),
        ("SELECT week_id, k, n FROM {batch} WHERE n < 3", "阈值 least 没有用在查询中"),
        ("SELECT week_id, k, n FROM {batch} WHERE n < 3 /* least */ OR n > 5 /* least */", "查询中却写作 5"),
    ],
)
def test_a_threshold_and_its_query_agree(tmp_path: Path, make_check: MakeCheck, query: str, words: str) -> None:
    limit = {"name": "least", "value": 3, "since": "2026-11-23", "reason_zh": "首次设定"}
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": query}, thresholds=[limit])
    with pytest.raises(SuiteError, match=words):
        read_suite(write(tmp_path, check))


def test_notes_are_a_chinese_and_an_english_sentence(tmp_path: Path, make_check: MakeCheck) -> None:
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": QUERY})
    check["notes"] = ["只有一句"]
    with pytest.raises(SuiteError, match="notes 应是两句话"):
        read_suite(write(tmp_path, check))


def test_a_check_of_whole_weeks_names_only_what_a_failing_week_has(tmp_path: Path, make_check: MakeCheck) -> None:
    mean = "expect_column_mean_to_be_between", {"column": "n", "min_value": 0}
    fitting = {"keys": ["week_id"], "cause": ["week_id"], "evidence_zh": "平均为 {observed}"}
    check = read_suite(write(tmp_path, make_check(*mean, **fitting))).expectations[0]
    assert check.is_of_weeks
    assert "n" in check.shown_columns, "what is observed may be a value of the column"
    with pytest.raises(SuiteError, match="不能有：k"):
        read_suite(write(tmp_path, make_check(*mean, **{**fitting, "keys": ["k"]})))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"severity": "serious"}, "meta.severity"),
        ({"surprise": 1}, "meta.surprise"),
        ({"keys": []}, "meta.keys"),
        ({"name": "完成"}, "meta.name"),
        ({"evidence_zh": "办结 {n:>10} 件"}, "模板中只能写"),
        ({"evidence_zh": "办结 {n.real} 件"}, "模板中只能写"),
        ({"category": "杂项"}, "meta.category"),
        ({"figures": ["数"]}, "meta.figures"),
        ({"places": "SELECT week_id, k, delivery_id, sheet FROM raw.t"}, "first_row_no、last_row_no"),
    ],
)
def test_a_wrong_field_is_named_with_file_and_check(
    tmp_path: Path, make_check: MakeCheck, change: dict[str, Any], words: str
) -> None:
    path = write(tmp_path, make_check("unexpected_rows_expectation", {"unexpected_rows_query": QUERY}, **change))
    with pytest.raises(SuiteError) as caught:
        read_suite(path)
    assert "charts.t.yaml" in str(caught.value)
    assert "检查" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "kwargs", "words"),
    [
        ("expect_the_best", {}, "可用的有"),
        ("expect_column_values_to_not_be_null", {"colum": "n"}, "colum"),
        ("expect_compound_columns_to_be_unique", {"column_list": ["k"]}, "至少要有两列"),
        ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT week_id FROM charts.t"}, "没有 {batch}"),
        ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT 1 FROM {batch} b"}, "不能写别名"),
        ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT 1 FROM {batch} WHERE n < {low}"}, "阈值"),
    ],
)
def test_an_expectation_that_cannot_run_is_refused_before_it_runs(
    tmp_path: Path, make_check: MakeCheck, kind: str, kwargs: dict[str, Any], words: str
) -> None:
    with pytest.raises(SuiteError, match=r"charts\.t\.yaml：检查 a_check") as caught:
        read_suite(write(tmp_path, make_check(kind, kwargs)))
    assert words in str(caught.value)


def test_two_checks_of_one_table_cannot_share_a_name(tmp_path: Path, make_check: MakeCheck) -> None:
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": QUERY})
    with pytest.raises(SuiteError, match="检查名重复：a_check"):
        read_suite(write(tmp_path, check, check))


def test_the_file_is_named_after_its_table(tmp_path: Path, make_check: MakeCheck) -> None:
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": QUERY})
    with pytest.raises(SuiteError, match="应与文件名一致"):
        read_suite(write(tmp_path, check, name="charts.other"))


def test_broken_yaml_and_an_empty_folder_are_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="没有检查文件"):
        load_suites(tmp_path)
    (tmp_path / "charts.t.yaml").write_text("name: [", "utf-8")
    with pytest.raises(SuiteError, match="不是有效的 YAML"):
        load_suites(tmp_path)


def test_a_suite_that_would_show_a_personal_column_is_refused(tmp_path: Path, make_check: MakeCheck) -> None:
    check = make_check("unexpected_rows_expectation", {"unexpected_rows_query": QUERY}, keys=["week_id", "trainee"])
    suite = read_suite(write(tmp_path, check))
    with pytest.raises(SuiteError, match=r"charts\.t\.yaml：检查 a_check，不能显示列：trainee"):
        refuse_personal([suite], load_contracts(load_settings().contracts).values())


def test_no_suite_of_the_project_shows_a_personal_column() -> None:
    settings = load_settings()
    refuse_personal(load_suites(settings.expectations), load_contracts(settings.contracts).values())


def test_a_contracts_field_that_is_called_like_a_column_of_the_quarantine_stops_no_run() -> None:
    settings = load_settings()
    contract = load_contracts(settings.contracts)["activity_log"]
    fields = tuple(one.model_copy(update={"name": "reason", "free_text": True}) for one in contract.fields[:1])
    refuse_personal(load_suites(settings.expectations), [contract.model_copy(update={"fields": fields})])
