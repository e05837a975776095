"""Seals what may name a person while the rows of a CSV pass through `raw`, before it is known which of them are loaded.

    139 5000 0005 → \\x01 and a cipher → read again by `csv_fixes`: masked, sent to quarantine, or as it was written

DuckDB keeps the bytes of deleted rows in their blocks for years. So nothing may reach the file in clear that the file
is not to hold: a mobile number in place of a department, or who signed below the table. The key is never written.
Which texts are masked, `pipeline.privacy.masking` says.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.load.csv_rows.typed_pass import always_missing, says_nothing
from pipeline.privacy.masking import MAY_BE_PERSONAL, mask_field
from pipeline.privacy.second_net import SHORTEST_KNOWN, KnownPersons

if TYPE_CHECKING:
    import duckdb

_MARK = "\x01"
_TAG_BYTES = 8
_SEAL = "zhoubao_seal"
_SEAL_PERSONS = "zhoubao_seal_persons"
_SEAL_NUMBERS = "zhoubao_seal_numbers"
_SEAL_WORDS = "zhoubao_seal_words"
_NOTE_PERSON = "zhoubao_note_person"
# AB-2023-17 is a code, 综合窗口 is none.
_CODE_LETTER = re.compile("[0-9A-Za-z]")
# No personal number and no name with its colon is shorter: 86601234, 家长：王明.
_SHORTEST = 5
_FREE_TEXTS, _MAY_NAME_PERSON = "zhoubao_free_texts", "zhoubao_may_name_person"
# Of the signs between two digits of a number none is a letter.
_BETWEEN = "A"
# What some text matches that is sealed: what may be personal, and the characters with which a seal may begin.
_MAY_BE_SEALED: Final = rf"{MAY_BE_PERSONAL}|[\x00\x01]"
# A name has three characters, which have three bytes each.
_BYTES_OF_NAME = 9
# Identifiers that happen to look like mobile numbers fill a whole column; a mistake fills some of its cells.
_MOST_IDENTIFIERS = 50_000
# An identifier that may be a person's number: 13950000005, +86-139 5000 0005, 51010519870303002X.
_MAY_BE_NUMBER: Final = r"^\D{0,12}(?:86\D{0,2})?1\D?[3-9](?:\D{0,2}\d){9}\D*$|^\D{0,12}\d(?:\D?\d){13,16}\D?[\dXx]$"
_DIGITS_OF_MOBILE = 11
_NO_WORDS: Final[Mapping[str, Collection[str]]] = MappingProxyType({})


@contextmanager
def sealing(con: duckdb.DuckDBPyConnection, contract: Contract, persons: KnownPersons) -> Iterator[None]:
    """Lends the connection the functions that `sealed_sql` calls; `persons` learn who stands in a text of his row."""

    def note_person(text: str, person: str) -> str:
        persons.add(person)
        return text

    functions = {
        _SEAL: _Sealer(always_missing(contract)).seal,
        _SEAL_PERSONS: _seal_persons,
        _SEAL_NUMBERS: _seal_numbers,
        _SEAL_WORDS: _IdentifierSealer().seal,
    }
    for name, function in functions.items():
        con.create_function(name, function, ["VARCHAR"], "VARCHAR")
    con.create_function(_NOTE_PERSON, note_person, ["VARCHAR", "VARCHAR"], "VARCHAR", side_effects=True)
    try:
        yield
    finally:
        for name in (*functions, _NOTE_PERSON):
            con.remove_function(name)


def watched_sql(
    source: str,
    contract: Contract,
    columns: Mapping[str, str],
    moment: str | None = None,
    persons: Sequence[str] = (),
    harmless: Mapping[str, Collection[str]] = _NO_WORDS,
) -> str:
    """Returns SQL of the rows of `source`, with the column that `sealed_sql` asks: may a text of the row name a person?

    `columns` gives the columns of the stored fields, `moment` and `persons` are those of `sealed_sql`, `harmless` has
    words by field that name nobody: where all the free texts of a row are such words, none is looked at. The others
    of a row are looked at together: one by one they take a third of all the time of loading. Between them stands a
    letter, which ends every number, so that no number is made of two texts.
    """
    free_texts: dict[str, str] = {}
    suspicions: list[str] = []
    for field in contract.stored_fields:
        if field.type is not FieldType.STRING or field.name not in columns:
            continue
        column = columns[field.name]
        if contract.is_masked(field):
            free_texts[field.name] = column
        else:
            suspicions.append(f"{_may_be_no_identifier(column)} OR {_begins_like_mark(column)}")
    of_free_texts = [f"regexp_matches({_FREE_TEXTS}, {quoted(_MAY_BE_SEALED)})"]
    of_free_texts += [_names(_FREE_TEXTS, person) for person in persons]
    suspicions.append(f"CASE WHEN {_FREE_TEXTS} IS NULL THEN false ELSE {' OR '.join(of_free_texts)} END")
    if moment:
        suspicions.append(f"{moment} IS NULL")
    return (
        f"(SELECT *, {' OR '.join(suspicions)} AS {_MAY_NAME_PERSON}"
        f" FROM (SELECT *, {_together(free_texts, harmless)} AS {_FREE_TEXTS} FROM {source}))"
    )


def _together(free_texts: Mapping[str, str], harmless: Mapping[str, Collection[str]]) -> str:
    """Returns SQL of the free texts of a row that are to be looked at, NULL where there are none.

    The columns with `harmless` words are left out where they hold nothing else.
    """
    are_words, of_prose = [], []
    for name, column in free_texts.items():
        words = harmless.get(name)
        if words is None:
            of_prose.append(column)
        elif words:
            listed = ", ".join(map(quoted, sorted(words)))
            # The cast to an enumeration looks a text up: it costs the same for five words and for thousands.
            is_word = f"TRY_CAST({column} AS ENUM({listed})) IS NOT NULL"
            are_words.append(f"({column} IS NULL OR {_is_too_short(column)} OR {is_word})")
        else:
            are_words.append(f"{column} IS NULL")
    all_texts = _joined(list(free_texts.values()))
    if not are_words:
        return all_texts
    return f"CASE WHEN {' AND '.join(are_words)} THEN {_joined(of_prose)} ELSE {all_texts} END"


def _is_too_short(column: str) -> str:
    """Returns SQL that holds for at most two Chinese characters, such as 窗口: no number and no name that is known."""
    return f"(strlen({column}) < {_BYTES_OF_NAME} AND {column} >= '一')"


def _joined(columns: Sequence[str]) -> str:
    return f"concat_ws('{_BETWEEN}', '', {', '.join(columns)})" if columns else "NULL"


def sealed_sql(
    contract: Contract, field: Field, column: str, moment: str | None = None, persons: Sequence[str] = ()
) -> str:
    """Returns SQL of a column's text, sealed where it may name a person; its rows come from `watched_sql`.

    `moment` is the column that every case has: what lacks it is a note, a signature or a total, and is sealed as a
    whole. `persons` are the columns that are read and dropped: who stands there and in the text of the same row is
    noted. Python is asked for few texts.
    """
    if field.type is not FieldType.STRING:
        return column
    if contract.is_masked(field):
        seal = _SEAL_NUMBERS if field.names_officials else _SEAL_PERSONS
        may_name = f"length({column}) >= {_SHORTEST} AND regexp_matches({column}, {quoted(MAY_BE_PERSONAL)})"
    else:
        seal = _SEAL_WORDS
        may_name = _may_be_no_identifier(column)
    text = _noted_sql(column, persons) if contract.is_masked(field) and not field.names_officials else column
    without_moment = f"WHEN {moment} IS NULL THEN {_SEAL}({column}) " if moment else ""
    looked_at = (
        f"CASE {without_moment}WHEN {may_name} OR {_begins_like_mark(column)} THEN {seal}({text}) ELSE {text} END"
    )
    return f"CASE WHEN {_MAY_NAME_PERSON} THEN {looked_at} ELSE {column} END"


def _may_be_no_identifier(column: str) -> str:
    """Returns SQL that holds for what is not ASCII, for a mail address and for what may be a person's number."""
    is_beyond_ascii = f"strlen({column}) <> length({column})"
    may_be_number = f"(strlen({column}) >= {_DIGITS_OF_MOBILE} AND regexp_matches({column}, {quoted(_MAY_BE_NUMBER)}))"
    return f"({is_beyond_ascii} OR {may_be_number} OR contains({column}, '@'))"


