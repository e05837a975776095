"""Examines the files of a home without changing any: room, rights, modes, lock, warehouse; the machine is machine's."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from pipeline.common.system_errors import reason_of
from pipeline.doctor.outcome import Outcome
from pipeline.doctor.room import room_for_run
from pipeline.settings import Settings
from pipeline.warehouse.database import read_database, stored_hall
from pipeline.warehouse.errors import OtherWeekRuleError, WarehouseBusyError, WarehouseError
from pipeline.warehouse.home_hall import refuse_other_week_rule, renamed_words, rule_in_words
from pipeline.warehouse.versions import stored_version

# Rights of the group and of everybody: nothing private may have any of them.
RIGHTS_OF_OTHERS: Final = 0o077
KEY_BYTES: Final = 32


def disk(settings: Settings) -> Outcome:
    """Compares the free space of the disk that holds the home, or will hold it, with what the next run needs."""
    room = room_for_run(settings)
    action = {"ok": "", "warning": "请腾出空间，最好多留 1 GB 以上", "fault": "请先腾出空间，再运行"}[room.level]
    return Outcome("disk", "磁盘空间", room.level, room.words, action)


def write_rights(home: Path) -> Outcome:
    """Tries to make a file where the home is, or where its first run will make it."""
    folder = next(folder for folder in (home, *home.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Outcome(
            "write_rights",
            "写权限",
            "fault",
            f"不能写入 {folder}：{reason_of(error)}",
            f"请让运行周报的用户对 {folder} 有写权限，或用 ZHOUBAO_HOME 另指一处",
        )
    if folder != home:
        return Outcome("write_rights", "写权限", "ok", f"数据目录 {home} 还没有，第一次运行时建立")
    return Outcome("write_rights", "写权限", "ok", f"可以写入数据目录 {home}")


def lock(settings: Settings) -> Outcome:
    """Asks whether a program is writing, and which."""
    if not settings.lock_path.exists():
        return Outcome("lock", "写锁", "ok", "没有程序在写入")
    try:
        with FileLock(settings.lock_path, timeout=0):
            return Outcome("lock", "写锁", "ok", "没有程序在写入")
    except Timeout:
        return Outcome(
            "lock",
            "写锁",
            "warning",
            f"正在写入：{_holder(settings.lock_path)}",
            "请等它结束；要看数据，请打开 published/metrics.duckdb",
        )
    except OSError as error:
        return Outcome(
            "lock", "写锁", "fault", f"写锁 {settings.lock_path} 打不开：{reason_of(error)}", "请改正该文件的属主和权限"
        )


def _holder(lock_path: Path) -> str:
    """Returns what the writer wrote of itself beside the lock (pipeline.warehouse.database), such as its process."""
    try:
        return lock_path.with_suffix(".holder").read_text("utf-8") or "进程不明"
    except OSError:
        return "进程不明"


def person_key(path: Path) -> Outcome:
    """Examines the key by which persons are counted once: who can read it can guess persons from their digests."""
    if not path.exists():
        return Outcome("person_key", "个人摘要密钥", "ok", "还没有，第一次装载时生成")
    mode = path.stat().st_mode & 0o777
    if mode & RIGHTS_OF_OTHERS:
        return Outcome(
            "person_key",
            "个人摘要密钥",
            "fault",
            f"{path} 的权限是 {mode:04o}，其他用户也能读",
            f"请运行 chmod 600 {path}",
        )
    if not _is_key(path):
        return Outcome(
            "person_key",
            "个人摘要密钥",
            "fault",
            f"{path} 读不了或内容不是密钥",
            "请从备份恢复；换了密钥，同一人会计为两人",
        )
    return Outcome("person_key", "个人摘要密钥", "ok", f"权限 {mode:04o}，只有本用户可读")


def _is_key(path: Path) -> bool:
    """Whether the file holds 32 bytes as 64 hex digits."""
    try:
        return len(bytes.fromhex(path.read_text("ascii").strip())) == KEY_BYTES
    except (OSError, ValueError):
        return False


def archive(path: Path) -> Outcome:
    """Examines the folder of originals, the only place with personal data."""
    if not path.exists():
        return Outcome("archive", "原始文件", "ok", "还没有，第一次装载时建立")
    mode = path.stat().st_mode & 0o777
    if mode & RIGHTS_OF_OTHERS:
        return Outcome(
            "archive", "原始文件", "fault", f"{path} 的权限是 {mode:04o}，其他用户也能看", f"请运行 chmod 700 {path}"
        )
    return Outcome("archive", "原始文件", "ok", f"权限 {mode:04o}，只有本用户可看")


def stored_state(path: Path) -> Outcome:
    """Opens the warehouse for reading and names the version of its file format."""
    import duckdb

    if not path.exists():
        return Outcome("stored_state", "数据仓库", "ok", "还没有装载过任何报送")
    try:
        with read_database(path) as con:
            version = stored_version(con)
            row = con.execute(
                "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = current_database()"
            ).fetchone()
    except WarehouseBusyError:
        return Outcome("stored_state", "数据仓库", "ok", "正在写入，现在不能查看")
    except WarehouseError as error:
        return Outcome("stored_state", "数据仓库", "fault", str(error).removesuffix("。"))
    except duckdb.Error as error:
        return _broken_warehouse(path, error)
    storage = row[0] if row and row[0] else "不明"
    size = path.stat().st_size / (1 << 20)
    return Outcome(
        "stored_state", "数据仓库", "ok", f"可以打开，{size:,.0f} MB，存储格式 {storage}，存储版本 {version or 0}"
    )


def hall_of_home(settings: Settings) -> Outcome:
    """Compares the hall and the week rule that the home was made for with those of the settings."""
    import duckdb

    name = "数据目录的大厅"
    try:
        stored = stored_hall(settings)
        refuse_other_week_rule(stored, settings)
    except OtherWeekRuleError as error:
        action = "另一个大厅请用另一个数据目录；同一个大厅的改回 [week_rule]，或运行 zhoubao hall --accept"
        return Outcome("home_hall", name, "fault", str(error).removesuffix("。"), action)
    except (WarehouseError, duckdb.Error):
        return Outcome("home_hall", name, "ok", "现在不能查看，见“数据仓库”")
    if stored is None:
        return Outcome("home_hall", name, "ok", "还没有记下，下一次运行时按设置记下")
    words = renamed_words(stored, settings)
    if words is not None:
        return Outcome("home_hall", name, "warning", words.removesuffix("。"), "另一个大厅请用另一个数据目录")
    return Outcome("home_hall", name, "ok", f"与设置相同：{rule_in_words(stored.week_rule)}")


def _broken_warehouse(path: Path, error: Exception) -> Outcome:
    cause = str(error).splitlines()[0]
    return Outcome(
        "stored_state",
        "数据仓库",
        "fault",
        f"{path} 打不开：{cause}",
        "请先备份该文件；若是更新的版本写的，请升级程序，否则请告知平台维护人员",
    )
