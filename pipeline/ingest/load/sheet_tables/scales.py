"""Finds by which scale (万, 十万) the numbers of each column are to be multiplied; units are read by `cells.units`."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.contracts import Contract
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.cells.units import scale_for, units_of_line
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.recognise.period import read_heading
from pipeline.ingest.refusals.load import LoadRefusal
from pipeline.ingest.tables.headers.header import Column, Header, Table
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.unit_lines import scaled_cells


def unit_above(rows: Sequence[Row], table: Table) -> str:
    """Returns the unit in the title lines of a table, or an empty text: 万件 where 单位：万件 stands there."""
    lines: list[str] = []
    for row in rows[table.first : table.header.top]:
        lines += filter(None, row)
    return read_heading(lines).unit or ""


def refuse_scale_below(row: Row, header: Header, sheet: str) -> None:
    """Refuses a line of units that stands apart from the labels and says 万 or the like.

    Raises RefusedFileError: the numbers below would be read 10,000 times too small.
    """
    for column, unit in scaled_cells(row, header):
        raise _unclear_unit(column, unit, sheet)


def scales_of(header: Header, contract: Contract, unit: str, sheet: str | None = None) -> dict[str, str]:
    """Returns the scale of each numeric field that has one: that of its own header, else of the unit above the table.

    Example: the headers 部门 | 受理（万件） give {"accepted": "万"}. Raises RefusedFileError where a header's unit is
    unclear, or where the unit above scales, but not what the field counts.
    """
    units = units_of_line(unit)
    scales: dict[str, str] = {}
    for column in header.columns:
        field = column.field
        if field is None or field.type not in NUMERIC:
            continue
        if column.unclear_unit:
            raise _unclear_unit(column, column.unclear_unit, sheet)
        scale = column.scale if column.has_unit else scale_for(units, field.unit)
        if scale is None:
            raise RefusedFileError(
                LoadRefusal.TITLE_UNIT_OF_OTHER_MEASURE,
                place=RefusalPlace(sheet=sheet, column=column.written or field.title),
                expected=field.unit,
                found=unit,
                unit=unit,
                column=field.title,
                measure=field.unit,
            )
        if scales.setdefault(field.name, scale) != scale:
            # A wide table of which one column counts in 万 and another does not: one field has one scale.
            raise _unclear_unit(column, f"{scale or '没有写单位'}，与“{field.title}”其他列的单位不同", sheet)
    return {name: scale for name, scale in scales.items() if scale}


def _unclear_unit(column: Column, unit: str, sheet: str | None) -> RefusedFileError:
    """The refusal of a table of which nobody knows by what a column is to be multiplied."""
    return RefusedFileError(
        LoadRefusal.HEADER_UNIT_UNCLEAR,
        place=RefusalPlace(sheet=sheet, column=column.written),
        found=unit,
        column=column.written,
        unit=unit,
    )
