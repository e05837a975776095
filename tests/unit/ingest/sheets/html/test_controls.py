"""The values of controls are texts of the page, and what is set apart is marked."""

from __future__ import annotations

import pytest

from pipeline.ingest.sheets.html.cell_text import BREAK, CLOSED, RAISED, STRUCK, TICKED, UNTICKED
from pipeline.ingest.sheets.html.controls import with_values
from pipeline.ingest.sheets.html.tokens import TEXT, tokens


def text_of(page: str) -> str:
    """All texts of a page with the values of its controls; other tags stand as <tag>."""
    return "".join(content if kind == TEXT else f"<{tag}>" for kind, tag, content in with_values(tokens(page)))


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("<select><option>甲<option selected> 乙 </select>丙", f"{BREAK}乙{BREAK}丙"),
        ("<select><optgroup label=x><option>甲</option></optgroup><option>乙</select>", f"{BREAK}甲{BREAK}"),
        ("<select><option selected>甲<option selected>乙</select>", f"{BREAK}乙{BREAK}"),
        ("<select multiple><option>甲<option selected>乙<option selected>丙</select>", f"{BREAK}乙、丙{BREAK}"),
        ("<select multiple><option>甲</select>", BREAK * 2),
        ("<select></select>", BREAK * 2),
        ("<select><option>甲<td>乙", f"{BREAK}甲{BREAK}<td>乙"),
        ("<select><option>甲</select><select><option>乙</select>", f"{BREAK}甲{BREAK}" + f"{BREAK}乙{BREAK}"),
    ],
)
def test_a_list_says_what_is_chosen_in_it(page: str, says: str) -> None:
    assert text_of(page) == says


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("<input value=10>", f"{BREAK}10{BREAK}"),
        ("<input>", ""),
        ("<input type=HIDDEN value=10><input type=password value=1><input type=submit value=查询>", ""),
        ("<input type=checkbox value=1 checked><input type=radio value=1>", TICKED + UNTICKED),
        ("<textarea>10</textarea>", f"{BREAK}10{BREAK}"),
    ],
)
def test_an_input_says_its_value_where_the_page_shows_it(page: str, says: str) -> None:
    assert text_of(page) == says


def test_what_is_raised_or_struck_out_stands_between_marks() -> None:
    assert text_of("10<sup>2</sup><td><del>9</del>") == f"10{RAISED}2{CLOSED}<td>{STRUCK}9{CLOSED}"
