"""Finds the sheets, texts and plain styles of an .xlsx for the second look; the cells are read in `workbook_rows`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from xml.etree.ElementTree import Element

from pipeline.ingest.containers.archive import ZipArchive
from pipeline.ingest.containers.xml_guard import whole_xml
from pipeline.privacy.masking import mask_sheet_names

# <si><t>…</t></si>, <x:si/>: one shared text
_ITEM = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.S)
# <t xml:space="preserve">综合窗口1</t> and nothing else: no rich text, no reading aid
_ONLY_TEXT = re.compile(rb"\s*<(?:\w+:)?t\b[^>]*>([^<]*)</(?:\w+:)?t>\s*", re.S)
# [ECMA-376] part 1, 18.8.30: General, 0, 0.00, #,##0, #,##0.00, four of accountants, and @ for texts.
_PLAIN_BUILT_IN = frozenset({0, 1, 2, 3, 4, 37, 38, 39, 40, 49})
# General, @, 0, #,##0.00; not 0000, 0.0%, 0.0,, or 0"万件"
_PLAIN_CODE = re.compile(r"General|@|(?:#,##)?0(?:\.[0#]+)?|#+(?:\.[0#]+)?", re.IGNORECASE)


@dataclass(frozen=True)
class WorkbookParts:
    """The XML part of each sheet by its name in the ledger, the styles that show a number as it is, shared texts."""

    sheets: Mapping[str, str]
    plain_styles: frozenset[str]
    shared_texts: Sequence[bytes]

    def shared_text(self, number: str) -> str | None:
        """Returns a shared text by its number; None for rich text and for what needs decoding."""
        try:
            content = self.shared_texts[int(number)]
        except (IndexError, ValueError):
            return None
        only = _ONLY_TEXT.fullmatch(content)
        # _x000D_ is a character that XML cannot hold.
        if only is None or b"_x" in only[1]:
            return None
        return unescape(only[1].decode("utf-8", "replace"))


def read_workbook_parts(archive: ZipArchive) -> WorkbookParts:
    """Reads the list of sheets, the styles and the shared texts; names of parts count as they do for spreadsheets."""
    members = {name.replace("\\", "/").lstrip("/").lower(): name for name in archive.names}
    book = members.get("xl/workbook.xml")
    links = members.get("xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return WorkbookParts({}, frozenset(), ())
    targets = {link.get("Id", ""): link.get("Target", "") for link in whole_xml(archive.read(links))}
    written_names: list[str] = []
    parts: list[str] = []
    for name, part in _sheets(whole_xml(archive.read(book)), targets, members):
        written_names.append(name)
        parts.append(part)
    # The ledger's names of sheets are those of the file, without persons.
    names = mask_sheet_names(written_names)
    plain_styles = frozenset({"0"})
    styles = members.get("xl/styles.xml")
    if styles is not None:
        plain_styles = _plain_styles(whole_xml(archive.read(styles)))
    shared_texts: list[bytes] = []
    texts = members.get("xl/sharedstrings.xml")
    if texts is not None:
        shared_texts = _ITEM.findall(archive.read(texts))
    return WorkbookParts(dict(zip(names, parts, strict=True)), plain_styles, shared_texts)


def _sheets(workbook: Element, targets: Mapping[str, str], members: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields name and part of each sheet: 综窗 and xl/worksheets/sheet1.xml."""
    for element in workbook.iter():
        if _local(element.tag) != "sheet":
            continue
        attributes = {_local(key): value for key, value in element.attrib.items()}
        target = targets.get(attributes.get("id", ""), "").replace("\\", "/")
        path = posixpath.join("/xl", target)
        part = members.get(posixpath.normpath(path).lstrip("/").lower())
        if part is not None:
            yield attributes.get("name", ""), part


def _plain_styles(stylesheet: Element) -> frozenset[str]:
    """Returns the numbers of the styles that show a number as it is."""
    codes = {entry.get("numFmtId", ""): entry.get("formatCode", "") for entry in _entries(stylesheet, "numFmts")}
    plain = set()
    for style, entry in enumerate(_entries(stylesheet, "cellXfs")):
        number = entry.get("numFmtId", "0")
        if _is_plain(number, codes.get(number)):
            plain.add(str(style))
    return frozenset(plain)


def _entries(stylesheet: Element, kind: str) -> list[Element]:
    """Returns the entries of a part of the styles, such as `cellXfs`."""
    for part in stylesheet:
        if _local(part.tag) == kind:
            return list(part)
    return []


def _is_plain(number: str, code: str | None) -> bool:
    if code is None:
        return number.isdecimal() and int(number) in _PLAIN_BUILT_IN
    return _PLAIN_CODE.fullmatch(code.strip()) is not None


def _local(name: str) -> str:
    return name.rpartition("}")[2]
