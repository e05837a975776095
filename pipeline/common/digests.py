"""Digests of texts, short enough to be shown and long enough to tell any two apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def digest(parts: Iterable[object]) -> str:
    """Returns 24 hex of the SHA-256 over the parts in their order, U+001F between them."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:24]
