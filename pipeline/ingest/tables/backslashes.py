r"""Refuses a delimited text whose writer escapes with backslashes: \" inside of quotes, \, inside of a cell.

Read as quotes are read everywhere else, such a text gives cells that are cut, joined or have a backslash too many.
`csv_table` reads the records.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.tables import TableRefusal

# a\ and a\\\, but not a\\, of which the second backslash is the escaped one
_ENDS_IN_ONE_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*\\$")


def refuse_backslash_escapes(
    lines: Sequence[str], cells: Sequence[str], delimiter: str, columns: int, line_no: int
) -> None:
    r"""Refuses the text at a record that only makes sense where a backslash escapes what follows it.

    `lines` are the physical lines of the record, `cells` what they give without escapes. Examples, of three columns:
    `1,"say \"yes\"",2` and `1,a\,b,2`. A path C:\data or "C:\" is none.
    """
    has_backslash = any("\\" in line for line in lines)
    if not has_backslash:
        return
    if _has_escaped_quote(lines, delimiter) or _has_escaped_delimiter(cells, columns):
        raise RefusedFileError(TableRefusal.BACKSLASH_ESCAPES, place=RefusalPlace(row=line_no), line=f"{line_no:,}")


def _has_escaped_quote(lines: Sequence[str], delimiter: str) -> bool:
    """Whether a quotation mark behind a backslash ends a cell in which more follows."""
    if not any('\\"' in line for line in lines):
        return False
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        # Python's message is "',' expected after '"'"; a quote that nobody closes has another.
        return "expected after" in str(error)
    return False


def _has_escaped_delimiter(cells: Sequence[str], columns: int) -> bool:
    """Whether there are as many cells too many as end in a single backslash."""
    too_many = len(cells) - columns
    if too_many <= 0:
        return False
    cut = list(filter(_ENDS_IN_ONE_BACKSLASH.search, cells[:-1]))
    return len(cut) == too_many
