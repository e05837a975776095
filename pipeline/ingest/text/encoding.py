"""Tells which encoding a text export is in, on evidence; writing it in UTF-8 belongs in transcode."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.text.legibility import LOST, is_writing, label_hits, legibility
from pipeline.ingest.text.transcode import BLOCK_BYTES, refuse_much_damage
from pipeline.ingest.text.undecodable import Damage, damage_of, damage_of_document, shown_codec
from pipeline.ingest.text.utf16 import wide_by_zeros

_HEAD = 256 << 10
_EVIDENCE = 32 << 10
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# One codec a family, the one with the most characters: GB18030 holds GBK, Big5-HKSCS holds Big5, cp949 holds EUC-KR.
_CHINESE = ("utf-8", "gb18030", "big5hkscs", "cp950")
_FAMILIES = (*_CHINESE, "cp932", "euc_jp", "cp949", "cp1252")
_ENOUGH_LABELS = 3
_MANY_CHARACTERS = 4
_ESCAPES = {"hz": b"~{", "utf-7": b"+"}
_LEGIBLE = 0.3
_LEGIBLE_THOUGH_DAMAGED = 0.45
_MOST_DAMAGED = 0.5
_DAMAGED_AS_PINNED = 0.1
_MARGIN = 0.15
_MARGIN_OF_ONE = 0.3
_UTF8_BONUS = 1.0
_REPLACEMENT = "\ufffd".encode()
_OTHER_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SEVERAL_LINES = 2
_SIDE_BY_SIDE = re.compile(rb"[\x80-\xff]{2}")
_SEVERAL = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


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
    def is_convincing(self) -> bool:
        """Whether it shows known labels or reads like writing."""
        return self.labels >= 2 or self.legibility >= (_LEGIBLE_THOUGH_DAMAGED if self.is_doubtful else _LEGIBLE)


def choose_encoding(head: bytes, pinned: str | None, labels: Collection[str] = ()) -> str:
    """The Python codec of a text: by its byte-order mark, the contract, or the evidence of what it reads like.

    `labels` are header labels (reduced by `label_key`) that tell a right decoding from one that merely works.
    Raises RefusedFileError where the head decodes in none, or in several with no clear winner.
    """
    marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), None)
    if marked:
        return marked
    if pinned:
        return _pinned(head, pinned)
    return _plain(head, labels) or _by_evidence(head, labels)


def _plain(head: bytes, labels: Collection[str]) -> str | None:
    """What needs no weighing: UTF-16 and UTF-32 by zero bytes, seven bits by escapes, ASCII, and plenty of UTF-8."""
    escaped = wide_by_zeros(head) or _seven_bit(head, labels)
    if escaped:
        return escaped
    is_utf8 = head.isascii() or len(_SEVERAL.findall(head[:_EVIDENCE])) >= _MANY_CHARACTERS
    return "utf-8" if is_utf8 and decodes(head, "utf-8") else None


def _seven_bit(head: bytes, labels: Collection[str]) -> str | None:
    """A codec that writes other characters in ASCII between escapes; what may also be plain ASCII has to read well."""
    if b"\x1b$" in head and decodes(head, "iso2022_jp"):
        return "iso2022_jp"
    sample = head[:_EVIDENCE]
    for codec, escape in _ESCAPES.items():
        if escape in sample and head.isascii() and decodes(head, codec):
            text = _read(sample, codec)
            if label_hits(text, labels) >= 2 or (codec == "hz" and legibility(text) >= _LEGIBLE_THOUGH_DAMAGED):
                return codec
    return None


def _by_evidence(head: bytes, labels: Collection[str]) -> str:
    sample = _evidence(head)
    for codec in ("gb18030", "utf-8"):
        may_be = decodes(head, codec) or _damaged_share(head, codec) <= _MOST_DAMAGED
        if may_be and label_hits(_read(sample, codec), labels) >= _ENOUGH_LABELS:
            return codec
    try:
        return _decide(candidates(head, sample, labels), sample)
    except RefusedFileError:
        if not _SIDE_BY_SIDE.search(head) and _damaged_share(head, "utf-8") == 0:
            return "utf-8"  # bytes that stand alone are no writing: their cells are lost
        # U+FFFD in UTF-8 and 锟斤拷 in GB18030 are the same bytes.
        if head.count(_REPLACEMENT) >= _MANY_CHARACTERS:
            raise RefusedFileError(LOST) from None
        raise


def _pinned(head: bytes, codec: str) -> str:
    if decodes(head, codec) or _damaged_share(head, codec) <= _DAMAGED_AS_PINNED:
        return codec
    raise RefusedFileError(
        f"合同写明编码是 {codec.upper()}，但文件内容不符合；请按这个编码重新导出，或改合同的 csv.encoding"
    )


def _damaged_share(head: bytes, codec: str) -> float:
    """The share of the lines that do not decode; one among several is little, however few there are."""
    whole = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head
    found = damage_of_document(whole, codec)
    return 0.0 if found.lines > found.damaged == 1 else found.damaged / max(found.lines, 1)


def candidates(head: bytes, sample: bytes, labels: Collection[str]) -> list[Candidate]:
    """Every way in which the head decodes with no error, or with errors on some lines, the most convincing first."""
    found: list[Candidate] = []
    # Few bytes happen to be UTF-8 by chance: of the others only the Chinese encodings are likely enough to weigh.
    is_utf8 = decodes(head, "utf-8")
    for codec in _CHINESE if is_utf8 else _FAMILIES:
        is_whole = decodes(head, codec)
        is_known = codec == "cp950" and any(one.codec == "big5hkscs" and not one.is_doubtful for one in found)
        if is_known or not (is_whole or (not is_utf8 and _damaged_share(head, codec) <= _MOST_DAMAGED)):
            continue
        text = _read(sample, codec)
        bonus = _UTF8_BONUS if codec == "utf-8" and is_whole else 0.0
        found.append(Candidate(codec, label_hits(text, labels), legibility(text) + bonus, not is_whole))
    if not is_utf8 and max((one.legibility for one in found), default=-1.0) < _LEGIBLE + _MARGIN:
        found += _by_library(sample, {one.codec for one in found}, labels)
    return sorted(found, key=lambda one: (one.labels >= 2, one.legibility), reverse=True)


def _by_library(sample: bytes, known: set[str], labels: Collection[str]) -> list[Candidate]:
    """What charset-normalizer takes the bytes for, where that is none of the known families; it has to read well."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample, explain=False).best()
    if best is None or best.encoding in known or codecs.lookup(best.encoding).name in known:
        return []
    text = str(best)
    reads_well = legibility(text) if is_writing(text) else min(legibility(text), 0.0)
    return [Candidate(best.encoding, label_hits(text, labels), reads_well)]


