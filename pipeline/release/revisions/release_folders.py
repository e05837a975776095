"""One folder a revision under `published/releases`, written once and read back; the published database is elsewhere.

`issue.json` is the record (exact figures, for programs), `figures.csv` the same for a spreadsheet, `tables/` the rows
of the charts and marts as they were, so that the revision can be shown again. They outlive the warehouse: a warehouse
built anew takes its earlier releases from them, so that a released issue never starts over. Their hashes are kept.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.common.atomic_files import sha256_of, sweep, sync_file, write_text
from pipeline.common.spreadsheet_text import neutralise
from pipeline.release.revisions.activation import Activation, insert_activation
from pipeline.release.revisions.figures import Figure, figures_hash, number_text
from pipeline.release.revisions.frozen_rows import write_rows
from pipeline.release.revisions.tables import STEWARDS_OWN, TABLES, ensure_tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RELEASES = "releases"
CSV_HEADER = ("metric", "keys", "value", "value_ytd", "text_value")
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
DIFF_COLUMNS = tuple(TABLES["revision_diff"][2])
FINDING_COLUMNS = tuple(TABLES["issue_finding"][2])
ROLLBACK = "rollback-{number}.json"


def replace_current(con: DuckDBPyConnection, figures: Mapping[str, Sequence[Figure]]) -> None:
    """Put these figures, by week_id, in the place of all of `release.current_figure`."""
    con.execute("DELETE FROM release.current_figure")
    _insert(con, "current_figure", [(week, *figure) for week, found in figures.items() for figure in found])


def insert_issue(con: DuckDBPyConnection, issue: dict[str, Any], figures: Sequence[Figure]) -> None:
    """Insert one row of `release.issue` and its rows of `release.figure`."""
    _insert(con, "issue", [tuple(issue.get(column) for column in TABLES["issue"][2])])
    _insert(con, "figure", [(issue["week_id"], issue["revision"], *figure) for figure in figures])


def _insert(con: DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    # One list a column: thousands of single inserts would take seconds.
    if not rows:
        return
    cells = ", ".join(f"CAST(unnest(CAST(? AS VARCHAR[])) AS {kind.split(' NOT ')[0]})" for kind in _types(table))
    texts = [[None if value is None else str(_plain(value)) for value in column] for column in zip(*rows, strict=True)]
    # By name: in a warehouse of an earlier version the columns that came later stand last.
    con.execute(f"INSERT INTO release.{table} ({', '.join(TABLES[table][2])}) SELECT {cells}", texts)


def _types(table: str) -> list[str]:
    return [kind for kind, _ in TABLES[table][2].values()]


def write_releases(con: DuckDBPyConnection, published: Path, current: Mapping[str, str]) -> list[Path]:
    """Write the folder of every revision in `release.issue` that has none yet; returns the new folders.

    A folder appears whole (it is renamed into place) and is never touched again; the hashes of its files go into
    `release.file`. `current` is the hash of the figures that the charts give now, by week_id: only a revision with
    these figures can keep the rows of the charts.
    """
    columns = ", ".join(TABLES["issue"][2])
    rows = con.execute(f"SELECT {columns} FROM release.issue ORDER BY week_id, revision").fetchall()
    known = set(con.execute("SELECT DISTINCT week_id, revision FROM release.file").fetchall())
    written = []
    for row in rows:
        issue = dict(zip(TABLES["issue"][2], row, strict=True))
        folder = release_folder(published, issue["week_id"], issue["revision"])
        if not folder.exists():
            _write_folder(con, issue, folder, has_rows=current.get(issue["week_id"]) == issue["figures_hash"])
            written.append(folder)
        if (issue["week_id"], issue["revision"]) not in known:
            _record_files(con, issue, folder)
    return written


def release_folder(published: Path, week_id: str, revision: int) -> Path:
    """Where the files of a revision are."""
    return published / RELEASES / week_id / f"r{revision}"


def _record_files(con: DuckDBPyConnection, issue: Mapping[str, Any], folder: Path) -> None:
    rows = [
        (issue["week_id"], issue["revision"], name, digest, (folder / name).stat().st_size)
        for name, digest in _hashes(folder).items()
    ]
    _insert(con, "file", rows)


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}


def check_releases(con: DuckDBPyConnection, published: Path) -> list[str]:
    """A sentence for every released folder that is no longer as it was written; empty where all are."""
    kept: dict[tuple[str, int], dict[str, str]] = {}
    for week_id, revision, name, digest in con.execute(
        "SELECT week_id, revision, file_name, sha256 FROM release.file ORDER BY ALL"
    ).fetchall():
        kept.setdefault((week_id, revision), {})[name] = digest
    sentences = []
    for (week_id, revision), files in kept.items():
        folder = release_folder(published, week_id, revision)
        found = _hashes(folder)
        changed = sorted(name for name in files.keys() | found.keys() if files.get(name) != found.get(name))
        if changed:
            sentences.append(
                f"{week_id} 期第 {revision} 次发布的文件夹 {folder} 已不是发布时的样子（{'、'.join(changed)}"
                "被改动、增加或删除）：请从备份恢复原文件夹，其余发布不受影响。"
            )
    return sentences


def _write_folder(con: DuckDBPyConnection, issue: dict[str, Any], folder: Path, *, has_rows: bool) -> None:
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
        if has_rows:
            write_rows(con, issue["week_id"], temporary)
        for path in (*(file for file in temporary.rglob("*") if file.is_file()), temporary):
            sync_file(path)
        temporary.rename(folder)
        sync_file(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_rollback(published: Path, activation: Activation) -> Path:
    """Keep a rollback beside the releases, so that it outlives the warehouse; who decided it stays with the hall."""
    path = published / RELEASES / activation.week_id / ROLLBACK.format(number=activation.activation_no)
    record = {name: _plain(value) for name, value in vars(activation).items() if name not in STEWARDS_OWN}
    write_text(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return path


def _figures(con: DuckDBPyConnection, key: list[Any]) -> list[Figure]:
    return con.execute(
        "SELECT metric, keys, value, value_ytd, text_value FROM release.figure"
        " WHERE week_id = ? AND revision = ? ORDER BY metric, keys",
        key,
    ).fetchall()


def _issue_json(con: DuckDBPyConnection, issue: dict[str, Any], figures: list[Figure]) -> str:
    key = [issue["week_id"], issue["revision"]]
    differences = con.execute(
        f"SELECT {', '.join(DIFF_COLUMNS)} FROM release.revision_diff"
        " WHERE week_id = ? AND revision = ? ORDER BY metric, keys",
        key,
    ).fetchall()
    findings = con.execute(
        f"SELECT {', '.join(FINDING_COLUMNS)} FROM release.issue_finding"
        " WHERE week_id = ? AND revision = ? ORDER BY finding_id",
        key,
    ).fetchall()
    record = {name: _plain(value) for name, value in issue.items()}
    record["deliveries"] = json.loads(issue["deliveries"])
    record["figures"] = [[_plain(value) for value in figure] for figure in figures]
    record["contracts"] = json.loads(issue["contracts"] or "{}")
    record["differences"] = [[_plain(value) for value in row[2:]] for row in differences]
    record["findings"] = [
        {
            name: _plain(value)
            for name, value in zip(FINDING_COLUMNS[2:], row[2:], strict=True)
            if name not in STEWARDS_OWN
        }
        for row in findings
    ]
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime(TIME_FORMAT)
    if isinstance(value, date):
        return value.isoformat()
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
    """Take over into `release.*` the revisions and rollbacks that the published folder has and the warehouse has not.

    Returns the (week_id, revision) taken over. Raises ValueError where a folder's figures no longer give the hash that
    was released: somebody changed what must not change, and a revision against it would be worthless.
    """
    ensure_tables(con)
    known = set(con.execute("SELECT week_id, revision FROM release.issue").fetchall())
    restored = []
    for path in sorted((published / RELEASES).glob("*/r*/issue.json")):
        key = (path.parent.parent.name, int(path.parent.name.removeprefix("r")))
        if key not in known:
            _restore(con, path, json.loads(path.read_text(encoding="utf-8")))
            restored.append(key)
    if restored:
        _restore_activations(con, published, sorted({week_id for week_id, _ in restored}))
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
    # A folder of an earlier version of this program has fewer columns at the end, and no findings.
    missing = len(DIFF_COLUMNS) - len(key)
    differences = [(*key, *row, *[None] * (missing - len(row))) for row in record.pop("differences")]
    findings = [(*key, *(finding.get(name) for name in FINDING_COLUMNS[2:])) for finding in record.pop("findings", [])]
    record["deliveries"] = json.dumps(record["deliveries"], ensure_ascii=False)
    record["contracts"] = json.dumps(record.get("contracts", {}))
    insert_issue(con, record, figures)
    _insert(con, "revision_diff", differences)
    _insert(con, "issue_finding", findings)


def _restore_activations(con: DuckDBPyConnection, published: Path, weeks: Sequence[str]) -> None:
    """The order in which revisions were shown: releases by their time, rollbacks by the numbers in their files."""
    for week_id in weeks:
        con.execute("DELETE FROM release.activation WHERE week_id = ?", [week_id])
        releases = con.execute(
            "SELECT revision, released_at, reason FROM release.issue WHERE week_id = ? ORDER BY revision", [week_id]
        ).fetchall()
        rollbacks = {
            record["activation_no"]: record
            for path in (published / RELEASES / week_id).glob(ROLLBACK.format(number="*"))
            for record in [json.loads(path.read_text(encoding="utf-8"))]
        }
        for number in range(1, len(releases) + len(rollbacks) + 1):
            if number in rollbacks:
                insert_activation(con, Activation(decided_by=None, **rollbacks[number]))
            else:
                revision, moment, reason = releases.pop(0)
                insert_activation(con, Activation(week_id, number, revision, "released", moment, None, reason))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
