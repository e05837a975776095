"""Reading takes four times as long for four times as much: no stage grows with the square.

Work is measured as CPU time of the same machine at the same moment, small against large: linear growth gives 4, growth
with the square 16.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.ingest.exports import read_sheets

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
PLAIN_STYLES = '<cellXfs><xf/><xf numFmtId="10"/><xf numFmtId="14"/></cellXfs>'
_SMALL, _TIMES, _MOST_TIMES = 1_000, 4, 8.0
_TRIES = 4
# Below this, what every file costs counts more than its size.
_LEAST_SECONDS = 0.08


def book(*sheets: str, styles: str = PLAIN_STYLES, texts: str = "", tail: str = "") -> bytes:
    """A workbook of sheets, each given by the XML of its rows."""
    names = "".join(f'<sheet name="s{at}" sheetId="{at + 1}" r:id="rId{at}"/>' for at in range(len(sheets)))
    parts = {f"worksheet {at}": f"worksheets/sheet{at}.xml" for at in range(len(sheets))}
    parts |= {"styles x": "styles.xml", "sharedStrings y": "sharedStrings.xml"}
    links = "".join(
        f'<Relationship Id="rId{kind.split()[1]}" Type="{OFFICE}/{kind.split()[0]}" Target="{target}"/>'
        for kind, target in parts.items()
    )
    start = f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{PACKAGE}">{start}</Relationships>')
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>')
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>'
        )
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>')
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{texts}</sst>')
        for at, rows in enumerate(sheets):
            xml = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{tail}</worksheet>'
            archive.writestr(f"xl/worksheets/sheet{at}.xml", xml)
    return file.getvalue()


def letters(column: int) -> str:
    """A for 0, AA for 26."""
    name = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def rows(count: int, width: int, cell: str) -> str:
    """Rows of equal cells; `@` stands for the place of a cell, `%` for a number."""
    columns = [letters(column) for column in range(width)]
    return "".join(
        f'<row r="{row}">'
        + "".join(cell.replace("@", f"{column}{row}").replace("%", str(row)) for column in columns)
        + "</row>"
        for row in range(1, count + 1)
    )


SHARE = '<c r="@" s="1"><v>0.5</v></c>'
SHAPES: dict[str, Callable[[int], bytes]] = {
    "shares": lambda size: book(rows(size, 6, SHARE)),
    "days": lambda size: book(rows(size, 6, '<c r="@" s="2"><v>45033</v></c>')),
    "formulas": lambda size: book(rows(size, 6, '<c r="@"><f>A1</f></c>')),
    "errors": lambda size: book(rows(size, 6, '<c r="@" t="e"><v>#N/A</v></c>')),
    "long numbers": lambda size: book(rows(size, 6, '<c r="@"><v>510000202304170011</v></c>')),
    "cells without a place": lambda size: book(rows(size, 6, "<c><v>%</v></c>")),
    "columns": lambda size: book(rows(10, size // 2, SHARE)),
    "one share behind many blanks": lambda size: book(
        rows(2, 6, SHARE) + "".join(f'<row r="{row}" s="1"/>' for row in range(3, 10 * size))
    ),
    "formatted blanks": lambda size: book(rows(size, 6, '<c r="@" s="1"/>') + rows(1, 1, SHARE).replace("1", "9999")),
    "rules behind the cells": lambda size: book(rows(2, 6, SHARE), tail="<x><formula1>1</formula1></x>" * size * 8),
    "merged cells": lambda size: book(rows(2, 6, SHARE), tail='<mergeCell ref="A1:B1"/>' * size * 8),
    "formats": lambda size: book(
        rows(300, 6, SHARE),
        styles="<numFmts>"
        + "".join(f'<numFmt numFmtId="{200 + at}" formatCode="0.0&quot;万{at}&quot;"/>' for at in range(size))
        + "</numFmts><cellXfs>"
        + "".join(f'<xf numFmtId="{200 + at}"/>' for at in range(size))
        + "</cellXfs>",
    ),
    "sheets": lambda size: book(*[rows(3, 6, SHARE)] * (size // 40)),
    "shared texts": lambda size: book(
        rows(size, 1, '<c r="@" t="s"><v>%</v></c>'), texts=f"<si><t>{'甲' * 20}</t></si>" * (size + 1)
    ),
    "struck texts": lambda size: book(
        rows(size, 1, '<c r="@" t="s"><v>%</v></c>'),
        texts="<si><r><rPr><strike/></rPr><t>甲</t></r><r><t>乙</t></r></si>" * (size + 1),
    ),
    "runs of one text": lambda size: book(
        f'<row r="1"><c r="A1" t="inlineStr"><is>{"<r><rPr><b/></rPr><t>a</t></r>" * size}</is></c></row>'
    ),
}


def seconds(path: Path) -> float:
    """CPU seconds of reading a workbook with its days."""
    began = time.process_time()
    for sheet in read_sheets(path):
        list(sheet.rows)
        sheet.days()
    return time.process_time() - began


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_as_much_takes_about_four_times_as_long(shape: str, tmp_path: Path) -> None:
    small, large = tmp_path / "small.xlsx", tmp_path / "large.xlsx"
    small.write_bytes(SHAPES[shape](_SMALL))
    large.write_bytes(SHAPES[shape](_SMALL * _TIMES))
    # Another process may slow one of the two: what grows with the square is too slow every time.
    tries = (seconds(large) < _MOST_TIMES * max(seconds(small), _LEAST_SECONDS) for _ in range(_TRIES))
    assert any(tries)
