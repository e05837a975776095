"""The shape of a refusal: a code with its sentence; which refusals there are stands in the modules beside this."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class RefusalText:
    """What is said of one code.

    `sentence` is shown to people; `{names}` in it are filled by whoever raises, e.g. "文件解压后有 {size_mb} MB".
    `meaning` and `action` stand in docs/refusals.md: what has happened, and what a person does about it.
    """

    sentence: str
    meaning: str
    action: str


class RefusalCode(Enum):
    """A code of the closed list. Members stand in one subclass a room; their values are `RefusalText`.

    Example: `ContainerRefusal.TOO_LARGE.code == "too_large"`. A code is unique over all rooms (tested).
    """

    @property
    def code(self) -> str:
        """The name that the ledger, `status --json` and notices carry, such as `too_large`."""
        return self.name.lower()

    @property
    def text(self) -> RefusalText:
        """The sentence of the code, its meaning and what to do."""
        text: RefusalText = self.value
        return text
