"""Each row of a workbook is answered; only a row that is whole, intact and up to date is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

import duckdb
import pytest

from pipeline.contracts import Contract
from pipeline.ingest.cells.code_lists import read_code_lists
from pipeline.quality.desk.answers import Desk, take_workbook
from pipeline.quality.desk.intake import take_decisions
from pipeline.quality.desk.seal import seal, version
from pipeline.quality.desk.workbook_rows import (
    Workbook,
    day_to_come,
    finding_in_week,
    left_out_rows,
    rows_of,
    unanswered,
)
from pipeline.settings import Settings, Steward, load_settings

KEY = b"key of the hall"
NOON = datetime(2023, 4, 24, 12)
WORKBOOK = Workbook("w1", "2023-15", "处理单.xlsx")
EVIDENCE = "12 与 11 不等"
PLACES = '[{"file_name": "巡查.xlsx", "sheet": "四月", "first_row_no": 7, "last_row_no": 7, "delivery_id": "i1"}]'
ROSTER = (
    Steward(name="张三", department="大厅管理处"),
    Steward(name="李四", department="政务处", may_accept_critical=True),
    Steward(name="王 五"),
)
Fill = Callable[..., None]


@pytest.fixture
def desk(delivered: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> Desk:
    delivered.execute("""
        CREATE TABLE raw.review_decisions (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, finding_id VARCHAR,
            problem VARCHAR, evidence VARCHAR, decision VARCHAR, decision_reason VARCHAR, until DATE,
            row_meant VARCHAR, column_meant VARCHAR, corrected_value VARCHAR, decided_by VARCHAR, seal VARCHAR,
            as_written MAP(VARCHAR, VARCHAR), approved_by VARCHAR, comment VARCHAR);
        INSERT INTO ledger.delivery (delivery_id, source, week_id, file_name, status, scope, received_at)
        VALUES ('w1', 'review_decisions', '2023-15', '处理单.xlsx', 'current', 'w1', '2023-04-24 11:00:00')""")
    delivered.execute(
        "INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, "
        "last_seen, weeks, unexpected_count, keys, evidence, action) VALUES ('f1', 'charts.t', 'c', '合计不符', "
        "'critical', 'open', '数据专员', '2023-15', '2023-15', 1, 1, '[]', ?, '请更正')",
        [EVIDENCE],
    )
    delivered.execute(
        "INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, "
        "evidence, places) VALUES ('f1', '2023-15', 'charts.t', 'c', 1, '[]', ?, ?)",
        [EVIDENCE, PLACES],
    )
    codes = read_code_lists(load_settings().reference)
    return Desk(delivered, contracts, codes, KEY, NOON, ROSTER)


@pytest.fixture
def fill(desk: Desk) -> Fill:
    def insert(
        decision: str | None = None,
        reason: str | None = None,
        who: str | None = None,
        second: str | None = None,
        *,
        finding: str = "f1",
        evidence: str = EVIDENCE,
        value: str | None = None,
        column: str | None = None,
        shown: str = EVIDENCE,
    ) -> None:
        code = seal(KEY, "2023-15", "f1", "合计不符", EVIDENCE, version(shown, 1, None, None))
        desk.con.execute(
            "INSERT INTO raw.review_decisions (delivery_id, sheet, row_no, finding_id, problem, evidence, decision, "
            "decision_reason, column_meant, corrected_value, decided_by, seal, approved_by) "
            "VALUES ('w1', '办件', 4, ?, '合计不符', ?, ?, ?, ?, ?, ?, ?, ?)",
            [finding, evidence, decision, reason, column, value, who, code, second],
        )

    return insert


def answer(desk: Desk) -> tuple[str, str]:
    (answer,) = take_workbook(desk, WORKBOOK)
    return answer.outcome, answer.message


@pytest.mark.parametrize(
    ("row", "outcome", "words"),
    [
        ({"finding": "f9"}, "unknown", "没有这个问题编号"),
        ({"evidence": "别的依据"}, "tampered", "校验码对不上"),
        ({}, "blank", "没有填写处理意见"),
        ({"decision": "接受", "reason": "r", "who": "张三"}, "incomplete", "只能选：接受并说明"),
        ({"reason": "r", "who": "张三"}, "incomplete", "没有选处理意见"),
        ({"decision": "接受并说明", "who": "张三"}, "incomplete", "没有写理由"),
        ({"decision": "接受并说明", "reason": "r"}, "incomplete", "没有写处理人"),
        ({"decision": "接受并说明", "reason": "r", "who": "张三", "value": "3"}, "incomplete", "要更正请选“更正”"),
        ({"decision": "撤回", "reason": "r", "who": "张三"}, "incomplete", "没有可撤回的"),
        ({"decision": "同上", "reason": "r", "who": "张三"}, "incomplete", "上方没有可照抄的行"),
        ({"decision": "暂缓", "reason": "r", "who": "张三"}, "incomplete", "没有写截至日期"),
        ({"decision": "退回", "reason": "r", "who": "张三"}, "applied", "收到更正的报送之前不发布"),
        ({"decision": "退回", "reason": "r", "who": "王五"}, "applied", "已登记退回"),
        ({"decision": "退回", "reason": "r", "who": "赵六"}, "incomplete", "处理人“赵六”不在 zhoubao.toml"),
        ({"decision": "退回", "reason": "r", "who": "张三", "second": "赵六"}, "incomplete", "复核人“赵六”不在"),
        ({"decision": "退回", "who": "张三"}, "incomplete", "没有写理由"),
        ({"decision": "带说明发布", "reason": "r", "who": "张三"}, "incomplete", "没有写截至日期"),
        ({"decision": "待核实发布", "reason": "r", "who": "张三"}, "applied", "有关数字印作【待核实】"),
        ({"decision": "接受并说明", "reason": "r", "who": "张三"}, "incomplete", "可以复核的：李四（政务处）"),
        ({"decision": "接受并说明", "reason": "r", "who": "张三", "second": "王五"}, "incomplete", "不能接受严重问题"),
        ({"decision": "接受并说明", "reason": "r", "who": "张三", "second": "赵六"}, "incomplete", "复核人“赵六”不在"),
        ({"decision": "接受并说明", "reason": "r", "who": "李四", "second": "李 四"}, "incomplete", "自己不能复核"),
        ({"decision": "接受并说明", "reason": "r", "who": "张三", "second": "李四"}, "applied", "已登记“接受并说明”"),
        ({"decision": "接受并说明", "reason": "r", "who": "张三", "shown": "旧"}, "outdated", "问题有变化"),
        (
            {"decision": "更正", "reason": "r", "who": "张三", "column": "问题数", "value": "1"},
            "incomplete",
            "本来就是 1",
        ),
    ],
)
def test_a_row_is_answered_by_what_it_says(
    desk: Desk, fill: Fill, row: dict[str, str], outcome: str, words: str
) -> None:
    # The row's code is what it was written with: its version is the finding's, unless an older one is shown.
    fill(**row)
    said = answer(desk)
    assert said[0] == outcome
    assert words in said[1]


def test_an_accepted_finding_is_waived_and_the_workbook_is_not_read_again(desk: Desk, fill: Fill) -> None:
    fill("接受并说明", "系统升级", "张三", "李四")
    assert unanswered(desk.con) == [WORKBOOK]
    assert answer(desk) == ("applied", "已登记“接受并说明”；出现新的情况时重新列出")
    assert desk.con.execute("SELECT status FROM quality.finding").fetchall() == [("waived",)]
    decisions = desk.con.execute("SELECT reason, decided_by, approved_by, decided_at FROM quality.decision").fetchall()
    assert decisions == [("系统升级", "张三", "李四", NOON)]
    assert unanswered(desk.con) == []


def test_a_warning_is_accepted_by_one_person_and_nobody_accepts_a_critical_one_without_a_roster(
    desk: Desk, fill: Fill
) -> None:
    fill("接受并说明", "系统升级", "张三")
    without_roster = replace(desk, roster=())
    assert "名单里还没有这样的人" in answer(without_roster)[1]
    desk.con.execute("UPDATE quality.finding SET severity = 'warning'")
    desk.con.execute("UPDATE ledger.delivery SET status = 'current'; DELETE FROM quality.review_answer")
    assert answer(without_roster)[0] == "applied"


@pytest.mark.parametrize("decision", ["接受并说明", "更正", "退回", "暂缓至", "带说明发布", "待核实发布", "撤回"])
def test_no_word_settles_personal_data(desk: Desk, fill: Fill, decision: str) -> None:
    desk.con.execute("UPDATE quality.finding SET category = '个人信息'")
    fill(decision, "已核对", "张三", "李四", column="问题数", value="3" if decision == "更正" else None)
    outcome, message = answer(desk)
    assert (outcome, "任何处理意见都不能放行" in message) == ("incomplete", True)
    assert desk.con.execute("SELECT count(*) FROM quality.decision").fetchone() == (0,)


def test_the_same_row_in_a_second_workbook_is_recorded_once(desk: Desk, fill: Fill) -> None:
    fill("接受并说明", "系统升级", "张三", "李四")
    answer(desk)
    again = replace(desk, now=datetime(2023, 4, 25, 9))
    assert answer(again) == ("repeated", "同样的处理意见已于 2023-04-24 12:00 登记，未重复登记")


def test_a_correction_is_recorded_with_its_decision_and_acts(desk: Desk, fill: Fill) -> None:
    fill("更正", "漏记两项", "张三", column="问题数", value="3")
    outcome, message = answer(desk)
    assert (outcome, "由 1 更正为 3（漏记两项）" in message) == ("applied", True)
    assert desk.con.execute("SELECT status, to_value FROM quality.correction").fetchall() == [("active", "3")]
    assert desk.con.execute("SELECT kind, value FROM quality.decision").fetchall() == [("correct", "3")]


def test_what_the_loader_could_not_read_is_answered_by_the_header_of_its_column(desk: Desk, fill: Fill) -> None:
    fill("接受并说明", "系统升级", "张三")
    desk.con.execute("""
        INSERT INTO quarantine.cell (delivery_id, sheet, row_no, column_name, message, row_disposition)
        VALUES ('w1', '办件', 4, 'until', '不是日期', 'loaded'),
            ('w1', '办件', 5, 'finding_id', '空', 'quarantined')""")
    first, left_out = take_workbook(desk, WORKBOOK)
    assert (first.outcome, first.message) == ("incomplete", "“截至日期”不是日期")
    assert (left_out.row_no, left_out.outcome, left_out.message) == (5, "incomplete", "空")
    assert [row.row_no for row in left_out_rows(desk.con, WORKBOOK)] == [5]


def test_a_row_that_says_ditto_is_answered_with_the_row_that_it_copies(desk: Desk, fill: Fill) -> None:
    fill("退回", "漏报", "张三")
    desk.con.execute("INSERT INTO raw.review_decisions SELECT * REPLACE (3 AS row_no) FROM raw.review_decisions")
    desk.con.execute(
        "UPDATE raw.review_decisions SET decision = '同上', decision_reason = NULL, decided_by = NULL WHERE row_no = 4"
    )
    first, copied = take_workbook(desk, WORKBOOK)
    assert (first.row_no, first.outcome) == (3, "applied")
    # It is the same finding here, decided in the same words: recorded once.
    assert (copied.row_no, copied.outcome) == (4, "repeated")


def test_a_comment_is_kept_whatever_becomes_of_its_row_and_settles_nothing(desk: Desk, fill: Fill) -> None:
    fill()
    desk.con.execute("UPDATE raw.review_decisions SET comment = '请核对四月'")
    outcome, message = answer(desk)
    assert outcome == "blank"
    assert message.endswith("留言已登记，写在下一份处理单的“往来留言”")
    assert desk.con.execute("SELECT finding_id, words, said_at FROM quality.comment").fetchall() == [
        ("f1", "请核对四月", NOON)
    ]


def test_a_row_that_was_changed_leaves_no_comment(desk: Desk, fill: Fill) -> None:
    fill(evidence="别的依据")
    desk.con.execute("UPDATE raw.review_decisions SET comment = '请核对四月'")
    assert answer(desk)[0] == "tampered"
    assert desk.con.execute("SELECT count(*) FROM quality.comment").fetchone() == (0,)


def test_a_row_with_nothing_but_a_proposed_cell_is_blank(desk: Desk, fill: Fill) -> None:
    fill(column="问题数")
    (row,) = rows_of(desk.con, WORKBOOK, NOON.date())
    assert row.is_blank
    assert not replace(row, decided_by="张三").is_blank


@pytest.mark.parametrize(
    ("written", "read", "meant"),
    [
        ("5月20日", date(2023, 5, 20), date(2023, 5, 20)),
        ("4月24日", date(2022, 4, 24), date(2023, 4, 24)),
        ("1月5日", date(2023, 1, 5), date(2024, 1, 5)),
        ("2月29日", date(2020, 2, 29), date(2024, 2, 29)),
        ("2023年4月20日", date(2023, 4, 20), date(2023, 4, 20)),
        ("20230420", date(2023, 4, 20), date(2023, 4, 20)),
        (None, date(2023, 4, 20), date(2023, 4, 20)),
    ],
)
def test_a_day_without_a_year_is_the_next_such_day(written: str | None, read: date, meant: date) -> None:
    assert day_to_come(read, written, NOON.date()) == meant


def test_a_postponement_to_a_day_without_a_year_is_recorded_with_the_year_that_is_meant(desk: Desk, fill: Fill) -> None:
    fill("暂缓至", "等复核", "张三")
    desk.con.execute("UPDATE raw.review_decisions SET until = '2022-05-20', as_written = MAP {'until': '5月20日'}")
    assert answer(desk) == (
        "applied",
        "已登记“暂缓至”，至 2023-05-20 为止，之后重新列出；此前严重问题仍不发布",
    )


def test_a_finding_that_its_week_shows_no_more_is_read_with_its_last_words(desk: Desk) -> None:
    shown = finding_in_week(desk.con, "2023-15", "f1")
    gone = finding_in_week(desk.con, "2023-16", "f1")
    assert shown is not None and shown.is_shown and len(shown.places) == 1
    assert gone is not None and not gone.is_shown and gone.evidence == EVIDENCE
    assert finding_in_week(desk.con, "2023-15", "f9") is None


def test_a_run_without_workbooks_takes_none_and_makes_no_key(
    delivered: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], settings: Settings
) -> None:
    assert take_decisions(delivered, settings, contracts, NOON) == []
    assert not settings.secret_path.exists()
