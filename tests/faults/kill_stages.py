"""The stages of a home's life that may be killed: the home before each, what it does, how the next run finishes it.

Homes hold two weeks of the smallest sample: 2023-01 is released, 2023-02 is on its way.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import duckdb
import openpyxl

from pipeline.common.atomic_files import sha256_of
from pipeline.hall.facts import WeeklySettings
from pipeline.keeping.backup import back_up
from pipeline.keeping.errors import KeepingError
from pipeline.keeping.rebuild import rebuild
from pipeline.keeping.store import backup_ids, read_manifest
from pipeline.keeping.verify import verify_backups
from pipeline.present.bring_out import bring_out
from pipeline.present.site import build_site
from pipeline.present.steward.import_workbook import import_workbook
from pipeline.present.steward.layout import HEADER_ROW, NAMES
from pipeline.present.steward.workbook import write_review
from pipeline.present.weekly import write_released_weeklies
from pipeline.quality.checks.suites import load_suites
from pipeline.quality.run.runner import run_checks
from pipeline.release.freeze.issues import freeze
from pipeline.release.freeze.rollback import RollbackError, roll_back
from pipeline.release.published.publish import publish
from pipeline.release.revisions.release_folders import check_releases
from pipeline.settings import Settings
from pipeline.warehouse.database import upgrade_warehouse
from tests.fixtures.homes.make import HERE
from tests.hall import FLOORS, Hall, digest_of_tables

WEEKS: Final = ("2023-01", "2023-02")
FIRST, LAST = WEEKS
NOW: Final = datetime(2023, 4, 24, 9)
# A few of forty, so that the checks of a run that is finished take a second and not ten.
SUITES: Final = ("ledger.delivery", "core.window_count", "marts.weekly_metric", "quarantine.cell")
# Not the version of the layout: it changes with the code, which somebody may edit while the kills go on.
HASH_OF_CONTENT: Final = "SELECT value FROM docs.publication WHERE name = 'content_hash'"
TWO_FINDINGS: Final = f"""
INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, last_seen,
    weeks, unexpected_count, keys, evidence, action, category)
SELECT id, 'raw.window_weekly', 'band', '数量在常值之内', 'warning', 'open', '大厅管理处', '{LAST}', '{LAST}', 1, 1,
    '[]', words, '核实原因', '数量异常'
FROM (VALUES ('00000000000000f1', '咨询偏高'), ('00000000000000f2', '受理偏低')) AS f (id, words);
INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, evidence)
SELECT finding_id, last_seen, table_name, check_name, 1, keys, evidence FROM quality.finding
WHERE finding_id LIKE '%0000f_';
"""

Answer = dict[str, str]


class SmallHall(Hall):
    """The hall with one thread, no PDF, few checks, and a clock that stands."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.settings = Settings(home=home, memory_limit="300MB", threads=1, weekly=WeeklySettings(pdf=False))

    def check_few(self, con: duckdb.DuckDBPyConnection) -> None:
        suites = [suite for suite in load_suites(self.settings.expectations) if suite.table in SUITES]
        run_checks(con, self.settings, WEEKS, suites, NOW)


def hall_of(folder: Path) -> SmallHall:
    """The hall of a folder that a stage works in: its home, and beside it what does not belong to the home."""
    return SmallHall(folder / "home")


def load(folder: Path) -> None:
    hall = hall_of(folder)
    with hall.open() as con:
        hall.load(con)


def build(folder: Path) -> None:
    hall = hall_of(folder)
    with hall.open() as con:
        hall.decide(con, NOW)
        hall.build(con, WEEKS)


def check(folder: Path) -> None:
    hall = hall_of(folder)
    with hall.open() as con:
        hall.check_few(con)


def freeze_weeks(folder: Path) -> None:
    hall = hall_of(folder)
    with hall.open() as con:
        freeze(con, hall.settings, WEEKS, released_at=NOW)


def publish_all(folder: Path) -> None:
    hall = hall_of(folder)
    with hall.open() as con:
        publish(con, hall.settings)


def site(folder: Path) -> None:
    build_site(hall_of(folder).settings)


def weekly(folder: Path) -> None:
    write_released_weeklies(hall_of(folder).settings, WEEKS)


def import_review(folder: Path) -> None:
    hall = hall_of(folder)
    import_workbook(hall.settings, hall.calendar, hall.contracts, folder / "filled.xlsx")


