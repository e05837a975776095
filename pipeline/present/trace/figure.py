"""Which figure a person means: the row of a chart and its columns by labels, codes or parts of labels.

What the figure rests on is found in `pipeline.present.trace.trace`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Final, TypeVar

from pipeline.common.quoting import identifier
from pipeline.present.shared.declared import WHOLE
from pipeline.present.shared.labels import key_label, short_label
from pipeline.present.shared.rows import Row, fetch
from pipeline.warehouse.models import HALL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Candidate = TypeVar("Candidate")
SCHEMA: Final = "charts"
# How many choices a message lists.
LISTED: Final = 12
NUMBERS: Final = ("BIGINT", "INTEGER", "HUGEINT", "DECIMAL", "DOUBLE")
MAIN_COLUMNS: Final = ("value", "value_ytd")
# How well a word fits a text; the best fit of a word wins over all weaker ones.
EXACT, START, PART, NONE = 1, 2, 3, 4
# 部门代号, 实施编码: the label of a key without the word for its codes.
CODE_WORD: Final = re.compile("代[号码]$")


class TraceError(ValueError):
    """A figure that cannot be found; the message says what there is to choose from."""


@dataclass(frozen=True)
class ColumnWords:
    """A column of a chart as the data dictionary of the published file describes it."""

    name: str
    label: str
    unit: str | None
    is_number: bool


@dataclass(frozen=True)
class Chosen:
    """One row of a chart (`table` without its schema) and the columns that were asked for.

    `keys` are the row's key columns but the week; `words` the same for people: label of the key → label of the value.
    """

    table: str
    week_id: str
    keys: dict[str, str]
    words: dict[str, str]
    row: Row
    columns: tuple[ColumnWords, ...]


def choose(con: DuckDBPyConnection, table: str, week_id: str, words: Sequence[str]) -> Chosen:
    """Finds the row and the columns of the chart that all `words` fit; without a word for a column, those with figures.

    `table` is `charts.<name>`, `<name>`, or either followed by `.<column>`. `charts.item_ytd`, `["其它9类", "办结"]`
    gives the row of that group and measure, columns value and value_ytd. Of a whole and its parts the whole is taken
    where no word names a part. Raises TraceError where there is no such
    chart, week or figure, and where the words leave several rows.
    """
    name, column = _table_and_column(con, table)
    keys = _key_columns(con, name)
    columns = _columns(con, name)
    rows = fetch(con, f"SELECT * FROM {SCHEMA}.{identifier(name)} WHERE week_id = ? ORDER BY ALL", [week_id])
    if not rows:
        raise TraceError(f"{SCHEMA}.{name} 里没有 {week_id} 期；有的期：{_weeks(con, name)}。")
    fitting = columns
    for word in [*words, *column]:
        rows, fitting = _narrowed(word, rows, fitting, keys)
    rows = _of_whole(rows, keys)
    if len(rows) > 1:
        raise TraceError(f"合于多行，请再加一个词：{_listed(rows, keys)}。")
    if len(fitting) == len(columns):
        # No word named a column.
        fitting = _figure_columns(con, name, columns)
    row = rows[0]
    labels = {known.name: CODE_WORD.sub("", known.label) for known in columns}
    return Chosen(
        table=name,
        week_id=week_id,
        keys={key: str(row[key]) for key in keys},
        words={labels[key]: key_label(row, key) for key in keys},
        row=row,
        columns=tuple(known for known in fitting if known.name not in keys),
    )


def _of_whole(rows: list[Row], keys: Sequence[str]) -> list[Row]:
    """Returns the one row of all together, where the words say nothing of a part; else the rows as they are.

    一件事办件 fits the measure as a whole (split and member ALL), by department and by channel: the whole is meant.
    """
    differing = [key for key in keys if len({row[key] for row in rows}) > 1]
    wholes = [row for row in rows if all(row[key] == WHOLE for key in differing)]
    return wholes if len(wholes) == 1 else rows


def _table_and_column(con: DuckDBPyConnection, table: str) -> tuple[str, list[str]]:
    """`charts.item_ytd.value` gives item_ytd and [value]; `item_ytd` gives item_ytd and []."""
    rows = fetch(con, 'SELECT table_name FROM docs."table" WHERE schema_name = ? ORDER BY 1', [SCHEMA])
    charts = [f"{SCHEMA}.{row['table_name']}" for row in rows]
    name, *column = table.removeprefix(f"{SCHEMA}.").split(".")
    is_chart = f"{SCHEMA}.{name}" in charts
    # A third part, as in charts.item_ytd.value.more, names nothing.
    if not is_chart or len(column) > 1:
        raise TraceError(f"没有图表 {table}；有的图表：{'、'.join(charts)}。")
    return name, column


def _columns(con: DuckDBPyConnection, table: str) -> list[ColumnWords]:
    rows = fetch(
        con,
        "SELECT column_name, data_type, coalesce(nullif(label_zh, ''), column_name) AS label, unit"
        ' FROM docs."column" WHERE schema_name = ? AND table_name = ? ORDER BY position',
        [SCHEMA, table],
    )
    columns = []
    for row in rows:
        is_number = row["data_type"].startswith(NUMBERS)
        columns.append(ColumnWords(row["column_name"], short_label(row["label"]), row["unit"], is_number))
    return columns


def _key_columns(con: DuckDBPyConnection, table: str) -> list[str]:
    """The columns besides hall and week that tell a chart's rows apart."""
    rows = fetch(
        con,
        'SELECT column_name FROM docs."key" WHERE schema_name = ? AND table_name = ? AND column_name NOT IN (?, ?)'
        " ORDER BY position",
        [SCHEMA, table, HALL, "week_id"],
    )
    return [row["column_name"] for row in rows]


