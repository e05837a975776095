"""Takes footnote marks and struck-out words out of texts whose runs look different; plain texts pass as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import filterfalse
from operator import attrgetter

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
_LATIN_LETTERS = re.compile(r"[a-zA-Z]+")
_LETTERS_OF = attrgetter("text")
_IS_STRUCK = attrgetter("is_struck")


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
    kept = list(filter(_LETTERS_OF, runs))
    valid = list(filterfalse(_IS_STRUCK, kept))
    is_nothing_valid = not _joined(valid).strip()
    if is_nothing_valid:
        return _marked_as_struck(_joined(kept))
    return _without_note_marks(valid)


def _joined(runs: Iterable[Run]) -> str:
    return "".join(map(_LETTERS_OF, runs))


def _marked_as_struck(words: str) -> str:
    """Marks words that are all struck out; blanks stay as they are."""
    is_blank = not words.strip()
    if is_blank:
        return words
    return STRUCK_MARK + words


def _without_note_marks(runs: Iterable[Run]) -> str:
    """Joins runs and drops the raised ones that refer to a note: `12` and a raised `1` are 12."""
    text = ""
    for run in runs:
        if not _refers_to_note(text, run):
            text += run.text
    return text


def _refers_to_note(before: str, run: Run) -> bool:
    """Whether a run behind the text `before` is the mark of a note; at the begin of a text nothing is."""
    if not run.is_raised:
        return False
    is_at_begin = not before.strip()
    if is_at_begin:
        return False
    return is_note_mark(before, run.text)


def is_note_mark(before: str, raised: str) -> bool:
    """Whether raised letters refer to a note: the 1 behind 12 or 窗口1 does, the 2 of m2 and the 4 of ×10 4 do not."""
    base = before.rstrip()
    mark = raised.strip()
    if _is_power(base, mark):
        return False
    marks = filter(None, _BETWEEN_MARKS.split(mark))
    return all(map(_NOTE_MARK.fullmatch, marks))


def _is_power(base: str, mark: str) -> bool:
    """Whether a mark is the power of what it stands behind: the 4 of ×10 4, the 2 of m2, the n of xn."""
    if _POWER_OF_TEN.search(base):
        return True
    if mark in _POWERS_OF_UNITS:
        return _UNIT_OF_LENGTH.search(base) is not None
    if _LATIN_LETTERS.fullmatch(mark):
        return _LATIN_END.search(base) is not None
    return False


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
        elif tag == "t":
            self._start_letters()
        elif self._is_in_run:
            self._take_look(self.runs[-1], tag, attributes)

    def _start_letters(self) -> None:
        """Begins the letters of a run, or of a text without runs; how letters sound is left out."""
        if self._phonetic:
            return
        self._is_in_text = True
        if not self._is_in_run:
            self.runs.append(Run())

    @staticmethod
    def _take_look(run: Run, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "strike":
            run.is_struck = is_true(attributes.get("val", "1"))
        elif tag == "vertAlign":
            run.is_raised = attributes.get("val") == "superscript"

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
