"""Which figure a person means: the row of a chart and its columns by labels, codes or parts of labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier
from pipeline.present.shared.labels import key_label, short_label
from pipeline.present.shared.rows import Row, fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMA: Final = "charts"
SHOWN: Final = 12
NUMBERS: Final = ("BIGINT", "INTEGER", "HUGEINT", "DECIMAL", "DOUBLE")
MAIN_COLUMNS: Final = ("value", "value_ytd")
# How well a word fits a cell; the best fit of a word wins over all weaker ones.
EXACT, START, PART = 1, 2, 3


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
    """The row and the columns of the chart that all `words` fit; without a word for a column, those with figures.

    `table` is `charts.<name>`, `<name>`, or either followed by `.<column>`. Raises TraceError where there is no such
    chart, week or figure, and where the words leave several rows.
    """
    name, column = _named(con, table)
    known = _columns(con, name)
    keys = _keys(con, name)
    rows = fetch(con, f"SELECT * FROM {SCHEMA}.{identifier(name)} WHERE week_id = ? ORDER BY ALL", [week_id])
    if not rows:
        raise TraceError(f"{SCHEMA}.{name} 里没有 {week_id} 期；有的期：{_weeks(con, name)}。")
    for word in [*words, *([column] if column else [])]:
        rows, known = _narrowed(word, rows, known, keys)
    if len(rows) > 1:
        raise TraceError(f"合于多行，请再加一个词：{_listed(_words(row, keys) for row in rows)}。")
    picked = known if len(known) < len(_columns(con, name)) else _figures(con, name, known)
    labels = {one.name: one.label for one in _columns(con, name)}
    return Chosen(
        name,
        week_id,
        {key: str(rows[0][key]) for key in keys},
        {re.sub("代[号码]$", "", labels[key]): key_label(rows[0], key) for key in keys},
        rows[0],
        tuple(one for one in picked if one.name not in keys),
    )


def _named(con: DuckDBPyConnection, table: str) -> tuple[str, str | None]:
    parts = table.split(".")
    parts = parts[1:] if parts[0] == SCHEMA and len(parts) > 1 else parts
    tables = [
        str(row["table_name"])
        for row in fetch(con, 'SELECT table_name FROM docs."table" WHERE schema_name = ? ORDER BY 1', [SCHEMA])
    ]
    if parts[0] not in tables or len(parts) > 2:
        raise TraceError(f"没有图表 {table}；有的图表：{'、'.join(f'{SCHEMA}.{one}' for one in tables)}。")
    return parts[0], parts[1] if len(parts) == 2 else None


def _columns(con: DuckDBPyConnection, table: str) -> list[ColumnWords]:
    rows = fetch(
        con,
        'SELECT column_name, data_type, label_zh, unit FROM docs."column" WHERE schema_name = ? AND table_name = ?'
        " ORDER BY position",
        [SCHEMA, table],
    )
    return [
        ColumnWords(
            row["column_name"],
            short_label(row["label_zh"] or row["column_name"]),
            row["unit"],
            row["data_type"].startswith(NUMBERS),
        )
        for row in rows
    ]


def _keys(con: DuckDBPyConnection, table: str) -> list[str]:
    rows = fetch(
        con,
        'SELECT column_name FROM docs."key" WHERE schema_name = ? AND table_name = ? AND column_name <> ?'
        " ORDER BY position",
        [SCHEMA, table, "week_id"],
    )
    return [row["column_name"] for row in rows]


def _narrowed(
    word: str, rows: list[Row], columns: list[ColumnWords], keys: Sequence[str]
) -> tuple[list[Row], list[ColumnWords]]:
    """The rows or the columns that the word fits best; a row wins over a column that it fits equally well."""
    fits_of_rows = [_best(word, _texts(row, keys)) for row in rows]
    fits_of_columns = [_best(word, (one.name, one.label)) for one in columns]
    best = min([*fits_of_rows, *fits_of_columns])
    if best > PART:
        raise TraceError(
            f"找不到“{word}”；可选的有：{_listed(_words(row, keys) for row in rows)}，或列 {_names(columns)}。"
        )
    if best in fits_of_rows:
        return [row for row, fit in zip(rows, fits_of_rows, strict=True) if fit == best], columns
    return rows, [one for one, fit in zip(columns, fits_of_columns, strict=True) if fit == best]


def _best(word: str, texts: Sequence[str]) -> int:
    fits = [
        EXACT if text == word else START if text.startswith(word) else PART if word in text else PART + 1
        for text in texts
    ]
    return min(fits, default=PART + 1)


def _texts(row: Row, keys: Sequence[str]) -> list[str]:
    """What a row is called by: its codes and their labels."""
    return [text for key in keys for text in (str(row[key]), key_label(row, key))]


def _words(row: Row, keys: Sequence[str]) -> str:
    return " ".join(key_label(row, key) for key in keys) or "（仅一行）"


def _listed(texts: Iterable[str]) -> str:
    different = list(dict.fromkeys(texts))
    more = f" 等 {len(different)} 项" if len(different) > SHOWN else ""
    return "；".join(different[:SHOWN]) + more


def _names(columns: Sequence[ColumnWords]) -> str:
    return "、".join(f"{one.label}（{one.name}）" for one in columns if one.is_number and one.name != "sort_order")


def _figures(con: DuckDBPyConnection, table: str, columns: list[ColumnWords]) -> list[ColumnWords]:
    """What a chart is read for: `value` and `value_ytd`, else every number that has a basis, else every such text."""
    rows = fetch(con, "SELECT DISTINCT column_name FROM docs.figure_basis WHERE table_name = ?", [table])
    based = {row["column_name"] for row in rows}
    main = [one for one in columns if one.name in MAIN_COLUMNS]
    numbers = [one for one in columns if one.name in based and one.is_number and not one.name.startswith("previous_")]
    return main or numbers or [one for one in columns if one.name in based]


def _weeks(con: DuckDBPyConnection, table: str) -> str:
    rows = fetch(con, f"SELECT min(week_id) AS first, max(week_id) AS last FROM {SCHEMA}.{identifier(table)}")
    return f"{rows[0]['first']} 至 {rows[0]['last']}" if rows[0]["first"] else "没有"
