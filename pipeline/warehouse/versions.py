"""Says which version the stored tables of a warehouse have, and applies the migrations that lead to the newest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.clock import utc_now
from pipeline.common.package_version import package_version
from pipeline.common.tables import has_table
from pipeline.common.transaction import transaction
from pipeline.state_tables.create import create_tables
from pipeline.warehouse.errors import NewerHomeError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FOLDER: Final = Path(__file__).resolve().parent / "migrations"
# The schemas whose tables are stored state. Those of models can be made again from them and have no version.
_STORED: Final = ("ledger", "raw", "quarantine", "quality", "release")
BEFORE_VERSIONS: Final = 0
# A home that was made by this version: no migration brought it there.
MADE: Final = "made"


@dataclass(frozen=True)
class Migration:
    """One file of `migrations/`: m0001_homes_without_a_version.sql → version 1; `why` is its opening sentence."""

    version: int
    name: str
    why: str
    sql: str


def migrations() -> tuple[Migration, ...]:
    """Reads all migrations by number. Raises ValueError where a number is missing or there twice."""
    found = list(map(_read, sorted(_FOLDER.glob("m*.sql"))))
    numbers = [migration.version for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise ValueError(f"The migrations are numbered {numbers}: every number from 1 on must be there once.")
    return tuple(found)


def _read(path: Path) -> Migration:
    # m0001_homes_without_a_version → 1, homes_without_a_version
    number, _, name = path.stem.removeprefix("m").partition("_")
    sql = path.read_text("utf-8")
    comment = [line.removeprefix("--").strip() for line in sql.partition("\n\n")[0].splitlines()]
    return Migration(int(number), name, " ".join(comment), sql)


def current_version() -> int:
    """Returns the version of the tables that this program writes."""
    return len(migrations())


def stored_version(con: DuckDBPyConnection) -> int | None:
    """Returns the version of the stored tables; None for a warehouse that has none of them yet.

    Homes of before there were versions are 0. Raises NewerHomeError for one that a later program wrote.
    """
    if not has_table(con, "ledger", "schema_version"):
        return BEFORE_VERSIONS if _has_stored_tables(con) else None
    row = con.execute(
        "SELECT version, program FROM ledger.schema_version ORDER BY version DESC, applied_at DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return BEFORE_VERSIONS
    version, program = row
    _refuse_newer(int(version), str(program))
    return int(version)


def _has_stored_tables(con: DuckDBPyConnection) -> bool:
    row = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND list_contains(?, schema_name)",
        [list(_STORED)],
    ).fetchone()
    return row is not None


def _refuse_newer(version: int, program: str) -> None:
    known = current_version()
    if version <= known:
        return
    raise NewerHomeError(
        f"这个数据目录由更新的程序 zhoubao {program} 写成（存储版本 {version}），"
        f"当前程序 zhoubao {package_version()} 只认到存储版本 {known}，未作任何改动。"
        f"请把程序升级到 {program} 或更新的版本；要退回旧程序，请先用升级前的副本或备份恢复。"
    )


def make_new(con: DuckDBPyConnection) -> None:
    """Gives an empty warehouse the tables of now and their version, all or nothing."""
    with transaction(con):
        create_tables(con)
        _record(con, current_version(), MADE)


def migrate(con: DuckDBPyConnection, version: int) -> list[Migration]:
    """Applies every migration after `version` in one transaction; returns them."""
    pending = [migration for migration in migrations() if migration.version > version]
    with transaction(con):
        for migration in pending:
            con.execute(migration.sql)
            _record(con, migration.version, migration.name)
    return pending


def _record(con: DuckDBPyConnection, version: int, name: str) -> None:
    con.execute(
        "INSERT INTO ledger.schema_version (version, name, program, applied_at) VALUES (?, ?, ?, ?)",
        [version, name, package_version(), utc_now()],
    )
