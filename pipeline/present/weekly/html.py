"""The filled Word document as one page that loads nothing, in the form that the template has; no wording of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from io import BytesIO
from typing import Any, Final

from pipeline.present.weekly.footnotes import footnotes_part, is_raised

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TAGS: Final = {"Title": "h1", "Heading 1": "h2", "Heading 2": "h3", "Heading 3": "h4"}
ALIGN: Final = {"both": "justify", "center": "center", "right": "right", "distribute": "justify", "left": "left"}
# Attributes of `<w:spacing>`, in twips, and what they are in CSS.
SPACING: Final = {"before": "margin-top", "after": "margin-bottom", "line": "line-height"}
# What stands in for the fonts that a hall's own computers have and others may not.
FONTS: Final = {
    "方正小标宋简体": "'FZXiaoBiaoSong-B05S','Noto Serif CJK SC','Songti SC',SimSun,serif",
    "仿宋_GB2312": "FangSong,STFangsong,'Noto Serif CJK SC',serif",
    "楷体_GB2312": "KaiTi,STKaiti,'Noto Serif CJK SC',serif",
    "黑体": "SimHei,'Noto Sans CJK SC','PingFang SC',sans-serif",
}
_NO_CSS_NAME: Final = re.compile(r"[^\w -]")
OTHER_FONTS: Final = "'Noto Serif CJK SC',SimSun,serif"
PAGE: Final = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm; }
body { max-width: 156mm; margin: 2rem auto; padding: 0 1rem; color: #000; background: #fff; overflow-wrap: anywhere; }
h1, h2, h3, h4, p { margin: 0; font-weight: normal; }
.tabbed { display: flex; justify-content: space-between; gap: 1em; flex-wrap: wrap; }
mark { background: #ff0; } sup { font-size: .6em; line-height: 0; } sup a { color: #0b4a99; }
table { border-collapse: collapse; width: 100%; } td { border: 1px solid #000; padding: 0 .3em; }
.label { text-align: center; color: #a00000; } .notes { font-size: 11pt; line-height: 1.6; margin-top: 2em; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
"""


def as_html(docx: bytes) -> str:
    """The document as HTML that stands alone: styles become CSS, footnotes a list at the end, marks stay visible."""
    from docx import Document

    document = Document(BytesIO(docx))
    classes = {style.style_id: f"s{number}" for number, style in enumerate(document.styles) if style.type == 1}
    names = {style.style_id: style.name for style in document.styles}
    body = "\n".join(_block(child, classes, names) for child in document.element.body)
    label = " ".join(filter(None, (part.text for part in document.sections[0].header.paragraphs)))
    title = escape(document.core_properties.title or "")
    subject = escape(document.core_properties.subject or "")
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title} {subject}</title>\n<style>{PAGE}{_rules(document, classes)}</style>\n</head>\n<body>\n"
        + (f'<p class="label" role="note">{escape(label)}</p>\n' if label else "")
        + f"<main>\n{body}\n</main>\n{_notes(document)}</body>\n</html>\n"
    )


def _rules(document: Any, classes: dict[str, str]) -> str:
    styles = [style for style in document.styles if style.style_id in classes]
    return "\n".join(f".{classes[style.style_id]} {{ {_css(style.element)} }}" for style in styles)


def _css(element: Any) -> str:
    """The CSS of one style: font, size, colour, alignment, indents, line pitch and rules."""
    found = [*_character_css(element.find(f"{W}rPr")), *_paragraph_css(element.find(f"{W}pPr"))]
    return " ".join(f"{name}: {value};" for name, value in found)


def _character_css(properties: Any) -> Iterator[tuple[str, str]]:
    font = _attribute(properties, "rFonts", "eastAsia")
    if font:
        yield "font-family", f"'{_plain(font)}',{FONTS.get(font, OTHER_FONTS)}"
    size = _number(properties, "sz", "val")
    if size:
        yield "font-size", f"{size / 2:g}pt"
    color = _attribute(properties, "color", "val")
    if color and color != "auto":
        yield "color", f"#{_plain(color)}"
    if properties is not None and properties.find(f"{W}b") is not None:
        yield "font-weight", "bold"


def _paragraph_css(properties: Any) -> Iterator[tuple[str, str]]:
    align = ALIGN.get(_attribute(properties, "jc", "val") or "")
    if align:
        yield "text-align", align
    indent = _number(properties, "ind", "firstLineChars")
    if indent:
        yield "text-indent", f"{indent / 100:g}em"
    for attribute, name in SPACING.items():
        twips = _number(properties, "spacing", attribute)
        if twips:
            yield name, f"{twips / 20:g}pt"
    for side in ("top", "bottom"):
        yield from _rule_css(properties, side)


