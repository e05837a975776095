"""The weekly run tells people that a release is blocked, once, and Dagster shows what blocks it and whose it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import dagster as dg
import pytest

from assets.desk import DESK
from assets.notice import TOLD
from assets.release import GATE, GATE_CHECK
from assets.runs import materialize_weeks
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.sample import write_sample
from pipeline.settings import NoticeSettings, Settings
from tests.unit.notice.receivers import HttpReceiver

pytestmark = pytest.mark.slow
WEEK = "2023-01"
MISSING = "综窗办件周报"


@pytest.fixture
def inbox_without_a_file(tmp_path: Path, calendar: ReportingCalendar) -> Path:
    """The exports of one week, but for one that its figures need."""
    folder = tmp_path / "home" / "inbox"
    write_sample(folder, scale=0.001, defects=False, calendar=calendar)
    for path in folder.iterdir():
        if WEEK not in path.name or path.name.startswith(MISSING):
            path.unlink()
    return folder


def test_a_blocked_week_is_told_once_and_shown_with_its_owner(inbox_without_a_file: Path) -> None:
    with HttpReceiver() as receiver:
        notice = NoticeSettings(urls=[f"json://127.0.0.1:{receiver.port}"])  # type: ignore[list-item]
        settings = Settings(home=inbox_without_a_file.parent, memory_limit="500MB", threads=2, notice=notice)
        first = materialize_weeks(settings, WEEK, WEEK)
        assert first.is_blocked
        (request,) = receiver.requests
        found = re.fullmatch(r"【周报】暂不能发布 (\d+) 项", request.json["title"])
        assert found
        assert MISSING in request.json["message"]
        assert "review/2023-01/" in request.json["message"]
        assert materialize_weeks(settings, WEEK, WEEK).is_blocked
        assert len(receiver.requests) == 1
    _assert_shown(settings, int(found[1]))


def _assert_shown(settings: Settings, blocking: int) -> None:
    """Dagster's own record of the last run, and the steward's page of a week that the site may not show."""
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        gate = instance.event_log_storage.get_latest_asset_check_execution_by_key([dg.AssetCheckKey(GATE, GATE_CHECK)])
        (record,) = gate.values()
        evaluation = record.event.dagster_event.event_specific_data  # type: ignore[union-attr]
        assert not evaluation.passed  # type: ignore[union-attr]
        assert evaluation.metadata["阻止发布的问题数"].value == blocking  # type: ignore[union-attr]
        assert MISSING in str(evaluation.metadata["什么挡住了发布"].value)  # type: ignore[union-attr]
        desk = instance.get_latest_materialization_event(DESK)
        assert desk is not None
        assert desk.asset_materialization.metadata["未处理的严重问题"].value == blocking  # type: ignore[union-attr]
        told = instance.get_latest_materialization_event(TOLD)
        assert told is not None
        assert told.asset_materialization.metadata["结果"].value == "没有新的事情要通知"  # type: ignore[union-attr]
    assert not (settings.published / "site").exists()
    assert "阻止发布" in (settings.review / WEEK / "quality.html").read_text("utf-8")
    assert json.loads((settings.notices / "sent.json").read_text("utf-8"))