def _begins_like_mark(column: str) -> str:
    return f"{column} < chr(2)"


def _names(text: str, person: str) -> str:
    return f"(length({person}) >= {SHORTEST_KNOWN} AND contains({text}, {person}))"


def _noted_sql(column: str, persons: Sequence[str]) -> str:
    """Returns SQL of a column's text that notes a person of its row who stands in it, and changes nothing."""
    branches = [f"WHEN {_names(column, person)} THEN {_NOTE_PERSON}({column}, {person})" for person in persons]
    return f"CASE {' '.join(branches)} ELSE {column} END" if branches else column


class _Sealer:
    """Seals every text but those that stand for nothing, by which blank rows are known."""

    def __init__(self, marks: Collection[str]) -> None:
        self._marks = frozenset(marks)

    def seal(self, text: str) -> str:
        is_nothing = not text.startswith(_MARK) and says_nothing(text, self._marks)
        return text if is_nothing else sealed(text)


class _IdentifierSealer:
    """Seals identifiers that hold a person's number or nothing but words, up to as many as may be mistakes."""

    def __init__(self) -> None:
        self._left = _MOST_IDENTIFIERS

    def seal(self, text: str) -> str:
        if text.startswith(_MARK):
            return sealed(text)
        has_code = _CODE_LETTER.search(text) is not None
        is_identifier = has_code and mask_field(text) == text
        if is_identifier or self._left == 0:
            return text
        self._left -= 1
        return sealed(text)


