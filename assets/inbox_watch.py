"""What the inbox sensor remembers between two looks: which files lie there, since when, and when they were asked for.

A file that was taken by its run has left the inbox. One that still lies there after its run was not taken: the run
failed, or was killed, or the warehouse was busy; it is asked for again, after ten minutes, then twenty, and so on. A
file that was gone in between and comes back is a new one, also with the same bytes: its contract may have been mended.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

SETTLED_SECONDS: Final = 30
FIRST_RETRY_SECONDS: Final = 600
LONGEST_RETRY_SECONDS: Final = 6 * 3600


@dataclass(frozen=True)
class FileLook:
    """A file as it is seen now: its size and times in one text, and when it was last written by its own clock."""

    mark: str
    last_change: float


@dataclass(frozen=True)
class Watched:
    """A file that lies in the inbox; times are seconds since 1970 by this machine's clock."""

    mark: str
    first_seen: float
    asked_at: float | None = None
    times_asked: int = 0

    def is_settled(self, look: FileLook, now: float) -> bool:
        """Whether nobody has written to it for a moment.

        Its own time may lie in the future, where the clock of a share is fast: then only what was seen here counts.
        """
        is_old = now - look.last_change >= SETTLED_SECONDS
        return is_old or now - self.first_seen >= SETTLED_SECONDS

    def is_due(self, now: float) -> bool:
        """Whether it is to be asked for: never was, or its last run had time enough and did not take it."""
        if self.asked_at is None:
            return True
        doublings = max(self.times_asked - 1, 0)
        wait = min(FIRST_RETRY_SECONDS << min(doublings, 10), LONGEST_RETRY_SECONDS)
        return now - self.asked_at >= wait

    def asked(self, now: float) -> Watched:
        """The same file after a run was asked for."""
        return Watched(self.mark, self.first_seen, now, self.times_asked + 1)


@dataclass(frozen=True)
class Watch:
    """The sensor's cursor. `asked_for` counts the requests, so that each has a key of its own."""

    files: Mapping[str, Watched] = field(default_factory=dict)
    asked_for: int = 0

    @classmethod
    def from_cursor(cls, cursor: str | None) -> Watch:
        """Reads the cursor; one of an earlier version, or none, begins with an empty memory."""
        stored = json.loads(cursor or "{}")
        if not isinstance(stored, dict) or "files" not in stored:
            return cls()
        files = {name: Watched(**watched) for name, watched in stored["files"].items()}
        return cls(files, stored["asked_for"])

    def to_cursor(self) -> str:
        """The watch as Dagster keeps it; names that are no UTF-8 can only be kept escaped."""
        return json.dumps(asdict(self), sort_keys=True)

    def look(self, present: Mapping[str, FileLook], now: float) -> Watch:
        """The watch after a look: files that are gone are forgotten, new and changed ones begin anew."""
        files: dict[str, Watched] = {}
        for name, look in present.items():
            known = self.files.get(name)
            is_same = known is not None and known.mark == look.mark
            files[name] = known if known is not None and is_same else Watched(look.mark, now)
        return Watch(files, self.asked_for)

    def due(self, present: Mapping[str, FileLook], now: float) -> list[str]:
        """The names of files that a run is to be asked for."""
        names = []
        for name, watched in self.files.items():
            if watched.is_settled(present[name], now) and watched.is_due(now):
                names.append(name)
        return names

    def ask(self, names: Collection[str], now: float) -> Watch:
        """The watch after a run was asked for these files."""
        files = {name: watched.asked(now) if name in names else watched for name, watched in self.files.items()}
        return Watch(files, self.asked_for + 1)
