"""An order that may leave ties is found, whatever the rows come through; one that names a key of them passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.warehouse import Model
from pipeline.warehouse.models import model_of
from tests.unit.sql.loose_orders import loose_orders

REGISTER = """-- 台账
-- Register
-- grain: week_id, department_id
-- materialized: table
SELECT
    r.week_id, -- 期 | week
    r.department_id, -- 部门 | department
    r.place, -- 次序 | order
    r.name -- 名称 | name
FROM raw.register AS r"""
LOOSE = {
    "a rank by what several rows share": "SELECT r.week_id, r.department_id, row_number() OVER ("
    "PARTITION BY r.week_id ORDER BY r.place) AS n FROM core.register AS r",
    "the first of several": "SELECT r.week_id, r.department_id, first_value(r.name) OVER w AS n "
    "FROM core.register AS r WINDOW w AS (PARTITION BY r.week_id ORDER BY r.place)",
    "names in an order with ties": "SELECT r.week_id, string_agg(r.name, '、' ORDER BY r.place) AS n "
    "FROM core.register AS r GROUP BY r.week_id",
    "names without an order": "SELECT r.week_id, string_agg(r.name, '、') AS n FROM core.register AS r GROUP BY ALL",
    "a list without an order": "SELECT r.week_id, list(r.name) AS n FROM core.register AS r GROUP BY ALL",
    "the value at the greatest of a column": "SELECT r.department_id, arg_max(r.name, r.place) AS n "
    "FROM core.register AS r GROUP BY r.department_id",
    "through a CTE": "WITH c AS (SELECT week_id, department_id, place, name FROM core.register) SELECT c.week_id, "
    "string_agg(c.name, '、' ORDER BY c.place) AS n FROM c GROUP BY c.week_id",
    "through a UNION": "WITH c AS (SELECT week_id, 'a' AS kind, department_id, place FROM core.register UNION ALL "
    "SELECT week_id, 'b', department_id, place FROM core.register) SELECT c.week_id, c.kind, c.department_id, "
    "row_number() OVER (PARTITION BY c.week_id ORDER BY c.department_id) AS n FROM c",
    "a join that multiplies rows": "SELECT r.week_id, r.department_id, row_number() OVER ("
    "PARTITION BY r.department_id ORDER BY r.week_id) AS n FROM core.register AS r "
    "INNER JOIN core.register AS p ON p.week_id < r.week_id QUALIFY n = 1",
    "columns that are no key": "WITH c AS (SELECT name, place FROM core.register) "
    "SELECT c.name, row_number() OVER (ORDER BY c.name) AS n FROM c",
}
UNIQUE = {
    "the rest of the grain": "SELECT r.week_id, r.department_id, row_number() OVER ("
    "PARTITION BY r.week_id ORDER BY r.place, r.department_id) AS n FROM core.register AS r",
    "a row of a file": "SELECT r.week_id, row_number() OVER ("
    "PARTITION BY r.week_id ORDER BY r.delivery_id, r.sheet, r.row_no) AS n FROM raw.register AS r",
    "equal ranks for equal rows": "SELECT r.week_id, r.department_id, dense_rank() OVER (ORDER BY r.place) AS n "
    "FROM core.register AS r",
    "names": "SELECT r.week_id, string_agg(r.name, '、' ORDER BY r.place, r.department_id) AS n "
    "FROM core.register AS r GROUP BY ALL",
    "a column that is equal to one of the key": "SELECT p.week_id, row_number() OVER ("
    "PARTITION BY p.department_id ORDER BY p.week_id) AS n FROM core.register AS r "
    "INNER JOIN core.register AS p ON p.week_id = r.week_id AND p.department_id = r.department_id",
    "a column that has one value": "SELECT r.week_id, row_number() OVER (ORDER BY r.week_id) AS n "
    "FROM core.register AS r WHERE r.department_id = 'ALL'",
    "what a CTE groups by": "WITH c AS (SELECT week_id, name, count(*) AS n FROM core.register GROUP BY ALL) "
    "SELECT c.week_id, string_agg(c.name, '、' ORDER BY c.n, c.name) AS n FROM c GROUP BY c.week_id",
    "constants that tell the parts of a UNION apart": "WITH c AS (SELECT week_id, 'a' AS kind, department_id FROM "
    "core.register UNION ALL SELECT week_id, 'b', department_id FROM core.register) SELECT c.week_id, "
    "row_number() OVER (PARTITION BY c.week_id ORDER BY c.kind, c.department_id) AS n FROM c",
    "the value of one row, however often it is joined": "SELECT r.department_id, arg_max(r.name, r.week_id) AS n "
    "FROM core.register AS r INNER JOIN core.register AS p ON p.week_id <= r.week_id GROUP BY r.department_id",
}


def model(name: str, sql: str, grain: str = "week_id, n") -> Model:
    if not sql.startswith("--"):
        sql = f"-- 试\n-- Try\n-- grain: {grain}\n-- materialized: table\n" + _described(sql)
    return model_of(name, sql, Path(f"{name}.sql"))


def _described(sql: str) -> str:
    """Wraps a query so that each column of the last SELECT has its words."""
    names = "week_id" if " AS n FROM" not in sql else "n"
    return f"SELECT\n    t.{names} -- 列 | column\nFROM ({sql}) AS t"


@pytest.mark.parametrize("words", LOOSE)
def test_an_order_with_ties_is_found(words: str) -> None:
    register = model("core.register", REGISTER)
    assert len(loose_orders(model("marts.tried", LOOSE[words], "n"), [register])) == 1


@pytest.mark.parametrize("words", UNIQUE)
def test_an_order_by_a_key_passes(words: str) -> None:
    register = model("core.register", REGISTER)
    assert loose_orders(model("marts.tried", UNIQUE[words], "n"), [register]) == []


def test_the_last_select_has_the_rows_of_the_table() -> None:
    register = model("core.register", REGISTER)
    sql = """-- 试
-- Try
-- grain: week_id, name
-- materialized: table
WITH c AS (SELECT week_id, name, place FROM core.register)
SELECT
    c.week_id, -- 期 | week
    c.name, -- 名称 | name
    row_number() OVER (PARTITION BY c.week_id ORDER BY c.place, c.name) AS n -- 次序 | order
FROM c"""
    assert loose_orders(model("marts.tried", sql), [register]) == []
    assert loose_orders(model("marts.tried", sql.replace("c.place, c.name", "c.place")), [register]) != []
