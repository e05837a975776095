"""A draft is mended where a trial leaves no doubt, and only there."""

from __future__ import annotations

from dataclasses import replace

from pipeline.contracts import FieldType
from pipeline.ingest.authoring.draft_mending import mended
from pipeline.ingest.authoring.drafting.column_types import TypeGuess
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.keys import KeyGuess
from pipeline.ingest.authoring.drafting.plan import DraftPlan
from pipeline.ingest.authoring.drafting.table_guess import table_of
from pipeline.ingest.authoring.looking.trial_load import Problem
from pipeline.ingest.sheets.sheet import Sheet

TABLE = table_of(Sheet("a", [["单号", "更新时间"], ["A1", "2023-04-17 09:00:00"]]))
assert TABLE is not None
NUMBER = DraftColumn(0, "单号", "ticket_no", TypeGuess(FieldType.STRING), is_never_blank=True)
UPDATED = DraftColumn(1, "更新时间", "updated_at", TypeGuess(FieldType.DATETIME))
PLAN = DraftPlan("demo", "demo", TABLE, (NUMBER, UPDATED), (), KeyGuess(("ticket_no",), "updated_at", restates=True))


def lost(name: str, reason: str, rows: int = 2) -> Problem:
    return Problem("单号", "m", rows, "x", rows, name, reason, "", 3)


def test_a_moment_that_becomes_a_text_tells_no_latest_state_any_more() -> None:
    plan = mended(PLAN, [lost("updated_at", "not_a_datetime")])
    assert plan is not None
    assert plan.fields[1].guess.type is FieldType.STRING
    assert (plan.key.latest, plan.key.restates) == ("", False)
    assert plan.mends == (
        "改过：“更新时间”由日期时间改为文字，2 行不合（第 3 行“x”起）；"
        "若应为日期时间，请写 type: datetime 并改正或登记不合的写法",
    )


def test_a_key_with_conflicting_rows_is_dropped() -> None:
    plan = mended(PLAN, [lost("ticket_no", "conflicting_duplicate")])
    assert plan is not None
    assert plan.key.columns == ()


def test_codes_and_filling_down_that_do_not_hold_are_dropped() -> None:
    coded = replace(PLAN, fields=(replace(NUMBER, codes="channel"), UPDATED))
    plan = mended(coded, [lost("ticket_no", "unknown_code")])
    assert plan is not None
    assert plan.fields[0].codes is None
    filled = replace(PLAN, fields=(replace(NUMBER, fill_down=True), UPDATED))
    plan = mended(filled, [lost("ticket_no", "some_reason_of_gaps")])
    assert plan is not None
    assert not plan.fields[0].fill_down
    assert mended(filled, [lost("ticket_no", "identifier_as_day")]) is None


def test_faults_of_the_file_are_left_to_people() -> None:
    assert mended(PLAN, [lost("ticket_no", "error_cell"), lost("ticket_no", "identifier_lost")]) is None
    assert mended(PLAN, [lost("updated_at", "not_a_datetime", rows=0)]) is None


def test_what_keeps_empty_rows_of_a_form_out_stays() -> None:
    form = replace(PLAN, table=replace(PLAN.table, prenumbered=2))
    assert mended(form, [lost("ticket_no", "missing_required")]) is None
    assert mended(form, [lost("ticket_no", "missing_required", rows=3)]) is not None