def _narrowed(
    word: str, rows: list[Row], columns: list[ColumnWords], keys: Sequence[str]
) -> tuple[list[Row], list[ColumnWords]]:
    """The rows or the columns that the word fits best; a row wins over a column that it fits equally well."""
    row_fits = [_best_fit(word, _row_texts(row, keys)) for row in rows]
    column_fits = [_best_fit(word, (column.name, column.label)) for column in columns]
    best = min([*row_fits, *column_fits])
    if best == NONE:
        raise TraceError(f"找不到“{word}”；可选的有：{_listed(rows, keys)}，或列 {_column_words(columns)}。")
    if best in row_fits:
        return _with_fit(best, rows, row_fits), columns
    return rows, _with_fit(best, columns, column_fits)


def _with_fit(best: int, candidates: list[Candidate], fits: list[int]) -> list[Candidate]:
    """The rows or columns whose fit is the best."""
    is_best = [fit == best for fit in fits]
    return list(compress(candidates, is_best))


def _best_fit(word: str, texts: Sequence[str]) -> int:
    fits = [_fit(word, text) for text in texts]
    return min(fits, default=NONE)


def _fit(word: str, text: str) -> int:
    if text == word:
        return EXACT
    if text.startswith(word):
        return START
    if word in text:
        return PART
    return NONE


def _row_texts(row: Row, keys: Sequence[str]) -> list[str]:
    """What a row is called by: its codes and their labels."""
    texts = []
    for key in keys:
        texts += [str(row[key]), key_label(row, key)]
    return texts


def _row_words(row: Row, keys: Sequence[str]) -> str:
    if not keys:
        return "（仅一行）"
    return " ".join(key_label(row, key) for key in keys)


def _listed(rows: Sequence[Row], keys: Sequence[str]) -> str:
    """What the rows are called, at most LISTED of them: `行政许可 受理；行政许可 办结`."""
    names = list(dict.fromkeys(_row_words(row, keys) for row in rows))
    listed = "；".join(names[:LISTED])
    if len(names) <= LISTED:
        return listed
    return f"{listed} 等 {len(names)} 项"


def _column_words(columns: Sequence[ColumnWords]) -> str:
    words = []
    for column in columns:
        if column.is_number and column.name != "sort_order":
            words.append(f"{column.label}（{column.name}）")
    return "、".join(words)


def _figure_columns(con: DuckDBPyConnection, table: str, columns: list[ColumnWords]) -> list[ColumnWords]:
    """What a chart is read for: `value` and `value_ytd`, else every number that has a basis, else every such text."""
    main = _named(columns, MAIN_COLUMNS)
    if main:
        return main
    rows = fetch(con, "SELECT DISTINCT column_name FROM docs.figure_basis WHERE table_name = ?", [table])
    based = _named(columns, [row["column_name"] for row in rows])
    numbers = []
    for column in based:
        is_of_the_week = not column.name.startswith("previous_")
        if column.is_number and is_of_the_week:
            numbers.append(column)
    return numbers or based


def _named(columns: Sequence[ColumnWords], names: Sequence[str]) -> list[ColumnWords]:
    """Those of the columns that are among the names, in their order."""
    return [column for column in columns if column.name in names]


def _weeks(con: DuckDBPyConnection, table: str) -> str:
    chart = f"{SCHEMA}.{identifier(table)}"
    weeks = fetch(con, f"SELECT min(week_id) AS first, max(week_id) AS last FROM {chart}")[0]
    if weeks["first"] is None:
        return "没有"
    return f"{weeks['first']} 至 {weeks['last']}"
