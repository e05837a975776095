"""The cells of a large sheet in a database of their own; its rows come out as they went in."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.ingest.sheets.bulk_rows import BulkRows, filled_height, in_columns, make_cells, open_scratch
from pipeline.ingest.tables.headers.paths import rows_between

ROWS = [[str(at), None if at % 7 else "x"] for at in range(3_000)]


def cells_from(select: str) -> duckdb.DuckDBPyConnection:
    con = open_scratch()
    con.register("arrived", con.sql(select).df())
    make_cells(con)
    return con


def test_texts_that_show_nothing_become_null_and_columns_get_names_of_their_own() -> None:
    con = cells_from("""SELECT '甲' AS "Column 1", ' ' AS b UNION ALL SELECT chr(12288) || chr(8203), '0'""")
    assert con.execute("SELECT c0, c1 FROM cells ORDER BY rowid").fetchall() == [("甲", None), (None, "0")]
    with pytest.raises(duckdb.CatalogException):
        con.execute("FROM arrived")


def test_whatever_arrives_is_kept_as_text() -> None:
    assert cells_from("SELECT 12 AS a, true AS b").execute("FROM cells").fetchall() == [("12", "true")]


@pytest.mark.parametrize(("last", "height"), [(0, 1), (4_999, 5_000), (5_000, 5_001), (12_000, 12_001)])
def test_a_sheet_is_as_high_as_its_last_row_that_holds_anything(last: int, height: int) -> None:
    con = cells_from(f"SELECT NULL AS a, CASE WHEN i = {last} THEN 'x' END AS b FROM range(12001) AS t (i) ORDER BY i")
    assert filled_height(con, 2, 12_001) == height


def test_a_sheet_of_blanks_has_no_rows() -> None:
    assert filled_height(cells_from("SELECT ' ' AS a FROM range(6000)"), 1, 6000) == 0


def test_a_scratch_database_never_writes_to_disk_and_is_apart_from_every_other() -> None:
    first, second = open_scratch(), open_scratch()
    assert first.execute("SELECT current_setting('temp_directory')").fetchall() == [("",)]
    first.execute("CREATE TABLE cells (c0 VARCHAR)")
    with pytest.raises(duckdb.CatalogException):
        second.execute("FROM cells")


def test_rows_are_handed_out_as_a_list_hands_them_out() -> None:
    plain = [[str(number), None] for number in range(700)]
    rows = in_columns([*plain, [" ", None]])
    assert isinstance(rows, BulkRows)
    assert (len(rows), list(rows)) == (700, plain)
    assert [rows[5], rows[-1], rows[650]] == [plain[5], plain[-1], plain[650]]
    assert [rows[2:4], rows[690:], rows[298:302:2], rows[-2:]] == [
        plain[2:4], plain[690:], plain[298:302:2], plain[-2:],
    ]  # fmt: skip
    with pytest.raises(IndexError):
        rows[700]


def test_a_row_is_the_same_however_it_is_asked_for() -> None:
    bulk = in_columns(ROWS)
    assert list(bulk) == ROWS
    for at in (0, 299, 300, 301, 2_500, 1_000, 2_999, -1, 449, 450, 451):
        assert bulk[at] == ROWS[at]
    for first, last in ((298, 302), (1_000, 1_004), (10, 900), (2_998, 3_005), (700, 700), (950, 1_049)):
        assert bulk[first:last] == ROWS[first:last]
    assert bulk[1_000:1_010:3] == ROWS[1_000:1_010:3]


def test_rows_between_two_places_are_those_of_the_slice() -> None:
    bulk = in_columns(ROWS)
    for first, last in ((0, 3_000), (5, 2_003), (2_990, 4_000), (7, 7)):
        assert list(rows_between(bulk, first, last)) == ROWS[first:last]
        assert list(rows_between(ROWS, first, last)) == ROWS[first:last]
