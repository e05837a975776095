"""The faults of keeping, and what the system's errors about files mean for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.common.sentences import SentenceError
from pipeline.common.system_errors import reason_of


class KeepingError(SentenceError):
    """What was asked cannot be done; the text says where and what to do."""


@contextmanager
def in_words_of_the_disk(what: str, then: str) -> Iterator[None]:
    """Raises KeepingError in the place of the system's error: `what` was done, and `then` says what to do."""
    try:
        yield
    except OSError as error:
        place = error.filename or ""
        raise KeepingError(f"{what}没有完成：{place} {reason_of(error)}。{then}") from error
