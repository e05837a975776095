"""Reads files whose tables are written in markup: HTML, MHTML and SpreadsheetML.

These keep no hidden values: what a cell shows stands in the text. The tables themselves are read by `html`, `mhtml`
and `spreadsheetml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.size_limits import refuse_large
from pipeline.ingest.sheets.hidden.values import HiddenValues, SearchedBook
from pipeline.ingest.sheets.html.page import read_html
from pipeline.ingest.sheets.mhtml import read_mhtml
from pipeline.ingest.sheets.reader import Source
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.sheets.spreadsheetml import read_spreadsheetml
from pipeline.ingest.text.encoding import decode_whole

# Markup is held in memory whole, several times over.
_MAX_MARKUP_MB = 128
# <?xml version="1.0" encoding="gb2312"?>
_XML_DECLARATION = re.compile(r"<\?xml[^>]*encoding=[\"']([A-Za-z0-9_.-]+)", re.IGNORECASE)
# <meta charset="gbk">, <meta http-equiv=Content-Type content="text/html; charset=gb2312">
_META = re.compile(r"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.-]+)", re.IGNORECASE)


class _MarkupReader:
    """What the three readers share: the size check, and nothing hidden."""

    def refuse_oversized(self, source: Source) -> None:
        """Refuses a file of more than 128 MB."""
        refuse_large(source.path.stat().st_size, min(source.max_unpacked_mb, _MAX_MARKUP_MB))

    def hidden_values(self, source: Source) -> HiddenValues:
        """Nothing: markup says what its cells show."""
        return SearchedBook()


class HtmlReader(_MarkupReader):
    """Reads a page that holds tables, whatever its file is called."""

    containers = frozenset({Container.HTML})

    def sheets(self, source: Source, hidden: HiddenValues) -> Iterable[Sheet]:
        """Reads the tables of the page as a sheet, and what stands around them as another."""
        return read_html(_decoded_markup(source.path.read_bytes(), source.labels), source.max_cells)


class MhtmlReader(_MarkupReader):
    """Reads a web archive: pages packed into one file as an e-mail is."""

    containers = frozenset({Container.MHTML})

    def sheets(self, source: Source, hidden: HiddenValues) -> Iterable[Sheet]:
        """Reads each page of the archive that holds a table as a sheet."""

        def decode(part: bytes) -> str:
            return _decoded_markup(part, source.labels)

        return read_mhtml(source.path.read_bytes(), decode, source.max_cells)


class SpreadsheetmlReader(_MarkupReader):
    """Reads an Excel 2003 XML workbook."""

    containers = frozenset({Container.SPREADSHEETML})

    def sheets(self, source: Source, hidden: HiddenValues) -> Iterable[Sheet]:
        """Reads the worksheets of the document."""
        return read_spreadsheetml(_decoded_markup(source.path.read_bytes(), source.labels), source.max_cells)


def _decoded_markup(content: bytes, labels: Collection[str] = ()) -> str:
    """Decodes a page or an XML document, by what it declares and by how its text reads."""
    # The head of a document is Latin letters; without its zero bytes UTF-16 reads like them.
    head = content[:8192].replace(b"\0", b"").decode("latin-1")
    return decode_whole(content, _declared_encoding(head), labels)


def _declared_encoding(head: str) -> str | None:
    """Returns the encoding that an XML declaration or an HTML meta element names, such as `gb2312`."""
    declaration = _XML_DECLARATION.search(head[:1000]) or _META.search(head[:8000])
    return declaration[1].lower() if declaration else None
