"""What a page's own style sheets hide from whoever reads it on a screen."""

from __future__ import annotations

import pytest

from pipeline.ingest.sheets.html.style_rules import Rule, hiding_rules


@pytest.mark.parametrize(
    ("page", "rules"),
    [
        ("<style>.off, tt {display:none}</style>", {("", "off"), ("tt", "")}),
        ("<STYLE type='text/css'><!-- TD.Off{color:red;DISPLAY : none} --></STYLE>", {("td", "off")}),
        ("<style>.a{display:none}</style>x<style>.b{mso-hide:all}</style>", {("", "a"), ("", "b")}),
        ("<style>.a{display:none}", {("", "a")}),
        ("<style>/* .a{display:none} */ .b{display:none}</style>", {("", "b")}),
        ("<style>.a{display:inline}.b{visibility:hidden}</style>", set()),
        ("<style>#a, td > p, .b:hover, .c {display:none}</style>", {("", "c")}),
        ("<p style='display:none'>.a{display:none}</p>", set()),
    ],
)
def test_a_simple_selector_that_is_not_displayed_is_a_rule(page: str, rules: set[Rule]) -> None:
    assert hiding_rules(page) == rules


@pytest.mark.parametrize(
    ("page", "rules"),
    [
        ("<style>@media print { .a {display:none} } .b {display:none}</style>", {("", "b")}),
        ('<style media="print">.a{display:none}</style>', set()),
        ("<style media='screen and (max-width: 600px)'>.a{display:none}</style>", set()),
        ('<style type="text/css" media="Screen, print">.a{display:none}</style>', {("", "a")}),
        ("<style media=all>.a{display:none}</style>", {("", "a")}),
    ],
)
def test_rules_for_some_media_only_are_left_out(page: str, rules: set[Rule]) -> None:
    assert hiding_rules(page) == rules


@pytest.mark.parametrize(
    "page",
    [
        "<!-- <style>.a{display:none}</style> --><style>.b{display:none}</style>",
        "<!--><style>.b{display:none}</style><!-- -->",
        "<script>x = '<style>.a{display:none}</style>'</script><style>.b{display:none}</style>",
        "<style>.b{display:none}</style><!-- <style>.a{display:none}</style>",
    ],
)
def test_a_style_sheet_in_a_comment_or_a_script_is_none(page: str) -> None:
    assert hiding_rules(page) == {("", "b")}
