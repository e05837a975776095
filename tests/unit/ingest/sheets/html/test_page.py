"""Tables of HTML as a reader of the page sees them."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.sheets.html.page import read_html
from tests.unit.ingest.deliveries import (
    not_loaded,
    put,
    stored,
)
from tests.unit.ingest.exports import (
    COUNTS,
    DATA,
    DATA_ROWS,
    MANY,
    STORED,
    rows_of,
    weekly_html,
)


def test_html_spans_put_the_text_first_and_blanks_after() -> None:
    sheet = read_html(
        "<h2>题 &nbsp; 目</h2><table><tr><th rowspan=2>部门<th colspan=2>受理<tr><td>本周<td>累计"
        "<tr><td>公安厅<td x:num='12.5'>13<td>1,234</td></tr></table>注：甲<br>乙",
        MANY,
    )[0]
    assert sheet.rows == [
        ["题 目", None, None],
        ["部门", "受理", None],
        [None, "本周", "累计"],
        ["公安厅", "12.5", "1,234"],
        ["注：甲", None, None],
        ["乙", None, None],
    ]


def test_html_without_closing_tags_and_with_a_table_in_a_cell_keeps_every_row() -> None:
    sheet = read_html("<table><tr><td>甲<td><table><tr><td>内</table><tr><td>乙<td>丙</table>", MANY)[0]
    assert sheet.rows == [["甲", "内"], ["乙", "丙"]]


def test_a_page_that_waits_for_its_script_is_read_and_a_template_in_it_is_not() -> None:
    page = (
        "<style>body{display:none}</style><body style='visibility:hidden'><div hidden><table><tr><td>样</table></div>"
    )
    assert rows_of(f"{page}{DATA}</body>") == [DATA_ROWS]


def test_a_caption_and_text_between_cells_stand_above_the_table() -> None:
    assert rows_of(
        "<p>题<table>漏<tr><td>甲<td>乙</tr>又漏<tr><td>1<td>2<caption>2023年<br>第15期</caption></table>"
    ) == [[["题", None], ["漏", None], ["又漏", None], ["2023年", None], ["第15期", None], ["甲", "乙"], ["1", "2"]]]


def test_a_row_span_of_zero_and_every_other_ends_with_its_group() -> None:
    assert rows_of(
        "<table><tbody><tr><td rowspan=0>甲<td>1<tr><td>2<tr><td>3</tbody><tbody><tr><td rowspan=9>乙<td>4</tbody>"
        "<tfoot><tr><td>合计<td>10</table>"
    ) == [[["甲", "1"], [None, "2"], [None, "3"], ["乙", "4"], ["合计", "10"]]]


@pytest.mark.parametrize(
    "around",
    [
        "<div>共3条 1/1页</div>",
        "共3条<p>1/1页",
        "<table><tr><td>共3条<td>上一页<td>1/1页<td>下一页</table>",
        "<table><tr><td>版权所有</table>",
        "<table><tr><td>打印<td>关闭</table><p>技术支持",
    ],
)
def test_what_stands_around_the_tables_is_no_row_of_the_last(around: str) -> None:
    first, *others = rows_of(DATA + around)
    assert first == DATA_ROWS
    assert len(others) == 1
    assert rows_of(around + DATA) == [[*rows_of(around + DATA)[0][:-2], *DATA_ROWS]]


def test_a_table_around_the_page_leaves_its_titles_above_and_the_rest_behind() -> None:
    page = read_html(
        f"<table><tr><td>台徽<td>菜单</tr><tr><td>题<table><tr><td>2023年第15期</table><tr><td>左<td>{DATA}</td></tr>"
        "<tr><td>版权<td>电话</tr></table>".replace("<td>版权<td>电话", "<td>版权"),
        MANY,
    )
    assert [[[cell for cell in row if cell] for row in sheet.rows] for sheet in page] == [
        [["台徽", "菜单"], ["题\n2023年第15期"], ["左"], *DATA_ROWS], [["版权"]],
    ]  # fmt: skip
    assert [sheet.rows_above for sheet in page] == [0, 5]
    assert [sheet.name for sheet in page] == ["网页", "网页（表格以外）"]


def test_tables_in_the_cells_of_a_grid_are_its_values_or_follow_it() -> None:
    nested = "<table><tr><td>{}<td>件</table>"
    grid = f"<table><tr><td>甲<td>乙<tr><td>1<td>{nested.format(2)}<tr><td>3<td>{DATA}</table>"
    assert rows_of(grid) == [
        [[*row, None, None] for row in (["甲", "乙"], ["1", "2\n件"], ["3", None])] + DATA_ROWS
    ]  # fmt: skip


def test_a_table_split_in_two_stays_one() -> None:
    assert rows_of("<table><tr><td>甲<td>乙<td></table><div></div><table><tr><td>1<td>2</table>注：略<br>续") == [
        [["甲", "乙"], ["1", "2"], ["注：略", None], ["续", None]]
    ]


def test_a_table_that_nobody_closed_ends_where_the_next_begins() -> None:
    assert rows_of("<table><tr><td>甲<td>乙</tr><table><tr><td>1<td>2</tr></table></body>") == [
        [["甲", "乙"], ["1", "2"]]
    ]


MARKUP = st.sampled_from(
    [
        "<table>", "</table>", "<tr>", "</tr>", "<td>", "<td hidden>", "</td>", "<tbody>", "<tr hidden>", "<caption>",
        "甲", "1", "<select>", "<option>", "</select>", "<sup>", "</sup>", "<p>", "<div hidden>", "</div>",
        "<td rowspan=0>", "<input value=3>", "<td colspan=2>",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(MARKUP, max_size=40))
def test_no_damage_to_a_page_is_more_than_a_refusal(pieces: list[str]) -> None:
    with contextlib.suppress(RefusedFileError):
        sheets = read_html("<table>" + "".join(pieces) + "</body>", MANY)
        assert all(len({len(row) for row in sheet.rows}) < 2 for sheet in sheets)
        assert [sheet.rows_above for sheet in sheets] == [
            sum(len(one.rows) for one in sheets[:at]) for at in range(len(sheets))
        ]


def test_every_row_of_a_page_is_in_the_account(quick_loader: Loader) -> None:
    rows = [*COUNTS, *[[f"<input value='{one}'>" for one in COUNTS[0]]] * 2, ["<input>"] * 6, []]
    page = weekly_html(rows).replace("</body>", "<div>共5条</div><p>第1/1页</p></body>")
    put(quick_loader, "a.xls", page.encode())
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED
    account = quick_loader.con.execute(
        "SELECT sheet, reason, row_count FROM ledger.row_account WHERE disposition = 'set_aside' ORDER BY ALL"
    ).fetchall()
    assert account == [
        ("网页", "blank", 2), ("网页", "duplicate_row", 2), ("网页", "header", 1), ("网页", "title", 2),
        ("网页（表格以外）", "sheet_without_table", 2),
    ]  # fmt: skip
    assert quick_loader.con.execute("SELECT rows_physical FROM ledger.delivery").fetchone() == (12,)


@pytest.mark.parametrize("number", [99, 101])
def test_tables_in_tables_without_end_are_refused(number: int) -> None:
    page = "<table><tr><td>" * number + "x</body>"
    if number > 100:
        with pytest.raises(RefusedFileError, match="100 层"):
            read_html(page, MANY)
    else:
        assert rows_of(page) == [[["x"]]]


@pytest.mark.parametrize("damage", ["<!--" * 50_000, "<a " * 50_000, "<td " * 50_000, "</" * 50_000, "&#" * 50_000])
def test_hostile_html_is_done_with_in_seconds(damage: str) -> None:
    began = time.monotonic()
    with contextlib.suppress(RefusedFileError):
        read_html("<table><tr><td>x</td></tr></table>" + damage, MANY)
    assert time.monotonic() - began < 10


def test_html_that_spans_more_cells_than_allowed_is_refused() -> None:
    with pytest.raises(RefusedFileError, match="超过"):
        read_html("<table>" + "<tr><td colspan=16000></td><td>x</td></tr>" * 100 + "</table>", 1_000_000)
