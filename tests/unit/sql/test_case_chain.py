"""Cases from their versions to the balance: what counts, when, and for whom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sql.sql_hall import SqlHall, case

BALANCE = "marts.case_balance"
TOTAL = "department_id = 'ALL' AND power_type = 'ALL'"


def totals(hall: SqlHall, *columns: str, where: str = TOTAL) -> list[tuple[Any, ...]]:
    return hall.rows(f"SELECT week_id, {', '.join(columns)} FROM {BALANCE} WHERE {where} ORDER BY week_id")


def test_a_case_seen_twice_is_one_case(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04")])
    hall.deliver("case_detail", "2023-02", [case("A", "2023-01-04", "2023-01-10", change_mark="U")])
    hall.build(BALANCE)
    assert totals(hall, "accepted", "completed", "closing") == [("2023-01", 1, 0, 1), ("2023-02", 0, 1, 0)]


def test_a_correction_moves_a_case_to_another_department(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04")])
    hall.deliver("case_detail", "2023-02", [case("A", "2023-01-04", department="公安厅", change_mark="U")])
    hall.build(BALANCE, "marts.restatement")
    accepted = hall.rows(
        f"SELECT department_id, accepted_ytd FROM {BALANCE} WHERE week_id = '2023-02' AND power_type = 'ALL' ORDER BY 1"
    )
    assert accepted == [("ALL", 1), ("gongan", 1), ("shuili", 0)]
    assert hall.rows(
        "SELECT export_week_id, event_week_id, metric, department_id, cases FROM marts.restatement ORDER BY 4"
    ) == [
        ("2023-02", "2023-01", "case_accepted", "gongan", 1),
        ("2023-02", "2023-01", "case_accepted", "shuili", -1),
    ]


def test_a_correction_takes_its_case_back_where_it_was_and_names_the_rows_of_the_file_that_did_so(
    hall: SqlHall,
) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04"), case("B", "2023-01-04")])
    moved = case("B", "2023-01-04", department="公安厅", change_mark="U")
    hall.deliver("case_detail", "2023-02", [case("C", "2023-01-10"), moved])
    hall.build("marts.provenance")
    assert hall.rows(
        "SELECT week_id, department_id, delivery_id, value, row_count, first_row_no, last_row_no FROM marts.provenance "
        "WHERE metric = 'case_accepted' ORDER BY 1, 2, 3"
    ) == [
        ("2023-01", "gongan", "case_detail/2023-02/1", 1, 1, 4, 4),
        ("2023-01", "shuili", "case_detail/2023-01/0", 2, 2, 3, 4),
        ("2023-01", "shuili", "case_detail/2023-02/1", -1, 1, 4, 4),
        ("2023-02", "shuili", "case_detail/2023-02/1", 1, 1, 3, 3),
    ]


def test_a_withdrawn_case_counts_nowhere(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04", "2023-01-05"), case("B", "2023-01-04")])
    hall.deliver("case_detail", "2023-02", [case("A", "2023-01-04", "2023-01-05", change_mark="D")])
    hall.build(BALANCE)
    assert totals(hall, "accepted", "completed", "closing") == [("2023-01", 1, 0, 1), ("2023-02", 0, 0, 1)]


def test_a_withdrawn_case_that_comes_back_counts_again(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04", change_mark="D")])
    hall.deliver("case_detail", "2023-02", [case("A", "2023-01-04", change_mark="U")])
    hall.build(BALANCE)
    assert totals(hall, "accepted", "closing") == [("2023-01", 1, 1), ("2023-02", 0, 1)]


def test_void_and_deleted_close_a_case_without_completing_it(hall: SqlHall) -> None:
    rows = [case(result, "2023-01-04", "2023-01-05", result=result) for result in ("办结", "退回", "作废", "删除")]
    hall.deliver("case_detail", "2023-01", rows)
    hall.build(BALANCE)
    assert totals(hall, "accepted", "completed", "closed", "closing") == [("2023-01", 4, 2, 4, 0)]


def test_the_backlog_of_last_year_is_the_opening_and_is_carried_over(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("OLD", "2022-12-20"), case("OLDER", "2022-11-01", "2023-01-04")])
    hall.deliver("case_detail", "2023-02", [case("OLD", "2022-12-20", "2023-01-10"), case("NEW", "2023-01-09")])
    hall.build(BALANCE)
    assert totals(hall, "opening", "opening_week", "accepted_ytd", "completed_ytd", "carried_over_ytd", "closing") == [
        ("2023-01", 2, 2, 0, 1, 1, 1),
        ("2023-02", 2, 1, 1, 2, 2, 1),
    ]


def test_completed_beyond_accepted_is_said_with_its_carry_over(hall: SqlHall) -> None:
    old = [case(f"O{i}", "2022-12-20", "2023-01-04", power_type="行政处罚") for i in range(3)]
    hall.deliver("case_detail", "2023-01", [*old, case("N", "2023-01-04", "2023-01-05", power_type="行政确认")])
    hall.build("charts.item_ytd")
    assert hall.rows(
        "SELECT power_group, measure, value_ytd, excess_over_accepted, carried_over, flag FROM charts.item_ytd "
        "WHERE power_group <> 'licensing' ORDER BY sort_order"
    ) == [
        ("public_service", "accepted", 0, None, None, None),
        ("public_service", "completed", 0, 0, 0, None),
        ("other_nine", "accepted", 1, None, None, None),
        ("other_nine", "completed", 4, 3, 3, "办结超出受理"),
    ]


def test_a_cohort_never_holds_more_completions_than_acceptances(hall: SqlHall) -> None:
    rows = [case("OLD", "2022-12-20", "2023-01-04"), case("A", "2023-01-03", "2023-01-05"), case("B", "2023-01-03")]
    hall.deliver("case_detail", "2023-01", rows)
    hall.build("marts.weekly_metric")
    assert hall.rows(
        "SELECT metric, value_ytd, basis FROM marts.weekly_metric WHERE metric IN ('case_completed', "
        "'case_completed_cohort') AND department_id = 'ALL' AND power_type = 'ALL' AND channel = 'ALL' ORDER BY 1"
    ) == [("case_completed", 2, "flow"), ("case_completed_cohort", 1, "cohort")]


def test_a_week_without_events_still_has_its_year_to_date(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04")])
    hall.deliver("case_detail", "2023-03", [case("B", "2023-01-17")])
    hall.build(BALANCE)
    assert totals(hall, "accepted", "accepted_ytd") == [("2023-01", 1, 1), ("2023-02", 0, 1), ("2023-03", 1, 2)]


def test_a_new_year_opens_with_the_closing_of_the_old_one(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-50", [case("A", "2023-12-12"), case("B", "2023-12-12")])
    hall.deliver("case_detail", "2024-01", [case("A", "2023-12-12", "2024-01-03")])
    hall.build(BALANCE)
    last = totals(hall, "opening", "opening_week", "accepted_ytd", "completed_ytd", "closing")[-1]
    assert last == ("2024-01", 2, 2, 0, 1, 1)


def test_the_same_case_in_two_files_of_a_week_counts_once_by_the_later_export(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04")], as_of="2023-01-09 09:00:00", scope="一")
    later = [case("A", "2023-01-04", "2023-01-06", department="公安厅")]
    hall.deliver("case_detail", "2023-01", later, as_of="2023-01-09 10:00:00", scope="二")
    hall.build(BALANCE)
    assert hall.rows("SELECT department_id, closed_week_id FROM core.case_version") == [("gongan", "2023-01")]
    assert totals(hall, "accepted", "completed") == [("2023-01", 1, 1)]


def test_the_latest_export_of_a_case_wins_even_from_an_earlier_week(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04")], as_of="2023-01-09 09:00:00")
    moved = [case("A", "2023-01-04", department="公安厅")]
    hall.deliver("case_detail", "2023-02", moved, as_of="2023-01-16 09:00:00")
    corrected = [case("A", "2023-01-04", department="教育厅")]
    hall.deliver("case_detail", "2023-01", corrected, as_of="2023-02-01 09:00:00")
    hall.build(BALANCE)
    assert hall.rows(
        f"SELECT department_id, accepted_ytd FROM {BALANCE} WHERE week_id = '2023-02' AND power_type = 'ALL' ORDER BY 1"
    ) == [("ALL", 1), ("jiaoyu", 1)]


def test_a_reexport_of_an_earlier_week_rebuilds_from_there(hall: SqlHall) -> None:
    for number in range(1, 5):
        hall.deliver("case_detail", f"2023-0{number}", [case(f"C{number}", "2023-01-04")])
    hall.build(BALANCE)
    hall.deliver(
        "case_detail", "2023-03", [case("C3", "2023-01-04"), case("X", "2023-01-05")], as_of="2023-12-02 00:00:00"
    )
    built = hall.build(BALANCE)
    assert built["core.case_version"].weeks_built == ("2023-03", "2023-04")
    assert built["core.case_flow"].weeks_built == ("2023-03", "2023-04")
    assert totals(hall, "accepted_ytd")[-1] == ("2023-04", 5)


def test_a_week_whose_delivery_is_taken_back_is_emptied(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04")])
    hall.deliver("case_detail", "2023-02", [case("B", "2023-01-10")])
    hall.build(BALANCE)
    hall.con.execute("UPDATE ledger.delivery SET status = 'refused' WHERE week_id = '2023-02'")
    hall.build(BALANCE)
    assert totals(hall, "accepted_ytd") == [("2023-01", 1)]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("department", "某某新单位", "department_id"),
        ("power_type", "某类型", "power_type"),
        ("channel", None, "channel"),
    ],
)
def test_what_no_list_knows_stays_in_the_total_as_unknown(hall: SqlHall, column: str, value: Any, code: str) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04", **{column: value}), case("B", "2023-01-04")])
    hall.build("marts.case_position", "charts.department_volume", "charts.item_ytd")
    assert hall.rows(f"SELECT count(*) FROM core.case_version WHERE {code} = 'UNKNOWN'") == [(1,)]
    for split in ("department_id", "power_type", "channel"):
        rest = " AND ".join(f"{one} = 'ALL'" for one in ("department_id", "power_type", "channel") if one != split)
        parts = hall.rows(f"SELECT sum(accepted) FROM marts.case_position WHERE {split} <> 'ALL' AND {rest}")
        assert parts == [(2,)], split
    assert hall.rows("SELECT sum(accepted) FROM charts.department_volume") == [(2,)]
    assert hall.rows("SELECT sum(value) FROM charts.item_ytd WHERE measure = 'accepted'") == [(2,)]


def test_a_department_is_found_by_the_name_it_had_on_the_day(hall: SqlHall) -> None:
    old_name = {"department": "国土资源厅"}
    rows = [case("THEN", "2018-05-02", "2018-05-03", **old_name), case("NOW", "2023-01-04", **old_name)]
    hall.deliver("case_detail", "2023-01", rows)
    hall.build("core.case_version")
    assert hall.rows("SELECT case_no, department_id FROM core.case_version ORDER BY 1") == [
        ("NOW", "UNKNOWN"),
        ("THEN", "ziran"),
    ]


def test_reported_volumes_are_compared_with_what_was_known_then(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04"), case("B", "2023-01-04")])
    hall.deliver("case_detail", "2023-02", [case("LATE", "2023-01-05")])
    volume = {"power_type": "行政许可", "accepted_week": 1, "accepted_ytd": 2, "completed_week": 0, "completed_ytd": 0}
    hall.deliver("item_volume", "2023-01", [{"department": "水利厅"} | volume])
    hall.build("marts.item_volume_comparison")
    assert hall.rows(
        "SELECT measure, reported, counted, difference FROM marts.item_volume_comparison WHERE week_id = '2023-01' "
        "AND measure LIKE 'accepted%' ORDER BY 1"
    ) == [("accepted_week", 1, 2, -1), ("accepted_ytd", 2, 2, 0)]


def test_a_department_that_reported_nothing_is_blank_and_not_zero(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04"), case("B", "2023-01-04", department="公安厅")])
    none = {"power_type": "无业务", "accepted_week": 0, "accepted_ytd": 0, "completed_week": 0, "completed_ytd": 0}
    hall.deliver("item_volume", "2023-01", [{"department": "水利厅"} | none])
    hall.build("marts.item_volume_comparison")
    assert hall.rows(
        "SELECT department_id, reported, difference FROM marts.item_volume_comparison WHERE measure = 'accepted_week' "
        "ORDER BY 1"
    ) == [("gongan", None, None), ("shuili", 0, -1)]
