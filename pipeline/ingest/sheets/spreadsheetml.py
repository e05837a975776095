"""Reads SpreadsheetML-2003, the XML of old spreadsheet programs, as sheets; what they mean, `tables` say.

The tags become sheets in `spreadsheetml_cells`; this module parses the document and says what is wrong with it.
"""

from __future__ import annotations

import re
from functools import partial
from html import escape
from html.entities import html5
from xml.parsers import expat
from xml.parsers.expat import errors

from pipeline.ingest.containers.xml_guard import event_parser, refuse_document_type
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.sheets import SheetRefusal
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.sheets.spreadsheetml_cells import SpreadsheetmlCells

# What the parser says of a document that ends too early.
_ENDS = frozenset({
    errors.codes[errors.XML_ERROR_NO_ELEMENTS],
    errors.codes[errors.XML_ERROR_UNCLOSED_TOKEN],
    errors.codes[errors.XML_ERROR_PARTIAL_CHAR],
    errors.codes[errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
})  # fmt: skip
_CAUSES = {
    errors.codes[errors.XML_ERROR_TAG_MISMATCH]: "标签不成对",
    errors.codes[errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: "表格结束后还有内容",
    errors.codes[errors.XML_ERROR_BAD_CHAR_REF]: "有不允许的控制字符",
    errors.codes[errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: "属性重复",
}
_OTHER_CAUSE = "有不允许的字符或标签"
# CDATA and comments as a whole, which stay as they are; or an & that begins no reference of XML, perhaps with the name
# of a character of HTML behind it: the & of "R&D", and &nbsp; but not &amp; or &#160;
_MAY_BE_BARE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|"
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,30});)?",
    re.DOTALL,
)
_HEAD = 1 << 16


def read_spreadsheetml(text: str, max_cells: int) -> list[Sheet]:
    """Reads the worksheets of an Excel 2003 XML document; dates come as ISO texts, numbers as other workbooks'.

    What is no XML but can mean one thing only is read: blanks before the declaration, a bare &, HTML's names of
    characters. Raises RefusedFileError for a document type or entities, cut-off XML, other errors of writing, and cells
    out of bounds.
    """
    document = text.lstrip("\ufeff \t\r\n")
    lines_above = text[: len(text) - len(document)].count("\n")
    refuse_document_type(document[:_HEAD].encode("utf-8", "replace"), "utf-8")
    try:
        return _parsed(document, max_cells)
    except expat.ExpatError as error:
        mended = document if error.code in _ENDS else _MAY_BE_BARE.sub(_escaped, document)
        if mended == document:
            raise _refusal(error, lines_above) from error
    try:
        return _parsed(mended, max_cells)
    except expat.ExpatError as error:
        raise _refusal(error, lines_above) from error


def _parsed(document: str, max_cells: int) -> list[Sheet]:
    cells = SpreadsheetmlCells(max_cells)
    parser = event_parser("utf-8")
    parser.StartElementHandler = cells.start
    parser.EndElementHandler = cells.end
    parser.CharacterDataHandler = cells.text
    parser.buffer_text = True
    parser.Parse(document.encode("utf-8", "surrogatepass"), True)
    return [
        Sheet(
            worksheet.name,
            worksheet.rows,
            worksheet.is_hidden,
            hidden_rows=frozenset(worksheet.hidden_rows),
            days=partial(_frozen, worksheet.days),
            merged=partial(tuple, worksheet.merged),
        )
        for worksheet in cells.worksheets
    ]


def _frozen(days: dict[int, set[int]]) -> dict[int, frozenset[int]]:
    return {column: frozenset(rows) for column, rows in days.items()}


def _escaped(match: re.Match[str]) -> str:
    """Writes an & that begins no reference of XML as one: `&nbsp;` as the blank that it means, `R&D` as `R&amp;D`."""
    if not match[0].startswith("&"):
        return match[0]
    character = html5.get(f"{match[1]};") if match[1] else None
    return escape(character) if character else f"&amp;{match[0][1:]}"


def _refusal(error: expat.ExpatError, lines_above: int) -> RefusedFileError:
    line = error.lineno + lines_above
    place = RefusalPlace(row=line)
    if error.code in _ENDS:
        return RefusedFileError(SheetRefusal.XML_TABLE_CUT_OFF, place=place, line=line)
    cause = _CAUSES.get(error.code, _OTHER_CAUSE)
    return RefusedFileError(SheetRefusal.XML_MALFORMED, place=place, found=str(error), line=line, cause=cause)
