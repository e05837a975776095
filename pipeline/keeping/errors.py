"""The faults of keeping, and what the system's errors about files mean for people."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pipeline.common.sentences import SentenceError

_WORDS: Final = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "文件系统只读",
    errno.EIO: "磁盘读写出错",
    errno.ENOTDIR: "路径中有一段不是文件夹",
}


class KeepingError(SentenceError):
    """What was asked cannot be done; the text says where and what to do."""


@contextmanager
def in_words_of_the_disk(what: str, then: str) -> Iterator[None]:
    """Raises KeepingError in the place of the system's error: `what` was done, and `then` says what to do."""
    try:
        yield
    except OSError as error:
        reason = _WORDS.get(error.errno or 0, error.strerror or type(error).__name__)
        place = error.filename or ""
        raise KeepingError(f"{what}没有完成：{place} {reason}。{then}") from error
