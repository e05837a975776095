"""Sends the XML of a part through a rewriter, block by block; what is written anew, the rewriters know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from pipeline.ingest.containers.xml_guard import event_parser


class Rewriter(Protocol):
    """Takes the events of a part and keeps the lines of its usual form until they are fetched."""

    lines: list[str]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Takes in the beginning of an element."""

    def letters(self, letters: str) -> None:
        """Takes in letters between two tags."""

    def end(self, name: str) -> None:
        """Takes in the end of an element."""


def rewritten(blocks: Iterable[bytes], rewriter: Rewriter, head: str, foot: str) -> Iterator[bytes]:
    """Yields `head`, the lines that the rewriter makes of each block, and `foot`.

    Raises ExpatError or ValueError for what is no XML, and what the rewriter raises.
    """
    parser = event_parser()
    parser.buffer_text = True
    parser.StartElementHandler = rewriter.start
    parser.EndElementHandler = rewriter.end
    parser.CharacterDataHandler = rewriter.letters
    yield head.encode()
    for block in blocks:
        parser.Parse(block)
        yield "".join(rewriter.lines).encode()
        rewriter.lines.clear()
    parser.Parse(b"", True)
    yield ("".join(rewriter.lines) + foot).encode()
