"""The published file as its readers meet it: every table and column explained, keys kept, macros answering."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import openpyxl
import pytest

from pipeline.release.published.docs.macros import MACROS
from pipeline.settings import Settings

WEEK = "2023-15"
CALLS = {
    "week_figures": f"'{WEEK}'",
    "span_figures": "'2023-12', '2023-15'",
    "sum_of": "'case_accepted', '2023-01', '2023-15'",
    "year_on_year": f"'{WEEK}'",
    "first_published": f"'{WEEK}'",
    "published_on": f"'{WEEK}', '2100-01-01'",
    "known_now": f"'{WEEK}'",
    "revisions": f"'{WEEK}'",
    "figure_places": f"'{WEEK}', 'item_ytd', 'value'",
    "finding_state_on": "'2100-01-01'",
}
# Nothing was revised in a hall that ran once.
EMPTY = {"revisions"}


@pytest.fixture(scope="module")
def con(small_home: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(small_home.published / "metrics.duckdb"), read_only=True) as connection:
        yield connection


def test_every_table_and_column_is_explained_in_chinese_and_english(con: duckdb.DuckDBPyConnection) -> None:
    tables = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE comment IS NULL"
        " OR NOT contains(comment, chr(10)) OR NOT regexp_matches(comment, '[一-龥]')"
    ).fetchall()
    columns = con.execute(
        "SELECT schema_name || '.' || table_name || '.' || column_name FROM duckdb_columns() WHERE NOT internal"
        " AND (comment IS NULL OR (NOT contains(comment, ' | ') AND comment <> 'SHA-256')) ORDER BY 1"
    ).fetchall()
    assert (tables, columns) == ([], [])


def test_the_dictionary_knows_every_table_and_column(con: duckdb.DuckDBPyConnection) -> None:
    missing = con.execute(
        'SELECT c.schema_name, c.table_name, c.column_name FROM duckdb_columns() AS c ANTI JOIN docs."column" AS d'
        " ON d.schema_name = c.schema_name AND d.table_name = c.table_name AND d.column_name = c.column_name"
        " WHERE NOT c.internal"
    ).fetchall()
    unlabelled = con.execute(
        "SELECT schema_name, table_name, column_name FROM docs.\"column\" WHERE schema_name IN ('charts', 'marts')"
        " AND (label_zh IS NULL OR label_en IS NULL)"
    ).fetchall()
    assert (missing, unlabelled) == ([], [])


def test_the_key_of_every_table_is_one_and_filled(con: duckdb.DuckDBPyConnection) -> None:
    keys: dict[str, list[str]] = {}
    for schema, table, column in con.execute(
        'SELECT schema_name, table_name, column_name FROM docs."key" ORDER BY schema_name, table_name, position'
    ).fetchall():
        keys.setdefault(f'{schema}."{table}"', []).append(f'"{column}"')
    tables = con.execute("SELECT schema_name || '.\"' || table_name || '\"' FROM duckdb_tables() ORDER BY 1").fetchall()
    assert {name for (name,) in tables} == keys.keys()
    broken = [
        table
        for table, key in keys.items()
        if con.execute(
            f"SELECT count(*) <> count(DISTINCT ({', '.join(key)})) OR"
            f" count(*) FILTER ({' OR '.join(f'{one} IS NULL' for one in key)}) > 0 FROM {table}"
        ).fetchone()
        != (False,)
    ]
    assert broken == []


def test_there_is_a_call_for_every_macro() -> None:
    assert {macro.name for macro in MACROS} == CALLS.keys()


@pytest.mark.parametrize("name", CALLS)
def test_every_macro_answers_and_is_listed(con: duckdb.DuckDBPyConnection, name: str) -> None:
    rows = con.execute(f"SELECT * FROM {name}({CALLS[name]})").fetchall()
    assert bool(rows) == (name not in EMPTY)
    assert con.execute("SELECT count(*) FROM docs.macro WHERE name = ?", [name]).fetchone() == (1,)


def test_a_span_adds_flows_takes_the_last_stock_and_leaves_distinct_counts_out(
    con: duckdb.DuckDBPyConnection,
) -> None:
    span = dict(con.execute("SELECT metric, value FROM span_figures('2023-14', '2023-15')").fetchall())
    weeks = [
        dict(con.execute(f"SELECT metric, value FROM week_figures('{week}')").fetchall())
        for week in ("2023-14", "2023-15")
    ]
    assert span["window_consulted"] == weeks[0]["window_consulted"] + weeks[1]["window_consulted"]
    assert span["case_closing"] == weeks[1]["case_closing"]
    assert span["case_opening"] == weeks[0]["case_opening"]
    assert span["training_trainees"] is None
    assert span["case_opening"] + span["case_accepted"] - span["case_closed"] == span["case_closing"]


def test_the_workbook_has_a_sheet_a_chart_with_its_rows_and_explains_each_column(
    con: duckdb.DuckDBPyConnection, small_home: Settings
) -> None:
    book = openpyxl.load_workbook(small_home.published / "metrics.xlsx")
    charts = con.execute(
        "SELECT table_name, row_count FROM docs.\"table\" WHERE schema_name = 'charts' ORDER BY 1"
    ).fetchall()
    listed = [row for row in book["说明"].iter_rows(values_only=True) if isinstance(row[2], int)]
    assert [row[2] for row in listed] == [rows for _, rows in charts]
    assert [str(row[0]) for row in listed] == book.sheetnames[2:-1]
    assert ("数据标签", "模拟数据") in [row[:2] for row in book["说明"].iter_rows(values_only=True)]
    fields = list(book["字段"].iter_rows(min_row=2, values_only=True))
    for name in book.sheetnames[2:-1]:
        explained = [(heading, unit) for title, heading, unit, *_ in fields if title == name]
        headings = [str(cell.value) for cell in book[name][1]]
        assert [
            heading if not unit or unit in heading else f"{heading}（{unit}）" for heading, unit in explained
        ] == headings
    items = list(book["事项受理办结"].iter_rows(values_only=True))
    at = items[0].index("今年累计")
    found = {row[3:5]: row[at] for row in items if row[0] == WEEK}
    charted = con.execute(
        f"SELECT power_group_label, measure_label, value_ytd FROM charts.item_ytd WHERE week_id = '{WEEK}'"
    ).fetchall()
    assert found == {(group, measure): value for group, measure, value in charted}
