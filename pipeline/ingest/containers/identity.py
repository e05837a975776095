"""Gives a file its identity: its hash, its size and the id of its delivery; what it holds, `detect` says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

# Large, because whatever else runs in Python meanwhile makes the hash wait after each block.
_HASHED_AT_ONCE = 8 << 20
# A delivery is named by the first 16 hexadecimal digits (64 bits) of its hash.
_ID_LENGTH = 16


@dataclass(frozen=True)
class FileStamp:
    """A file's identity: SHA-256 of its bytes, how many they are, and the id of the delivery that it is."""

    sha256: str
    size_bytes: int
    delivery_id: str

    def of_share(self, share: str) -> FileStamp:
        """Returns the stamp of one export among several of the file: its id comes from the content and the share."""
        if not share:
            return replace(self, delivery_id=self.sha256[:_ID_LENGTH])
        digest = hashlib.sha256(f"{self.sha256} {share}".encode()).hexdigest()
        return replace(self, delivery_id=digest[:_ID_LENGTH])


def stamp(path: Path) -> FileStamp:
    """Reads the file once and returns what identifies it."""
    digest = hashlib.sha256()
    size = 0
    buffer_size = min(max(path.stat().st_size, 1), _HASHED_AT_ONCE)
    buffer = memoryview(bytearray(buffer_size))
    with path.open("rb", buffering=0) as file:
        while filled := file.readinto(buffer):
            digest.update(buffer[:filled])
            size += filled
    sha256 = digest.hexdigest()
    return FileStamp(sha256, size, sha256[:_ID_LENGTH])
