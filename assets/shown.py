"""How counts, rows and lineage look in Dagster's UI; which rows are worth showing is the caller's choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import dagster as dg

_LONGEST_CELL = 80


def markdown_table(rows: Sequence[Mapping[str, object]]) -> dg.MarkdownMetadataValue:
    """Rows as one Markdown table, in the order of the first row's columns; a word instead where there are none."""
    if not rows:
        return dg.MetadataValue.md("（无）")
    columns = list(rows[0])
    lines = [_line(columns), _line(["---"] * len(columns))]
    lines += [_line([_cell(row.get(column)) for column in columns]) for row in rows]
    return dg.MetadataValue.md("\n".join(lines))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case Decimal() if value == value.to_integral_value():
            text = str(value.to_integral_value())
        case Decimal():
            text = str(value.normalize())
        case datetime():
            text = value.isoformat(" ", "seconds")
        case date():
            text = value.isoformat()
        case _:
            text = str(value)
    text = text.replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
