"""The code in each row of the steward's workbook: which state of a finding the row shows, and that its cells belong.

`1f0c9a2e-77b0d1c4` is version and mark. Whether a row that came back is taken is decided in
`pipeline.quality.desk.answers`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from typing import Final

# Hex digits of the version and of the mark.
_LENGTH: Final = 8
# What a spreadsheet may add, drop or turn while it saves a text: quotes, and the = of what looks like a formula.
_WITHOUT_QUOTES: Final = str.maketrans("", "", "'\"=‘’“”")


def version(evidence: str, count: int, explanation: str | None, decision_id: str | None) -> str:
    """Returns a digest of what a row shows of a finding in a week.

    It changes whenever the finding is no longer that, or has been decided on since.
    """
    text = json.dumps([evidence, count, explanation, decision_id], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def seal(key: bytes, week_id: str, finding_id: str, problem: str, evidence: str, row_version: str) -> str:
    """Returns `version-mark`: the mark fits only this finding, these words and this week, and needs the hall's key."""
    text = "\x1f".join((week_id, finding_id, _bare(problem), _bare(evidence), row_version))
    return f"{row_version}-{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_LENGTH]}"


def is_intact(
    key: bytes, week_id: str, finding_id: str, problem: str | None, evidence: str | None, written: str | None
) -> bool:
    """Says whether the row is as it was written.

    Cells that were sorted or pasted apart do not belong together any more.
    """
    code = written or ""
    expected = seal(key, week_id, finding_id, problem or "", evidence or "", version_of(code))
    return hmac.compare_digest(expected.encode(), code.encode())


def version_of(written: str) -> str:
    """Returns the version that a code carries."""
    return written.partition("-")[0]


def _bare(text: str) -> str:
    """What a spreadsheet cannot change by saving: no blanks, no quotes, one form of each character."""
    normal = unicodedata.normalize("NFKC", text)
    without_blanks = "".join(normal.split())
    return without_blanks.translate(_WITHOUT_QUOTES)
