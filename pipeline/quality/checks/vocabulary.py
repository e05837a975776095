"""What people call the columns, codes and fields that findings name; which sentence they stand in belongs to a check.

Keys stay codes, because figures are found by them; whatever a steward reads goes through here first. The words come
from the warehouse itself (`pipeline.quality.checks.warehouse_words`), from the suites and the comments of the models
(`pipeline.quality.checks.suite_words`), and from the hall's code lists and contracts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table, insert_rows
from pipeline.contracts import Contract
from pipeline.hall.code_list import code_lists
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.checks.suite_words import FIELD, Descriptions, Word, suite_words, words_of_codes
from pipeline.quality.checks.warehouse_words import OWN_CODES, OWN_COLUMNS
from pipeline.state_tables.create import create_tables

if TYPE_CHECKING:
    import duckdb

    from pipeline.settings import Settings

# Code list, its column of codes, its column of labels, and the column of a failing row that holds the codes.
_LISTS: Final = (
    ("power_type", "code", "label", "power_type"),
    ("power_type", "power_group", "power_group_label", "power_group"),
    ("channel", "code", "label", "channel"),
    ("case_kind", "code", "label", "case_kind"),
    ("department", "department_id", "department_name", "department_id"),
    ("metric", "metric", "label_zh", "metric"),
)


class Vocabulary:
    """Words by column and code; what it does not know stays as it is.

    `of` gives the vocabulary of one checked table: two suites may call one column by two names.
    """

    def __init__(self, words: Sequence[Word] = ()) -> None:
        self.words = tuple(words)
        self.table = ""
        self._known = {(word.column_name, word.source, word.code): word.words for word in words}
        # Without a table, the first table that has a word says it.
        self._anywhere: dict[tuple[str, str], str] = {}
        for word in sorted(words, key=_key):
            if word.is_of_table:
                self._anywhere.setdefault((word.column_name, word.code), word.words)

    def of(self, table: str) -> Vocabulary:
        """Returns the same words as the suite of `table` says them."""
        spoken = copy(self)
        spoken.table = table
        return spoken

    def column(self, name: str) -> str:
        """Returns a column as people call it; its own name where nothing better is known."""
        of_suite = self._known.get((FIELD, self.table, name))
        if of_suite:
            return of_suite
        if name in OWN_COLUMNS:
            return OWN_COLUMNS[name]
        return self._anywhere.get((FIELD, name), name)

    def field(self, source: str, name: str) -> str:
        """Returns the header that a file of this source has for a field."""
        header = self._known.get((FIELD, source, name))
        return header or self.column(name)

    def value(self, column: str, value: Any, row: Mapping[str, Any]) -> Any:
        """Returns a value of a row as people call it.

        That is the label of a code, the header of a field (`row` says of which source), or the title of a source.
        """
        if not isinstance(value, str):
            return value
        if column == FIELD:
            return self.field(str(row.get("source") or ""), value)
        of_suite = self._of_suite(column, value)
        if of_suite:
            return of_suite
        return self._known.get((column, "", value), value)

    def _of_suite(self, column: str, code: str) -> str | None:
        if not self.table:
            return self._anywhere.get((column, code))
        return self._known.get((column, self.table, code))


def vocabulary(
    settings: Settings,
    contracts: Mapping[str, Contract],
    suites: Sequence[TableSuite] = (),
    descriptions: Descriptions | None = None,
) -> Vocabulary:
    """Collects the words of a hall: its code lists, the headers of its exports, what `suites` call their columns.

    `descriptions` are the comments of columns in sql/, where somebody has read them already.
    """
    of_warehouse: list[Word] = []
    for column, labels in OWN_CODES.items():
        of_warehouse += words_of_codes(column, "", labels)
    of_lists = _list_words(settings)
    of_suites = suite_words(suites, settings.models, of_lists, descriptions)
    words = [*of_warehouse, *of_lists, *of_suites, *_contract_words(contracts)]
    # The last word for a key counts: a hall's list may name a code that the warehouse names too.
    return Vocabulary(list({_key(word): word for word in words}.values()))


def write_words(con: duckdb.DuckDBPyConnection, known: Vocabulary, tables: Sequence[str] = ()) -> None:
    """Keeps the words in quality.word beside the findings, so that a reader of keys can say them.

    Takes the place of every word but those of suites whose table is not among `tables`. Belongs inside the caller's
    transaction. Key: column_name, source, code; `source` is a source, a checked table, or empty.
    """
    create_tables(con, "words")
    con.execute("DELETE FROM quality.word WHERE NOT contains(source, '.') OR list_contains(?, source)", [list(tables)])
    insert_rows(con, "quality.word", Word, sorted(known.words, key=_key))


def read_words(con: duckdb.DuckDBPyConnection) -> Vocabulary:
    """Reads the words kept beside the findings; none in a warehouse or a published file that has no such table."""
    if not has_table(con, "quality", "word"):
        return Vocabulary()
    rows = con.execute("SELECT column_name, source, code, words FROM quality.word ORDER BY ALL").fetchall()
    return Vocabulary([Word(*row) for row in rows])


def _key(word: Word) -> tuple[str, str, str]:
    return word.column_name, word.source, word.code


def _list_words(settings: Settings) -> list[Word]:
    lists = {code_list.name: code_list.records for code_list in code_lists(settings.reference, settings.power_groups)}
    words = []
    for name, code, label, column in _LISTS:
        for row in lists.get(name, ()):
            words.append(Word(column, "", row[code], row[label]))
    return words


def _contract_words(contracts: Mapping[str, Contract]) -> list[Word]:
    """The title of every source, and the header of each of its fields."""
    words = []
    for name, contract in contracts.items():
        headers = {field.name: field.title for field in contract.fields}
        words.append(Word("source", "", name, contract.title))
        words += words_of_codes(FIELD, name, headers)
    return words
