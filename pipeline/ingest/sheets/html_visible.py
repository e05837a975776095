"""Cuts HTML into its tags and the text that a reader of the page sees; which tables they make up, markup says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

Token = tuple[str, str, str]
"""Kind (start, end, text), tag, and the attributes or the text."""

BREAK = "\ufde0"
"""Stands in a text for a line break that markup makes; no document can contain this or the other marks below, which are
others than those of cells (in values), so that none can be taken for one of these."""
_RAISED, _STRUCK, _CLOSED = "\ufde1", "\ufde2", "\ufde3"
_TICKED, _UNTICKED = "\ufde4", "\ufde5"
_MARKED = re.compile(f"[{_RAISED}{_STRUCK}]([^{_RAISED}{_STRUCK}{_CLOSED}]*){_CLOSED}?")
_SET_APART = {"sup": _RAISED, "sub": _RAISED, "del": _STRUCK, "s": _STRUCK, "strike": _STRUCK}
_LONGEST_FOOTNOTE = 4

_RAW = {
    tag: re.compile(f"</{tag}", re.IGNORECASE)
    for tag in ("script", "style", "title", "xml", "textarea", "iframe", "noembed", "noframes")
}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,30})")
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?")
_LONGEST_TAG = 64 << 10
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr"}
)

# A page that hides itself does so until its script runs, which it does for every reader.
_WHOLE_PAGE = frozenset({"html", "body"})
_UNSEEN = frozenset({"noscript", "template", "datalist", "svg", "audio", "video", "canvas"})
_MAY_HIDE = re.compile("hidden|none|collapse|mso-hide", re.IGNORECASE)
_NOT_SHOWN = re.compile(r"(?:^|[;{\s])(?:display\s*:\s*none|mso-hide\s*:\s*(?:all|screen))", re.IGNORECASE)
_BLANKED = re.compile(r"(?:^|[;{\s])visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_SHOWN_AGAIN = re.compile(r"(?:^|[;\s])display\s*:\s*(?!none)\w", re.IGNORECASE)
_STYLE_SHEET = re.compile(r"<style\b[^>]{0,200}>", re.IGNORECASE)
_COMMENT = re.compile(r"/\*[^*]{0,4000}\*/|<!--|-->")
_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?(?:\.([\w-]+))?")
_EXCEL = "urn:schemas-microsoft-com:office:excel"
_LEVELS = {"td": 1, "th": 1, "caption": 1, "tr": 2, "tbody": 3, "thead": 3, "tfoot": 3}

_NO_TEXT_INPUTS = frozenset({"hidden", "button", "submit", "reset", "image", "file", "password", "color", "range"})
_BOXES = frozenset({"checkbox", "radio"})


def attributes_of(written: str) -> dict[str, str]:
    """The attributes of a tag by their names in lower case."""
    return {found[1].lower(): unescape((found[2] or "").strip("\"'")) for found in _ATTRIBUTE.finditer(written)}


def visible_tokens(text: str) -> Iterator[Token]:
    """The tags of a document and the texts between them that its reader sees, character references resolved.

    What is hidden, by an attribute, a style or a simple rule of the page's own style sheets, is left out; a hidden row
    of a table is a blank one. Rows and cells that a spreadsheet program has hidden stay, as they do in a workbook. The
    text of a control is its value. `collapsed` turns texts into what a cell says.
    """
    return _with_values(_shown(text))


def collapsed(parts: list[str]) -> str:
    """Text as a browser shows it: runs of blanks are one, a line break is a line break.

    A raised or struck part never joins the number beside it: a footnote mark behind a word is dropped, what stands
    behind a digit is set off (10^2, ~~99~~10). Boxes to tick count only where there is a choice between several.
    """
    text = "".join(parts).replace("\xa0", " ")
    if _TICKED in text or _UNTICKED in text:
        text = _ticked(text)
    if _RAISED in text or _STRUCK in text:
        text = _set_apart(text)
    return "\n".join(line for line in (" ".join(one.split()) for one in text.split(BREAK)) if line)


def _ticked(text: str) -> str:
    is_choice = text.count(_TICKED) + text.count(_UNTICKED) > 1
    return text.replace(_TICKED, "☑" if is_choice else "").replace(_UNTICKED, "☐" if is_choice else "")


def _set_apart(text: str) -> str:
    """The text with what is raised or struck in it set off, so that it becomes no digit of a number."""
    done, place = "", 0
    for found in _MARKED.finditer(text):
        done += text[place : found.start()]
        place = found.end()
        inner, after = found[1].strip(), text[place:].strip(f"{BREAK}{_CLOSED} \t\r\n")
        is_alone = not done.strip(f"{BREAK} \t\r\n") and not after
        if not inner or is_alone:
            done += inner
        elif found[0][0] == _STRUCK:
            done += f"~~{inner}~~"
        else:
            done = _raised(done, inner, after)
    return (done + text[place:]).replace(_CLOSED, "")


def _raised(before: str, inner: str, after: str) -> str:
    word = before.rstrip(f"{BREAK} \t\r\n").rstrip(")）]】*")[-1:]
    if word.isascii() and word.isalpha():
        return before + inner
    if word.isalpha() or (not word and not after[:1].isdigit()):
        return before if len(inner) <= _LONGEST_FOOTNOTE else f"{before} {inner} "
    return f"{before.rstrip()}^{inner}" if word else f"{inner}^"


def _tokens(text: str) -> Iterator[Token]:
    """The tags and texts of an HTML document as they are written.

    Every step goes forward and what is never closed ends the document, so that no damage can make it slow.
    """
    place = 0
    while (opening := text.find("<", place)) >= 0:
        if opening > place:
            yield "text", "", text[place:opening]
        if text.startswith("<!--", opening):
            place = text.find("-->", opening + 4) + 3
            if place < 3:
                return
            continue
        found = _TAG.match(text, opening)
        if not found:
            place = opening + 1
            if text[opening + 1 : opening + 2] in ("!", "?", "/"):
                place = text.find(">", opening) + 1 or len(text)
            else:
                yield "text", "", "<"
            continue
        end = _end_of_tag(text, found.end())
        tag = found[2].lower()
        yield ("end" if found[1] else "start"), tag, text[found.end() : end]
        place = min(end + 1, len(text))
        if tag in _RAW and not found[1]:
            closing = _RAW[tag].search(text, place)
            begin, place = place, closing.start() if closing else len(text)
            if tag == "textarea":
                yield "text", "", text[begin:place]
    yield "text", "", text[place:]


def _end_of_tag(text: str, place: int) -> int:
    """Where a tag ends: the next > that stands in no quotes, or the end of the document."""
    end = text.find(">", place)
    attributes = text[place:end] if end >= 0 else ""
    for quote in ('"', "'"):
        if attributes.count(quote) % 2:
            closed = text.find(quote, end)
            end = text.find(">", closed) if 0 <= closed < place + _LONGEST_TAG else end
            break
    return end if end >= 0 else len(text)


@dataclass
class _Hidden:
    """An element of which nothing is shown, while its end is looked for."""

    tag: str
    keeps_place: bool
    tables: int = 0
    same: int = 1

    def ends_at(self, kind: str, tag: str) -> bool:
        """Whether the element is over with this tag: its own end, or the part of a table that it cannot reach past."""
        step = 1 if kind == "start" else -1
        if tag == self.tag and tag not in _LEVELS:
            self.same += step
            return self.same == 0
        if tag == "table":
            self.tables += step
            return self.tables < 0
        if self.tables or tag not in _LEVELS:
            return False
        return _LEVELS[tag] >= _LEVELS.get(self.tag, 0)


def _shown(text: str) -> Iterator[Token]:
    """The tags and texts outside of hidden elements."""
    judge = _Judge(_hiding_rules(text), _EXCEL in text[: 1 << 16])
    hidden: _Hidden | None = None
    for kind, tag, content in _tokens(text):
        if hidden is None:
            hidden = judge.hides(tag, content) if kind == "start" else None
            if hidden is None or hidden.keeps_place:
                yield kind, tag, unescape(content) if kind == "text" else content
            continue
        if kind == "text":
            continue
        # The rows of a hidden part of a table are rows all the same, and must be accounted for.
        is_row = tag == "tr" and kind == "start" and not hidden.tables and _LEVELS.get(hidden.tag) == _LEVELS["tbody"]
        if is_row:
            yield "start", "tr", ""
        if hidden.ends_at(kind, tag):
            is_its_own = kind == "end" and tag == hidden.tag
            again = judge.hides(tag, content) if kind == "start" else None
            if (not is_its_own or hidden.keeps_place) and (again is None or again.keeps_place):
                yield kind, tag, content
            hidden = again


@dataclass(frozen=True)
class _Judge:
    """Says which elements are hidden; rows and cells that Excel has hidden are not, as they are not in a workbook."""

    rules: frozenset[tuple[str, str]]
    is_excel: bool

    def hides(self, tag: str, written: str) -> _Hidden | None:
        """The hidden element that begins with this tag, or None."""
        if tag in _VOID or tag in _WHOLE_PAGE or written.endswith("/"):
            return None
        if tag in _UNSEEN:
            return _Hidden(tag, keeps_place=False)
        if not self.rules and not _MAY_HIDE.search(written):
            return None
        is_part = tag in _LEVELS
        if self.is_excel and is_part:
            return None
        given = attributes_of(written) if written else {}
        style = given.get("style", "")
        if "hidden" in given or _NOT_SHOWN.search(style) or self._is_ruled(tag, given, style):
            return _Hidden(tag, keeps_place=tag == "tr")
        return _Hidden(tag, keeps_place=is_part) if _BLANKED.search(style) else None

    def _is_ruled(self, tag: str, given: dict[str, str], style: str) -> bool:
        if not self.rules or _SHOWN_AGAIN.search(style):
            return False
        names = ["", *given.get("class", "").lower().split()]
        return any((one, name) in self.rules for name in names for one in ("", tag))


def _hiding_rules(text: str) -> frozenset[tuple[str, str]]:
    """What the page's own style sheets hide by a tag, a class, or both; rules for some media only are left out."""
    found: set[tuple[str, str]] = set()
    place = 0
    while opening := _STYLE_SHEET.search(text, place):
        closing = _RAW["style"].search(text, opening.end())
        place = closing.end() if closing else len(text)
        found.update(_hidden_by(_COMMENT.sub(" ", text[opening.end() : place])))
    return frozenset(found)


