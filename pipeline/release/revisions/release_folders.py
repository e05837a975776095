"""Writes one folder a revision under `published/releases`, once, and checks that it stays as it was.

`issue.json` is the record (exact figures, for programs), `figures.csv` the same for a spreadsheet, `tables/` the rows
of the charts and marts as they were, so that the revision can be shown again. They outlive the warehouse: a warehouse
built anew takes its earlier releases from them, so that a released issue never starts over. Their hashes are kept.
Reading the folders back is in `restored_releases`; the published database is `pipeline.release.published`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.common.atomic_files import sha256_of, sweep, sync_file, write_text
from pipeline.common.csv_text import write_csv
from pipeline.common.decimal_text import number_text
from pipeline.common.private_files import shared_files
from pipeline.release.revisions.activation import Activation, withdrawn
from pipeline.release.revisions.figures import Figure
from pipeline.release.revisions.frozen_rows import write_rows
from pipeline.release.revisions.masks import NOTHING_WITHHELD, Masks
from pipeline.release.revisions.tables import STEWARDS_OWN, columns_of, types_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RELEASES = "releases"
CSV_HEADER = ("metric", "keys", "value", "value_ytd", "text_value")
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
# A record names its issue once: its differences and findings do not repeat week_id and revision.
DIFF_COLUMNS = columns_of("revision_diff")[2:]
FINDING_COLUMNS = columns_of("issue_finding")[2:]
WITHHELD_COLUMNS = columns_of("withheld")[2:]
ROLLBACK = "rollback-{number}.json"
# All that is left in the folder of a release that was withdrawn.
WITHDRAWN = "withdrawn.json"
ISSUE = "issue.json"


def replace_current(con: DuckDBPyConnection, figures: Mapping[str, Sequence[Figure]]) -> None:
    """Puts these figures, by week_id, in the place of all of `release.current_figure`."""
    rows: list[tuple[Any, ...]] = []
    for week_id, figures_of_week in figures.items():
        rows += [(week_id, *figure) for figure in figures_of_week]
    con.execute("DELETE FROM release.current_figure")
    insert(con, "current_figure", rows)


def insert_issue(con: DuckDBPyConnection, issue: dict[str, Any], figures: Sequence[Figure]) -> None:
    """Inserts one row of `release.issue` and its rows of `release.figure`."""
    issue_row = tuple(map(issue.get, columns_of("issue")))
    key = (issue["week_id"], issue["revision"])
    insert(con, "issue", [issue_row])
    insert(con, "figure", [(*key, *figure) for figure in figures])


def insert(con: DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts rows of a table of `release`, all its columns in their order; every value goes through its text."""
    if not rows:
        return
    cells = ", ".join(f"CAST(unnest(CAST(? AS VARCHAR[])) AS {sql_type})" for sql_type in types_of(table))
    # One list a column: thousands of single inserts would take seconds.
    texts = [list(map(_text_or_none, column)) for column in zip(*rows, strict=True)]
    # By name: in a warehouse of an earlier version the columns that came later stand last.
    con.execute(f"INSERT INTO release.{table} ({', '.join(columns_of(table))}) SELECT {cells}", texts)


def _text_or_none(value: Any) -> str | None:
    return None if value is None else str(_plain(value))


def write_releases(
    con: DuckDBPyConnection, published: Path, current: Mapping[str, str], masks: Masks = NOTHING_WITHHELD
) -> list[Path]:
    """Writes the folder of every revision in `release.issue` that has none yet and is not withdrawn; returns them.

    A folder appears whole (it is renamed into place) and is never touched again; the hashes of its files go into
    `release.file`. `current` is the hash of the figures that the charts give now under `masks`, by week_id: only a
    revision with these figures can keep the rows of the charts.
    """
    columns = columns_of("issue")
    rows = con.execute(f"SELECT {', '.join(columns)} FROM release.issue ORDER BY week_id, revision").fetchall()
    recorded = set(con.execute("SELECT DISTINCT week_id, revision FROM release.file").fetchall())
    new_folders = []
    gone = withdrawn(con)
    for row in rows:
        issue = dict(zip(columns, row, strict=True))
        week_id, revision = issue["week_id"], issue["revision"]
        if (week_id, revision) in gone:
            continue
        folder = release_folder(published, week_id, revision)
        if not folder.exists():
            is_as_charts_are_now = current.get(week_id) == issue["figures_hash"]
            _write_folder(con, issue, folder, masks if is_as_charts_are_now else None)
            new_folders.append(folder)
        if (week_id, revision) not in recorded:
            _record_files(con, issue, folder)
    return new_folders


def release_folder(published: Path, week_id: str, revision: int) -> Path:
    """Returns where the files of a revision are: `releases/2023-15/r2`."""
    return published / RELEASES / week_id / f"r{revision}"


def _record_files(con: DuckDBPyConnection, issue: Mapping[str, Any], folder: Path) -> None:
    rows = []
    for name, digest in _hashes(folder).items():
        size = (folder / name).stat().st_size
        rows.append((issue["week_id"], issue["revision"], name, digest, size))
    insert(con, "file", rows)


def _hashes(folder: Path) -> dict[str, str]:
    """Returns the SHA-256 of every file below the folder, by its path in it: `tables/charts.overdue.parquet`."""
    hashes = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            hashes[path.relative_to(folder).as_posix()] = sha256_of(path)
    return hashes


