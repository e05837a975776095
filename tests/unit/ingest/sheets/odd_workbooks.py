"""Writes one table of values as many programs would: legal .xlsx files in forms that readers like to misread."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from xml.sax.saxutils import escape

Value = str | int | float | date | None
Table = Sequence[Sequence[Value]]

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
FIRST_DAY, FIRST_DAY_OF_1904 = date(1899, 12, 30), date(1904, 1, 1)
# Of the styles below, by their number in cellXfs.
_DAY, _BLANK = 1, 2


class Oddity(Enum):
    """One way in which a program may write a workbook otherwise than Excel does."""

    NO_PLACES = auto()
    NO_ROW_NUMBERS = auto()
    PLACES_LAST = auto()
    SMALL_ABSOLUTE_PLACES = auto()
    ROWS_BACKWARDS = auto()
    PREFIX = auto()
    SINGLE_QUOTES = auto()
    BLANKS_IN_TAGS = auto()
    COMMENTS = auto()
    CDATA = auto()
    LETTERS_BY_NUMBER = auto()
    UTF_16 = auto()
    BYTE_ORDER_MARK = auto()
    STRICT_NAMESPACE = auto()
    DAYS_FROM_1904 = auto()
    ISO_DAYS = auto()
    WRONG_DIMENSION = auto()
    FORMATTED_BLANKS = auto()
    SHARED_TEXTS = auto()
    TEXTS_IN_RUNS = auto()
    SOUNDS = auto()
    RAISED_NOTE_MARKS = auto()
    STRUCK_WORDS = auto()
    TEXTS_OF_FORMULAS = auto()
    NUMBERS_OF_FORMULAS = auto()
    SHARED_FORMULAS = auto()
    BACKSLASHES = auto()
    LEADING_SLASHES = auto()
    LINKS_FROM_TOP = auto()
    LINKS_WITH_DOTS = auto()
    WORKBOOK_ELSEWHERE = auto()
    NO_STYLES_OF_BLANKS = auto()
    ROWS_OF_LIBREOFFICE = auto()
    EXTENSIONS_OF_WPS = auto()


def odd_workbook(table: Table, oddities: Collection[Oddity] = ()) -> bytes:
    """The bytes of an .xlsx with one sheet, 表, that holds the table."""
    return _Writer(frozenset(oddities)).workbook(table)


@dataclass
class _Writer:
    oddities: frozenset[Oddity]
    texts: list[str] = field(default_factory=list)

    def has(self, *oddities: Oddity) -> bool:
        return any(oddity in self.oddities for oddity in oddities)

    # The package.

    def workbook(self, table: Table) -> bytes:
        sheet = self.sheet(table)
        name = "workbook2.xml" if self.has(Oddity.WORKBOOK_ELSEWHERE) else "workbook.xml"
        office = STRICT_OFFICE if self.has(Oddity.STRICT_NAMESPACE) else OFFICE
        links = f'<Relationship Id="rId1" Type="{office}/worksheet" Target="{self.target("worksheets/sheet1.xml")}"/>'
        links += f'<Relationship Id="rId2" Type="{office}/styles" Target="{self.target("styles.xml")}"/>'
        links += f'<Relationship Id="rId3" Type="{office}/sharedStrings" Target="{self.target("sharedStrings.xml")}"/>'
        dates = '<workbookPr date1904="1"/>' if self.has(Oddity.DAYS_FROM_1904) else ""
        parts = {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
            f'Type="{office}/officeDocument" Target="xl/{name}"/></Relationships>',
            f"xl/{name}": f'<workbook xmlns="{self.namespace}" xmlns:r="{office}">{dates}<sheets>'
            '<sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
            f"xl/_rels/{name}.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{self.namespace}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
            '<xf numFmtId="2"/></cellXfs></styleSheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{self.namespace}">{"".join(self.texts)}</sst>',
        }
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in parts.items():
                archive.writestr(self.part_name(part), content.encode())
            archive.writestr(self.part_name("xl/worksheets/sheet1.xml"), sheet)
        return file.getvalue()

    @property
    def namespace(self) -> str:
        return STRICT if self.has(Oddity.STRICT_NAMESPACE) else TRANSITIONAL

    def target(self, part: str) -> str:
        if self.has(Oddity.LINKS_FROM_TOP):
            return f"/xl/{part}"
        if self.has(Oddity.LINKS_WITH_DOTS):
            return f"./../xl/{part}"
        return part

    def part_name(self, part: str) -> str:
        name = f"/{part}" if self.has(Oddity.LEADING_SLASHES) else part
        return name.replace("/", "\\") if self.has(Oddity.BACKSLASHES) else name

    # The sheet.

    def tag(self, name: str, attributes: Sequence[tuple[str, object]] = (), content: str = "") -> str:
        quote = "'" if self.has(Oddity.SINGLE_QUOTES) else '"'
        gap, equals = ("\n  ", " = ") if self.has(Oddity.BLANKS_IN_TAGS) else (" ", "=")
        prefixed = f"x:{name}" if self.has(Oddity.PREFIX) else name
        written = "".join(f"{gap}{key}{equals}{quote}{value}{quote}" for key, value in attributes)
        if not content:
            return f"<{prefixed}{written}/>"
        return f"<{prefixed}{written}>{content}</{prefixed}>"

    def sheet(self, table: Table) -> bytes:
        rows = [self.row(number, cells) for number, cells in enumerate(table, start=1)]
        if self.has(Oddity.ROWS_BACKWARDS) and not self.has(Oddity.NO_PLACES, Oddity.NO_ROW_NUMBERS):
            rows.reverse()
        dimension = self.tag("dimension", [("ref", "A1")]) if self.has(Oddity.WRONG_DIMENSION) else ""
        comment = '<!-- <c r="A1"><v>99</v></c> -->' if self.has(Oddity.COMMENTS) else ""
        prefix = ":x" if self.has(Oddity.PREFIX) else ""
        namespace = (f"xmlns{prefix}", self.namespace)
        content = dimension + self.tag("sheetData", (), comment + "".join(rows) or " ")
        encoding = "UTF-16" if self.has(Oddity.UTF_16) else "UTF-8"
        head = f'<?xml version="1.0" encoding="{encoding}"?>'
        if self.has(Oddity.BYTE_ORDER_MARK) and not self.has(Oddity.UTF_16):
            head = "\ufeff" + head
        return (head + self.tag("worksheet", [namespace], content)).encode(encoding)

    def row(self, number: int, cells: Sequence[Value]) -> str:
        content = "".join(self.cell(number, column, value) for column, value in enumerate(cells, start=1))
        attributes: list[tuple[str, object]] = [] if self.has(Oddity.NO_ROW_NUMBERS) else [("r", number)]
        if self.has(Oddity.ROWS_OF_LIBREOFFICE):
            attributes += [("customFormat", "false"), ("ht", "12.8"), ("hidden", "false"), ("collapsed", "false")]
        return self.tag("row", attributes, content)

    def cell(self, row: int, column: int, value: Value) -> str:
        has_no_place = self.has(Oddity.NO_PLACES)
        if value is None and not has_no_place and not self.has(Oddity.FORMATTED_BLANKS):
            return ""
        kind, style, content = self.content(row, value)
        attributes: list[tuple[str, object]] = []
        if style:
            attributes.append(("s", style))
        if kind:
            attributes.append(("t", kind))
        if not has_no_place:
            place = ("r", self.place(row, column))
            attributes = [*attributes, place] if self.has(Oddity.PLACES_LAST) else [place, *attributes]
        return self.tag("c", attributes, content)

    def place(self, row: int, column: int) -> str:
        letter = chr(64 + column)
        return f"${letter.lower()}${row}" if self.has(Oddity.SMALL_ABSOLUTE_PLACES) else f"{letter}{row}"

    def content(self, row: int, value: Value) -> tuple[str, int, str]:
        """Type, style and content of a cell."""
        if value is None:
            return "", 0 if self.has(Oddity.NO_STYLES_OF_BLANKS) else _BLANK, ""
        if isinstance(value, date):
            if self.has(Oddity.ISO_DAYS):
                return "d", _DAY, self.tag("v", (), f"{value.isoformat()}T00:00:00")
            first = FIRST_DAY_OF_1904 if self.has(Oddity.DAYS_FROM_1904) else FIRST_DAY
            return "", _DAY, self.value(str((value - first).days))
        if isinstance(value, str):
            return self.text(value)
        formula = ""
        if self.has(Oddity.SHARED_FORMULAS):
            is_first = row == 1
            formula = self.tag("f", [("t", "shared"), ("si", 0)], "1+1" if is_first else "")
        elif self.has(Oddity.NUMBERS_OF_FORMULAS):
            formula = self.tag("f", (), "SUM(A1:A2)&amp;1")
        return "", 0, formula + self.value(repr(value))

    def value(self, digits: str) -> str:
        if self.has(Oddity.CDATA):
            return self.tag("v", (), f"<![CDATA[{digits}]]>")
        if self.has(Oddity.LETTERS_BY_NUMBER):
            return self.tag("v", (), f"&#{ord(digits[0])};{digits[1:]}")
        return self.tag("v", (), digits)

    def text(self, value: str) -> tuple[str, int, str]:
        if self.has(Oddity.TEXTS_OF_FORMULAS):
            return "str", 0, self.tag("f", (), '"x"') + self.tag("v", (), escape(value))
        if not self.has(Oddity.SHARED_TEXTS):
            return "inlineStr", 0, self.tag("is", (), self.runs(value))
        # The part of shared texts has a prefix and quotes of its own: the usual ones.
        plain = _Writer(self.oddities - {Oddity.PREFIX, Oddity.SINGLE_QUOTES, Oddity.BLANKS_IN_TAGS})
        self.texts.append(f"<si>{plain.runs(value)}</si>")
        return "s", 0, self.value(str(len(self.texts) - 1))

    def runs(self, value: str) -> str:
        space = [("xml:space", "preserve")]
        struck = self.tag("r", (), self.tag("rPr", (), self.tag("strike")) + self.tag("t", (), "作废"))
        raised = self.tag("rPr", (), self.tag("vertAlign", [("val", "superscript")]))
        mark = self.tag("r", (), raised + self.tag("t", (), "1"))
        sound = self.tag("rPh", [("sb", 0), ("eb", 1)], self.tag("t", (), "ZH")) if self.has(Oddity.SOUNDS) else ""
        if self.has(Oddity.TEXTS_IN_RUNS, Oddity.RAISED_NOTE_MARKS, Oddity.STRUCK_WORDS):
            pieces = [value[:1], value[1:]] if len(value) > 1 else [value]
            runs = "".join(self.tag("r", (), self.tag("t", space, escape(piece))) for piece in pieces)
            before = struck if self.has(Oddity.STRUCK_WORDS) else ""
            behind = mark if self.has(Oddity.RAISED_NOTE_MARKS) else ""
            return before + runs + behind + sound
        extension = self.tag("phoneticPr", [("fontId", 1)]) if self.has(Oddity.EXTENSIONS_OF_WPS) else ""
        return self.tag("t", space, escape(value)) + sound + extension
