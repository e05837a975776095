"""Writes exact numbers as text; how a number is read from a cell is in `pipeline.ingest.cells.numbers`."""

from __future__ import annotations

from decimal import Decimal


def number_text(value: Decimal | None) -> str | None:
    """Returns a decimal in its shortest exact form: 42.000000 → `42`, 0.50 → `0.5`, None → None."""
    if value is None:
        return None
    text = format(value, "f")
    if "." not in text:
        return text
    return text.rstrip("0").rstrip(".")
