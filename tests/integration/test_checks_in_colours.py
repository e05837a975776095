"""How checks, the gate, the desk and notices look in Dagster: colours with their why, tables, and a plot."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.checks import check_outcome
from assets.definitions import build_definitions
from assets.desk import DESK, desk_metadata
from assets.notice import TOLD
from assets.release import GATE
from assets.week_partitions import put_in_order
from pipeline.contracts import load_contracts
from pipeline.ingest.load.ledger import prepare
from pipeline.quality.checks.model import Check
from pipeline.quality.checks.suites import load_suites
from pipeline.quality.desk.backlog import AGES, DeskState, Pile
from pipeline.quality.findings.lights import Colour, Light
from pipeline.quality.schema import create_tables
from pipeline.settings import NoticeSettings, Settings, load_settings
from pipeline.warehouse import open_warehouse

WEEK = "2023-15"
KEY = dg.AssetCheckKey(dg.AssetKey(["charts", "item_ytd"]), "completed_within_accepted")
FINDING = """
INSERT INTO quality.check_result VALUES
    ('2023-15', 'charts.t', 'a', 'critical', 'failed', 1, 9, '', '12 与 11 不等', '[]', '2023-04-24 09:00:00');
INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, last_seen,
    weeks, unexpected_count, keys, evidence, action) VALUES
    ('f1', 'charts.t', 'a', '合计与明细相等', 'critical', 'open', '报送部门', '2023-15', '2023-15', 1, 1, '[]',
        '12 与 11 不等', '核对后重新报送');
INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, evidence)
VALUES ('f1', '2023-15', 'charts.t', 'a', 1, '[]', '12 与 11 不等');
"""


@pytest.fixture(scope="module")
def check() -> Check:
    return load_suites(load_settings().expectations)[0].expectations[0]


def light(week: str, colour: Colour, state: str, why: str = "") -> Light:
    failed = colour != "green"
    return Light(week, "charts.item_ytd", KEY.name, colour, state, int(failed), 9, "超出 224 件" * failed, "[]", why)


HISTORY = [
    light("2023-12", "red", "open", "等待处理：数据专员"),
    light("2023-13", "yellow", "explained", "上年结转可以解释"),
    light("2023-14", "yellow", "waived", "接受并说明，到 2023-06-30：系统升级（张专员，2023-04-25）"),
    light("2023-15", "green", "passed"),
]


@pytest.mark.parametrize(
    ("week", "passed", "severity", "words"),
    [
        ("2023-15", True, dg.AssetCheckSeverity.WARN, None),
        ("2023-14", False, dg.AssetCheckSeverity.WARN, "接受并说明，到 2023-06-30：系统升级（张专员，2023-04-25）"),
        ("2023-13", False, dg.AssetCheckSeverity.WARN, "上年结转可以解释"),
        ("2023-12", False, dg.AssetCheckSeverity.ERROR, "等待处理：数据专员"),
    ],
)
def test_a_week_is_green_yellow_with_its_why_or_red(
    settings: Settings, check: Check, week: str, passed: bool, severity: dg.AssetCheckSeverity, words: str | None
) -> None:
    outcome = check_outcome(settings, check, KEY, HISTORY, [week])
    assert outcome.passed is passed
    assert passed or outcome.severity is severity
    assert outcome.description is None if words is None else words in (outcome.description or "")


def test_a_run_of_one_week_keeps_the_others_in_sight(settings: Settings, check: Check) -> None:
    metadata = check_outcome(settings, check, KEY, HISTORY, ["2023-15"]).metadata
    assert metadata["历次"].value == "1 期通过，3 期不符；自 2023-12"
    rows = str(metadata["不符的各期"].value).splitlines()[2:]
    assert [row.split(" | ")[:2] for row in rows] == [["| 2023-14", "黄"], ["| 2023-13", "黄"], ["| 2023-12", "红"]]
    assert metadata["检查页"].value == str(settings.review / WEEK / "quality.html")


def test_a_run_of_several_weeks_is_as_red_as_its_worst_and_lists_them(settings: Settings, check: Check) -> None:
    outcome = check_outcome(settings, check, KEY, HISTORY, ["2023-12", "2023-13", "2023-15"])
    assert outcome.severity is dg.AssetCheckSeverity.ERROR
    assert (outcome.description or "").count("\n| 2023-") == 2
    assert (outcome.metadata["红灯的期数"].value, outcome.metadata["黄灯的期数"].value) == (1, 1)


def test_a_served_site_is_linked(settings: Settings, check: Check) -> None:
    served = settings.model_copy(update={"site_url": "http://10.0.0.8/zhoubao/"})
    metadata = check_outcome(served, check, KEY, HISTORY, ["2023-14"]).metadata
    assert metadata["网页上的检查"].value == "http://10.0.0.8/zhoubao/quality/2023-14.html"


def test_the_desk_is_a_table_and_a_plot_that_needs_nothing_from_outside() -> None:
    piles = [Pile("报送部门", AGES[0], 1, 0), Pile("水利厅 <&>", AGES[3], 1, 2)]
    metadata = desk_metadata(piles, {"open": 4, "waived": 1}, DeskState((), 1, 2, 0))
    assert (metadata["未处理"], metadata["未处理的严重问题"]) == (4, 2)
    assert (metadata["7 天内到期"], metadata["在用的更正"]) == (1, 2)
    rows = metadata["归谁、已有几期"].value.splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == ["| 水利厅 <&>", "| 报送部门"]
    encoded = metadata["图"].value.split("base64,")[1].rstrip(")")
    picture = base64.b64decode(encoded).decode()
    assert "水利厅 &lt;&amp;&gt;" in picture
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    assert desk_metadata([], {}, DeskState((), 0, 0, 0))["图"].value == "（无）"


@pytest.fixture
def blocked(tmp_path: Path) -> Iterator[Settings]:
    """A warehouse with one open critical finding, and a notice channel that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    notice = NoticeSettings(urls=[f"json://127.0.0.1:{port}"])  # type: ignore[list-item]
    settings = load_settings(home=tmp_path / "home", notice=notice)
    with open_warehouse(settings) as con:
        prepare(con, load_contracts(settings.contracts).values())
        create_tables(con)
        con.execute(FINDING)
    yield settings


def run_alone(settings: Settings, key: dg.AssetKey) -> dg.ExecuteInProcessResult:
    job = build_definitions(settings).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        put_in_order(instance, [WEEK])
        return job.execute_in_process(
            asset_selection=[key], partition_key=WEEK, instance=instance, raise_on_error=False
        )


def test_a_notice_that_cannot_be_sent_is_a_warning_and_the_run_succeeds(blocked: Settings) -> None:
    result = run_alone(blocked, TOLD)
    assert result.success
    (outcome,) = result.get_asset_check_evaluations()
    assert (outcome.passed, outcome.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "1. webhook 127.0.0.1 发送失败" in (outcome.description or "")


def test_a_closed_gate_names_what_blocks_in_a_table(blocked: Settings) -> None:
    result = run_alone(blocked, GATE)
    assert not result.success
    (outcome,) = result.get_asset_check_evaluations()
    assert outcome.severity is dg.AssetCheckSeverity.ERROR
    assert outcome.metadata["阻止发布的问题数"].value == 1
    table: Any = outcome.metadata["什么挡住了发布"].value
    assert "| 报送部门 | 合计与明细相等。12 与 11 不等 | 核对后重新报送 | 2023-15 |" in table


def test_the_desk_asset_counts_what_is_open(blocked: Settings) -> None:
    result = run_alone(blocked, DESK)
    assert result.success
    (materialization,) = result.asset_materializations_for_node("quality__desk")
    assert materialization.metadata["未处理"].value == 1
