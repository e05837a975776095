"""Keeps personal data out: keyed digests, masking of free text and of shown values; what is personal, contracts say."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z-])1[3-9]\d{9}(?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
MASK = "［已脱敏］"


def is_id_number(text: str) -> bool:
    """Whether an 18-character text is a citizen's identity number by its check digit (GB 11643-1999)."""
    if not re.fullmatch(r"\d{17}[\dXx]", text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return _CHECK_DIGITS[total % 11] == text[17].upper()


def mask_free_text(text: str) -> str:
    """The text with identity numbers and mobile numbers replaced; unchanged where there are none."""
    masked = _ID_NUMBER.sub(lambda found: MASK if is_id_number(found.group()) else found.group(), text)
    return _MOBILE.sub(MASK, masked)


def shown(value: str | None, limit: int = 60) -> str | None:
    """A bad cell as it may be shown to people: masked and short; control characters are made visible."""
    if value is None:
        return None
    visible = "".join(char if char.isprintable() else "␣" for char in mask_free_text(value))
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"


def person_key(path: Path) -> bytes:
    """The secret of this hall's digests: 32 bytes in a 0600 file outside the warehouse, made at first use."""
    path.parent.mkdir(parents=True, exist_ok=True)
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
