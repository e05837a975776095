from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.quality.checks.model import TableSuite
from pipeline.settings import Settings, load_settings

SuiteOf = Callable[..., TableSuite]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(config={"memory_limit": "900MB", "threads": 2})
    connection.execute("CREATE SCHEMA charts; CREATE SCHEMA ledger; CREATE SCHEMA marts")
    yield connection
    connection.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(home=tmp_path)


def check_of(kind: str, kwargs: dict[str, Any], **meta: Any) -> dict[str, Any]:
    base = {
        "name": "a_check",
        "severity": "critical",
        "owner": "数据专员",
        "title_zh": "一项检查",
        "title_en": "A check",
        "description_zh": "只用于测试",
        "description_en": "only for tests",
        "fix_zh": "请更正数据",
        "keys": ["week_id", "k"],
        "cause": ["k"],
        "evidence_zh": "{k} 的数为 {n}",
    }
    return {"type": kind, "kwargs": kwargs, "meta": {**base, **meta}}


@pytest.fixture
def suite_of() -> SuiteOf:
    def make(*checks: dict[str, Any], table: str = "charts.t", **meta: Any) -> TableSuite:
        document = {"name": table, "meta": {"title_zh": "测试用表", **meta}, "expectations": list(checks)}
        return TableSuite.model_validate(document)

    return make


@pytest.fixture
def not_negative() -> dict[str, Any]:
    query = "SELECT week_id, k, n FROM {batch} WHERE n < 0"
    return check_of("unexpected_rows_expectation", {"unexpected_rows_query": query}, name="not_negative")


@pytest.fixture
def make_check() -> Callable[..., dict[str, Any]]:
    return check_of
