"""Keyed digests by which a person is counted once and known to nobody; texts are masked in `masking`."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path


def person_key(path: Path) -> bytes:
    """The secret of this hall's digests: 32 bytes in a 0600 file outside the warehouse, made at first use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # O_EXCL: of two processes that start at once only one makes the key, and the other reads it.
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text("ascii").strip())
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_bytes(32)
        file.write(key.hex() + "\n")
    return key


def person_digest(text: str, key: bytes) -> str:
    """HMAC-SHA-256 as 32 hex digits: one person, one digest, and no trying out of numbers without the key."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]
