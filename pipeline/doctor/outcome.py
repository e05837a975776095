"""The answer to one question of the doctor; the questions stand in machine, home and years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "fault"]


@dataclass(frozen=True)
class Outcome:
    """What one examination found. Key: `topic`, which stays the same over versions.

    A fault keeps a run from working or personal data from being safe; a warning costs something that a run can do
    without. `sentence` and `action` are Chinese; there is no action where nothing has to be done.
    """

    topic: str
    label: str
    level: Level
    sentence: str
    action: str = ""