def _seal_persons(text: str) -> str:
    return _sealed_if_masked(text, mask_field(text))


def _seal_numbers(text: str) -> str:
    return _sealed_if_masked(text, mask_field(text, keeps_names=True))


def _sealed_if_masked(text: str, masked: str) -> str:
    """The text, sealed where the mask changes it; one that begins like a seal is sealed, too."""
    begins_like_seal = text.startswith(_MARK)
    if masked == text and not begins_like_seal:
        return text
    return sealed(text)


def is_sealed(text: str | None) -> bool:
    """Whether a text of `raw` is a sealed one; one that came with this mark at its beginning is sealed, too."""
    return text is not None and text.startswith(_MARK)


def sealed(text: str) -> str:
    """The text so that nobody can read it without the key of this process; one text is always sealed to one."""
    plain = text.encode()
    tag = hashlib.blake2b(plain, digest_size=_TAG_BYTES, key=_key()).digest()
    return _MARK + base64.b64encode(tag + _crossed(plain, tag)).decode("ascii")


def unsealed(text: str) -> str:
    """The text that was sealed; one that was not stays as it is."""
    if not is_sealed(text):
        return text
    cipher = base64.b64decode(text.removeprefix(_MARK))
    tag, crossed = cipher[:_TAG_BYTES], cipher[_TAG_BYTES:]
    return _crossed(crossed, tag).decode()


def _crossed(text: bytes, tag: bytes) -> bytes:
    """XOR with a stream of bytes that key and tag decide."""
    stream = hashlib.shake_256(_key() + tag).digest(len(text))
    mixed = int.from_bytes(text, "big") ^ int.from_bytes(stream, "big")
    return mixed.to_bytes(len(text), "big")


@cache
def _key() -> bytes:
    return secrets.token_bytes(32)
