"""Text made safe for a spreadsheet's cell; layouts of workbooks and files do not belong here."""

from __future__ import annotations

import re
from typing import Any, Final

# What Excel, WPS or LibreOffice may take for the start of a formula, full-width forms included.
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
# Excel's own limit for the text of a cell.
CELL_CHARACTERS: Final = 32_767
# From U+2E80 (CJK radicals) on, characters are full-width.
_WIDE = re.compile("[\u2e80-\U0010ffff]")
# Control characters but tab, line feed and carriage return; U+FFFE and U+FFFF; halves of surrogate pairs: XML 1.0, 2.2.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet could run `text` instead of showing it; blanks before the sign do not protect."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    first_shown = text.lstrip()[:1]
    # `"" in FORMULA_STARTS` would be true: an empty text starts nothing.
    return first_shown != "" and first_shown in FORMULA_STARTS


def printable(text: str) -> str:
    """`text` without the control characters that neither XML nor a person can read."""
    return _UNPRINTABLE.sub("", text)


def neutralise(text: str) -> str:
    """`text` as a CSV cell that no spreadsheet runs: an apostrophe goes before what looks like a formula."""
    clean = printable(text)
    return f"'{clean}" if is_formula_like(clean) else clean


# What `str.lstrip` takes for blanks, in the words of RE2; the test of this module compares both.
_BLANKS: Final = r"\s\x0b\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_UNPRINTABLE_SQL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
_FORMULA_SQL: Final = rf"^([\t\r\n]|[{_BLANKS}]*[=+\-@＝＋－＠])"


def neutralised_sql(text: str) -> str:
    """Returns the SQL that does in DuckDB what `neutralise` does here; `text` is SQL of a VARCHAR."""
    clean = f"regexp_replace({text}, '{_UNPRINTABLE_SQL}', '', 'g')"
    return f"CASE WHEN regexp_matches({clean}, '{_FORMULA_SQL}') THEN '''' || {clean} ELSE {clean} END"


def text_width(value: object) -> int:
    """Returns how wide a value stands in a sheet, in digits: a Chinese character is as wide as two."""
    text = str(value)
    if text.isascii():
        # Nearly every cell is a number: thousands of them are measured for one workbook.
        return len(text)
    return len(text) + len(_WIDE.findall(text))


def set_text(cell: Any, text: str) -> None:
    """Put `text` into a cell of a workbook; what looks like a formula is stored as text with Excel's own quote mark."""
    fitting = printable(text)[:CELL_CHARACTERS]
    cell.value = fitting
    if is_formula_like(fitting):
        cell.data_type = "s"
        cell.quotePrefix = True