def roll_last_back(folder: Path) -> None:
    hall = hall_of(folder)
    with hall.open() as con:
        roll_back(con, hall.settings, LAST, decided_by="王五", reason="试", moment=NOW)
        bring_out(con, hall.settings, [LAST])


def back_home_up(folder: Path) -> None:
    back_up(hall_of(folder).settings, folder / "backups")


def upgrade(folder: Path) -> None:
    upgrade_warehouse(hall_of(folder).settings)


def rebuild_home(folder: Path) -> None:
    hall = hall_of(folder)
    rebuild(hall.settings, hall.calendar, hall.contracts)


def finish_tables(folder: Path) -> Answer:
    """The next run, up to the checks."""
    for step in (load, build, check):
        step(folder)
    return tables_of(folder, (*FLOORS, "raw", "quarantine", "quality"))


def finish_release(folder: Path) -> Answer:
    """The next run, up to the published file."""
    tables = finish_tables(folder)
    freeze_weeks(folder)
    publish_all(folder)
    hall = hall_of(folder)
    with hall.open() as con:
        problems = check_releases(con, hall.settings.published)
    return {**tables, **tables_of(folder, ("release",)), **published_of(folder), "problems": repr(problems)}


def finish_pages(folder: Path) -> Answer:
    """The next run, all of it."""
    answer = finish_release(folder)
    site(folder)
    weekly(folder)
    published = hall_of(folder).settings.published
    return {**answer, **files_of(published / "site"), **files_of(published / "weekly")}


def finish_import(folder: Path) -> Answer:
    """The steward imports the same workbook again; the run after it finds the decisions in force."""
    import_review(folder)
    with hall_of(folder).open() as con:
        decided = con.execute(
            "SELECT finding_id, kind, reason, decided_by FROM quality.decision ORDER BY ALL"
        ).fetchall()
        answered = con.execute("SELECT sheet, row_no, outcome FROM quality.review_answer ORDER BY ALL").fetchall()
        states = con.execute("SELECT finding_id, status FROM quality.finding ORDER BY ALL").fetchall()
    copies = sorted(path.name for path in hall_of(folder).settings.review.rglob("处理结果_*.xlsx"))
    return {"decided": repr(decided), "answered": repr(answered), "states": repr(states), "copies": repr(copies)}


def finish_rollback(folder: Path) -> Answer:
    """The same word again, to the revision by its number; the run after it publishes what is shown."""
    hall = hall_of(folder)
    with hall.open() as con:
        with suppress(RollbackError):
            roll_back(con, hall.settings, LAST, revision=1, decided_by="王五", reason="试", moment=NOW)
        bring_out(con, hall.settings, [LAST])
        problems = check_releases(con, hall.settings.published)
    return {**tables_of(folder, ("release",)), **published_of(folder), "problems": repr(problems)}


def finish_backup(folder: Path) -> Answer:
    """The next backup holds what the home holds, and every earlier one is whole."""
    back_home_up(folder)
    damages = verify_backups(folder / "backups").damages
    manifest = read_manifest(folder / "backups", backup_ids(folder / "backups")[-1])
    kept = {file.name: file.sha256 for file in manifest.files if not file.name.endswith("backup.json")}
    return {**kept, "damages": repr(damages)}


def finish_upgrade(folder: Path) -> Answer:
    """The next command upgrades by itself."""
    upgrade(folder)
    with hall_of(folder).open() as con:
        return digest_of_tables(con, (*FLOORS, "raw", "quarantine", "release"))


def finish_rebuild(folder: Path) -> Answer:
    """Rebuilding again, unless it had come to its end; then the run."""
    with suppress(KeepingError):
        rebuild_home(folder)
    return finish_release(folder)


def tables_of(folder: Path, schemas: tuple[str, ...]) -> Answer:
    with hall_of(folder).open() as con:
        return digest_of_tables(con, schemas)


def published_of(folder: Path) -> Answer:
    """What the published file says of its content; every table of it is read to its end."""
    path = hall_of(folder).settings.published / "metrics.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        for schema, table in con.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
            con.execute(f'SELECT bit_xor(hash(t)) FROM {schema}."{table}" AS t').fetchall()
        return {"content": repr(con.execute(HASH_OF_CONTENT).fetchall())}


def files_of(folder: Path) -> Answer:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder.parent)): sha256_of(path) for path in files if not path.name.startswith(".")}