def check_releases(con: DuckDBPyConnection, published: Path) -> list[str]:
    """Returns a sentence for every released folder that is no longer as it was written; empty where all are.

    The folder of a withdrawn release holds its record and nothing else.
    """
    sentences = []
    gone = withdrawn(con)
    for week_id, revision in gone:
        folder = release_folder(published, week_id, revision)
        if list(_hashes(folder)) != [WITHDRAWN]:
            sentences.append(
                f"{week_id} 期第 {revision} 次发布已收回，而文件夹 {folder} 里不只有收回的记录：下一次运行会清理，"
                "也可以运行 zhoubao release 任一期。"
            )
    for (week_id, revision), kept in _kept_hashes(con).items():
        if (week_id, revision) in gone:
            continue
        folder = release_folder(published, week_id, revision)
        present = _hashes(folder)
        # What was changed differs in its hash; what was added or removed stands on one side only.
        changed = sorted({name for name, _ in kept.items() ^ present.items()})
        if changed:
            sentences.append(
                f"{week_id} 期第 {revision} 次发布的文件夹 {folder} 已不是发布时的样子（{'、'.join(changed)}"
                "被改动、增加或删除）：请从备份恢复原文件夹，其余发布不受影响。"
            )
    return sentences


def _kept_hashes(con: DuckDBPyConnection) -> dict[tuple[str, int], dict[str, str]]:
    """Returns what `release.file` keeps: (week_id, revision) → file name → SHA-256."""
    rows = con.execute("SELECT week_id, revision, file_name, sha256 FROM release.file ORDER BY ALL").fetchall()
    kept: dict[tuple[str, int], dict[str, str]] = {}
    for week_id, revision, name, digest in rows:
        kept.setdefault((week_id, revision), {})[name] = digest
    return kept


def _write_folder(con: DuckDBPyConnection, issue: dict[str, Any], folder: Path, masks: Masks | None) -> None:
    """Writes the folder of a revision, with the rows of charts and marts where `masks` says how they are shown."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder.parent, folder.name)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
    temporary.mkdir()
    try:
        key = [issue["week_id"], issue["revision"]]
        figures = _figures(con, key)
        (temporary / ISSUE).write_text(_issue_json(con, issue, figures), encoding="utf-8")
        write_csv(temporary / "figures.csv", CSV_HEADER, figures)
        if masks is not None:
            write_rows(con, issue["week_id"], temporary, masks)
        for path in filter(Path.is_file, temporary.rglob("*")):
            sync_file(path)
        sync_file(temporary)
        temporary.rename(folder)
        sync_file(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@shared_files()
def write_rollback(published: Path, activation: Activation) -> Path:
    """Keeps a rollback beside the releases, so that it outlives the warehouse; who decided it stays with the hall."""
    path = published / RELEASES / activation.week_id / ROLLBACK.format(number=activation.activation_no)
    record = _public(vars(activation))
    write_text(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return path


def _figures(con: DuckDBPyConnection, key: list[Any]) -> list[Figure]:
    return con.execute(
        "SELECT metric, keys, value, value_ytd, text_value FROM release.figure"
        " WHERE week_id = ? AND revision = ? ORDER BY metric, keys",
        key,
    ).fetchall()


def _issue_json(con: DuckDBPyConnection, issue: dict[str, Any], figures: list[Figure]) -> str:
    """Returns the record of a revision: its row of `release.issue`, its figures, differences and findings.

    Differences are lists in the order of DIFF_COLUMNS, withheld cells in that of WITHHELD_COLUMNS, findings objects;
    all without week_id and revision.
    """
    key = [issue["week_id"], issue["revision"]]
    differences = con.execute(
        f"SELECT {', '.join(DIFF_COLUMNS)} FROM release.revision_diff"
        " WHERE week_id = ? AND revision = ? ORDER BY metric, keys",
        key,
    ).fetchall()
    finding_rows = con.execute(
        f"SELECT {', '.join(FINDING_COLUMNS)} FROM release.issue_finding"
        " WHERE week_id = ? AND revision = ? ORDER BY finding_id",
        key,
    ).fetchall()
    findings = []
    for row in finding_rows:
        finding = dict(zip(FINDING_COLUMNS, row, strict=True))
        findings.append(_public(finding))
    record = dict(zip(issue, map(_plain, issue.values()), strict=True))
    record["deliveries"] = json.loads(issue["deliveries"])
    record["figures"] = [list(map(_plain, figure)) for figure in figures]
    record["contracts"] = json.loads(issue["contracts"] or "{}")
    record["differences"] = [list(map(_plain, row)) for row in differences]
    record["findings"] = findings
    withheld = con.execute(
        f"SELECT {', '.join(WITHHELD_COLUMNS)} FROM release.withheld WHERE week_id = ? AND revision = ? ORDER BY ALL",
        key,
    ).fetchall()
    # Most revisions print all their figures; their records stay as they always were.
    if withheld:
        record["withheld"] = [list(row) for row in withheld]
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _public(record: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the values as JSON has them, without the names that stay with the hall."""
    public = {}
    for name, value in record.items():
        if name not in STEWARDS_OWN:
            public[name] = _plain(value)
    return public


def _plain(value: Any) -> Any:
    """Returns a value as JSON has it: 2023-04-24 09:00:00, 2023-04-24, 42.5; texts, whole numbers and None stay."""
    if isinstance(value, datetime):
        return value.strftime(TIME_FORMAT)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return number_text(value)
    return value
