"""Turns what DuckDB says of a file that it cannot open or read into sentences that say what to do.

An error about the rows of a query is none of these: it passes as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipeline.common.sentences import SentenceError

# What DuckDB 2.0 says of a file whose bytes are not those that it wrote: a block whose checksum differs, a file cut
# short, a head that is none, a log that ends in the middle of an entry. Found by damaging files, see the test.
_DAMAGE: Final = re.compile(
    r"Corrupt (database|WAL)|checksum|not a valid DuckDB database|Could not read enough bytes"
    r"|Serialization Error|Failed to deserialize|Failure while replaying WAL",
    re.IGNORECASE,
)
_LOCKED: Final = re.compile(r"Could not set lock|Conflicting lock", re.IGNORECASE)
# Conflicting lock is held in /usr/bin/dbeaver (PID 4711)
_HOLDER: Final = re.compile(r"held in (.+?) \(PID (\d+)\)")
_NEWER_FORMAT: Final = re.compile(r"read a database file with version|storage version.*newer", re.IGNORECASE)
_NO_RIGHT: Final = "Permission denied"
_NO_ROOM: Final = "No space left"
_MOST_DETAIL: Final = 120


class WarehouseError(SentenceError):
    """The warehouse cannot be used as it is; the text says why and what to do."""


class WarehouseBusyError(WarehouseError):
    """Somebody else is writing; the message says who and since when."""


class DamagedWarehouseError(WarehouseError):
    """The file of the warehouse is not as DuckDB wrote it; the message names the ways back."""


class OtherWeekRuleError(WarehouseError):
    """The settings have another week rule than the home was made by; the message says both."""


class NewerHomeError(WarehouseError):
    """A later version of the program wrote this home; the message says which."""


@contextmanager
def in_words_of_the_warehouse(path: Path) -> Iterator[None]:
    """Raises a WarehouseError in the place of what DuckDB says of the file at `path`; all else passes."""
    import duckdb

    try:
        yield
    except (duckdb.ProgrammingError, duckdb.DataError, duckdb.IntegrityError):
        # A statement that asks for what is not there, or a value that does not fit: no fault of the file.
        raise
    except duckdb.Error as error:
        translated = warehouse_error(str(error), path)
        if translated is None:
            raise
        # Without the cause: what Dagster shows of a failed run is the innermost error.
        raise translated from None


def warehouse_error(message: str, path: Path | None = None) -> WarehouseError | None:
    """Returns what a message of DuckDB means for the file as a whole; None where it only concerns a query."""
    name = str(path) if path else "warehouse.duckdb"
    if _NO_ROOM in message:
        return WarehouseError(f"数据仓库 {name} 写不下去：磁盘已满。请腾出空间后再运行一次，已写完的不受影响。")
    if _LOCKED.search(message):
        return WarehouseBusyError(_busy_words(message))
    if _NEWER_FORMAT.search(message):
        return NewerHomeError(f"数据仓库 {name} 由更新的 DuckDB 写成，本程序读不了。请升级程序后再运行。")
    if _DAMAGE.search(message):
        return DamagedWarehouseError(damage_words(name, message))
    if _NO_RIGHT in message:
        return WarehouseError(f"没有权限打开数据仓库 {name}。请改正该文件和所在文件夹的属主与权限，再运行一次。")
    return None


def _busy_words(message: str) -> str:
    """Says which program has the file, where DuckDB does: not every one is a run, and a table browser stays open."""
    holder = _HOLDER.search(message)
    who = f"（{Path(holder[1]).name}，进程 {holder[2]}）" if holder else ""
    return (
        f"另一个程序{who}打开着数据仓库：另一个运行正在写入，或有人用 DBeaver、Excel 等开着它。"
        "请等它结束或关闭它后再运行一次；要看数据，请打开 published/metrics.duckdb，它不受影响。"
    )


def damage_words(name: str, message: str) -> str:
    """Says that the file is damaged, and the three ways on: what is hurt, the backup, building it anew."""
    detail = message.splitlines()[0].removeprefix("IO Error: ")[:_MOST_DETAIL]
    return (
        f"数据仓库 {name} 已损坏（{detail}）。原始文件和已发布的文件不受影响。"
        "请先运行 zhoubao verify 看哪些受损；有备份的，用 zhoubao restore 备份目录 --home 新目录 恢复；"
        "没有备份的，运行 zhoubao rebuild --week 期号，从归档和已发布的文件重建。"
    )
