"""Which cells of the charts are the same count, and which counts add up to which."""

from __future__ import annotations

from typing import Any

from pipeline.present.site.outer.counts import Counted, CountedCell, count_of, counted_cells, sums
from pipeline.present.site.outer.rules import RULES


def channel(week_id: str, channel_code: str, is_online: bool, accepted: int, total: int) -> dict[str, Any]:
    row = {"week_id": week_id, "channel": channel_code, "is_online": is_online, "accepted": accepted}
    others = dict.fromkeys(("accepted_ytd", "completed", "completed_ytd", "accepted_total_ytd"))
    return row | others | {"accepted_total": total}


def online(week_id: str, online_accepted: int, accepted: int) -> dict[str, Any]:
    row = {"week_id": week_id, "online_accepted": online_accepted, "accepted": accepted}
    return row | dict.fromkeys(("online_accepted_ytd", "accepted_ytd"))


CHARTS = {
    "channel_weekly": [
        channel("2023-01", "1", False, 4, 9),
        channel("2023-01", "2", True, 3, 9),
        channel("2023-01", "3", True, 2, 9),
    ],
    "online_weekly": [online("2023-01", 5, 9)],
}
WHOLE = Counted("case_accepted", "week", "2023-01", ())
ONLINE = Counted("case_accepted", "week", "2023-01", (("online", "True"),))
WINDOW = Counted("case_accepted", "week", "2023-01", (("channel", "1"), ("online", "False")))


def test_cells_of_several_charts_are_one_count() -> None:
    values, counts = counted_cells(CHARTS)
    assert values[WHOLE] == 9
    assert counts[CountedCell("channel_weekly", 0, "accepted_total")] == WHOLE
    assert counts[CountedCell("online_weekly", 0, "accepted")] == WHOLE
    assert counts[CountedCell("channel_weekly", 0, "accepted")] == WINDOW
    assert len(values) == 5


def test_parts_make_the_whole_and_the_part_that_they_are_of() -> None:
    values, _ = counted_cells(CHARTS)
    equations = list(sums(values, "2023-01", None))
    assert {tuple(sorted(equation.values())) for equation in equations} == {(-1, 1, 1), (-1, 1, 1, 1)}
    assert any(equation.get(ONLINE) == -1 and WINDOW not in equation for equation in equations)


def test_a_sum_that_does_not_hold_is_none() -> None:
    charts = CHARTS | {"online_weekly": [online("2023-01", 4, 9)]}
    values, _ = counted_cells(charts)
    assert [equation for equation in sums(values, "2023-01", None) if ONLINE in equation] == []


def test_two_sources_that_differ_do_not_give_each_other_away() -> None:
    charts = CHARTS | {"online_weekly": [online("2023-01", 5, 10)]}
    values, counts = counted_cells(charts)
    other = counts[CountedCell("online_weekly", 0, "accepted")]
    assert (other.metric, values[other], values[WHOLE]) == ("case_accepted of online_weekly", 10, 9)


def group(week_id: str, value: int, value_ytd: int) -> dict[str, Any]:
    return {"week_id": week_id, "measure": "issued", "value": value, "value_ytd": value_ytd}


def test_the_year_to_date_grows_by_the_week_and_begins_with_it() -> None:
    charts = {"window_weekly": [group("2023-01", 5, 5), group("2023-02", 2, 7)]}
    values, _ = counted_cells(charts)
    (first,) = sums(values, "2023-01", None)
    assert sorted(first.values()) == [-1, 1]
    (second,) = sums(values, "2023-02", "2023-01")
    assert second == {
        Counted("window_issued", "ytd", "2023-02", ()): -1,
        Counted("window_issued", "week", "2023-02", ()): 1,
        Counted("window_issued", "ytd", "2023-01", ()): 1,
    }


def test_two_ways_of_splitting_a_whole_that_no_chart_shows_add_up_to_the_same() -> None:
    moment = {"week_id": "2023-01"}
    charts = {
        "department_ageing": [
            moment | {"department_id": "a", "age_band": "0-5", "cases": 2},
            moment | {"department_id": "b", "age_band": "0-5", "cases": 4},
        ],
        "ageing": [
            moment | {"power_group": "x", "age_band": "0-5", "cases": 5},
            moment | {"power_group": "y", "age_band": "0-5", "cases": 1},
        ],
    }
    values, _ = counted_cells(charts)
    # Of the band, and of all that is open, of which there is one band.
    equations = list(sums(values, "2023-01", None))
    assert len(equations) == 2
    for equation in equations:
        signs = {counted.part[-1]: factor for counted, factor in equation.items()}
        assert signs["department", "a"] == signs["department", "b"] == -signs["group", "x"] == -signs["group", "y"]


def test_the_measure_of_a_row_says_what_its_value_counts() -> None:
    rule = RULES["group_weekly"]
    row = {"week_id": "2023-01", "power_group": "ALL", "measure": "open"}
    assert count_of(rule, "value", row) == Counted("case_closing", "moment", "2023-01", ())
    row |= {"power_group": "licensing", "measure": "accepted"}
    assert count_of(rule, "value_ytd", row) == Counted("case_accepted", "ytd", "2023-01", (("group", "licensing"),))
