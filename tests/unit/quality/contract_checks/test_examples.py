"""Each check that comes of a word passes on good lines, fails on its example, and says why in Chinese."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from pipeline.contracts import load_contracts
from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.checks.vocabulary import vocabulary
from pipeline.quality.contract_checks.suites import contract_suites
from pipeline.quality.run.runner import run_checks
from pipeline.settings import Settings, load_settings
from tests.noise import latin
from tests.unit.quality.contract_checks.every_word import DISTRICTS, OTHERWISE, contract_of
from tests.unit.quality.tiny_warehouse import good_warehouse

WEEKS = ["2023-01", "2023-02"]
with tempfile.TemporaryDirectory() as _folder:
    CONTRACTS = [contract_of(Path(_folder), text) for text in (DISTRICTS, OTHERWISE)]
# The contracts that come with the package as well: a word in one of them is a check like any other.
SUITES = contract_suites([*load_contracts(load_settings().contracts).values(), *CONTRACTS])
CHECKS = [(suite, check) for suite in SUITES for check in suite.expectations]
IDS = [f"{suite.table}-{check.name}" for suite, check in CHECKS]


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with good_warehouse(SUITES) as con:
        yield con


def test_lines_in_which_nothing_happened_pass_every_check(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    results = run_checks(warehouse, settings, WEEKS, SUITES)
    assert [(row.table_name, row.check_name, row.evidence) for row in results if not row.is_passed] == []
    assert len(results) == len(CHECKS) * len(WEEKS)
    assert all(row.element_count for row in results)


@pytest.mark.parametrize(("suite", "check"), CHECKS, ids=IDS)
def test_an_example_breaks_its_check_in_one_week_and_says_why(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings, suite: TableSuite, check: Check
) -> None:
    example = check.example
    assert example is not None
    warehouse.execute(example.sql)
    only = suite.model_copy(update={"expectations": (check,)})
    failed = [row for row in run_checks(warehouse, settings, WEEKS, [only]) if not row.is_passed]
    assert [row.week_id for row in failed] == ["2023-02"]
    assert example.says_zh in failed[0].evidence
    assert latin(failed[0].evidence.replace(".xlsx", "").replace("Sheet1", "")) == []
    assert all(set(keys) == set(check.meta.keys) for keys in json.loads(failed[0].keys))
    findings = warehouse.execute("SELECT status FROM quality.finding").fetchall()
    assert findings == [("explained" if check.meta.explained_when else "open",)]


@pytest.mark.parametrize(("suite", "check"), CHECKS, ids=IDS)
def test_a_query_fits_a_screen_and_keeps_to_what_two_engines_know(suite: TableSuite, check: Check) -> None:
    query = check.query.replace("{{", "{").replace("}}", "}").replace("{batch}", "batch_rows")
    tree = sqlglot.parse_one(query, read="duckdb")
    assert "week_id" in tree.named_selects
    assert len(query.splitlines()) <= 25
    assert "*" not in tree.named_selects, "name the columns of the last select"
    assert not list(tree.find_all(exp.Pivot, exp.Qualify))
    sqlglot.transpile(query, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


def test_people_read_words_for_each_column_that_a_finding_shows(settings: Settings) -> None:
    words = vocabulary(settings, {}, SUITES)
    for suite, check in CHECKS:
        spoken = words.of(suite.table)
        shown = [spoken.column(name) for name in check.named_columns]
        assert [name for name in shown if latin(name)] == [], check.name


@pytest.mark.parametrize(("suite", "check"), CHECKS, ids=IDS)
def test_what_a_department_reads_names_neither_contracts_nor_stewards(suite: TableSuite, check: Check) -> None:
    meta = check.meta
    for sentence in (meta.fault_zh, meta.evidence_zh, meta.fix_zh, meta.title_zh, meta.description_zh):
        assert not any(word in (sentence or "") for word in ("合同", "数据专员"))
