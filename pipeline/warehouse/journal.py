"""Writes beside the originals what only the warehouse knows: `archive/ledger.jsonl`, from which it can be built anew.

An original says what is in it, not when it came, under which name, and what a steward decided on it. Every row of the
tables below stands here as one line of JSON, appended when the warehouse is closed; a row that changed is appended
again, and the last line of its key counts. Reading it back is `pipeline.keeping.rebuild`'s.

    {"table": "quality.decision", "row": {"decision_id": "77b0d1c4…", "kind": "accept", …}}

The file is as private as the originals beside it: it names files and people.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.private_files import private_folder
from pipeline.common.sentences import SentenceError
from pipeline.common.tables import has_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Values of a key, as texts; of a table without a key, those of the whole row.
Key = tuple[str, tuple[str, ...]]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Kept:
    """A table of the journal: its key (none: the whole row), and the columns whose change makes a new line."""

    key: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()


# A finding's words and counts follow from the checks; a line is due only where its state changed, so that the words
# of one that no check shows any more are kept.
TABLES: Final[Mapping[str, _Kept]] = {
    "ledger.arrival": _Kept(),
    "ledger.delivery": _Kept(("delivery_id",)),
    "quality.decision": _Kept(("decision_id",)),
    "quality.correction": _Kept(("correction_id",)),
    "quality.comment": _Kept(("delivery_id", "sheet", "row_no")),
    "quality.review_answer": _Kept(("delivery_id", "sheet", "row_no")),
    "quality.finding_event": _Kept(("finding_id", "event_no")),
    "quality.finding": _Kept(("finding_id",), ("status", "until", "decision_id")),
    "release.activation": _Kept(("week_id", "activation_no")),
    "release.withdrawal": _Kept(("week_id", "revision")),
    "ledger.home_hall": _Kept(),
}
# Of whose home it is a line is due where there is something to build anew.
_NOT_ALONE: Final = "ledger.home_hall"


class JournalError(SentenceError):
    """A line of the journal that is no line of it; the text names the line."""


def append_journal(con: DuckDBPyConnection, path: Path) -> int:
    """Appends the rows that the journal does not have as they are; returns how many. Nothing new writes nothing."""
    known = dict(_telling_lines(read_journal(path)))
    lines = []
    for table in TABLES:
        if table == _NOT_ALONE and not known:
            continue
        for row in _rows(con, table):
            key = _key(table, row)
            told = _told(table, row)
            if known.get(key) != told:
                known[key] = told
                lines.append(json.dumps({"table": table, "row": row}, ensure_ascii=False) + "\n")
    if lines:
        _append(path, "".join(lines))
    return len(lines)


def read_journal(path: Path) -> dict[Key, Row]:
    """Returns the last row of every key, in the order in which the keys first came; empty where there is no journal.

    A last line that a killed process left half written is left out. Raises JournalError for any other broken line.
    """
    rows: dict[Key, Row] = {}
    if not path.is_file():
        return rows
    text = path.read_bytes()
    whole = text[: text.rfind(b"\n") + 1]
    for number, line in enumerate(whole.splitlines(), start=1):
        table, row = _parsed(line, number, path)
        rows[_key(table, row)] = row
    return rows


def rows_of(journal: Mapping[Key, Row], table: str) -> list[Row]:
    """Returns the rows of one table, in the order in which they first came."""
    return [row for (name, _), row in journal.items() if name == table]


def insert_journal_rows(con: DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    """Inserts rows of the journal; a column that the table has no more is left out, one that came later is null."""
    if not rows:
        return
    schema, name = table.split(".")
    types = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database()"
        " AND schema_name = ? AND table_name = ? ORDER BY column_index",
        [schema, name],
    ).fetchall()
    names = ", ".join(column for column, _ in types)
    cells = ", ".join(f"CAST(unnest(CAST(? AS VARCHAR[])) AS {sql_type})" for _, sql_type in types)
    texts = []
    for column, _ in types:
        texts.append([_text(row.get(column)) for row in rows])
    con.execute(f"INSERT INTO {table} ({names}) SELECT {cells}", texts)


def _parsed(line: bytes, number: int, path: Path) -> tuple[str, Row]:
    try:
        entry = json.loads(line)
        return entry["table"], entry["row"]
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(
            f"{path} 第 {number} 行已损坏，不是台账的一行。请运行 zhoubao verify，并从备份恢复这个文件。"
        ) from error


def _rows(con: DuckDBPyConnection, table: str) -> Iterator[Row]:
    schema, _, name = table.partition(".")
    if not has_table(con, schema, name):
        return
    cursor = con.execute(f"SELECT * FROM {table} ORDER BY rowid")
    columns = [column for column, *_ in cursor.description]
    for values in cursor.fetchall():
        yield dict(zip(columns, map(_plain, values), strict=True))


def _plain(value: Any) -> Any:
    """Returns a value as JSON has it: 2023-04-24 09:00:00.123456 for a moment; texts, numbers and None stay."""
    if value is None or isinstance(value, int | str):
        return value
    return str(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _key(table: str, row: Row) -> Key:
    kept = TABLES.get(table, _Kept())
    return table, tuple(str(row.get(column)) for column in kept.key or row)


def _told(table: str, row: Row) -> tuple[str, ...]:
    kept = TABLES.get(table, _Kept())
    return tuple(str(row.get(column)) for column in kept.telling or row)


def _telling_lines(journal: Mapping[Key, Row]) -> Iterator[tuple[Key, tuple[str, ...]]]:
    for key, row in journal.items():
        table, _ = key
        yield key, _told(table, row)


def _append(path: Path, text: str) -> None:
    """Appends whole lines and has them on the disk; half a line that was left there before is cut off."""
    private_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.seek(_end_of_last_line(path))
        file.truncate()
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _end_of_last_line(path: Path) -> int:
    return path.read_bytes().rfind(b"\n") + 1
