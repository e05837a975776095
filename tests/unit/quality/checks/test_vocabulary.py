"""What a steward reads is Chinese: no column, no code and no field of the warehouse reaches him by its own name."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.reasons import MESSAGES
from pipeline.present.shared.findings import keys_text
from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.checks.suite_words import Word
from pipeline.quality.checks.suites import load_suites
from pipeline.quality.checks.vocabulary import Vocabulary, read_words, vocabulary, write_words
from pipeline.quality.checks.warehouse_words import OWN_CODES, OWN_COLUMNS
from pipeline.quality.run.runner import run_checks
from pipeline.settings import Settings, load_settings
from tests.noise import latin
from tests.unit.quality.tiny_warehouse import good_warehouse

WEEKS = ["2023-01", "2023-02"]
SUITES = load_suites(load_settings().expectations)
CHECKS = [(suite, check) for suite in SUITES for check in suite.expectations]
IDS = [f"{suite.table}-{check.name}" for suite, check in CHECKS]


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with good_warehouse(SUITES) as con:
        yield con


def test_every_column_of_a_key_a_figure_and_a_cause_has_words(settings: Settings) -> None:
    words = vocabulary(settings, load_contracts(settings.contracts), SUITES)
    called = {(suite.table, name): words.of(suite.table).column(name) for suite, check in CHECKS
              for name in check.named_columns}  # fmt: skip
    assert [key for key, word in called.items() if word == key[1]] == []
    assert [word for word in (*called.values(), *OWN_COLUMNS.values()) if latin(word)] == []


@pytest.mark.parametrize(("suite", "check"), CHECKS, ids=IDS)
def test_a_broken_check_says_so_without_a_column_or_a_code_of_the_warehouse(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings, suite: TableSuite, check: Check
) -> None:
    assert check.example is not None
    warehouse.execute(check.example.sql)
    run_checks(warehouse, settings, WEEKS, [suite.model_copy(update={"expectations": (check,)})])
    rows = warehouse.execute(
        "SELECT evidence, explanation, owner_department, keys, figures FROM quality.finding"
    ).fetchall()
    assert rows
    words = read_words(warehouse).of(suite.table)
    for evidence, explanation, department, keys, figures in rows:
        shown = " ".join(words.column(name) for name in json.loads(figures or "{}"))
        for text in (evidence, explanation or "", department or "", keys_text(keys, words) or "", shown):
            assert latin(text) == [], text


@pytest.mark.parametrize(("suite", "check"), CHECKS, ids=IDS)
def test_what_a_check_says_of_itself_is_chinese(suite: TableSuite, check: Check) -> None:
    meta = check.meta
    # Whoever maintains the platform is told which table and file to open.
    advice = "" if meta.owner in ("平台维护", "数据专员") or "SQL" in meta.fix_zh else meta.fix_zh
    for text in (suite.meta.title_zh, meta.title_zh, meta.description_zh, advice):
        assert latin(text) == [], text


def test_every_reason_for_which_a_cell_is_held_back_has_words() -> None:
    assert sorted(MESSAGES.keys() - OWN_CODES["reason"].keys()) == []


def test_codes_fields_and_sources_are_said_by_the_halls_own_lists_and_contracts(settings: Settings) -> None:
    words = vocabulary(settings, load_contracts(settings.contracts), SUITES)
    said = {
        ("power_group", "other_nine"): "其它9类行权事项",
        ("power_type", "01"): "行政许可",
        ("channel", "2"): "电脑网上",
        ("case_kind", "1"): "即办件",
        ("department_id", "zhujian"): "住房城乡建设厅",
        ("metric", "window_accepted"): "综窗受理",
        ("metric", "case_accepted"): "受理",
        ("source", "item_volume"): "事项受理办结统计",
        ("channel", "一种新的形式"): "一种新的形式",
    }
    assert {key: words.value(*key, {}) for key in said} == said
    assert words.value("column_name", "accepted_week", {"source": "item_volume"}) == "受理/本周"
    assert words.value("column_name", "accepted", {"source": "window_weekly"}) == "受理"
    assert words.value("accepted", 3, {}) == 3


def test_words_are_kept_beside_the_findings_and_read_back(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert read_words(warehouse).value("power_type", "01", {}) == "01"
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS quality")
    write_words(warehouse, Vocabulary([Word("power_type", "", "01", "行政许可")]))
    assert read_words(warehouse).value("power_type", "01", {}) == "行政许可"
