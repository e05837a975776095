"""Cuts HTML into its tags and the text between them, as they are written; what a reader sees, `visible` says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

Token = tuple[str, str, str]
"""Kind (START, END or TEXT), tag in lower case ('' for a text), and the attributes or the text as written."""
START, END, TEXT = "start", "end", "text"

RAW_ENDS = {
    tag: re.compile(f"</{tag}", re.IGNORECASE)
    for tag in ("script", "style", "title", "xml", "textarea", "iframe", "noembed", "noframes")
}
"""The elements whose content is no markup, and what ends them; `xml` is an island of data that Excel writes."""
# <td, </x:Name, <h1 : the name of a tag, perhaps behind a slash
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,30})")
# name="value", name='value', name=value or name alone
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?")
# A quote that is closed farther away than this was never closed: it ends with its tag.
_LONGEST_TAG = 64 << 10


def attributes_of(written: str) -> dict[str, str]:
    """Returns the attributes of a tag by their names in lower case: `COLSPAN=2 hidden` is colspan '2' and hidden ''.

    Of an attribute that is written twice the first counts, as in a browser.
    """
    attributes: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(written):
        value = _unquoted(match[2] or "")
        attributes.setdefault(match[1].lower(), unescape(value))
    return attributes


def _unquoted(value: str) -> str:
    """Takes off the quotes around a value, or the one that begins it and was never closed; `'10'` of `"'10'"` stays."""
    quote = value[:1]
    return value[1:].removesuffix(quote) if quote in ('"', "'") else value


def tokens(text: str) -> Iterator[Token]:
    """Yields the tags and texts of a document: `<td>1` is (START, td, '') and (TEXT, '', 1).

    Every step goes forward and what is never closed ends the document, so that no damage can make it slow. Comments and
    the content of scripts, styles and the like are left out; that of a textarea is a text.
    """
    position = 0
    while True:
        opening = text.find("<", position)
        if opening < 0:
            yield TEXT, "", text[position:]
            return
        if opening > position:
            yield TEXT, "", text[position:opening]
        if text.startswith("<!--", opening):
            # <!--> is a whole comment.
            closing = text.find("-->", opening + 2)
            if closing < 0:
                return
            position = closing + 3
            continue
        name = _TAG.match(text, opening)
        if name is None:
            position = _end_of_no_tag(text, opening)
            if position == opening + 1:
                yield TEXT, "", "<"
            continue
        end = _end_of_tag(text, name.end())
        tag = name[2].lower()
        yield END if name[1] else START, tag, text[name.end() : end]
        position = min(end + 1, len(text))
        if tag in RAW_ENDS and not name[1]:
            begin = position
            closing_tag = RAW_ENDS[tag].search(text, begin)
            position = closing_tag.start() if closing_tag else len(text)
            if tag == "textarea":
                yield TEXT, "", text[begin:position]


def _end_of_no_tag(text: str, opening: int) -> int:
    """Where what begins with < and no name ends: `<!DOCTYPE html>`, `<?php ?>` and `</ >` as a whole, `<5` after <."""
    if text[opening + 1 : opening + 2] not in ("!", "?", "/"):
        return opening + 1
    closing = text.find(">", opening)
    return closing + 1 if closing >= 0 else len(text)


def _end_of_tag(text: str, position: int) -> int:
    """Where a tag ends: the next > that stands in no quotes, or the end of the document.

    In `<td title="a>b">` the first > stands in quotes; a quote that is not closed does not swallow the page.
    """
    end = text.find(">", position)
    if end < 0:
        return len(text)
    attributes = text[position:end]
    for quote in ('"', "'"):
        if attributes.count(quote) % 2:
            closing_quote = text.find(quote, end)
            if 0 <= closing_quote < position + _LONGEST_TAG:
                end = text.find(">", closing_quote)
            break
    return end if end >= 0 else len(text)
