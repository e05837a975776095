"""Every idiom of the list is found, and its portable form is not."""

from __future__ import annotations

import pytest
import sqlglot

from tests.unit.sql.portability import unportable

FORBIDDEN = {
    "SELECT date_diff('day', t.applied_at, t.closed_at) FROM t": "date_diff",
    "SELECT isodow(t.d) FROM t": "日历表",
    "SELECT dayofweek(t.d) FROM t": "日历表",
    "SELECT extract('isodow' FROM t.d) FROM t": "日历表",
    "SELECT week(t.d) FROM t": "日历表",
    "SELECT weekofyear(t.d) FROM t": "日历表",
    "SELECT isoyear(t.d) FROM t": "日历表",
    "SELECT yearweek(t.d) FROM t": "日历表",
    "SELECT date_part('week', t.d) FROM t": "日历表",
    "SELECT strftime(t.d, '%G-W%V') FROM t": "ISO",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t.n) FROM t": "median",
    "SELECT quantile_cont(t.n, 0.5) FROM t": "median",
    "SELECT t.due_date - t.start_date FROM t": "日期相减",
    "SELECT CAST(t.a AS DATE) - CAST(t.b AS DATE) FROM t": "日期相减",
    "SELECT trim(t.s, ' \u3000') FROM t": "全角空格",
    "SELECT * FROM t QUALIFY row_number() OVER (PARTITION BY a ORDER BY b) = 1": "QUALIFY",
    "SELECT t.* FROM t QUALIFY row_number() OVER (PARTITION BY a ORDER BY b) = 1": "QUALIFY",
    "SELECT * REPLACE (a + 1 AS a) FROM t": "REPLACE",
    "PIVOT t ON a USING sum(n)": "PIVOT",
    "SELECT COLUMNS(*) FROM t": "COLUMNS",
    "SELECT COLUMNS('a.*') FROM t": "COLUMNS",
    "SELECT t.a FROM t ASOF JOIN u ON t.a >= u.a": "ASOF",
    "SELECT a FROM t UNION BY NAME SELECT a FROM u": "BY NAME",
    "SELECT a FROM t UNION ALL BY NAME SELECT a FROM u": "BY NAME",
    "SELECT * FROM range(5)": "range()",
    "SELECT i FROM range(5) AS t(i)": "range()",
    "SELECT t.a / 0 FROM t": "除以零",
}
ALLOWED = (
    "SELECT date_diff('day', CAST(t.applied_at AS DATE), CAST(t.closed_at AS DATE)) FROM t",
    "SELECT median(t.n) FROM t",
    "SELECT t.a - t.b AS difference FROM t",
    "SELECT t.a // 2, t.a / 10 FROM t",
    "SELECT t.a FROM t QUALIFY row_number() OVER (PARTITION BY t.a ORDER BY t.b) = 1",
    "SELECT * EXCLUDE (a) FROM t",
    "SELECT a FROM t UNION ALL SELECT a FROM u",
    "SELECT trim(t.s), year(t.d) FROM t",
    "SELECT t.a, sum(t.n) FILTER (WHERE t.b > 0) OVER w FROM t WINDOW w AS (ORDER BY t.a RANGE UNBOUNDED PRECEDING)",
)


@pytest.mark.parametrize(("sql", "word"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_a_forbidden_idiom_is_named(sql: str, word: str) -> None:
    assert word in "；".join(unportable(sqlglot.parse_one(sql, read="duckdb")))


@pytest.mark.parametrize("sql", ALLOWED)
def test_its_portable_form_passes(sql: str) -> None:
    assert unportable(sqlglot.parse_one(sql, read="duckdb")) == []
