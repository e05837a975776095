"""A new suite is one YAML file: it brings its good rows, its example and its words, and needs no Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.contracts import load_contracts
from pipeline.present.shared.findings import keys_text
from pipeline.quality.checks.library import write_library
from pipeline.quality.checks.model import Example, TableSuite
from pipeline.quality.checks.suites import load_suites
from pipeline.quality.checks.vocabulary import read_words, vocabulary
from pipeline.quality.run.runner import run_checks
from pipeline.quality.schema import create_tables
from pipeline.settings import Settings
from tests.noise import latin

WEEKS = ["2023-01", "2023-02"]
TOY = """
name: charts.queue
meta:
  title_zh: 排队等候
  good: |
    CREATE SCHEMA IF NOT EXISTS charts;
    CREATE SCHEMA IF NOT EXISTS ledger;
    CREATE TABLE charts.queue (week_id VARCHAR, desk VARCHAR, kind VARCHAR, minutes BIGINT);
    INSERT INTO charts.queue (week_id, desk, kind, minutes)
    VALUES ('2023-01', '一号', 'walk_in', 12), ('2023-02', '一号', 'booked', 9);
  words:
    columns: {desk: 窗口号, kind: 取号方式, minutes: 等候分钟}
    codes: {kind: {walk_in: 现场, booked: 预约}}
expectations:
- type: expect_column_values_to_be_between
  kwargs: {column: minutes, min_value: 0}
  severity: critical
  notes: [等候时间是取号到叫号的分钟数，不会小于零, Minutes from ticket to call cannot be negative]
  meta:
    name: waiting_not_negative
    owner: 综合窗口
    title_zh: 等候时间不为负
    title_en: Waiting is not negative
    fix_zh: 核对排队机的时钟
    keys: [week_id, desk, kind]
    cause: [desk, kind]
    figures: [minutes]
    evidence_zh: '{desk}窗口{kind}等候 {minutes} 分钟'
    example:
      sql: UPDATE charts.queue SET minutes = -3 WHERE week_id = '2023-02'
      says_zh: 一号窗口预约等候 -3 分钟
"""


@pytest.fixture
def suite(tmp_path: Path) -> TableSuite:
    folder = tmp_path / "expectations"
    folder.mkdir()
    (folder / "charts.queue.yaml").write_text(TOY, "utf-8")
    (suite,) = load_suites(folder)
    return suite


@pytest.fixture
def good(suite: TableSuite) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"memory_limit": "500MB", "threads": 2}) as con:
        con.execute(suite.meta.good or "")
        yield con


def example_of(suite: TableSuite) -> Example:
    (check,) = suite.expectations
    assert check.example is not None
    return check.example


def test_the_rows_that_a_suite_brings_pass_in_every_week(
    good: duckdb.DuckDBPyConnection, settings: Settings, suite: TableSuite
) -> None:
    results = run_checks(good, settings, WEEKS, [suite])
    assert [(result.week_id, result.status, result.element_count) for result in results] == [
        ("2023-01", "passed", 1),
        ("2023-02", "passed", 1),
    ]


def test_its_example_fails_in_one_week_and_the_steward_reads_chinese(
    good: duckdb.DuckDBPyConnection, settings: Settings, suite: TableSuite
) -> None:
    good.execute(example_of(suite).sql)
    first, second = run_checks(good, settings, WEEKS, [suite])
    assert (first.status, second.status, second.evidence) == ("passed", "failed", example_of(suite).says_zh)
    ((evidence, keys, figures),) = good.execute("SELECT evidence, keys, figures FROM quality.finding").fetchall()
    words = read_words(good).of(suite.table)
    assert keys_text(keys, words) == "期号 2023-02，窗口号 一号，取号方式 预约"
    assert [words.column(name) for name in json.loads(figures)] == ["等候分钟"]
    assert latin(evidence) == []


def test_an_example_and_good_rows_reach_neither_the_library_nor_great_expectations(
    good: duckdb.DuckDBPyConnection, suite: TableSuite
) -> None:
    create_tables(good)
    write_library(good, [suite])
    (check,) = suite.expectations
    kept = str(good.execute("SELECT * FROM quality.check_rule").fetchall())
    assert "-3" not in kept
    assert "CREATE TABLE" not in kept
    assert check.resolved_kwargs == {"column": "minutes", "min_value": 0}


def test_a_findings_number_is_the_same_with_and_without_example_and_words(
    good: duckdb.DuckDBPyConnection, settings: Settings, suite: TableSuite
) -> None:
    good.execute(example_of(suite).sql)
    bare_checks = tuple(check.model_copy(update={"example": None}) for check in suite.expectations)
    bare = TableSuite(name=suite.name, meta=suite.meta, expectations=bare_checks)
    numbers = []
    for variant in (suite, bare):
        run_checks(good, settings, WEEKS, [variant])
        numbers.append(good.execute("SELECT finding_id FROM quality.finding").fetchall())
    assert numbers[0] == numbers[1]


def test_two_suites_may_call_one_column_by_two_names(settings: Settings, suite: TableSuite) -> None:
    other = suite.model_copy(
        update={"name": "charts.ticket", "words": suite.words.model_copy(update={"columns": {"desk": "柜台"}})}
    )
    words = vocabulary(settings, load_contracts(settings.contracts), [suite, other])
    assert words.of("charts.queue").column("desk") == "窗口号"
    assert words.of("charts.ticket").column("desk") == "柜台"
