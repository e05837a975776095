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
    "SELECT list_extract(string_split(t.s, ','), 1) FROM t": "list_extract",
    "WITH u AS (SELECT min(week_id) AS w FROM s) SELECT t.a FROM t CROSS JOIN u": "CROSS JOIN",
    "SELECT t.a FROM t CROSS JOIN (SELECT count(*) AS n FROM s) AS u": "CROSS JOIN",
    "SELECT t.a FROM t, (SELECT count(*) AS n FROM s) AS u": "CROSS JOIN",
    "SELECT t.a FROM t QUALIFY t.a IN (SELECT a FROM u)": "QUALIFY",
    "SELECT max(t.n) FILTER (WHERE t.b > 0) OVER (PARTITION BY t.a) FROM t": "FILTER",
    "SELECT sum(t.n) FILTER (WHERE t.b > 0) OVER w FROM t WINDOW w AS (ORDER BY t.a)": "FILTER",
    "SELECT median(t.n) FROM t": "median",
    "SELECT median(CAST(t.n AS DECIMAL(18, 2))) FROM t": "median",
    "SELECT CAST(median(CAST(t.n AS DOUBLE)) AS DECIMAL(18, 2)) FROM t": "median",
    "SELECT CAST(t.n AS DECIMAL(18, 0)) // 2 FROM t": "//",
    "SELECT CAST(t.a / t.b AS BIGINT) FROM t": "四舍五入",
    "SELECT CAST(100 * avg(t.a) AS INTEGER) FROM t": "四舍五入",
    "SELECT CAST(CASE WHEN t.a > 0 THEN 0.5 END AS BIGINT) FROM t": "四舍五入",
    "SELECT CAST(sum(CAST(t.a AS DECIMAL(18, 2))) AS BIGINT) FROM t": "四舍五入",
    "SELECT CAST(v.value AS BIGINT) FROM marts.measure_value AS v": "四舍五入",
}
TYPES = {"marts.measure_value": {"value": "DECIMAL(18, 2)", "row_count": "BIGINT"}}
ALLOWED = (
    "SELECT date_diff('day', CAST(t.applied_at AS DATE), CAST(t.closed_at AS DATE)) FROM t",
    "SELECT CAST(median(CAST(t.n AS DECIMAL(18, 2))) AS DECIMAL(18, 2)) FROM t",
    "SELECT CAST(median(CAST(t.n AS DECIMAL(18, 2))) OVER (PARTITION BY t.a) AS DECIMAL(18, 2)) FROM t",
    "SELECT t.a - t.b AS difference FROM t",
    "SELECT t.a // 2, t.a / 10 FROM t",
    "SELECT t.a FROM t QUALIFY row_number() OVER (PARTITION BY t.a ORDER BY t.b) = 1",
    "SELECT * EXCLUDE (a) FROM t",
    "SELECT a FROM t UNION ALL SELECT a FROM u",
    "SELECT trim(t.s), year(t.d) FROM t",
    "SELECT t.a, sum(t.n) FILTER (WHERE t.b > 0) FROM t GROUP BY t.a",
    "SELECT t.a, sum(t.n) OVER w FROM t WINDOW w AS (ORDER BY t.a RANGE UNBOUNDED PRECEDING)",
    "SELECT split_part(t.s, ',', CAST(array_position(string_split(t.l, ','), t.a) AS INTEGER)) FROM t",
    "WITH u AS (SELECT min(week_id) AS w FROM s) SELECT t.a FROM t LEFT JOIN u ON TRUE",
    "WITH u AS (SELECT a, count(*) AS n FROM s GROUP BY a) SELECT t.a FROM t CROSS JOIN u",
    "SELECT t.a FROM t WHERE t.a IN (SELECT a FROM u)",
    "SELECT CAST(sum(t.n) AS BIGINT), CAST(floor(t.a / t.b) AS BIGINT), CAST(t.a // t.b AS BIGINT) FROM t",
    "SELECT CAST(CAST(t.a AS DECIMAL(38, 6)) * 1000000 AS HUGEINT) // 2 FROM t",
    "SELECT CAST(floor(v.value) AS BIGINT), CAST(v.row_count AS BIGINT) FROM marts.measure_value AS v",
)


@pytest.mark.parametrize(("sql", "word"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_a_forbidden_idiom_is_named(sql: str, word: str) -> None:
    assert word in "；".join(unportable(sqlglot.parse_one(sql, read="duckdb"), TYPES))


@pytest.mark.parametrize("sql", ALLOWED)
def test_its_portable_form_passes(sql: str) -> None:
    assert unportable(sqlglot.parse_one(sql, read="duckdb"), TYPES) == []
