"""Turns what the system says of disks, rights and limits into a sentence that says what to do.

Such an error comes as Python's OSError, or wrapped by DuckDB, SQLite or Dagster, which keep its words alone:
`IO Error: Could not write file "/data/warehouse.duckdb.wal": No space left on device`. What DuckDB says of a damaged
or locked file is translated in `pipeline.warehouse.errors`.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Ailment:
    """What is wrong with the system, and what a person does about it."""

    reason: str
    action: str


_ROOM: Final = "请腾出空间（df -h 看空间，df -i 看文件数）"
_RIGHTS: Final = "请改正属主和权限，让运行周报的用户可以读写"
_FULL: Final = Ailment("磁盘已满，或文件数已到上限", _ROOM)
_NO_RIGHT: Final = Ailment("没有权限", _RIGHTS)
_READ_ONLY: Final = Ailment("文件系统只读", "请以可写方式重新挂载，或用 ZHOUBAO_HOME 另指一处")
_BROKEN: Final = Ailment("磁盘读写出错", "请检查磁盘，再运行 zhoubao verify 看有无损坏")
_TOO_MANY: Final = Ailment("打开的文件太多", "请调高 ulimit -n")

AILMENTS: Final[Mapping[int, Ailment]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: Ailment("超出磁盘配额", "请腾出空间，或请管理员调高配额"),
    errno.EFBIG: Ailment("文件超出允许的大小", "请调高 ulimit -f"),
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
    errno.EIO: _BROKEN,
    errno.ENOMEM: Ailment("内存不足", "请关闭别的程序，或调低 memory_limit"),
    errno.ENOTDIR: Ailment("路径中有一段不是文件夹", "请改正路径"),
    errno.EISDIR: Ailment("是文件夹，不是文件", "请改正路径"),
}
# [Errno 28] No space left on device: '/data/work/a.csv'
_OF_PYTHON: Final = re.compile(r"\[Errno (\d+)\][^:]*(?:: '([^']*)')?")
# lxml, by which workbooks are written, has the name alone: SerialisationError: IO_ENOSPC
_OF_LXML: Final = re.compile(r"\bIO_(E[A-Z]+)\b")
# Cannot open file "/data/warehouse.duckdb": Permission denied
_QUOTED: Final = re.compile(r"""["'](/[^"']*)["']""")
# How SQLite says it, which keeps Dagster's history and no number of the system's error.
_OF_SQLITE: Final[Mapping[str, Ailment]] = {
    "database or disk is full": _FULL,
    "disk I/O error": _BROKEN,
    "attempt to write a readonly database": _NO_RIGHT,
    "unable to open database file": _NO_RIGHT,
}


def ailment_of(error: OSError) -> Ailment | None:
    """Returns what an error of the system means; None for one that says something else, such as a missing file."""
    return AILMENTS.get(error.errno or 0)


def reason_of(error: OSError) -> str:
    """Says the reason alone, 磁盘已满；in the words of the system where it is none of ours."""
    ailment = ailment_of(error)
    if ailment:
        return ailment.reason
    return error.strerror or str(error) or type(error).__name__


def system_sentence(error: BaseException) -> str | None:
    """Returns the sentence for an error that the disk, the rights or a limit brought about; None for any other.

    The error itself counts, and whatever it was raised from.
    """
    for step in _with_its_causes(error):
        sentence = _sentence_of_step(step)
        if sentence is not None:
            return sentence
    return None


def _sentence_of_step(error: BaseException) -> str | None:
    # shutil.Error, from copying a folder, is an OSError without a number; its text quotes those of the files.
    if isinstance(error, OSError) and error.errno is not None:
        ailment = ailment_of(error)
        if ailment is None:
            return None
        place = error.filename2 or error.filename or ""
        return _sentence(ailment, str(place))
    if isinstance(error, ValueError):
        # Says something about what was typed or read, in words of its own.
        return None
    return system_sentence_of(str(error))


def system_sentence_of(message: str) -> str | None:
    """As `system_sentence`, from the words of an error: what Dagster keeps of a step that failed, what DuckDB says."""
    for ailment_in in (_ailment_of_python, _ailment_of_lxml, _ailment_of_sqlite, _ailment_of_system):
        ailment, place = ailment_in(message)
        if ailment is not None:
            return _sentence(ailment, place)
    return None


def _ailment_of_python(message: str) -> tuple[Ailment | None, str]:
    found = _OF_PYTHON.search(message)
    if found is None:
        return None, ""
    number, place = found.groups(default="")
    return AILMENTS.get(int(number)), place


def _ailment_of_lxml(message: str) -> tuple[Ailment | None, str]:
    found = _OF_LXML.search(message)
    if found is None:
        return None, ""
    name = found.group(1)
    number = getattr(errno, name, 0)
    return AILMENTS.get(number), ""


def _ailment_of_sqlite(message: str) -> tuple[Ailment | None, str]:
    for words, ailment in _OF_SQLITE.items():
        if words in message:
            return ailment, "Dagster 的运行记录"
    return None, ""


def _ailment_of_system(message: str) -> tuple[Ailment | None, str]:
    """What the C library says of an error, after whatever DuckDB or another library put before it."""
    quoted = _QUOTED.search(message)
    place = quoted.group(1) if quoted else ""
    for number, ailment in AILMENTS.items():
        words = os.strerror(number)
        if words in message:
            return ailment, place
    return None, ""


def _with_its_causes(error: BaseException) -> Iterator[BaseException]:
    step: BaseException | None = error
    while step is not None:
        yield step
        step = step.__cause__ or step.__context__


def _sentence(ailment: Ailment, place: str) -> str:
    where = f"{place} " if place else ""
    return f"没有完成：{where}{ailment.reason}。{ailment.action}，再运行一次；已发布的文件不受影响。"
