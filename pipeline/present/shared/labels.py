"""What charts, their columns and rows are called, from the words in the database itself; numbers belong in rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.common.quoting import identifier
from pipeline.present.shared.rows import Row, fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def short_label(words: str) -> str:
    """A label without its English and its explanations: `累计受理（件），办结率的分母 | accepted` is `累计受理`."""
    return re.split("[，：（]| [|] ", words, maxsplit=1)[0]


def key_label(row: Mapping[str, Any], key: str) -> str:
    """What people call the value of a key column: its `_label` or `_name` in the same row, else the code itself."""
    return str(next((row[name] for name in _label_columns(key) if row.get(name)), row[key]))


def _label_columns(key: str) -> tuple[str, str]:
    """The columns that may hold the words for a key column's codes."""
    stem = key.removesuffix("_id").removesuffix("_code")
    return f"{stem}_label", f"{stem}_name"


def with_words(con: DuckDBPyConnection, rows: Iterable[Row]) -> list[Row]:
    """Rows with `metric` and `keys` as release.figure has them, with `figure` and `row` in words beside them.

    Reads the comments and the rows of `charts.*`, in the warehouse or in the published file; what is no longer there
    keeps its code.
    """
    found = list(rows)
    tables = sorted({str(row["metric"]).split(".", maxsplit=1)[0] for row in found})
    charts, columns = _chart_words(con), _column_words(con)
    labels = {table: _row_labels(con, table) for table in tables if table in charts}
    worded = []
    for row in found:
        table, _, column = str(row["metric"]).partition(".")
        keys = json.loads(row["keys"])
        values = [labels.get(table, {}).get((key, str(value)), str(value)) for key, value in keys.items()]
        name = f"{charts.get(table, table)}：{columns.get((table, column), column)}"
        worded.append({**row, "figure": name, "row": " ".join(values)})
    return worded


def _chart_words(con: DuckDBPyConnection) -> dict[str, str]:
    rows = fetch(
        con,
        "SELECT table_name, comment FROM duckdb_tables()"
        " WHERE database_name = current_database() AND schema_name = 'charts'",
    )
    return {row["table_name"]: short_label((row["comment"] or row["table_name"]).split("\n")[0]) for row in rows}


def _column_words(con: DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = fetch(
        con,
        "SELECT table_name, column_name, comment FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = 'charts'",
    )
    return {(row["table_name"], row["column_name"]): short_label(row["comment"] or row["column_name"]) for row in rows}


def _row_labels(con: DuckDBPyConnection, table: str) -> dict[tuple[str, str], str]:
    """(key column, code) → label, for the key columns that have a label beside them."""
    names = [row["column_name"] for row in fetch(con, f"DESCRIBE charts.{identifier(table)}")]
    labels = {}
    for key in names:
        label = next((name for name in _label_columns(key) if name in names), None)
        if label:
            pair = f"{identifier(key)}, {identifier(label)}"
            for code, words in con.execute(f"SELECT DISTINCT {pair} FROM charts.{identifier(table)}").fetchall():
                labels[key, str(code)] = str(words)
    return labels