def _hidden_by(css: str) -> Iterator[tuple[str, str]]:
    depth, begin, selectors = 0, 0, ""
    for brace in re.finditer("[{}]", css):
        piece, begin = css[begin : brace.start()], brace.end()
        if brace[0] == "{":
            selectors = piece if depth == 0 else selectors
            depth += 1
            continue
        if depth == 1 and _NOT_SHOWN.search(piece):
            for one in selectors.lower().split(","):
                simple = _SELECTOR.fullmatch(one.strip())
                if simple and simple[0]:
                    yield simple[1] or "", simple[2] or ""
        depth = max(depth - 1, 0)


@dataclass
class _Select:
    """A list to choose from: the texts of its options, and which of them are chosen."""

    is_multiple: bool
    texts: list[list[str]] = field(default_factory=list)
    chosen: list[bool] = field(default_factory=list)

    def value(self) -> str:
        """What the list shows: the chosen options, or the first where one always is."""
        shown = ["".join(text) for text, is_chosen in zip(self.texts, self.chosen, strict=True) if is_chosen]
        if not shown and self.texts and not self.is_multiple:
            shown = ["".join(self.texts[0])]
        return "、".join(one.strip() for one in (shown if self.is_multiple else shown[-1:]))


def _with_values(tokens: Iterator[Token]) -> Iterator[Token]:
    """The tokens with the values of controls as texts, each a line of its own, and marks around what is set apart."""
    select: _Select | None = None
    for kind, tag, content in tokens:
        if select:
            if kind == "text" or tag in ("option", "optgroup"):
                _add_to(select, kind, tag, content)
                continue
            yield "text", "", f"{BREAK}{select.value()}{BREAK}"
            select = None
            if tag == "select":
                continue
        if kind == "start" and tag == "select":
            select = _Select("multiple" in attributes_of(content))
        elif kind == "start" and tag == "input":
            yield "text", "", _value_of(attributes_of(content))
        elif tag in _SET_APART:
            yield "text", "", _SET_APART[tag] if kind == "start" else _CLOSED
        else:
            yield ("text", "", BREAK) if tag == "textarea" else (kind, tag, content)


def _add_to(select: _Select, kind: str, tag: str, content: str) -> None:
    if kind == "start" and tag == "option":
        select.texts.append([])
        select.chosen.append("selected" in attributes_of(content))
    elif kind == "text" and select.texts:
        select.texts[-1].append(content)


def _value_of(given: dict[str, str]) -> str:
    kind = given.get("type", "text").lower()
    if kind in _BOXES:
        return _TICKED if "checked" in given else _UNTICKED
    value = "" if kind in _NO_TEXT_INPUTS else given.get("value", "")
    return f"{BREAK}{value}{BREAK}" if value else ""
