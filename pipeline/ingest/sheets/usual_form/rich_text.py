"""Takes footnote marks and struck-out words out of texts whose runs look different; plain texts pass as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.common.cell_marks import STRUCK_MARK
from pipeline.ingest.sheets.hidden.xlsx_parts import is_true

# 1, 12, ①, 注1, [2], （3）, *, 1,2 : what refers to a note
_NOTE_MARK = re.compile(r"[\[(（【]?(?:注?[0-9０-９]{1,2}|注|[\u2460-\u24ff]|[*＊†‡§#]{1,3}|[a-z])[\])）】]?")
_BETWEEN_MARKS = re.compile(r"[,，、;；\s]+")
# m, km, 米 before a raised 2 or 3: a measure of area; ×10 before any number: a power of ten
_UNIT_OF_LENGTH = re.compile(r"(?:^|[^a-zA-Z])[kcdmμµ]?m$|米$")
_POWERS_OF_UNITS = frozenset({"2", "3", "²", "³"})
_POWER_OF_TEN = re.compile(r"[×xX*·]\s*10$")
_LATIN_END = re.compile(r"[a-zA-Z]$")


@dataclass
class Run:
    """A piece of a text in one look."""

    text: str = ""
    is_raised: bool = False
    is_struck: bool = False


def text_of(runs: Iterable[Run]) -> str:
    """The text that counts: `12` and a raised `1` are 12, 14 struck out and 15 are 15; m and a raised 2 stay m2.

    A text of which nothing remains comes marked as struck out, with all of its words.
    """
    kept = [run for run in runs if run.text]
    valid = [run for run in kept if not run.is_struck]
    if kept and not "".join(run.text for run in valid).strip():
        words = "".join(run.text for run in kept)
        return STRUCK_MARK + words if words.strip() else words
    text = ""
    for run in valid:
        if run.is_raised and text.strip() and is_note_mark(text, run.text):
            continue
        text += run.text
    return text


def is_note_mark(before: str, raised: str) -> bool:
    """Whether raised letters refer to a note: the 1 behind 12 or 窗口1 does, the 2 of m2 and the 4 of ×10 4 do not."""
    base, mark = before.rstrip(), raised.strip()
    if mark in _POWERS_OF_UNITS and _UNIT_OF_LENGTH.search(base):
        return False
    if _POWER_OF_TEN.search(base):
        return False
    # xn: a power that is a letter stands behind another.
    if mark.isalpha() and mark.isascii() and _LATIN_END.search(base):
        return False
    marks = [part for part in _BETWEEN_MARKS.split(mark) if part]
    return all(map(_NOTE_MARK.fullmatch, marks))


class RunCollector:
    """Collects the runs of one text of an .xlsx from the events of its XML: what stands in `<si>` or `<is>`."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._is_in_run = self._is_in_text = False
        self._phonetic = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Takes in the begin of an element: `r` a run, `t` its letters, `rPh` how they sound, `strike` their look."""
        if tag == "rPh":
            self._phonetic += 1
        elif tag == "r":
            self._is_in_run = True
            self.runs.append(Run())
        elif tag == "t" and not self._phonetic:
            self._is_in_text = True
            if not self._is_in_run:
                self.runs.append(Run())
        elif tag == "strike" and self._is_in_run:
            self.runs[-1].is_struck = is_true(attributes.get("val", "1"))
        elif tag == "vertAlign" and self._is_in_run:
            self.runs[-1].is_raised = attributes.get("val") == "superscript"

    def letters(self, letters: str) -> None:
        """Takes in letters, which count where they stand in `<t>`."""
        if self._is_in_text:
            self.runs[-1].text += letters

    def end(self, tag: str) -> None:
        """Takes in the end of an element."""
        if tag == "rPh":
            self._phonetic -= 1
        elif tag == "r":
            self._is_in_run = False
        elif tag == "t":
            self._is_in_text = False
