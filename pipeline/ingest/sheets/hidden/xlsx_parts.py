"""Says where an .xlsx keeps its parts and what the workbook says of all sheets; `xlsx` searches the sheets."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from pipeline.ingest.containers.archive import ZipArchive, plain_name
from pipeline.ingest.containers.xml_guard import whole_xml
from pipeline.ingest.sheets.number_formats import NO_STYLES, Styles, styles_of

_PACKAGE_LINKS = "_rels/.rels"
# worksheets/sheet1.xml, /xl/worksheets/sheet1.xml; not ./worksheets/sheet1.xml, which the reader does not find
_USUAL_TARGET = re.compile(r"/xl/[^.\\][^\\]*|(?!xl/)[^./\\][^\\]*")
_TRUE = frozenset({"1", "true", "on"})


@dataclass(frozen=True)
class Parts:
    """What a workbook says of its sheets.

    `sheets` is the part of each sheet by its name, `texts` that of the shared texts, if there is one. `is_usual` is
    false where names or links are written in a way that the reader of sheets does not follow. Where the workbook
    `asks_to_calculate`, whoever opens it is to calculate all formulas: their values are not to be relied on.
    """

    sheets: dict[str, str]
    is_1904: bool
    styles: Styles = NO_STYLES
    texts: str | None = None
    is_usual: bool = True
    asks_to_calculate: bool = False


@dataclass(frozen=True)
class _Link:
    """One relationship of the workbook: what kind of part it leads to, as its last word says, and where that is."""

    kind: str
    target: str


def read_parts(archive: ZipArchive) -> Parts:
    """Reads the list of sheets: {"综窗": "xl/worksheets/sheet1.xml"}; it is empty where the archive is no xlsx.

    Raises RefusedFileError where a part is damaged, is no XML or has a document type.
    """
    members = {plain_name(name).lower(): name for name in archive.names}
    workbook = workbook_part(archive, members)
    if workbook is None:
        return Parts({}, False)
    links = _read_links(archive, workbook, members)
    sheets: dict[str, str] = {}
    is_1904 = asks_to_calculate = False
    for element in whole_xml(archive.read(members[workbook])).iter():
        tag = local_name(element.tag)
        if tag == "workbookPr":
            is_1904 = is_true(element.get("date1904", "0"))
        elif tag == "calcPr":
            asks_to_calculate = is_true(element.get("fullCalcOnLoad", "0"))
        elif tag == "sheet":
            link = links.get(_link_of(element))
            path = part_path(workbook, link.target, members) if link else ""
            if path in members:
                sheets[element.get("name", "")] = members[path]
    styles_part = _part_of_kind("styles", workbook, links, members)
    return Parts(
        sheets,
        is_1904,
        _read_styles(whole_xml(archive.read(styles_part))) if styles_part else NO_STYLES,
        _part_of_kind("sharedStrings", workbook, links, members),
        _is_usual(archive.names, links.values()),
        asks_to_calculate,
    )


def workbook_part(archive: ZipArchive, members: Mapping[str, str]) -> str | None:
    """Returns the part that lists the sheets, in small letters: xl/workbook.xml, wherever the package says that it is.

    `members` are the names in the zip by their plain form in small letters. None where there is no such part.
    """
    package = members.get(_PACKAGE_LINKS)
    for link in whole_xml(archive.read(package)) if package else ():
        path = plain_name(link.get("Target", "")).lower()
        if link.get("Type", "").endswith("/officeDocument") and path in members:
            return _with_links(path, members)
    return _with_links("xl/workbook.xml", members)


def _with_links(workbook: str, members: Mapping[str, str]) -> str | None:
    """Returns the part itself where it and its links are there."""
    return workbook if {workbook, links_part(workbook)} <= members.keys() else None


def links_part(workbook: str) -> str:
    """Returns where the links of a part stand: xl/_rels/workbook.xml.rels for xl/workbook.xml."""
    folder, _, name = workbook.rpartition("/")
    return posixpath.join(folder, "_rels", f"{name}.rels")


def part_path(workbook: str, target: str, members: Mapping[str, str]) -> str:
    r"""Returns the part that a link of the workbook means, in small letters.

    `worksheets/sheet1.xml`, `/xl/worksheets/sheet1.xml` and `.\worksheets\sheet1.xml` are all
    xl/worksheets/sheet1.xml; so is `xl/worksheets/sheet1.xml` of writers who forget from where links count.
    """
    written = target.replace("\\", "/").lower()
    folder = posixpath.dirname(f"/{workbook}")
    path = posixpath.normpath(posixpath.join(folder, written)).lstrip("/")
    from_top = plain_name(written)
    return from_top if path not in members and from_top in members else path


def _read_links(archive: ZipArchive, workbook: str, members: Mapping[str, str]) -> dict[str, _Link]:
    entries = whole_xml(archive.read(members[links_part(workbook)]))
    links: dict[str, _Link] = {}
    for entry in entries:
        kind = entry.get("Type", "").rpartition("/")[2]
        links[entry.get("Id", "")] = _Link(kind, entry.get("Target", ""))
    return links


def _part_of_kind(kind: str, workbook: str, links: Mapping[str, _Link], members: Mapping[str, str]) -> str | None:
    """Returns the part of styles or shared texts: by its link, or under its usual name."""
    for link in links.values():
        path = part_path(workbook, link.target, members)
        if link.kind == kind and path in members:
            return members[path]
    return members.get(f"xl/{kind.lower()}.xml")


def _is_usual(names: Iterable[str], links: Iterable[_Link]) -> bool:
    """Whether the reader of sheets finds every part: names with slashes, links that lead straight to them."""
    written_names = list(names)
    plain_names = list(map(plain_name, written_names))
    if written_names != plain_names:
        return False
    targets = (link.target for link in links if link.kind in ("", "worksheet"))
    return all(map(_USUAL_TARGET.fullmatch, targets))


def _link_of(sheet: Element) -> str:
    """The link of `<sheet name="综窗" r:id="rId1"/>`; strict files write the prefix's namespace differently."""
    for key, link in sheet.attrib.items():
        if local_name(key) == "id":
            return link
    return ""


