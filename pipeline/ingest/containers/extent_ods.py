"""Measures the sheets of an OpenDocument workbook up to the last filled cell; `extent_zip` says which part that is."""

from __future__ import annotations

from xml.parsers import expat

from pipeline.ingest.containers.archive import Member, ZipArchive
from pipeline.ingest.containers.size_limits import refuse_far_column, refuse_many_cells, xml_blocks
from pipeline.ingest.containers.xml_guard import event_parser
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal

_CELLS = frozenset({"table-cell", "covered-table-cell"})
# A cell that holds something says of what type; LibreOffice writes errors and times under calcext.
_TYPES = ("office:value-type", "calcext:value-type")


class _OdsExtent:
    """Counts rows and columns of a sheet up to the last filled cell, repeats included.

    `<table:table-row table:number-rows-repeated="3">` is three rows; a repeated blank cell only moves the column.
    """

    def __init__(self) -> None:
        self.most_cells = self.most_columns = 0
        self._row = self._column = 0
        self._last_row = self._last_column = 0
        self._last_filled_in_row = 0
        self._row_repeats = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rsplit(":", 1)[-1]
        if local in _CELLS:
            self._column += int(attributes.get("table:number-columns-repeated", 1))
            if any(key in attributes for key in _TYPES):
                self._last_filled_in_row = self._column
        elif local == "table-row":
            self._column = self._last_filled_in_row = 0
            self._row_repeats = int(attributes.get("table:number-rows-repeated", 1))
        elif local == "table":
            self._row = self._last_row = self._last_column = 0

    def end(self, name: str) -> None:
        if name.rsplit(":", 1)[-1] != "table-row":
            return
        self._row += self._row_repeats
        if self._last_filled_in_row:
            self._last_row = self._row
            self._last_column = max(self._last_column, self._last_filled_in_row)
            self.most_columns = max(self.most_columns, self._last_column)
            self.most_cells = max(self.most_cells, self._last_row * self._last_column)


def ods_cells(archive: ZipArchive, member: Member, max_cells: int) -> int:
    """Returns rows x columns of the largest sheet in `content.xml`; stops with a refusal once beyond `max_cells`."""
    extent = _OdsExtent()
    parser = event_parser()
    parser.StartElementHandler = extent.start
    parser.EndElementHandler = extent.end
    try:
        for block in xml_blocks(archive, member):
            parser.Parse(block)
            refuse_many_cells(extent.most_cells, max_cells)
            refuse_far_column(extent.most_columns)
        parser.Parse(b"", True)
    except RefusedFileError:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:
        # ValueError: a number of repeats that is no number. Both others than ExpatError: an encoding that is not read.
        raise RefusedFileError(ContainerRefusal.XML_BROKEN, found=f"{member.filename}: {error}") from error
    return extent.most_cells
