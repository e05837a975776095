"""What a page hides, and what a cell says: nothing unseen joins a number."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.sheets.html.page import read_html
from pipeline.ingest.sheets.html.tokens import TEXT
from pipeline.ingest.sheets.html.visible import visible_tokens
from tests.unit.ingest.exports import MANY, rows_of


def cell(markup: str) -> str | None:
    """What a cell says that is written so."""
    return read_html(f"<table><tr><td>{markup}</td><td>末</td></tr></table>", MANY)[0].rows[0][0]


HIDDEN = (
    '<span style="display:none">{}</span>', "<span hidden>{}</span>", "<b style='color:red; DISPLAY : none'>{}</b>",
    "<i style=visibility:hidden>{}</i>", "<span style='mso-hide:all'>{}</span>", "<noscript>{}</noscript>",
    "<template>{}</template>", "<script>{}</script>", "<style>{}</style>", "<input type=hidden value={}>",
    "<div hidden><table><tr><td>{}</td></tr></table></div>", "<span hidden><b>{}</span>", '<em class="x off">{}</em>',
    "<tt>{}</tt>", "<input type=checkbox checked value={}>", "<!-- {} -->",
)  # fmt: skip


RULES = "<style>@media print { .seen {display:none} } .a, .off { color:red; display : none }\ntt{display:none}</style>"


@settings(deadline=None)
@given(
    number=st.integers(0, 10**6).map(str),
    unseen=st.lists(st.tuples(st.integers(0, 6), st.sampled_from(HIDDEN), st.integers(0, 99)), max_size=4),
)
def test_what_a_page_hides_never_joins_a_number(number: str, unseen: list[tuple[int, str, int]]) -> None:
    for place, markup, other in unseen:
        at = min(place, len(number))
        if "<" not in number[:at] and "<" not in number[at:]:
            number = number[:at] + markup.format(other) + number[at:]
    assert cell(RULES + number) == re.sub("[^0-9]", "", re.sub("<.*>", "", number, flags=re.S))


@pytest.mark.parametrize(
    ("markup", "says"),
    [
        ('10<span class="seen">99</span>', "1099"),
        ('10<span class="off" style="display:inline">99</span>', "1099"),
        ("<select><option>10<option selected>11</select>", "11"),
        ("<select><option value=1>10</option><option>11</option></select>", "10"),
        ("<select multiple><option selected>甲<option>乙<option selected>丙</select>", "甲、丙"),
        ("<select><option>10", "10"),
        ("10<select><option>11</select>", "10\n11"),
        ('<input value="10">', "10"),
        ('<INPUT TYPE="Number" VALUE=10 disabled>件', "10\n件"),
        ("10<input value=99>", "10\n99"),
        ("<input type=button value=查询>", None),
        ("<textarea>\n10 <b></textarea>", "10 <b>"),
        ("<input type=checkbox>公安厅", "公安厅"),
        ("<input type=radio checked>是<input type=radio>否", "☑是☐否"),
        ("10<sup>2</sup>", "10^2"),
        ("10 <sup><a href=#n>[2]</a></sup>", "10^[2]"),
        ("(5)<sub>2</sub>", "(5)^2"),
        ("<sup>2</sup>10", "2^10"),
        ("<sup>10</sup>", "10"),
        ("受理<sup>1</sup><sup>②</sup>", "受理"),
        ("受理（件）<sup>注1</sup>", "受理（件）"),
        ("<sup>*</sup>受理", "受理"),
        ("面积（km<sup>2</sup>）", "面积（km2）"),
        ("<del>99</del>10", "~~99~~10"),
        ("10</sup>", "10"),
        ("<s>10</s>", "10"),
        ("<ul><li>1<li>0</ul>", "1\n0"),
        ("<dl><dd>1<dd>0</dl>", "1\n0"),
        ("&#160;&ensp;&nbsp;&emsp;", None),
        ("<table><tr><td>10</td></tr></table>", "10"),
        ("10<table><tr><td>&nbsp;<td>99</td></tr></table>", "10\n99"),
        ("<table><tr><td><table><tr><td>10</td></tr></table></td></tr></table>", "10"),
    ],
)
def test_a_cell_says_what_the_page_shows(markup: str, says: str | None) -> None:
    assert cell(markup) == says


def test_a_hidden_row_is_a_blank_one_and_a_hidden_cell_takes_no_place() -> None:
    hidden = "<tr style='display:none'><td>样例<td>9</tr>"
    rows = f"<tr><td hidden>号<td>甲<td>1</tr>{hidden}<tbody hidden><tr><td>x<tr><td>y</tbody><tbody><tr><td>乙"
    assert rows_of(f"<table>{rows}<td style='visibility:hidden'>3</table>") == [
        [["甲", "1"], [None, None], [None, None], [None, None], ["乙", None]]
    ]
    excel = '<html xmlns:x="urn:schemas-microsoft-com:office:excel">'
    assert rows_of(f"{excel}<table>{hidden}</table>") == [[["样例", "9"]]]


def seen(page: str) -> str:
    """What a reader sees of a page, with its tags."""
    return "".join(content if kind == TEXT else f"<{tag}>" for kind, tag, content in visible_tokens(page))


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("<p>a&nbsp;&lt;b</p>", "<p>a\xa0<b<p>"),
        ("<p>1<span hidden>2<span>3</span>4</span>5", "<p>15"),
        ("<td hidden>1<td>2", "<td>2"),
        ("<tr hidden><td>1<tr><td>2", "<tr><tr><td>2"),
        ("<tbody hidden><tr><td>1<tr><td>2</tbody><tr><td>3", "<tr><tr><tr><td>3"),
        ("<div hidden><table><tr><td>1</table></div>2", "2"),
        ("<td style='visibility:hidden'>1<td>2", "<td><td>2"),
        ("<body style='display:none'><p>1", "<body><p>1"),
        ("<br hidden>1<svg><text>2</text></svg>", "<br>1"),
    ],
)
def test_the_tags_and_texts_of_what_is_hidden_are_left_out(page: str, says: str) -> None:
    assert seen(page) == says


def test_a_rule_for_paper_hides_no_row_from_the_screen() -> None:
    page = (
        "<style media=print>.no-print{display:none}</style><table><tr class=no-print><td>甲<td>1<tr><td>乙<td>2</table>"
    )
    assert rows_of(page) == [[["甲", "1"], ["乙", "2"]]]
