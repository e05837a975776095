"""Writes the shared texts of an .xlsx anew, each as one text; which letters count, `rich_text` says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from pipeline.ingest.sheets.usual_form.rewriting import rewritten
from pipeline.ingest.sheets.usual_form.rich_text import RunCollector, text_of
from pipeline.ingest.sheets.usual_form.sheet_xml import MAIN

_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<sst xmlns="{MAIN}">'
_FOOT = "</sst>"


class _TextRewriter:
    """Turns the events of the shared texts into one line a text; their order is what cells refer to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._text: RunCollector | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begins a text, or a part of one."""
        tag = name.rpartition(":")[2]
        if self._text is not None:
            self._text.start(tag, attributes)
        elif tag == "si":
            self._text = RunCollector()

    def letters(self, letters: str) -> None:
        """Takes in letters of a text."""
        if self._text is not None:
            self._text.letters(letters)

    def end(self, name: str) -> None:
        """Finishes a text, or a part of one."""
        tag = name.rpartition(":")[2]
        if self._text is None:
            return
        if tag != "si":
            self._text.end(tag)
            return
        self.lines.append(f'<si><t xml:space="preserve">{escape(text_of(self._text.runs))}</t></si>')
        self._text = None


def rewritten_texts(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Returns the shared texts in the usual form; raises ExpatError or ValueError for what is no such XML."""
    return rewritten(blocks, _TextRewriter(), _HEAD, _FOOT)
