"""The code in each row of the steward's workbook: which state of a finding it shows, and that its cells belong."""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from typing import Final

_LENGTH: Final = 8
_QUOTES: Final = "'\"=‘’“”"


def version(evidence: str, count: int, explanation: str | None, decision_id: str | None) -> str:
    """Changes whenever a finding in a week is no longer what the row shows, or has been decided on since."""
    text = json.dumps([evidence, count, explanation, decision_id], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def seal(key: bytes, week_id: str, finding_id: str, problem: str, evidence: str, row_version: str) -> str:
    """`version-mark`: the mark fits only this finding, these words and this week, and needs the hall's key."""
    text = "\x1f".join((week_id, finding_id, _bare(problem), _bare(evidence), row_version))
    return f"{row_version}-{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_LENGTH]}"


def is_intact(
    key: bytes, week_id: str, finding_id: str, problem: str | None, evidence: str | None, found: str | None
) -> bool:
    """Whether the row is as it was written: cells that were sorted or pasted apart do not belong together any more."""
    row_version = (found or "").partition("-")[0]
    expected = seal(key, week_id, finding_id, problem or "", evidence or "", row_version)
    return hmac.compare_digest(expected.encode(), (found or "").encode())


def version_of(found: str) -> str:
    """The version that a code carries."""
    return found.partition("-")[0]


def _bare(text: str) -> str:
    """What a spreadsheet cannot change by saving: no blanks, no quotes, one form of each character."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if not one.isspace() and one not in _QUOTES)
