"""A page is cut into its tags and texts, whatever is damaged in it."""

from __future__ import annotations

import pytest

from pipeline.ingest.sheets.html.tokens import END, START, TEXT, attributes_of, tokens


@pytest.mark.parametrize(
    ("written", "attributes"),
    [
        (" COLSPAN=2 hidden", {"colspan": "2", "hidden": ""}),
        (""" title="a>b" class='x y' """, {"title": "a>b", "class": "x y"}),
        (' value = "a&amp;b"', {"value": "a&b"}),
        (""" value="'10'" alt='"x"'""", {"value": "'10'", "alt": '"x"'}),
        (' value="10 件', {"value": "10", "件": ""}),
        (" value=10 value=99", {"value": "10"}),
        (" x:num=12.5 /", {"x:num": "12.5"}),
        ("", {}),
    ],
)
def test_attributes_are_read_as_a_browser_reads_them(written: str, attributes: dict[str, str]) -> None:
    assert attributes_of(written) == attributes


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<TD nowrap>1</td>", [(START, "td", " nowrap"), (TEXT, "", "1"), (END, "td", "")]),
        ('<td title="a>b">1', [(START, "td", ' title="a>b"'), (TEXT, "", "1")]),
        ("3<5 & 6>4", [(TEXT, "", "3"), (TEXT, "", "<"), (TEXT, "", "5 & 6>4")]),
        ("<!DOCTYPE html><?xml?>x</ >y", [(TEXT, "", "x"), (TEXT, "", "y")]),
        ("a<!-- <td>1 -->b", [(TEXT, "", "a"), (TEXT, "", "b")]),
        ("a<!-->b<!-- x -->c", [(TEXT, "", "a"), (TEXT, "", "b"), (TEXT, "", "c")]),
        ("a<!-- never closed <td>1", [(TEXT, "", "a")]),
        ("<x:Name>综窗</x:Name>", [(START, "x:name", ""), (TEXT, "", "综窗"), (END, "x:name", "")]),
    ],
)
def test_tags_and_texts_come_as_they_are_written(page: str, found: list[tuple[str, str, str]]) -> None:
    assert [token for token in tokens(page) if token != (TEXT, "", "")] == found


@pytest.mark.parametrize("tag", ["script", "style", "title", "xml", "iframe"])
def test_what_is_no_markup_is_left_out_up_to_its_own_end(tag: str) -> None:
    page = f"<{tag}>if (a<td) '<table>'</{tag.upper()}>1"
    assert [token[:2] for token in tokens(page)] == [(START, tag), (END, tag), (TEXT, "")]


def test_the_content_of_a_textarea_is_a_text() -> None:
    assert list(tokens("<textarea>10 <b></textarea>"))[1] == (TEXT, "", "10 <b>")


def test_a_quote_that_nobody_closes_does_not_swallow_the_page() -> None:
    page = '<td title="x>1</td>' + " " * (70 << 10) + '<td>"2"</td>'
    assert (TEXT, "", "1") in list(tokens(page))
