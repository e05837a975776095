"""Leaves out of a page what its reader does not see; which tables the rest makes up, `parser` says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from pipeline.ingest.sheets.html.controls import with_values
from pipeline.ingest.sheets.html.style_rules import BLANKED, DISPLAYED_AGAIN, NOT_DISPLAYED, Rule, hiding_rules
from pipeline.ingest.sheets.html.tokens import END, START, TEXT, Token, attributes_of, tokens

# Elements that have no content, so that nothing in them can be hidden.
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr"}
)
# A page that hides itself does so until its script runs, which it does for every reader.
_WHOLE_PAGE = frozenset({"html", "body"})
_NEVER_HIDDEN = _VOID | _WHOLE_PAGE
# Shown only by a browser without scripts, by a script, or as a picture.
_UNSEEN = frozenset({"noscript", "template", "datalist", "svg", "audio", "video", "canvas"})
# What the attributes of a hidden element contain; searching this is cheaper than reading them all.
_MAY_HIDE = re.compile("hidden|none|collapse|mso-hide", re.IGNORECASE)
# xmlns:x="urn:schemas-microsoft-com:office:excel" in the first tag of a page that a spreadsheet program wrote
_EXCEL = "urn:schemas-microsoft-com:office:excel"
_HEAD = 1 << 16
# How far out a part of a table stands: the end of an outer part ends the inner ones.
_LEVELS = {"td": 1, "th": 1, "caption": 1, "tr": 2, "tbody": 3, "thead": 3, "tfoot": 3}
_GROUP_LEVEL = _LEVELS["tbody"]


def visible_tokens(text: str) -> Iterator[Token]:
    """Yields the tags of a document and the texts between them that its reader sees, character references resolved.

    What is hidden, by an attribute, a style or a simple rule of the page's own style sheets, is left out; a hidden row
    of a table is a blank one. Rows and cells that a spreadsheet program has hidden stay, as they do in a workbook. The
    text of a control is its value. `cell_text.collapsed` turns texts into what a cell says.
    """
    return with_values(_shown(text))


def _shown(text: str) -> Iterator[Token]:
    """Yields the tags and texts outside of hidden elements."""
    judge = _Judge(hiding_rules(text), is_excel=_EXCEL in text[:_HEAD])
    hidden: _Hidden | None = None
    for kind, tag, content in tokens(text):
        if kind == TEXT:
            if hidden is None:
                yield kind, tag, unescape(content)
            continue
        is_seen = True
        if hidden is not None:
            if hidden.has_row_at(kind, tag):
                yield START, "tr", ""
            if not hidden.ends_at(kind, tag):
                continue
            is_seen = hidden.shows_end(kind, tag)
        # The tag stands outside of what was hidden; perhaps it begins another hidden element.
        hidden = judge.hides(tag, content) if kind == START else None
        if hidden is not None:
            is_seen = hidden.keeps_place
        if is_seen:
            yield kind, tag, content


@dataclass
class _Hidden:
    """An element of which nothing is shown, while its end is looked for.

    `open_tables` are the tables inside that are open, `open_same` the elements of the same tag, itself included.
    """

    tag: str
    keeps_place: bool
    open_tables: int = 0
    open_same: int = 1

    def shows_end(self, kind: str, tag: str) -> bool:
        """Whether the tag that ends the element is seen: its own end only where the element keeps its place."""
        if self.keeps_place:
            return True
        is_own_end = kind == END and tag == self.tag
        return not is_own_end

    def ends_at(self, kind: str, tag: str) -> bool:
        """Whether the element is over with this tag: its own end, or the part of a table that it cannot reach past."""
        step = 1 if kind == START else -1
        if tag == self.tag and tag not in _LEVELS:
            self.open_same += step
            return self.open_same == 0
        if tag == "table":
            self.open_tables += step
            return self.open_tables < 0
        if self.open_tables or tag not in _LEVELS:
            return False
        return _LEVELS[tag] >= _LEVELS.get(self.tag, 0)

    def has_row_at(self, kind: str, tag: str) -> bool:
        """Whether a row of a hidden part of a table begins: it is a row all the same, and must be accounted for."""
        begins_row = kind == START and tag == "tr"
        is_group = _LEVELS.get(self.tag) == _GROUP_LEVEL
        return begins_row and is_group and not self.open_tables


@dataclass(frozen=True)
class _Judge:
    """Says which elements are hidden; rows and cells that Excel has hidden are not, as they are not in a workbook."""

    rules: frozenset[Rule]
    is_excel: bool

    def hides(self, tag: str, written: str) -> _Hidden | None:
        """Returns the hidden element that begins with this tag, or None; `written` are its attributes."""
        is_closed_at_once = written.endswith("/")
        if is_closed_at_once or tag in _NEVER_HIDDEN:
            return None
        if tag in _UNSEEN:
            return _Hidden(tag, keeps_place=False)
        may_hide = bool(self.rules) or _MAY_HIDE.search(written) is not None
        is_part_of_table = tag in _LEVELS
        is_row_hidden_by_excel = self.is_excel and is_part_of_table
        if not may_hide or is_row_hidden_by_excel:
            return None
        return self._hidden_by_look(tag, attributes_of(written))

    def _hidden_by_look(self, tag: str, attributes: dict[str, str]) -> _Hidden | None:
        """Returns the element where its look hides it, so that it takes no room or is blank; None of every other."""
        style = attributes.get("style", "")
        if self._is_not_displayed(tag, attributes, style):
            is_row = tag == "tr"
            return _Hidden(tag, keeps_place=is_row)
        if BLANKED.search(style):
            is_part_of_table = tag in _LEVELS
            return _Hidden(tag, keeps_place=is_part_of_table)
        return None

    def _is_not_displayed(self, tag: str, attributes: dict[str, str], style: str) -> bool:
        """Whether an element takes no room on the page: by its attribute, its own style or a rule of the page."""
        if "hidden" in attributes:
            return True
        if NOT_DISPLAYED.search(style):
            return True
        return self._is_ruled(tag, attributes, style)

    def _is_ruled(self, tag: str, attributes: dict[str, str], style: str) -> bool:
        """Whether a rule of the page hides the element, and its own style does not display it again."""
        if not self.rules or DISPLAYED_AGAIN.search(style):
            return False
        classes = attributes.get("class", "").lower().split()
        candidates = {(name, css_class) for name in ("", tag) for css_class in ("", *classes)}
        return not candidates.isdisjoint(self.rules)
