"""Measures the sheets of zipped workbooks (xlsx, xlsm, xlsb, ods) by looking at their cells.

What a sheet declares of itself is not believed. How the cells of each format are measured, `extent_xlsx`,
`extent_binary` and `extent_ods` know.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from pipeline.ingest.containers.archive import WORKBOOK, Member, ZipArchive, open_zip, plain_name
from pipeline.ingest.containers.extent_binary import xlsb_cells
from pipeline.ingest.containers.extent_ods import ods_cells
from pipeline.ingest.containers.extent_xlsx import xlsx_cells
from pipeline.ingest.containers.size_limits import refuse_many_cells, xml_blocks
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal

Measure = Callable[[ZipArchive, Member, int], int]
"""Rows x columns that a member's filled cells span; the last argument is the limit, beyond which exactness counts."""

# A part of texts smaller than this, packed and unpacked, is not worth reading through.
_WORTH_CHECKING = 1 << 20
_OFTEN_SHRUNK = 16
# Each sheet is opened by itself, which takes 10 ms at least: 3,000 sheets of one row would take minutes.
_MOST_SHEETS = 1_000
# The limit is that of one sheet; so many sheets of a workbook may come up to it.
_SHEETS_FULL = 2


def refuse_huge_zip(path: Path, max_cells: int) -> None:
    """Refuses a zipped workbook in which a sheet's filled cells span more than `max_cells`.

    Also refuses XML with a document type, and members whose content does not fit their checksum.
    """
    cells_of_all = 0
    with open_zip(path, WORKBOOK) as archive:
        measures = [(member, _measure_of(member.filename)) for member in archive.members]
        measured = [(member, measure) for member, measure in measures if measure]
        _refuse_many_sheets(len(measured))
        for member, measure in measured:
            cells = measure(archive, member, max_cells)
            refuse_many_cells(cells, max_cells)
            cells_of_all += cells
            refuse_many_cells(cells_of_all, max_cells * _SHEETS_FULL)


def _refuse_many_sheets(parts: int) -> None:
    if parts > _MOST_SHEETS:
        raise RefusedFileError(
            ContainerRefusal.TOO_MANY_SHEETS,
            expected=f"<= {_MOST_SHEETS}",
            found=str(parts),
            sheets=parts,
            limit=_MOST_SHEETS,
        )


def _no_cells(archive: ZipArchive, member: Member, max_cells: int) -> int:
    """Texts span no cells, but a large part is read through: padding, and a lie about its size, come out so."""
    is_large = member.compress_size > _WORTH_CHECKING
    if is_large or member.file_size > _WORTH_CHECKING * _OFTEN_SHRUNK:
        is_binary = member.filename.lower().endswith(".bin")
        for _ in archive.blocks(member, _WORTH_CHECKING) if is_binary else xml_blocks(archive, member):
            pass
    return 0


_MEASURES: tuple[tuple[re.Pattern[str], Measure], ...] = (
    # xl/worksheets/sheet1.xml
    (re.compile(r"(^|/)worksheets/[^/]+\.xml$", re.IGNORECASE), xlsx_cells),
    # xl/worksheets/sheet1.bin
    (re.compile(r"(^|/)worksheets/[^/]+\.bin$", re.IGNORECASE), xlsb_cells),
    # xl/sharedStrings.xml, xl/sharedStrings.bin
    (re.compile(r"(^|/)sharedStrings\.(xml|bin)$", re.IGNORECASE), _no_cells),
    # content.xml: the sheets of an OpenDocument workbook, all in one
    (re.compile(r"^content\.xml$"), ods_cells),
)


def _measure_of(name: str) -> Measure | None:
    plain = plain_name(name)
    for pattern, measure in _MEASURES:
        if pattern.search(plain):
            return measure
    return None
