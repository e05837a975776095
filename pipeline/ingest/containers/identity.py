"""The identity of a file: its hash, its size and the id of its delivery; what it holds, detect says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

# Large, because whatever else runs in Python meanwhile makes the hash wait after each block.
_HASHED_AT_ONCE = 8 << 20


@dataclass(frozen=True)
class FileStamp:
    """A file's identity: SHA-256 of its bytes, how many they are, and the id of the delivery that it is."""

    sha256: str
    size_bytes: int
    delivery_id: str

    def of_share(self, share: str) -> FileStamp:
        """The stamp of one export among several of the file: an id of its own, from content and name of the share."""
        named = hashlib.sha256(f"{self.sha256} {share}".encode()).hexdigest() if share else self.sha256
        return replace(self, delivery_id=named[:16])


def stamp(path: Path) -> FileStamp:
    """Read the file once and say what identifies it."""
    digest, size = hashlib.sha256(), 0
    buffer = memoryview(bytearray(min(max(path.stat().st_size, 1), _HASHED_AT_ONCE)))
    with path.open("rb", buffering=0) as file:
        while filled := file.readinto(buffer):
            digest.update(buffer[:filled])
            size += filled
    return FileStamp(digest.hexdigest(), size, digest.hexdigest()[:16])
