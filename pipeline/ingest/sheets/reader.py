"""The shape of a reader of sheets; the readers stand in `workbook_readers` and `markup_readers`.

To add a container: give it a member in `containers.container` and a line in the table of `containers.detect`, write a
class of this shape, and put it into the tuple of `registry`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.ingest.containers.container import Container
from pipeline.ingest.sheets.hidden.values import HiddenValues
from pipeline.ingest.sheets.sheet import Sheet


@dataclass(frozen=True)
class Source:
    """What a reader is given: the file, what it is, and the limits of the settings.

    `labels` are the labels of all contracts, which help to tell the encoding of a text; `work` is the private folder
    for copies.
    """

    path: Path
    container: Container
    work: Path
    max_cells: int
    max_unpacked_mb: int
    labels: Collection[str] = ()


class SheetReader(Protocol):
    """Reads the sheets of some containers. Each method raises RefusedFileError for what cannot be read whole."""

    @property
    def containers(self) -> frozenset[Container]:
        """The containers that this reader is for."""

    def refuse_oversized(self, source: Source) -> None:
        """Refuses a file that holds more than the limits allow, before it costs memory."""

    def hidden_values(self, source: Source) -> HiddenValues:
        """Finds what `sheets` would keep silent about: errors, long numbers, shares, days."""

    def sheets(self, source: Source, hidden: HiddenValues) -> Iterable[Sheet]:
        """Reads the sheets in their order, hidden ones too, with the hidden values in their places."""
