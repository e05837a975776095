"""Weighs the encodings in which bytes may be read, by the labels and the words that each of them shows.

Which bytes need no weighing (byte-order marks, zero bytes, plenty of UTF-8), `encoding` says.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.text import TextRefusal
from pipeline.ingest.text.decoding import decoded_roughly, decodes
from pipeline.ingest.text.legibility import is_writing, label_hits, legibility
from pipeline.ingest.text.undecodable import damage_of_document, shown_codec

# One codec a family, the one with the most characters: GB18030 holds GBK, Big5-HKSCS holds Big5, cp949 holds EUC-KR.
_CHINESE = ("utf-8", "gb18030", "big5hkscs", "cp950")
_FAMILIES = (*_CHINESE, "cp932", "euc_jp", "cp949", "cp1252")
_CONVINCING_LABELS = 2
"""So many known labels as whole cells do not appear by chance in a wrong decoding."""
_LEGIBLE = 0.3
_LEGIBLE_THOUGH_DAMAGED = 0.45
_MOST_DAMAGED = 0.5
"""Share of lines that do not decode; a codec in which more do not is none of those to weigh."""
_MARGIN = 0.15
_MARGIN_OF_ONE_CHARACTER = 0.3
"""How much more legible the best has to be than the next: 0.15, plus 0.3 divided by the number of characters."""
_UTF8_BONUS = 1.0
"""Bytes of another encoding hardly ever happen to be UTF-8."""


@dataclass(frozen=True)
class Candidate:
    """One way to read the bytes: how many known labels it shows and how legible it is (1 at best).

    `is_doubtful` says that some bytes do not decode, so that it has to read the better.
    """

    codec: str
    labels: int
    legibility: float
    is_doubtful: bool = False

    @property
    def has_labels(self) -> bool:
        """Whether it shows so many known labels that this is no chance."""
        return self.labels >= _CONVINCING_LABELS

    @property
    def is_convincing(self) -> bool:
        """Whether it shows known labels or reads like writing."""
        least = _LEGIBLE_THOUGH_DAMAGED if self.is_doubtful else _LEGIBLE
        return self.has_labels or self.legibility >= least


def candidates(head: bytes, sample: bytes, labels: Collection[str]) -> list[Candidate]:
    """Returns every way in which the head decodes, perhaps with errors on some lines, the most convincing first.

    `sample` is the part of the head that is read, `labels` are label keys of known headers.
    Example: b"\\xb2\\xbf\\xc3\\xc5" (部门 in GB18030) gives gb18030 before big5hkscs, in which it reads 窒藷.
    """
    # Few bytes happen to be UTF-8 by chance: of the others only the Chinese encodings are likely enough to weigh.
    is_utf8 = decodes(head, "utf-8")
    codecs_to_try = _CHINESE if is_utf8 else _FAMILIES
    weighed: list[Candidate] = []
    for codec in codecs_to_try:
        if codec == "cp950" and _is_big5_known(weighed):
            continue
        candidate = _weighed(codec, head, sample, labels, must_be_whole=is_utf8)
        if candidate is not None:
            weighed.append(candidate)
    if not is_utf8 and not _reads_well(weighed):
        tried = set(map(attrgetter("codec"), weighed))
        weighed += _by_library(sample, tried, labels)
    return sorted(weighed, key=attrgetter("has_labels", "legibility"), reverse=True)


def _is_big5_known(weighed: Sequence[Candidate]) -> bool:
    """Whether Big5-HKSCS reads every byte already: cp950 reads the same text then."""
    whole = [candidate.codec for candidate in weighed if not candidate.is_doubtful]
    return "big5hkscs" in whole


def _weighed(
    codec: str, head: bytes, sample: bytes, labels: Collection[str], *, must_be_whole: bool
) -> Candidate | None:
    """Returns the sample read in one codec, or None where too much of the head does not decode."""
    is_whole = decodes(head, codec)
    if not is_whole:
        counts_though_damaged = not must_be_whole and may_be_damaged(head, codec)
        if not counts_though_damaged:
            return None
    text = decoded_roughly(sample, codec)
    hits = label_hits(text, labels)
    weight = legibility(text)
    is_whole_utf8 = is_whole and codec == "utf-8"
    if is_whole_utf8:
        weight += _UTF8_BONUS
    return Candidate(codec, hits, weight, is_doubtful=not is_whole)


def may_be_damaged(head: bytes, codec: str) -> bool:
    """Whether the bytes may be a text in this codec of which some lines were damaged."""
    return damaged_share(head, codec) <= _MOST_DAMAGED


def damaged_share(head: bytes, codec: str) -> float:
    """Returns the share of the lines that do not decode; one among several is little, however few there are."""
    last_line_end = max(head.rfind(b"\n"), head.rfind(b"\r")) + 1
    whole_lines = head[:last_line_end] or head
    damage = damage_of_document(whole_lines, codec)
    if damage.damaged == 1 and damage.lines > 1:
        return 0.0
    return damage.damaged / max(damage.lines, 1)


def _reads_well(weighed: Sequence[Candidate]) -> bool:
    best = max((candidate.legibility for candidate in weighed), default=-1.0)
    return best >= _LEGIBLE + _MARGIN


def _by_library(sample: bytes, known: set[str], labels: Collection[str]) -> Iterator[Candidate]:
    """Yields what charset-normalizer takes the bytes for, where that is none of the known families.

    It has to read well: the library answers something for any bytes.
    """
    from charset_normalizer import from_bytes

    best = from_bytes(sample, explain=False).best()
    if best is None:
        return
    names = {best.encoding, codecs.lookup(best.encoding).name}  # the library says utf_8, Python utf-8
    if names & known:
        return
    text = str(best)
    reads = legibility(text)
    if not is_writing(text):
        reads = min(reads, 0.0)
    yield Candidate(best.encoding, label_hits(text, labels), reads)


def decide(weighed: Sequence[Candidate], sample: bytes) -> str:
    """Returns the codec of the best candidate, if it is good enough and the others are far behind.

    The fewer characters there are, the farther behind they have to be. Raises RefusedFileError otherwise, with the
    names of the encodings between which the text does not tell.
    """
    if not weighed:
        raise RefusedFileError(TextRefusal.ENCODING_UNKNOWN)
    best, *others = weighed
    if not others and not best.is_convincing:
        raise RefusedFileError(TextRefusal.ENCODING_UNKNOWN)
    rivals: list[Candidate] = []
    close: list[Candidate] = []
    margin = _margin_for(sample)
    for candidate in others:
        if not _is_rival(candidate, best):
            continue
        rivals.append(candidate)
        lead = best.legibility - candidate.legibility
        if lead < margin:
            close.append(candidate)
    if best.is_convincing and not close:
        return best.codec
    unclear = [best, *(close or rivals[:2])]
    codecs = map(attrgetter("codec"), unclear)
    names = "、".join(map(shown_codec, codecs))
    raise RefusedFileError(TextRefusal.ENCODING_UNCLEAR, names=names)


def _is_rival(candidate: Candidate, best: Candidate) -> bool:
    """Whether a candidate has to be compared: where labels speak for the best, only one with as many does."""
    if not best.has_labels:
        return True
    return candidate.labels >= best.labels


def _margin_for(sample: bytes) -> float:
    """Returns by how much the best has to be ahead; two bytes beyond ASCII count as one character."""
    bytes_beyond_ascii = sum(byte > 0x7F for byte in sample[:1000])
    characters = max(bytes_beyond_ascii / 2, 1)
    return _MARGIN + _MARGIN_OF_ONE_CHARACTER / characters
