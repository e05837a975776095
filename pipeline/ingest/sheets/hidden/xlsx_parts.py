"""Says where an .xlsx keeps the XML of each sheet, and what its styles show; `xlsx` searches the sheets."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from pipeline.ingest.containers.archive import ZipArchive
from pipeline.ingest.containers.xml_guard import whole_xml
from pipeline.ingest.sheets.number_formats import NO_STYLES, Styles, styles_of


@dataclass(frozen=True)
class Parts:
    """Where a workbook keeps each sheet's XML, whether its serials count from 1904, and what its styles show."""

    sheets: dict[str, str]
    is_1904: bool
    styles: Styles = NO_STYLES


def read_parts(archive: ZipArchive) -> Parts:
    """Reads the list of sheets: {"综窗": "xl/worksheets/sheet1.xml"}; it is empty where the archive is no xlsx.

    Raises RefusedFileError where a part is damaged, is no XML or has a document type.
    """
    members = {name.lower(): name for name in archive.names}
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= members.keys():
        return Parts({}, False)
    links = whole_xml(archive.read(members["xl/_rels/workbook.xml.rels"]))
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    sheets: dict[str, str] = {}
    is_1904 = False
    for element in whole_xml(archive.read(members["xl/workbook.xml"])).iter():
        tag = _local(element.tag)
        if tag == "workbookPr":
            is_1904 = element.get("date1904", "0") in ("1", "true")
        elif tag == "sheet":
            path = _part_path(targets.get(_link_of(element), ""))
            if path in members:
                sheets[element.get("name", "")] = members[path]
    styles_part = members.get("xl/styles.xml")
    styles = _read_styles(whole_xml(archive.read(styles_part))) if styles_part else NO_STYLES
    return Parts(sheets, is_1904, styles)


def _link_of(sheet: Element) -> str:
    """The link of `<sheet name="综窗" r:id="rId1"/>`; strict files write the prefix's namespace differently."""
    for key, link in sheet.attrib.items():
        if _local(key) == "id":
            return link
    return ""


def _part_path(target: str) -> str:
    """`worksheets/sheet1.xml` and `/xl/worksheets/sheet1.xml` are both xl/worksheets/sheet1.xml."""
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower()


def _read_styles(stylesheet: Element) -> Styles:
    """What the cell styles show; of format numbers that are no numbers nothing is known."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    with suppress(ValueError):
        for part in stylesheet:
            kind = _local(part.tag)
            if kind == "numFmts":
                codes = {_format_number(entry): entry.get("formatCode", "") for entry in part}
            elif kind == "cellXfs":
                formats = [_format_number(entry) for entry in part]
    return styles_of(formats, codes)


def _format_number(entry: Element) -> int:
    return int(entry.get("numFmtId", "0"))


def _local(name: str) -> str:
    """`{http://…/main}sheet` without its namespace: sheet."""
    return name.rpartition("}")[2]
