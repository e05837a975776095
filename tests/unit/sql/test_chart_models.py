"""What the chart tables say beyond the weekly: groups, channels, authorisation over time, departments, files."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.sql.sql_hall import SqlHall, case


def test_shares_of_channels_come_from_their_counts(hall: SqlHall) -> None:
    channels = ("窗口", "电脑网上", "移动端")
    hall.deliver("case_detail", "2023-01", [case(name, "2023-01-04", channel=name) for name in channels])
    hall.build("charts.online_weekly")
    assert hall.rows(
        "SELECT channel_label, is_online, accepted, accepted_total, share_pct FROM charts.channel_weekly"
        " ORDER BY channel"
    ) == [
        ("窗口", False, 1, 3, Decimal("33.33")),
        ("电脑网上", True, 1, 3, Decimal("33.33")),
        ("移动端", True, 1, 3, Decimal("33.33")),
    ]
    assert hall.rows("SELECT online_accepted, accepted, online_rate FROM charts.online_weekly") == [
        (2, 3, Decimal("66.67"))
    ]


def test_a_group_has_its_weeks_with_change_and_mean_and_open_cases_have_no_year_to_date(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04"), case("B", "2023-01-05", "2023-01-06")])
    hall.deliver("case_detail", "2023-02", [case("C", "2023-01-10")])
    hall.build("charts.group_weekly")
    assert hall.rows(
        "SELECT measure, value, value_ytd, previous_value, change_pct, mean_to_date FROM charts.group_weekly"
        " WHERE week_id = '2023-02' AND power_group = 'licensing' ORDER BY sort_order"
    ) == [
        ("accepted", 1, 3, 2, Decimal("-50.0"), Decimal("1.5")),
        ("completed", 0, 1, 1, Decimal("-100.0"), Decimal("0.5")),
        ("open", 2, None, 1, Decimal("100.0"), None),
    ]


def test_the_register_shows_who_was_authorised_this_week(hall: SqlHall) -> None:
    def listed(department: str, status: str) -> dict[str, str]:
        return {"department": department, "authorization_status": status, "stationed_on": "2022-01-04"}

    hall.deliver("department_register", "2023-01", [listed("水利厅", "未授权"), listed("公安厅", "已授权")])
    hall.deliver("department_register", "2023-02", [listed("水利厅", "已授权"), listed("公安厅", "已授权")])
    hall.build("charts.authorization_weekly")
    assert hall.rows(
        "SELECT status, departments, previous_departments, change, share_pct, joined_names, left_names"
        " FROM charts.authorization_weekly WHERE week_id = '2023-02' ORDER BY sort_order"
    ) == [
        ("stationed", 2, 2, 0, Decimal("100.00"), "", ""),
        ("authorized", 2, 1, 1, Decimal("100.00"), "水利厅", ""),
        ("not_authorized", 0, 1, -1, Decimal("0.00"), "", "水利厅"),
    ]


def test_no_case_is_not_the_same_as_no_report(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04")])
    hall.deliver("item_volume", "2023-01", [{"department": "公安厅", "power_type": "无业务"}])
    hall.build("charts.department_volume")
    assert hall.rows(
        "SELECT department_id, activity_status, closing FROM charts.department_volume"
        " WHERE department_id IN ('shuili', 'gongan', 'jiaoyu') ORDER BY 1"
    ) == [("gongan", "zero_reported", 0), ("jiaoyu", "not_reported", 0), ("shuili", "active", 1)]


def test_the_week_of_a_waterfall_starts_where_the_last_ended(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04"), case("B", "2023-01-04", "2023-01-05")])
    hall.deliver("case_detail", "2023-02", [case("C", "2023-01-10"), case("D", "2023-01-10", "2023-01-11")])
    hall.build("charts.case_balance")
    assert hall.rows(
        "SELECT week_id, opening_week, accepted, closed, closing FROM charts.case_balance"
        " WHERE power_group = 'licensing' ORDER BY 1"
    ) == [("2023-01", 0, 2, 1, 1), ("2023-02", 1, 2, 1, 2)]


def test_the_quality_of_a_week_counts_the_files_and_rows_that_count(hall: SqlHall) -> None:
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04")], as_of="2023-01-09")
    hall.deliver("case_detail", "2023-01", [case("A", "2023-01-04")], as_of="2023-01-10")
    hall.con.execute(
        "INSERT INTO ledger.row_account SELECT delivery_id, '表', unnest(['loaded', 'quarantined', 'set_aside']), NULL,"
        " unnest([2, 1, 3]) FROM ledger.delivery"
    )
    hall.build("charts.week_quality")
    columns = "files, files_superseded, rows_loaded, rows_quarantined, rows_set_aside, rows_of_data, quarantined_pct"
    found = hall.rows(f"SELECT {columns} FROM charts.week_quality")
    hall.con.execute("DELETE FROM ledger.row_account")
    assert found == [(1, 1, 2, 1, 3, 3, Decimal("33.3333"))]
