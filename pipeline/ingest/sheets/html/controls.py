"""Puts the values of controls (lists, inputs, boxes) into a page as texts, and marks what is set apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import compress

from pipeline.ingest.sheets.html.cell_text import BREAK, CLOSED, RAISED, STRUCK, TICKED, UNTICKED
from pipeline.ingest.sheets.html.tokens import START, TEXT, Token, attributes_of

_SET_APART = {"sup": RAISED, "sub": RAISED, "del": STRUCK, "s": STRUCK, "strike": STRUCK}
# Inputs whose value is no text on the page.
_NO_TEXT_INPUTS = frozenset({"hidden", "button", "submit", "reset", "image", "file", "password", "color", "range"})
_BOXES = frozenset({"checkbox", "radio"})
_PARTS_OF_LIST = ("option", "optgroup")


@dataclass
class _Select:
    """A list to choose from: the texts of its options, and which of them are chosen."""

    is_multiple: bool
    texts: list[str] = field(default_factory=list)
    chosen: list[bool] = field(default_factory=list)

    def take(self, kind: str, tag: str, content: str) -> None:
        """Takes in a tag or a text from inside the list."""
        if kind == START and tag == "option":
            self.texts.append("")
            self.chosen.append("selected" in attributes_of(content))
        elif kind == TEXT and self.texts:
            self.texts[-1] += content

    def value(self) -> str:
        """What the list shows: the chosen options, or the first where one always is."""
        options = list(map(str.strip, self.texts))
        chosen = list(compress(options, self.chosen))
        if self.is_multiple:
            return "、".join(chosen)
        last_chosen = chosen[-1:]
        first_option = options[:1]
        return "".join(last_chosen or first_option)


def with_values(tokens: Iterator[Token]) -> Iterator[Token]:
    """Yields the tokens with the values of controls as texts, each on a line, and marks around what is set apart.

    `<input value=10>` is the text 10, `<select><option>甲<option selected>乙</select>` the text 乙.
    """
    select: _Select | None = None
    for kind, tag, content in tokens:
        if select:
            if kind == TEXT or tag in _PARTS_OF_LIST:
                select.take(kind, tag, content)
                continue
            # Any other tag ends the list, also one that nobody closed.
            yield TEXT, "", _on_a_line(select.value())
            select = None
            if tag == "select":
                continue
        if kind == START and tag == "select":
            select = _Select("multiple" in attributes_of(content))
        else:
            yield _with_value(kind, tag, content)


def _with_value(kind: str, tag: str, content: str) -> Token:
    """Returns what a reader sees of a tag or text: the value of an input, a mark for what is set apart."""
    if kind == START and tag == "input":
        return TEXT, "", _value_of_input(attributes_of(content))
    if tag in _SET_APART:
        return TEXT, "", _SET_APART[tag] if kind == START else CLOSED
    if tag == "textarea":
        return TEXT, "", BREAK
    return kind, tag, content


def _value_of_input(attributes: dict[str, str]) -> str:
    kind = attributes.get("type", "text").lower()
    if kind in _BOXES:
        return TICKED if "checked" in attributes else UNTICKED
    value = attributes.get("value", "")
    if kind in _NO_TEXT_INPUTS or not value:
        return ""
    return _on_a_line(value)


def _on_a_line(text: str) -> str:
    return f"{BREAK}{text}{BREAK}"