def _rule_css(properties: Any, side: str) -> Iterator[tuple[str, str]]:
    """The line above or below a paragraph: `<w:pBdr><w:top w:sz="18" w:color="C00000"/>`, in eighths of a point."""
    rules = None if properties is None else properties.find(f"{W}pBdr")
    rule = None if rules is None else rules.find(f"{W}{side}")
    if rule is None:
        return
    eighths = int(rule.get(f"{W}sz", "4"))
    color = _plain(rule.get(f"{W}color", "000000"))
    yield f"border-{side}", f"{eighths / 8:g}pt solid #{color}"
    yield f"padding-{side}", ".3em"


def _attribute(properties: Any, tag: str, name: str) -> str | None:
    found = None if properties is None else properties.find(f"{W}{tag}")
    return None if found is None else found.get(f"{W}{name}")


def _number(properties: Any, tag: str, name: str) -> float | None:
    text = _attribute(properties, tag, name)
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _plain(text: str) -> str:
    """A name out of a template, without what could end a CSS value or the style element."""
    return _NO_CSS_NAME.sub("", text)


def _block(child: Any, classes: dict[str, str], names: dict[str, str]) -> str:
    if child.tag == f"{W}tbl":
        rows = "".join(f"<tr>{_cells(row, classes, names)}</tr>" for row in child.iter(f"{W}tr"))
        return f"<table>{rows}</table>"
    return _paragraph(child, classes, names) if child.tag == f"{W}p" else ""


def _cells(row: Any, classes: dict[str, str], names: dict[str, str]) -> str:
    return "".join(
        f"<td>{''.join(_block(inner, classes, names) for inner in cell)}</td>" for cell in row.findall(f"{W}tc")
    )


def _paragraph(paragraph: Any, classes: dict[str, str], names: dict[str, str]) -> str:
    style = _attribute(paragraph.find(f"{W}pPr"), "pStyle", "val") or "Normal"
    tag = TAGS.get(names.get(style, ""), "p")
    parts = "".join(map(_run, paragraph.iter(f"{W}r"))).split("\t")
    words = parts[0] if len(parts) == 1 else "".join(f"<span>{part}</span>" for part in parts)
    kinds = [classes[style]] * (style in classes) + ["tabbed"] * (len(parts) > 1)
    return f'<{tag} class="{" ".join(kinds)}">{words}</{tag}>'


def _run(run: Any) -> str:
    reference = run.find(f"{W}footnoteReference")
    if reference is not None:
        number = int(reference.get(f"{W}id"))
        return f'<sup><a id="ref-{number}" href="#note-{number}" aria-label="注 {number}">{number}</a></sup>'
    words = "".join(map(_text, run))
    properties = run.find(f"{W}rPr")
    if _attribute(properties, "highlight", "val"):
        return f"<mark>{words}</mark>"
    if is_raised(run):
        return f"<sup>{words}</sup>"
    font = _attribute(properties, "rStyle", "val")
    return f'<em style="font-style: normal; font-family: {FONTS["楷体_GB2312"]}">{words}</em>' if font else words


def _text(child: Any) -> str:
    if child.tag == f"{W}t":
        return escape(child.text or "")
    return {"tab": "\t", "br": "<br>"}.get(child.tag.removeprefix(W), "")


def _notes(document: Any) -> str:
    """The footnotes as a list, each with a link back; nothing where there is none."""
    from docx.oxml import parse_xml

    part = footnotes_part(document)
    if part is None:
        return ""
    items: list[str] = []
    for note in parse_xml(part.blob):
        # A note with a type is no note but the line above them.
        is_note = note.get(f"{W}type") is None
        if is_note:
            items.append(_note_item(note))
    if not items:
        return ""
    listed = "\n".join(items)
    return f'<section class="notes" aria-label="注"><ol>\n{listed}\n</ol></section>\n'


def _note_item(note: Any) -> str:
    number = note.get(f"{W}id")
    words = "".join(text.text or "" for text in note.iter(f"{W}t")).strip()
    back = f'<a href="#ref-{number}" aria-label="回到正文">↩</a>'
    return f'<li id="note-{number}" value="{number}">{escape(words)} {back}</li>'