def _decide(found: list[Candidate], sample: bytes) -> str:
    """The best candidate, if it is good enough and the others are far behind: the fewer characters, the farther."""
    if not found or (len(found) == 1 and not found[0].is_convincing):
        raise RefusedFileError("文字编码无法识别，或内容已损坏；请另存为 UTF-8 编码的 CSV 后再试")
    best, *others = found
    rivals = [one for one in others if one.labels >= best.labels or best.labels < 2]
    characters = max(sum(byte > 0x7F for byte in sample[:1000]) / 2, 1)
    margin = _MARGIN + _MARGIN_OF_ONE / characters
    close = [one for one in rivals if best.legibility - one.legibility < margin]
    if close or not best.is_convincing:
        names = "、".join(shown_codec(one.codec) for one in [best, *(close or rivals[:2])])
        raise RefusedFileError(
            f"文字编码无法确定，可能是 {names}；请另存为 UTF-8 编码的 CSV，或在合同的 csv.encoding 写明编码"
        )
    return best.codec


def decodes(head: bytes, codec: str) -> bool:
    """Whether the beginning of a file decodes strictly; a character cut in two at the end does not count."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        decoder.decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _read(sample: bytes, codec: str) -> str:
    return codecs.getincrementaldecoder(codec)("replace").decode(sample, final=False)


def read_roughly(path: Path, codec: str) -> str:
    """The beginning of a file in a codec that may not be its own, to say why the file cannot be read."""
    with path.open("rb") as file:
        return _read(file.read(_EVIDENCE), codec)


def _evidence(head: bytes) -> bytes:
    """The part of the head that says something: from the line before its first byte beyond ASCII on."""
    first = next((place for place in range(0, len(head), 256) if not head[place : place + 256].isascii()), 0)
    begin = max(head.rfind(b"\n", 0, first), 0)
    return head[begin : begin + _EVIDENCE]


def read_head(path: Path, pinned: str | None = None, labels: Collection[str] = ()) -> tuple[str, str]:
    """The codec and the decoded first 256 KB, cut at the last whole line.

    Where the beginning is plain ASCII, the codec is that of the first lines beyond ASCII, wherever they stand. A few
    bytes that do not decode become U+FFFD; raises RefusedFileError where in the whole file there are many.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        is_plain = not pinned and len(head) == _HEAD and head.isascii() and b"\0" not in head
        evidence = _first_beyond_ascii(file) if is_plain and not _seven_bit(head, labels) else head
    codec = choose_encoding(evidence, pinned, labels)
    try:
        text = codecs.getincrementaldecoder(codec)("strict").decode(head, final=False)
    except UnicodeDecodeError:
        refuse_much_damage(damage_of(path, codec))
        text = _read(head, codec)
    cut = max(text.rfind("\n"), text.rfind("\r"))
    if cut < 0 and len(_OTHER_LINE_ENDS.findall(text)) >= _SEVERAL_LINES:
        raise RefusedFileError(
            "各行之间不是换行，而是别的分行符（如 NEL、U+2028），读出来只有一行；请另存为 CSV 后再试"
        )
    return codec, text if cut < 0 or len(head) < _HEAD else text[: cut + 1]


def _first_beyond_ascii(file: Iterator[bytes]) -> bytes:
    for block in iter(lambda: file.read(BLOCK_BYTES), b""):  # type: ignore[attr-defined]
        if not block.isascii():
            return bytes(block)
    return b""


def decode_whole(content: bytes, declared: str | None, labels: Collection[str]) -> str:
    """A whole document as text; the encoding that it declares itself counts only if it decodes and reads well.

    A few bytes that do not decode become U+FFFD, as in `as_utf8`.
    """
    codec = choose_encoding(content, None, labels) if not declared else _believed(content, declared, labels)
    try:
        return content.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if codec.startswith(("utf-16", "utf-32")):
            raise Damage(codec, damaged=1, place=error.start + 1).refusal() from error
    refuse_much_damage(damage_of_document(content, codec))
    return content.decode(codec, "replace").removeprefix("\ufeff")


def _believed(content: bytes, declared: str, labels: Collection[str]) -> str:
    if any(content.startswith(mark) for mark, _ in _MARKS) or wide_by_zeros(content[:_HEAD]):
        return choose_encoding(content, None, labels)
    codec = "gb18030" if declared in ("gb2312", "gbk", "gb_2312-80", "x-gbk") else declared
    try:
        is_true = decodes(content, codec) and legibility(_read(_evidence(content[:_HEAD]), codec)) >= 0
    except LookupError:
        is_true = False
    return codec if is_true else choose_encoding(content, None, labels)
