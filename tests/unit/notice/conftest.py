"""Fixtures of the notice tests: receivers on real sockets of this machine, and findings of a made-up hall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import duckdb
import pytest

from pipeline.quality.schema import create_tables
from pipeline.settings import DueTime, Settings
from tests.unit.notice.hall_settings import settings_of
from tests.unit.notice.receivers import HttpReceiver, SmtpReceiver

MONDAY = DueTime(sources=("window_weekly", "item_volume"), weekday=1, time=time(10))
FINDINGS = """
CREATE SCHEMA ledger;
CREATE TABLE ledger.current_delivery (source VARCHAR, week_id VARCHAR);
INSERT INTO ledger.current_delivery VALUES ('window_weekly', '2023-15'), ('case_detail', '2023-15');
INSERT INTO quality.check_result VALUES
    ('2023-15', 'charts.t', 'a', 'critical', 'failed', 1, 9, '查了 9 行', '', '[]', '2023-04-24 09:00:00');
INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, last_seen,
    weeks, unexpected_count, keys, evidence, action, owner_department, until) VALUES
    ('f1', 'charts.t', 'a', '合计与明细相等', 'critical', 'open', '报送部门', '2023-15', '2023-15', 1, 1, '[]',
        '合计 12 与逐行相加 11 不等', '请核对后重新报送', '水利厅', NULL),
    ('f2', 'charts.t', 'b', '办结不超过受理', 'critical', 'explained', '数据专员', '2023-14', '2023-15', 2, 1, '[]',
        '超出 224 件', '无需处理', NULL, NULL),
    ('f3', 'charts.t', 'c', '数量在常值之内', 'warning', 'open', '综合窗口', '2023-15', '2023-15', 1, 1, '[]',
        '咨询 2380', '核实', NULL, NULL),
    ('f4', 'charts.t', 'd', '期限在受理之后', 'critical', 'waived', '数据专员', '2023-15', '2023-15', 1, 1, '[]',
        '9 件', '核实', '公安厅', '2999-04-30');
INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, evidence)
SELECT finding_id, last_seen, table_name, check_name, 1, keys, evidence FROM quality.finding;
INSERT INTO quality.finding_event VALUES ('f1', 1, '2023-04-24 09:00:00', 'run', NULL, 'open', NULL, NULL, '新发现');
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    create_tables(connection)
    connection.execute(FINDINGS)
    yield connection
    connection.close()


@pytest.fixture
def http() -> Iterator[HttpReceiver]:
    with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture
def smtp() -> Iterator[SmtpReceiver]:
    with SmtpReceiver() as receiver:
        yield receiver


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def told_over(home: Path, http: HttpReceiver) -> Settings:
    return settings_of(home, f"json://127.0.0.1:{http.port}", due=(MONDAY,))
