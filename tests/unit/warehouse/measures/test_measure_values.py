"""Measures of a contract become figures: what is counted, in which week, by whom, over the year."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.unit.warehouse.measures.measured_hall import MeasuredHall

RATINGS = """
name: rating_log
title: 好差评评价
version: 1
delivery: {kind: weekly, expected: weekly}
titleWords: [好差评]
primaryKey: [rating_no]
fields:
  - {name: rating_no, title: 评价编号, constraints: {required: true}}
  - {name: department, title: 部门, codes: department}
  - {name: channel, title: 渠道}
  - {name: satisfaction, title: 满意度, codes: satisfaction}
  - {name: cases, title: 办件数, type: integer}
  - {name: minutes, title: 等候分钟, type: number}
measures:
  - {name: ratings, label: 评价数, unit: 件, count: rows, by: [department, channel]}
  - {name: satisfied, label: 满意数, unit: 件, count: rows, where: {satisfaction: [满意, 非常满意]}, by: [channel]}
  - {name: satisfied_rate, label: 满意率, unit: "%", rate: {of: satisfied, per: ratings}, by: [channel]}
  - {name: rated_cases, label: 评价办件, unit: 件, sum: cases}
  - {name: rating_channels, label: 渠道数, unit: 个, distinct: channel}
  - {name: rating_wait, label: 平均等候, unit: 分钟, mean: {of: minutes}}
  - {name: rating_case_wait, label: 每件等候, unit: 分钟, mean: {of: minutes, weight: cases}, decimals: 1}
"""


def rating(number: str, channel: str = "窗口", satisfaction: str = "5", cases: int | None = 1, minutes: float = 3):
    return [number, "市住建局", channel, satisfaction, cases, minutes]


def values(con: duckdb.DuckDBPyConnection, metric: str, split: str = "ALL") -> list[tuple[object, ...]]:
    return con.execute(
        "SELECT week_id, member, value, value_ytd FROM charts.measure_weekly WHERE metric = ? AND split = ?"
        " ORDER BY member, week_id",
        [metric, split],
    ).fetchall()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> MeasuredHall:
    hall = MeasuredHall(tmp_path_factory.mktemp("rated"), RATINGS)
    hall.put("2023-01", [rating("A1"), rating("A2", "网上", "1", 3, 9), rating("A3", "网上", "4", None, 2)])
    hall.put("2023-02", [rating("B1", satisfaction="1")])
    hall.put("2023-04", [["C1", "市城管局", "窗口", "5", 2, 4]])
    return hall


@pytest.fixture(scope="module")
def con(hall: MeasuredHall):
    with hall.built() as con:
        yield con


def test_all(con, hall):
    print(hall.outcomes)
    for metric in (
        "ratings",
        "satisfied",
        "satisfied_rate",
        "rated_cases",
        "rating_channels",
        "rating_wait",
        "rating_case_wait",
    ):
        for split in ("ALL", "channel", "department_id"):
            print(metric, split, *values(con, metric, split), sep="\n   ")
    print(
        con.sql("SELECT * FROM charts.measure_weekly WHERE split='ALL' ORDER BY sort_order, week_id").df().to_string()
    )
    print(con.sql("SELECT * FROM marts.provenance").df().to_string())
    print(con.sql("SELECT * FROM marts.weekly_metric where metric='ratings'").df().to_string())
