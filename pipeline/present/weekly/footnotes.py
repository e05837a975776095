"""Word's own footnotes, which python-docx does not write: their part, references and numbers; no words are made."""

from __future__ import annotations

from typing import Any, Final

TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
NAMESPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# Around the number of a note: 1290² reads as 12902, 1290〔2〕 does not.
OPEN: Final = "〔"
CLOSE: Final = "〕"
RAISED: Final = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
TEXT_STYLE: Final = "footnote text"
# Word wants these two before any note: the short line above the notes, and the one above a note that runs over.
EMPTY: Final = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:footnotes xmlns:w="{NAMESPACE}"><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p>
</w:footnote><w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>
</w:footnote></w:footnotes>"""


def footnotes_part(document: Any) -> Any | None:
    """The part of a document that holds its footnotes, or None where it has none."""
    for relation in document.part.rels.values():
        if relation.reltype == RELATION:
            return relation.target_part
    return None


def is_raised(run: Any) -> bool:
    """Whether a run stands above the line, as marks of notes do."""
    return run.find(f"{{{NAMESPACE}}}rPr/{{{NAMESPACE}}}vertAlign[@{{{NAMESPACE}}}val='superscript']") is not None


class Footnotes:
    """The notes of a document: those that its template has, and after them those that are asked for."""

    def __init__(self, document: Any) -> None:
        from docx.oxml import parse_xml

        self._document = document
        self._part = footnotes_part(document)
        self._root: Any = parse_xml(self._part.blob if self._part else EMPTY.encode())
        self._last = max(int(note.get(f"{{{NAMESPACE}}}id")) for note in self._root)
        style_ids = {style.name: style.style_id for style in document.styles}
        self._style = style_ids.get(TEXT_STYLE)
        self._is_changed = False

    def reference(self, words: str) -> tuple[Any, ...]:
        """Add a note that says `words`, and return the runs that refer to it: a raised 〔2〕."""
        self._last += 1
        self._is_changed = True
        paragraph = f'<w:pPr><w:pStyle w:val="{self._style}"/></w:pPr>' if self._style else ""
        note = _element(
            f'<w:footnote w:id="{self._last}"><w:p>{paragraph}<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
            f'<w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"></w:t></w:r></w:p></w:footnote>'
        )
        note.find(f".//{{{NAMESPACE}}}t").text = f" {words}"
        self._root.append(note)
        # A run each: LibreOffice loses a reference that shares its run with text.
        contents = (f"<w:t>{OPEN}</w:t>", f'<w:footnoteReference w:id="{self._last}"/>', f"<w:t>{CLOSE}</w:t>")
        return tuple(_element(f"<w:r>{RAISED}{content}</w:r>") for content in contents)

    def store(self) -> None:
        """Write the notes into the document, where any was added."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from lxml import etree

        if not self._is_changed:
            return
        body = etree.tostring(self._root, xml_declaration=True, encoding="UTF-8", standalone=True)
        if self._part is None:
            part = Part(PackURI("/word/footnotes.xml"), TYPE, body, self._document.part.package)
            self._document.part.relate_to(part, RELATION)
        else:
            self._part._blob = body


def _element(xml: str) -> Any:
    from docx.oxml import parse_xml

    return parse_xml(xml.replace(">", f' xmlns:w="{NAMESPACE}">', 1))
