"""Writes the published files: one DuckDB file that 1.x opens, tables and papers beside it, the releases.

Readers may open any of these at any time. Each file is built under a hidden name and takes its place in one step, so
that a reader has the old one or the new one, whole; a kill or a full disk leaves the old ones where they were.
Which tables go in is in `published_tables`, the schema `docs` in `docs.schema`; figures are made by the SQL models.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.common.atomic_files import replaced, sha256_of, sweep, sync_file, temporary_name, write_text
from pipeline.common.private_files import shared_files
from pipeline.common.quoting import identifier, quoted
from pipeline.common.reproducible_zip import pack_files
from pipeline.common.tables import single_number
from pipeline.common.transaction import transaction
from pipeline.release.published.chart_sheets import chart_sheets
from pipeline.release.published.docs.docs_table import comment_table, create_table
from pipeline.release.published.docs.schema import about_publication, write_docs
from pipeline.release.published.hidden_weeks import hidden_weeks
from pipeline.release.published.papers.write import DATA_PACKAGES, data_package_texts, write_papers
from pipeline.release.published.published_tables import PublishedTable, content_hash, published_tables
from pipeline.release.published.quality_charts import quality_charts
from pipeline.release.published.spreadsheets import write_csv_files, write_workbook
from pipeline.release.revisions.activation import SHOWN, activate_unrecorded, shown_revisions
from pipeline.release.revisions.figures import figures_hash, grains_of, read_figures
from pipeline.release.revisions.frozen_rows import FOLDER
from pipeline.release.revisions.masks import Masks
from pipeline.release.revisions.release_folders import check_releases, release_folder, replace_current, write_releases
from pipeline.release.revisions.tables import ensure_tables
from pipeline.release.revisions.withdrawal_record import clear_withdrawn
from pipeline.release.revisions.withheld import read_masks

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings
    from pipeline.warehouse.models import ModelGraph

DATABASE = "metrics.duckdb"
FOLDERS = ("parquet", "csv", "papers")
WORKBOOK = "metrics.xlsx"
# The file and the workbook in one small attachment: DuckDB 1.0 reads blocks of 256 KiB, of which most are empty.
PACKAGE = "metrics.zip"
MANIFEST = "manifest.json"
ALIAS = "publication"
# What DuckDB 1.0 and later open; files of the writer's own version would shut out the dashboards.
STORAGE_VERSION = "v1.0.0"


@dataclass(frozen=True)
class PublishReport:
    """What publishing did: whether anything was new, and the tables, rows, bytes and seconds of the published file.

    `held_weeks` are shown as they were released, not as the warehouse has them now; `problems` are sentences on
    released folders that were tampered with.
    """

    is_changed: bool
    path: Path
    tables: int
    rows: int
    size_bytes: int
    seconds: float
    new_releases: tuple[Path, ...]
    held_weeks: tuple[str, ...]
    problems: tuple[str, ...]
    message: str


@shared_files()
def publish(con: DuckDBPyConnection, settings: Settings) -> PublishReport:
    """Brings `published/` to the state of the warehouse; writes nothing where nothing has changed.

    In: `charts.*`, `marts.*`, `release.*`, `quality.check_result|finding|finding_week|decision`, `core.report_week`,
    `core.metric`, `ledger.delivery|row_account`. Out: metrics.duckdb (charts, marts, quality, release, docs),
    parquet/<schema>.<table>.parquet, csv/charts.<table>.csv, metrics.xlsx (a sheet a chart), metrics.zip (file and
    workbook), papers/ and datapackage*.json (what it is, in the words of standards), releases/<week_id>/r<n>/, and
    manifest.json with the hash of each file, written last. The caller holds the writer's lock.
    Raises ValueError for a table of single cases or persons.
    """
    from pipeline.warehouse.measures import hall_models

    started = time.perf_counter()
    published = settings.published
    published.mkdir(parents=True, exist_ok=True)
    _sweep_all(published)
    graph = hall_models(settings)
    state = _released_state(con, settings, graph)
    of_quality = quality_charts(con, settings)
    tables = published_tables(con, graph, state.held, state.masks, state.hidden, of_quality)
    about = about_publication(con, settings, content_hash(con, tables), STORAGE_VERSION)
    database = published / DATABASE
    old = _intact_manifest(published)
    is_changed = old.get("about") != about
    if is_changed:
        rows = _build(con, settings, graph, tables, about)
        message = f"已发布 {len(tables)} 张表、{rows} 行：{database}"
    else:
        rows = old["rows"]
        message = "内容与已发布的完全相同，未重新发布。"
    return PublishReport(
        is_changed=is_changed,
        path=database,
        tables=len(tables),
        rows=rows,
        size_bytes=database.stat().st_size,
        seconds=time.perf_counter() - started,
        new_releases=state.new_folders,
        held_weeks=tuple(state.held),
        problems=state.problems,
        message="\n".join([message, *_held_words(state.held), *state.problems]),
    )


@dataclass(frozen=True)
class _ReleasedState:
    """The folders that were written now, the weeks shown as released (week_id → folder), what is wrong with folders.

    `masks` are the cells that no table shows, `hidden` the weeks of which charts and marts show nothing.
    """

    new_folders: tuple[Path, ...]
    held: dict[str, Path]
    problems: tuple[str, ...]
    masks: Masks
    hidden: tuple[str, ...]


def _released_state(con: DuckDBPyConnection, settings: Settings, graph: ModelGraph) -> _ReleasedState:
    """Writes what the releases lack, checks what they have, finds the weeks that are shown otherwise than now known."""
    published = settings.published
    ensure_tables(con)
    with transaction(con):
        # What a withdrawal that was killed has left is taken away before anything is written.
        clear_withdrawn(con, published)
        activate_unrecorded(con)
        shown = shown_revisions(con)
        masks = read_masks(con, settings)
        current = read_figures(con, list(shown), grains_of(graph), skip_unknown=True, masks=masks)
        replace_current(con, current)
        digests = {week_id: figures_hash(figures) for week_id, figures in current.items()}
        new_folders = tuple(write_releases(con, published, digests, masks))
    frozen = _frozen_hashes(con)
    held = {}
    for week_id, revision in shown.items():
        folder = release_folder(published, week_id, revision)
        is_as_released = frozen[week_id, revision] == digests[week_id]
        # A release of an earlier version of this program kept no rows: its week is shown as it is known now.
        if not is_as_released and (folder / FOLDER).is_dir():
            held[week_id] = folder
    return _ReleasedState(new_folders, held, tuple(check_releases(con, published)), masks, hidden_weeks(con))


def _frozen_hashes(con: DuckDBPyConnection) -> dict[tuple[str, int], str]:
    """Returns (week_id, revision) → hash of the figures as they were frozen."""
    rows = con.execute("SELECT week_id, revision, figures_hash FROM release.issue").fetchall()
    return {(week_id, revision): digest for week_id, revision, digest in rows}


def _held_words(held: Iterable[str]) -> list[str]:
    weeks = "、".join(held)
    if not weeks:
        return []
    return [f"{weeks} 期按已发布的数字示人，现有记录与之不同。"]


def _sweep_all(published: Path) -> None:
    """Removes what a killed publication left under hidden names."""
    for name in (DATABASE, MANIFEST, *DATA_PACKAGES, *FOLDERS):
        sweep(published, Path(name).stem)


def _intact_manifest(published: Path) -> dict[str, Any]:
    """Returns the manifest, if every file that it names is still as it was written; else {}: all is built anew."""
    path = published / MANIFEST
    if not path.is_file():
        return {}
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for name, digest in manifest["files"].items():
        file = published / name
        if not file.is_file():
            return {}
        if sha256_of(file) != digest:
            return {}
    return manifest


def _build(
    con: DuckDBPyConnection,
    settings: Settings,
    graph: ModelGraph,
    tables: list[PublishedTable],
    about: dict[str, str],
) -> int:
    """Builds every file under a hidden name, puts all in their places, writes the manifest; returns the rows."""
    published = settings.published
    database = published / DATABASE
    folders = [published / name for name in FOLDERS]
    stagings = {folder.name: temporary_name(folder) for folder in folders}
    workbook, package = published / WORKBOOK, published / PACKAGE
    try:
        for staging in stagings.values():
            staging.mkdir()
        # Nothing is replaced before everything is written; what follows only renames.
        with replaced(package) as new_package, replaced(workbook) as new_workbook, replaced(database) as temporary:
            with _attached(con, temporary):
                rows = _fill(con, settings, graph, tables, about)
                descriptors = _write_beside(con, settings, graph, stagings, new_workbook)
                con.execute(f"CHECKPOINT {ALIAS}")
            pack_files(new_package, {DATABASE: temporary, WORKBOOK: new_workbook})
        moved: list[Path] = []
        for folder in folders:
            moved += _move_files(stagings[folder.name], folder)
        for name, text in descriptors.items():
            write_text(published / name, text)
            moved.append(published / name)
    finally:
        for staging in stagings.values():
            shutil.rmtree(staging, ignore_errors=True)
    written = (database, workbook, package, *moved)
    files = {path.relative_to(published).as_posix(): sha256_of(path) for path in written}
    manifest = {"about": about, "rows": rows, "files": files}
    write_text(published / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    return rows


@contextmanager
def _attached(con: DuckDBPyConnection, path: Path) -> Iterator[None]:
    con.execute(f"ATTACH {quoted(str(path))} AS {ALIAS} (STORAGE_VERSION '{STORAGE_VERSION}')")
    try:
        yield
    finally:
        con.execute(f"DETACH {ALIAS}")
        # DuckDB's write-ahead log stands beside the file until it is closed.
        path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _fill(
    con: DuckDBPyConnection,
    settings: Settings,
    graph: ModelGraph,
    tables: list[PublishedTable],
    about: dict[str, str],
) -> int:
    rows = 0
    with transaction(con):
        for schema in ("charts", "marts", "quality", "release", "docs"):
            con.execute(f"CREATE SCHEMA {ALIAS}.{schema}")
        for table in tables:
            rows += _copy_table(con, table)
        keys = [(table.schema, table.name, table.key) for table in tables]
        write_docs(con, ALIAS, settings, graph, about, keys)
    return rows


def _copy_table(con: DuckDBPyConnection, table: PublishedTable) -> int:
    """Copies a table into the published file, with its comments; returns the number of its rows."""
    target = f"{ALIAS}.{table.schema}.{identifier(table.name)}"
    types = {column.name: column.data_type for column in table.columns}
    comments = {column.name: column.comment for column in table.columns}
    names = ", ".join(map(identifier, types))
    create_table(con, target, types, table.key)
    # Sorted, so that equal content gives equal files whatever order the run wrote it in.
    row_count = single_number(con, f"INSERT INTO {target} ({names}) {table.select} ORDER BY ALL")
    comment_table(con, target, table.comment, comments)
    return row_count


def _write_beside(
    con: DuckDBPyConnection, settings: Settings, graph: ModelGraph, stagings: Mapping[str, Path], workbook: Path
) -> dict[str, str]:
    """Writes the files beside the database into their staging folders; returns the texts of DATA_PACKAGES."""
    sheets = chart_sheets(con, ALIAS)
    _write_parquet(con, stagings["parquet"])
    for path in write_csv_files(stagings["csv"], sheets):
        sync_file(path)
    write_workbook(workbook, sheets, _about_workbook(con))
    write_papers(con, ALIAS, settings, graph, stagings["papers"])
    return data_package_texts(con, ALIAS, stagings)


def _about_workbook(con: DuckDBPyConnection) -> list[tuple[str, str]]:
    """Returns the lines at the head of the workbook: what is in it, as of when, from which publication."""
    issues = con.execute(
        f"SELECT s.week_id, s.revision, i.as_of FROM {SHOWN} AS s JOIN release.issue AS i"
        " ON i.week_id = s.week_id AND i.revision = s.revision ORDER BY s.week_id"
    ).fetchall()
    about = dict(con.execute(f"SELECT name, value FROM {ALIAS}.docs.publication").fetchall())
    lines = []
    if "data_label" in about:
        lines.append(("数据标签", about["data_label"]))
    if issues:
        first_week = issues[0][0]
        last_week, revision, as_of = issues[-1]
        latest = f"{last_week} 第 {revision} 次发布，数据截至 {as_of:%Y-%m-%d %H:%M}" if as_of else last_week
        lines += [("期", f"{first_week} 至 {last_week}"), ("最近一期", latest)]
    return [*lines, ("程序与口径", about["code_version"]), ("内容摘要", about["content_hash"])]


def _write_parquet(con: DuckDBPyConnection, staging: Path) -> None:
    tables = con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL", [ALIAS]
    ).fetchall()
    for schema, name in tables:
        target = staging / f"{schema}.{name}.parquet"
        source = f"{ALIAS}.{schema}.{identifier(name)}"
        con.execute(f"COPY {source} TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)")
        sync_file(target)


def _is_same_file(path: Path, other: Path) -> bool:
    if not other.is_file() or other.stat().st_size != path.stat().st_size:
        return False
    return sha256_of(other) == sha256_of(path)


def _move_files(staging: Path, folder: Path) -> list[Path]:
    """Moves everything from one folder to the other, in which no other file stays; returns the files.

    A file that has the same bytes already stays as it is, with its time: who copies or reads what is new sees it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    moved = []
    for path in sorted(staging.iterdir()):
        target = folder / path.name
        if not _is_same_file(path, target):
            path.replace(target)
        moved.append(target)
    for path in list(folder.iterdir()):
        is_stale = path not in moved
        if is_stale and path.is_file():
            path.unlink()
    sync_file(folder)
    return moved
