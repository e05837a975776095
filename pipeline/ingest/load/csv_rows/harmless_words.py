"""Finds the words that fill the columns of a large text and name nobody: 公安厅, 行政许可, 企业登记事项17.

In: the first rows of a text. Out: such words by column, each looked at once. A row of nothing else need not be searched
for persons, which takes a third of all the time of loading; what the sample does not show, `csv_seals` searches.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.privacy.masking import mask_field
from pipeline.privacy.second_net import may_hold_known

if TYPE_CHECKING:
    import duckdb

_FEWEST_LINES = 50_000
"""A text with fewer lines is searched faster than its words are looked at."""
_LINES_A_WORD = 500
_MOST_WORDS = 2_000
_MOST_ROWS = 20_480


def harmless_words(
    con: duckdb.DuckDBPyConnection, contract: Contract, columns: Mapping[str, str], source: str, lines: int
) -> dict[str, frozenset[str]]:
    """Returns for each masked field with few different texts those of the first rows that name nobody; none of prose.

    `columns` gives the columns of the stored fields in `source`, which has about so many `lines`.
    """
    if lines < _FEWEST_LINES:
        return {}
    masked = list(filter(contract.is_masked, contract.stored_fields))
    names = [field.name for field in masked if field.name in columns]
    if not names:
        return {}
    rows = min(lines // 10, _MOST_ROWS)
    texts = ", ".join(f"list(DISTINCT {columns[name]})" for name in names)
    shown = con.execute(f"SELECT {texts} FROM (SELECT * FROM {source} LIMIT {rows})").fetchall()[0]
    most = min(lines // _LINES_A_WORD, _MOST_WORDS)
    words = {}
    for name, texts_of_field in zip(names, shown, strict=True):
        filled = list(filter(None, texts_of_field or ()))
        is_prose = len(filled) > most
        if not is_prose:
            words[name] = frozenset(filter(is_harmless, filled))
    return words


def is_harmless(text: str) -> bool:
    """Whether a text is kept as it is, and no person who stands in another cell of its row can be in it."""
    return text.isprintable() and mask_field(text) == text and not may_hold_known(text)