def look(folder: Path) -> dict[str, Any]:
    """What readers have right after a kill: the published file, read whole, and the files of every release."""
    published = hall_of(folder).settings.published
    found: dict[str, Any] = {"releases": {}}
    if (published / "metrics.duckdb").exists():
        found |= published_of(folder)
        json.loads((published / "manifest.json").read_text("utf-8"))
    for issue in sorted((published / "releases").glob("*/r*/issue.json")):
        json.loads(issue.read_text("utf-8"))
        found["releases"][f"{issue.parent.parent.name}/{issue.parent.name}"] = repr(files_of(issue.parent))
    if (folder / "backups").is_dir():
        found["damages"] = verify_backups(folder / "backups").damages
    return found


@dataclass(frozen=True)
class Stage:
    """One stage: its part of all kills, the home before it, the work that is killed, how the next run finishes it.

    What takes long (pages) is killed less often.
    """

    name: str
    part: int
    before: str
    work: Callable[[Path], None]
    finish: Callable[[Path], Answer]


STAGES: Final = (
    Stage("load", 12, "arrived", load, finish_tables),
    Stage("models", 12, "loaded", build, finish_tables),
    Stage("checks", 10, "built", check, finish_tables),
    Stage("freeze", 12, "checked", freeze_weeks, finish_release),
    Stage("publish", 12, "frozen", publish_all, finish_release),
    Stage("site", 3, "published", site, finish_pages),
    Stage("weekly", 5, "with_site", weekly, finish_pages),
    Stage("review import", 10, "filled", import_review, finish_import),
    Stage("rollback", 3, "revised", roll_last_back, finish_rollback),
    Stage("backup", 9, "released", back_home_up, finish_backup),
    Stage("upgrade", 8, "old", upgrade, finish_upgrade),
    Stage("rebuild", 4, "lost", rebuild_home, finish_rebuild),
)


def arrive(folder: Path) -> None:
    """Releases the first week, keeps a backup of it, and puts the second week's files into the inbox."""
    hall = hall_of(folder)
    hall.write_sample(scale=0.001)
    waiting = folder / "waiting"
    waiting.mkdir()
    for path in list(hall.settings.inbox.iterdir()):
        if FIRST in path.name:
            continue
        if LAST in path.name:
            shutil.move(path, waiting / path.name)
        else:
            path.unlink()
    for step in (load, build, check, freeze_weeks, publish_all, site):
        step(folder)
    write_released_weeklies(hall.settings, [FIRST])
    back_home_up(folder)
    for path in waiting.iterdir():
        shutil.move(path, hall.settings.inbox / path.name)


def fill_in(folder: Path) -> None:
    """The last week has two findings, and a steward accepts both."""
    hall = hall_of(folder)
    with hall.open() as con:
        con.execute(TWO_FINDINGS)
        path = write_review(con, hall.settings, LAST)
    book = openpyxl.load_workbook(path)
    answers = {"处理意见": "接受并说明", "理由": "已核实", "处理人": "王五"}
    sheet = next(sheet for sheet in book.worksheets if sheet.cell(HEADER_ROW, 1).value == NAMES[0])
    for row in range(HEADER_ROW + 1, HEADER_ROW + 3):
        for title, value in answers.items():
            sheet.cell(row, NAMES.index(title) + 1).value = value
    book.save(folder / "filled.xlsx")


def revise(folder: Path) -> None:
    """The last week is released a second time, with other figures."""
    hall = hall_of(folder)
    with hall.open() as con:
        con.execute(f"UPDATE charts.window_weekly SET value = value + 1 WHERE week_id = '{LAST}'")
        (outcome,) = freeze(con, hall.settings, [LAST], released_at=NOW)
        publish(con, hall.settings)
    if outcome.revision != 2:
        raise RuntimeError(f"no second revision: {outcome}")


def lose(folder: Path) -> None:
    """The warehouse is gone."""
    hall_of(folder).settings.warehouse_path.unlink()


def unpack_old(folder: Path) -> None:
    """A home of the first version."""
    with ZipFile(HERE / "v0.zip") as packed:
        packed.extractall(folder / "home")
    (folder / "home" / "person.key").chmod(0o600)


# The home before a stage → the home that it is made from, and what is done to it.
HOMES: Final[dict[str, tuple[str | None, Callable[[Path], None]]]] = {
    "arrived": (None, arrive),
    "loaded": ("arrived", load),
    "built": ("loaded", build),
    "checked": ("built", check),
    "frozen": ("checked", freeze_weeks),
    "published": ("frozen", publish_all),
    "with_site": ("published", site),
    "released": ("with_site", weekly),
    "filled": ("released", fill_in),
    "revised": ("released", revise),
    "lost": ("released", lose),
    "old": (None, unpack_old),
}
