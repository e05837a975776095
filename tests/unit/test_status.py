"""The state of a hall as programs read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.load.ledger import prepare
from pipeline.quality.schema import create_tables
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings
from pipeline.status import (
    WaitingFile,
    WeekState,
    ledger_state,
    refusals,
    status_json,
    waiting_files,
    week_states,
)
from pipeline.warehouse import open_warehouse

LOADED = """
INSERT INTO ledger.delivery (delivery_id, source, file_name, week_id, status) VALUES
    ('d1', 'window_weekly', 'a.xlsx', '2023-14', 'current'), ('d2', 'item_volume', 'b.xlsx', '2023-14', 'current'),
    ('d3', 'window_weekly', 'c.xlsx', '2023-15', 'current'), ('d4', 'window_weekly', 'z.xlsx', '2023-14', 'superseded');
INSERT INTO ledger.row_account (delivery_id, sheet, disposition, reason, row_count) VALUES
    ('d1', 's', 'loaded', 'loaded', 10), ('d1', 's', 'set_aside', 'title', 2), ('d2', 's', 'loaded', 'loaded', 5);
INSERT INTO ledger.delivery (delivery_id, file_name, status, message, received_at) VALUES
    ('d5', '坏.xls', 'refused', '文件有密码', '2023-04-24 09:00:00');
"""
FINDING = """
INSERT INTO quality.check_result VALUES
    ('2023-14', 'charts.t', 'a', 'critical', 'failed', 1, 9, '', '12 与 11 不等', '[]', '2023-04-24 09:00:00');
INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, last_seen,
    weeks, unexpected_count, keys, evidence, action) VALUES
    ('f1', 'charts.t', 'a', '合计与明细相等', 'critical', 'open', '报送部门', '2023-14', '2023-14', 1, 1, '[]',
        '12 与 11 不等', '核对后重新报送');
INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, evidence)
VALUES ('f1', '2023-14', 'charts.t', 'a', 1, '[]', '12 与 11 不等');
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        prepare(connection, [])
        connection.execute(LOADED)
        yield connection


def test_weeks_are_counted_from_the_deliveries_that_count(con: duckdb.DuckDBPyConnection) -> None:
    assert week_states(con) == (WeekState("2023-14", 2, 15, None, 0, 0), WeekState("2023-15", 1, 0, None, 0, 0))


def test_a_refused_file_is_told_with_its_sentence_and_where_it_has_one_its_code(con: duckdb.DuckDBPyConnection) -> None:
    (refusal,) = refusals(con)
    assert (refusal.file, refusal.sentence, refusal.seen_at) == ("坏.xls", "文件有密码", datetime(2023, 4, 24, 9))
    con.execute("ALTER TABLE ledger.arrival ADD COLUMN IF NOT EXISTS code VARCHAR")
    con.execute(
        "INSERT INTO ledger.arrival (file_name, outcome, delivery_id, seen_at, code) "
        "VALUES ('坏.xls', 'refused', 'd5', '2023-04-24 09:00:00', 'locked')"
    )
    (refusal,) = refusals(con)
    assert refusal.code == "locked"


def test_what_blocks_a_release_is_told_with_what_to_do(con: duckdb.DuckDBPyConnection) -> None:
    assert ledger_state(con).unchecked_weeks == ("2023-14", "2023-15")
    create_tables(con)
    con.execute(FINDING)
    state = ledger_state(con)
    (blocker,) = state.blocking
    assert (blocker.finding_id, blocker.first_week, blocker.action) == ("f1", "2023-14", "核对后重新报送")
    assert state.unchecked_weeks == ("2023-15",)
    assert state.weeks[0].open_critical == 1


def test_a_warehouse_without_any_table_has_no_state() -> None:
    with duckdb.connect() as con:
        assert ledger_state(con).weeks == ()


def test_a_file_that_the_next_run_will_refuse_says_so(settings: Settings, calendar: ReportingCalendar) -> None:
    settings.inbox.mkdir(parents=True)
    (settings.inbox / "坏.xlsx").write_bytes(b"nothing that can be read")
    (settings.inbox / "~$打开.xlsx").write_bytes(b"x")
    lock, bad = waiting_files(settings, calendar, load_contracts(settings.contracts))
    assert bad.refusal is not None
    assert bad.refusal.code
    assert bad.refusal.sentence
    assert lock == WaitingFile("~$打开.xlsx", ())


def test_the_keys_for_programs_stay_as_they_are(settings: Settings, calendar: ReportingCalendar) -> None:
    contracts = load_contracts(settings.contracts)
    empty = status_json(settings, calendar, contracts)
    assert list(empty) == [
        "version",
        "home",
        "is_busy",
        "waiting",
        "loaded",
        "refused",
        "released",
        "blocking",
        "unchecked_weeks",
        "withdrawn",
    ]
    settings.inbox.mkdir(parents=True)
    (settings.inbox / "坏.xlsx").write_bytes(b"nothing that can be read")
    with open_warehouse(settings) as con:
        prepare(con, [])
        create_tables(con)
        con.execute(LOADED + FINDING)
    state = json.loads(json.dumps(status_json(settings, calendar, contracts)))
    assert state["waiting"][0]["refusal"].keys() == {"file", "code", "sentence", "place"}
    assert state["waiting"][0]["refusal"]["place"].keys() == {"file", "sheet", "row", "column"}
    assert state["loaded"][0].keys() == {"week_id", "deliveries", "rows", "open_critical", "open_warning"}
    assert state["refused"][0].keys() == {"file", "code", "sentence", "place", "seen_at"}
    assert state["refused"][0]["seen_at"] == "2023-04-24T09:00:00"
    assert state["blocking"][0].keys() == {
        "finding_id",
        "title",
        "first_week",
        "last_week",
        "owner",
        "evidence",
        "action",
    }
    assert state["released"] == []


def test_the_last_revision_of_a_week_is_told(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE SCHEMA release; CREATE TABLE release.issue (week_id VARCHAR, revision INTEGER)")
    con.execute("INSERT INTO release.issue VALUES ('2023-14', 1), ('2023-14', 2)")
    assert [week.revision for week in ledger_state(con).weeks] == [2, None]


def test_while_a_run_is_writing_only_the_inbox_is_told(
    settings: Settings, calendar: ReportingCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise duckdb.IOException("Could not set lock on file")

    settings.home.mkdir()
    settings.warehouse_path.touch()
    monkeypatch.setattr(duckdb, "connect", busy)
    state = status_json(settings, calendar, load_contracts(settings.contracts))
    assert (state["is_busy"], state["waiting"], state["loaded"]) == (True, [], None)
