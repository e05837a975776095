"""Turns the texts of a cell into what it says, as a browser shows it; where the texts come from, `parser` knows.

What is set apart in a cell (raised, struck out, a box to tick) is marked in its text by `visible` and `controls` with
the characters below. No document can contain them, and they are others than those of `common.cell_marks`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

BREAK = "\ufde0"
"""Stands in a text for a line break that markup makes."""
RAISED, STRUCK, CLOSED = "\ufde1", "\ufde2", "\ufde3"
"""Begin a raised or a struck part of a text, and end it."""
TICKED, UNTICKED = "\ufde4", "\ufde5"
"""Stand for boxes to tick."""
# A raised or struck part, up to its end or to the next part
_MARKED = re.compile(f"[{RAISED}{STRUCK}]([^{RAISED}{STRUCK}{CLOSED}]*){CLOSED}?")
_BLANKS = f"{BREAK} \t\r\n"
# 注1, [2], ② : longer than that, a raised text is no footnote mark
_LONGEST_FOOTNOTE = 4


def collapsed(parts: Sequence[str]) -> str:
    """Writes text as a browser shows it: runs of blanks are one, a line break is a line break.

    A raised or struck part never joins the number beside it: a footnote mark behind a word is dropped, what stands
    behind a digit is set off (10^2, ~~99~~10). Boxes to tick count only where there is a choice between several.
    """
    text = "".join(parts).replace("\xa0", " ")
    if TICKED in text or UNTICKED in text:
        text = _with_boxes(text)
    # An end alone is that of a part which began outside of the cell, or nowhere.
    if RAISED in text or STRUCK in text or CLOSED in text:
        text = _set_apart(text)
    lines = map(_with_single_blanks, text.split(BREAK))
    filled_lines = filter(None, lines)
    return "\n".join(filled_lines)


def _with_single_blanks(line: str) -> str:
    return " ".join(line.split())


def _with_boxes(text: str) -> str:
    """Writes boxes as ☑ and ☐ where there are several: `是☑否☐`; a single one belongs to the page, not to the value."""
    is_choice = text.count(TICKED) + text.count(UNTICKED) > 1
    ticked, unticked = ("☑", "☐") if is_choice else ("", "")
    return text.replace(TICKED, ticked).replace(UNTICKED, unticked)


def _set_apart(text: str) -> str:
    """Sets off what is raised or struck in a text, so that it becomes no digit of a number."""
    done = ""
    position = 0
    for part in _MARKED.finditer(text):
        done += text[position : part.start()]
        position = part.end()
        inner = part[1].strip()
        after = text[position:].strip(f"{CLOSED}{_BLANKS}")
        is_alone = not done.strip(_BLANKS) and not after
        if not inner or is_alone:
            done += inner
        elif part[0][0] == STRUCK:
            done += f"~~{inner}~~"
        else:
            done = _with_raised(done, inner, after)
    return (done + text[position:]).replace(CLOSED, "")


def _with_raised(before: str, inner: str, after: str) -> str:
    """Adds a raised part to the text before it.

    `km` and `2` is km2; `受理` and `注1` is 受理 (a footnote mark); `10` and `2` is 10^2; nothing, `2`, `10` is 2^10.
    """
    # The letter or digit that the part stands at; brackets and footnote signs between do not count: 受理（件）
    word = before.rstrip(_BLANKS).rstrip(")）]】*")[-1:]
    is_letter = word.isalpha()
    if is_letter and word.isascii():
        return before + inner
    begins_text = not word and not after[:1].isdigit()
    if is_letter or begins_text:
        is_footnote = len(inner) <= _LONGEST_FOOTNOTE
        return before if is_footnote else f"{before} {inner} "
    if not word:
        return f"{inner}^"
    base = before.rstrip()
    return f"{base}^{inner}"