def _read_styles(stylesheet: Element) -> Styles:
    """What the cell styles show; of format numbers that are no numbers nothing is known."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    fonts: list[int] = []
    are_fonts_struck: list[bool] = []
    with suppress(ValueError):
        for part in stylesheet:
            kind = local_name(part.tag)
            if kind == "numFmts":
                codes = _codes(part)
            elif kind == "fonts":
                are_fonts_struck = list(map(is_struck, part))
            elif kind == "cellXfs":
                formats = _numbers(part, "numFmtId")
                fonts = _numbers(part, "fontId")
    struck_fonts = _places_of_true(are_fonts_struck)
    struck_styles = _places_of_true(map(struck_fonts.__contains__, fonts))
    return styles_of(formats, codes, struck_styles)


def _codes(formats: Element) -> dict[int, str]:
    """Returns the code of each number format of a workbook's own: {164: "0.0%"}."""
    codes: dict[int, str] = {}
    for entry in formats:
        number = _number(entry, "numFmtId")
        codes[number] = entry.get("formatCode", "")
    return codes


def _numbers(styles: Element, attribute: str) -> list[int]:
    return [_number(style, attribute) for style in styles]


def _places_of_true(answers: Iterable[bool]) -> frozenset[int]:
    """Returns where True stands, from 0: of (False, True) that is 1."""
    return frozenset(place for place, answer in enumerate(answers) if answer)


def is_struck(font: Element) -> bool:
    """Whether a font, or what a run of text says of its own, strikes out: `<strike/>`, not `<strike val="0"/>`."""
    return any(local_name(mark.tag) == "strike" and is_true(mark.get("val", "1")) for mark in font)


def is_true(value: str) -> bool:
    """Whether the text of an attribute says yes: `1`, `true`."""
    return value.strip().lower() in _TRUE


def _number(entry: Element, attribute: str) -> int:
    return int(entry.get(attribute, "0"))


def local_name(name: str) -> str:
    """`{http://…/main}sheet` without its namespace: sheet."""
    return name.rpartition("}")[2]
