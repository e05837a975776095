"""The characters by which a cell is marked for what it is: an error, an uncalculated formula, a number, a day …"""

from __future__ import annotations

ERROR_MARK, FORMULA_MARK, NUMBER_MARK, DAY_MARK = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
"""What a workbook's reader writes before a cell that is no text: an error, a formula without a value, a number whose
last digits a spreadsheet cannot hold, a number among texts that its cell shows as a day. No file can contain these
characters: Unicode reserves them for such use."""
STRUCK_MARK, SCALED_MARK = "\ufdd4", "\ufdd5"
"""The same before what is struck out, and before a number that its cell shows a thousand times smaller, say, without
naming what it is counted in."""
DOUBT_MARK = "\ufdd8"
"""What the load writes before a number that can be read in two ways, as 97,205 in a column with 93,33."""
MARKS = ERROR_MARK + FORMULA_MARK + NUMBER_MARK + DAY_MARK + STRUCK_MARK + SCALED_MARK + DOUBT_MARK
MARKED = frozenset(MARKS)


def unmarked(text: str | None) -> str | None:
    """A cell's text as people see it, without the mark of what it is."""
    return text[1:] if text and text[0] in MARKED else text
