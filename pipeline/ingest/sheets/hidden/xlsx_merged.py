"""Collects the merged cells of an .xlsx sheet, `<mergeCell ref="A2:B7"/>`, from the XML behind its cells."""

from __future__ import annotations

import re

from pipeline.ingest.containers.column_letters import column_number
from pipeline.ingest.sheets.sheet import MAX_ROWS, MergedRange

# <mergeCell ref="A2:B7"/>
_MERGED = re.compile(rb"""<mergeCell [^>]*?\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")


class MergedCells:
    """Takes in the blocks behind the cells of a sheet in the usual form; `ranges` has the merged cells of the sheet."""

    def __init__(self) -> None:
        self.ranges: list[MergedRange] = []
        self._cut_tag = b""

    def take(self, fresh: bytes) -> None:
        """Takes in the next block, which may end within a tag."""
        block = self._cut_tag + fresh
        end_of_tags = block.rfind(b">") + 1
        self._cut_tag = block[end_of_tags:]
        found = _MERGED.finditer(block, 0, end_of_tags)
        self.ranges += map(_range_of, found)


def _range_of(found: re.Match[bytes]) -> MergedRange:
    left, top, right, bottom = found.groups()
    return MergedRange(
        top=int(top) - 1,
        bottom=min(int(bottom), MAX_ROWS) - 1,
        left=column_number(left.decode()) - 1,
        right=column_number(right.decode()) - 1,
    )
