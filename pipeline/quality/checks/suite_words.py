"""The words of suites: what people call the columns and codes that the findings of a checked table show.

A suite says it under `words:`; where it says nothing, the comment of the column in sql/ does. Words of all tables and
of the hall are put together in `pipeline.quality.checks.vocabulary`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.hall.files_in_force import Files, files_of
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.checks.warehouse_words import OWN_COLUMNS

# Table → column → its comment in sql/.
Descriptions = Mapping[str, Mapping[str, str]]
# `column_name` is a column like any other, whose codes are columns: its words are what people call a column.
FIELD: Final = "column_name"
# "累计受理（件），办结率的分母 | accepted, the denominator" ends at the first of these: 累计受理.
_END_OF_LABEL = re.compile("[，：；（]| [|] ")


@dataclass(frozen=True)
class Word:
    """How a code of a column is called. Key: column_name, source, code.

    `source` is empty, the source whose header a field has, or the checked table whose suite says the word.
    """

    column_name: str
    source: str
    code: str
    words: str

    @property
    def is_of_table(self) -> bool:
        """Whether a suite says it: a table is written with its schema, a source is not."""
        return "." in self.source


def suite_words(
    suites: Sequence[TableSuite],
    models: Files,
    of_lists: Sequence[Word] = (),
    descriptions: Descriptions | None = None,
) -> list[Word]:
    """Returns the words of `suites`, `source` being their table.

    `descriptions` are the comments of the columns where they are at hand; else sql/ is read, which takes a second.
    `of_lists` are the words of the hall's code lists, for columns whose codes are those of others (`codes_of`).
    """
    words: list[Word] = []
    for suite in suites:
        words += words_of_codes(FIELD, suite.table, column_words(suite, models, descriptions))
        words += _code_words(suite, of_lists)
    return words


def words_of_codes(column: str, source: str, labels: Mapping[str, str]) -> list[Word]:
    """Returns the words of one column from its labels by code."""
    return [Word(column, source, code, label) for code, label in labels.items()]


def column_words(suite: TableSuite, models: Files, descriptions: Descriptions | None = None) -> dict[str, str]:
    """Returns what people call the columns that the suite's findings show, but for those that every table shares.

    A column is called as the suite says it, else as its comment in sql/<schema>/<table>.sql does. A column that neither
    names is left out. A suite's word stands even for a shared column.
    """
    words = dict(suite.words.columns)
    shown: set[str] = set()
    for check in suite.expectations:
        shown.update(check.named_columns)
    unnamed = shown - words.keys() - OWN_COLUMNS.keys()
    if not unnamed:
        return words
    comments = _read_comments(suite.table, models) if descriptions is None else descriptions.get(suite.table, {})
    comments = {name: _END_OF_LABEL.split(comment, maxsplit=1)[0] for name, comment in comments.items()}
    commented = sorted(unnamed & comments.keys())
    return words | {name: comments[name] for name in commented}


def _code_words(suite: TableSuite, of_lists: Sequence[Word]) -> list[Word]:
    labels: dict[str, dict[str, str]] = {}
    # kept is called as department_id and power_type are, whose labels the hall's lists have.
    for column, columns_of_lists in suite.words.codes_of.items():
        labels[column] = {word.code: word.words for word in of_lists if word.column_name in columns_of_lists}
    for column, codes in suite.words.codes.items():
        labels[column] = labels.get(column, {}) | dict(codes)
    words: list[Word] = []
    for column, by_code in labels.items():
        words += words_of_codes(column, suite.table, by_code)
    return words


def _read_comments(table: str, models: Files) -> Mapping[str, str]:
    """Column → its comment in sql/; empty for a table that no model makes (`ledger.delivery`)."""
    from pipeline.warehouse.models import read_model

    schema, _, name = table.partition(".")
    path = files_of(models, "*/*.sql").path_of(f"{schema}/{name}.sql")
    if path is None:
        return {}
    return {column.name: column.description for column in read_model(path).columns}
