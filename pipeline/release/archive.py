"""One folder a revision under `published/releases`, written once and read back; the published database is elsewhere.

`issue.json` is the record (exact figures, for programs), `figures.csv` the same for a spreadsheet. They outlive the
warehouse: a warehouse built anew takes its earlier releases from them, so that a released issue never starts over.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.release.cells import neutralise
from pipeline.release.figures import Figure, figures_hash, number_text
from pipeline.release.files import sweep, sync_file
from pipeline.release.tables import TABLES, ensure_tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RELEASES = "releases"
CSV_HEADER = ("metric", "keys", "value", "value_ytd", "text_value")
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
DIFF_COLUMNS = tuple(TABLES["revision_diff"][2])


def insert_issue(con: DuckDBPyConnection, issue: dict[str, Any], figures: Sequence[Figure]) -> None:
    """Insert one row of `release.issue` and its rows of `release.figure`."""
    _insert(con, "issue", [tuple(issue[column] for column in TABLES["issue"][2])])
    _insert(con, "figure", [(issue["week_id"], issue["revision"], *figure) for figure in figures])


def _insert(con: DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    # One list a column: thousands of single inserts would take seconds.
    if not rows:
        return
    cells = ", ".join(f"CAST(unnest(CAST(? AS VARCHAR[])) AS {kind.split(' NOT ')[0]})" for kind in _types(table))
    texts = [[None if value is None else str(_plain(value)) for value in column] for column in zip(*rows, strict=True)]
    con.execute(f"INSERT INTO release.{table} SELECT {cells}", texts)


def _types(table: str) -> list[str]:
    return [kind for kind, _ in TABLES[table][2].values()]


def write_releases(con: DuckDBPyConnection, published: Path) -> list[Path]:
    """Write the folder of every revision in `release.issue` that has none yet; returns the new folders.

    A folder appears whole (it is renamed into place) and is never touched again.
    """
    columns = ", ".join(TABLES["issue"][2])
    rows = con.execute(f"SELECT {columns} FROM release.issue ORDER BY week_id, revision").fetchall()
    written = []
    for row in rows:
        issue = dict(zip(TABLES["issue"][2], row, strict=True))
        folder = published / RELEASES / issue["week_id"] / f"r{issue['revision']}"
        if not folder.exists():
            _write_folder(con, issue, folder)
            written.append(folder)
    return written


def _write_folder(con: DuckDBPyConnection, issue: dict[str, Any], folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder.parent, folder.name)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
    temporary.mkdir()
    try:
        key = [issue["week_id"], issue["revision"]]
        figures = _figures(con, key)
        (temporary / "issue.json").write_text(_issue_json(con, issue, figures), encoding="utf-8")
        # The byte order mark is what makes Excel read Chinese as UTF-8.
        (temporary / "figures.csv").write_text(_figures_csv(figures), encoding="utf-8-sig", newline="")
        for path in (*temporary.iterdir(), temporary):
            sync_file(path)
        temporary.rename(folder)
        sync_file(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _figures(con: DuckDBPyConnection, key: list[Any]) -> list[Figure]:
    return con.execute(
        "SELECT metric, keys, value, value_ytd, text_value FROM release.figure"
        " WHERE week_id = ? AND revision = ? ORDER BY metric, keys",
        key,
    ).fetchall()


def _issue_json(con: DuckDBPyConnection, issue: dict[str, Any], figures: list[Figure]) -> str:
    differences = con.execute(
        f"SELECT {', '.join(DIFF_COLUMNS)} FROM release.revision_diff"
        " WHERE week_id = ? AND revision = ? ORDER BY metric, keys",
        [issue["week_id"], issue["revision"]],
    ).fetchall()
    record = {name: _plain(value) for name, value in issue.items()}
    record["deliveries"] = json.loads(issue["deliveries"])
    record["figures"] = [[_plain(value) for value in figure] for figure in figures]
    record["differences"] = [[_plain(value) for value in row[2:]] for row in differences]
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime(TIME_FORMAT)
    return number_text(value) if isinstance(value, Decimal) else value


def _figures_csv(figures: list[Figure]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(CSV_HEADER)
    for metric, keys, value, value_ytd, text in figures:
        words = [neutralise(metric), neutralise(keys)]
        writer.writerow([*words, number_text(value), number_text(value_ytd), neutralise(text or "")])
    return stream.getvalue()


def restore_releases(con: DuckDBPyConnection, published: Path) -> list[tuple[str, int]]:
    """Take over into `release.*` the revisions that the published folder has and the warehouse has not.

    Returns their (week_id, revision). Raises ValueError where a folder's figures no longer give the hash that was
    released: somebody changed what must not change, and a revision against it would be worthless.
    """
    ensure_tables(con)
    known = set(con.execute("SELECT week_id, revision FROM release.issue").fetchall())
    restored = []
    for path in sorted((published / RELEASES).glob("*/r*/issue.json")):
        key = (path.parent.parent.name, int(path.parent.name.removeprefix("r")))
        if key not in known:
            _restore(con, path, json.loads(path.read_text(encoding="utf-8")))
            restored.append(key)
    return restored


def _restore(con: DuckDBPyConnection, path: Path, record: dict[str, Any]) -> None:
    figures = [
        (metric, keys, _decimal(value), _decimal(value_ytd), text)
        for metric, keys, value, value_ytd, text in record.pop("figures")
    ]
    if figures_hash(figures) != record["figures_hash"]:
        raise ValueError(
            f"{path}: the figures are not those that were released (their hash differs). Put back the original folder."
        )
    key = (record["week_id"], record["revision"])
    differences = [(*key, *row) for row in record.pop("differences")]
    record["deliveries"] = json.dumps(record["deliveries"], ensure_ascii=False)
    insert_issue(con, record, figures)
    _insert(con, "revision_diff", differences)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
