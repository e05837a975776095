"""Reads from a page's own style sheets and attributes what is not displayed; `visible` leaves that out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.ingest.sheets.html.tokens import RAW_ENDS, attributes_of

Rule = tuple[str, str]
"""Tag and class that a rule hides, either of them '' for any: `td.off` is ("td", "off"), `.off` is ("", "off")."""

# display:none, mso-hide:all in a style attribute or in a rule
NOT_DISPLAYED = re.compile(r"(?:^|[;{\s])(?:display\s*:\s*none|mso-hide\s*:\s*(?:all|screen))", re.IGNORECASE)
"""Finds what takes an element away, and its place with it."""
# visibility:hidden, visibility: collapse
BLANKED = re.compile(r"(?:^|[;{\s])visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
"""Finds what hides an element that keeps its place."""
# display:inline, display:block
DISPLAYED_AGAIN = re.compile(r"(?:^|[;\s])display\s*:\s*(?!none)\w", re.IGNORECASE)
"""Finds what displays an element that a rule takes away."""
# <style>, <style type="text/css">, and where none can begin: in a comment or a script
_STYLE_SHEET = re.compile(r"<!--|<(style|script)\b([^>]{0,200})>", re.IGNORECASE)
# media="print" is for paper; media="screen, print" and one without are for whoever reads the page.
_FOR_READERS = frozenset({"", "all", "screen"})
# /* note */, and the <!-- --> that old pages put around their rules
_COMMENT = re.compile(r"/\*[^*]{0,4000}\*/|<!--|-->")
# td, .off, td.off : other selectors (#id, td > p) are not followed
_SIMPLE_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?(?:\.([\w-]+))?")
_BRACE = re.compile("[{}]")


def hiding_rules(page: str) -> frozenset[Rule]:
    """Returns what the page's own style sheets hide by a tag, a class, or both; rules for some media only are left out.

    `<style>.off, tt {display:none}</style>` hides ("", "off") and ("tt", "").
    """
    rules: set[Rule] = set()
    position = 0
    while opening := _STYLE_SHEET.search(page, position):
        if opening[1] is None:
            # As in `tokens`: <!--> is a whole comment.
            end = page.find("-->", opening.start() + 2)
            position = end + 3 if end >= 0 else len(page)
            continue
        tag = opening[1].lower()
        closing = RAW_ENDS[tag].search(page, opening.end())
        position = closing.end() if closing else len(page)
        if tag == "style" and _is_for_readers(attributes_of(opening[2])):
            style_sheet = page[opening.end() : position]
            rules.update(_hidden_by(_COMMENT.sub(" ", style_sheet)))
    return frozenset(rules)


def _is_for_readers(attributes: dict[str, str]) -> bool:
    """Whether a style sheet counts on every screen: `<style media="print">` hides nothing there."""
    media = attributes.get("media", "").lower().split(",")
    return any(medium.strip() in _FOR_READERS for medium in media)


def _hidden_by(css: str) -> Iterator[Rule]:
    """Yields what the outermost rules hide; those inside `@media print { … }` are one level deeper."""
    depth = 0
    begin = 0
    selectors = ""
    for brace in _BRACE.finditer(css):
        piece = css[begin : brace.start()]
        begin = brace.end()
        if brace[0] == "{":
            if depth == 0:
                selectors = piece
            depth += 1
            continue
        if depth == 1 and NOT_DISPLAYED.search(piece):
            yield from _simple_rules(selectors)
        depth = max(depth - 1, 0)


def _simple_rules(selectors: str) -> Iterator[Rule]:
    for selector in selectors.lower().split(","):
        simple = _SIMPLE_SELECTOR.fullmatch(selector.strip())
        if simple is None:
            continue
        tag, css_class = simple.groups("")
        if tag or css_class:
            yield tag, css_class
