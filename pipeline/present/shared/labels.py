"""What charts, their columns and rows are called, from the words in the database itself.

How numbers are written is in `pipeline.present.shared.rows`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.quoting import identifier
from pipeline.present.shared.rows import Row, fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Orders rows of release.revision_diff: readers of a revision look for numbers; texts are longer and matter less.
NUMBERS_FIRST: Final = "coalesce(before_text, after_text) IS NOT NULL"
# Where the explanation begins: 累计受理（件），办结率的分母 | accepted
#                                     ^    ^              ^
EXPLANATION: Final = re.compile("[，：（]| [|] ")


def short_label(words: str) -> str:
    """Cuts a label off before its explanations and its English.

    `累计受理（件），办结率的分母 | accepted` gives `累计受理`.
    """
    return EXPLANATION.split(words, maxsplit=1)[0]


def key_label(row: Mapping[str, Any], key: str) -> str:
    """Returns what people call the value of a key column: its `_label` or `_name` in the same row, else the code."""
    for name in _label_columns(key):
        if row.get(name):
            return str(row[name])
    return str(row[key])


def _label_columns(key: str) -> tuple[str, str]:
    """The columns that may hold the words of a key: `department_id` gives department_label, department_name."""
    stem = key.removesuffix("_id").removesuffix("_code")
    return f"{stem}_label", f"{stem}_name"


def with_words(con: DuckDBPyConnection, rows: Iterable[Row]) -> list[Row]:
    """Adds `figure` and `row` in words to rows that have `metric` and `keys` as release.figure has them.

    Reads the comments and the rows of `charts.*`, in the warehouse or in the published file; what is no longer there
    keeps its code. Example: metric `item_ytd.value_ytd`, keys `{"measure":"accepted","power_group":"licensing"}` give
    figure `事项受理办结：今年累计` and row `受理 行政许可`.
    """
    figures = list(rows)
    tables = {_table_and_column(row)[0] for row in figures}
    words = _chart_words(con, sorted(tables))
    return [{**row, "figure": words.figure(*_table_and_column(row)), "row": words.row(row)} for row in figures]


def _table_and_column(row: Row) -> tuple[str, str]:
    """`item_ytd.value_ytd` is column value_ytd of charts.item_ytd."""
    table, _, column = str(row["metric"]).partition(".")
    return table, column


@dataclass(frozen=True)
class _ChartWords:
    """Words of charts: `tables` by name, `columns` by (table, column), `codes` by (table, key column, code)."""

    tables: Mapping[str, str]
    columns: Mapping[tuple[str, str], str]
    codes: Mapping[tuple[str, str, str], str]

    def figure(self, table: str, column: str) -> str:
        """The chart and the column: `事项受理办结：今年累计`."""
        return f"{self.tables.get(table, table)}：{self.columns.get((table, column), column)}"

    def row(self, row: Row) -> str:
        """The labels of the row's keys: `受理 行政许可`."""
        table, _ = _table_and_column(row)
        labels = []
        for key, value in json.loads(row["keys"]).items():
            code = str(value)
            labels.append(self.codes.get((table, key, code), code))
        return " ".join(labels)


def _chart_words(con: DuckDBPyConnection, tables: Sequence[str]) -> _ChartWords:
    """The words of all charts, and of the codes in these `tables`."""
    names = _table_words(con)
    codes: dict[tuple[str, str, str], str] = {}
    for table in tables:
        if table in names:
            codes |= _code_words(con, table)
    return _ChartWords(names, _column_words(con), codes)


def _table_words(con: DuckDBPyConnection) -> dict[str, str]:
    rows = fetch(
        con,
        "SELECT table_name, coalesce(comment, table_name) AS words FROM duckdb_tables()"
        " WHERE database_name = current_database() AND schema_name = 'charts'",
    )
    # The first line of a comment is Chinese, the second English.
    return {row["table_name"]: short_label(row["words"].split("\n")[0]) for row in rows}


def _column_words(con: DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = fetch(
        con,
        "SELECT table_name, column_name, coalesce(comment, column_name) AS words FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = 'charts'",
    )
    return {(row["table_name"], row["column_name"]): short_label(row["words"]) for row in rows}


def _code_words(con: DuckDBPyConnection, table: str) -> dict[tuple[str, str, str], str]:
    """(table, key column, code) -> label, for the key columns that have a label beside them."""
    chart = f"charts.{identifier(table)}"
    names = [row["column_name"] for row in fetch(con, f"DESCRIBE {chart}")]
    words = {}
    for key in names:
        label_columns = list(filter(names.__contains__, _label_columns(key)))
        if not label_columns:
            continue
        label_column = label_columns[0]
        pairs = con.execute(f"SELECT DISTINCT {identifier(key)}, {identifier(label_column)} FROM {chart}").fetchall()
        for code, label in pairs:
            words[table, key, str(code)] = str(label)
    return words
