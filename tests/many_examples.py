"""How many examples a slow property test tries: some in every run, `EXAMPLES` times as many by `make fuzz`."""

from __future__ import annotations

import os


def examples(usual: int) -> int:
    """Returns `usual`, or a multiple of it where somebody has the time."""
    return usual * int(os.environ.get("EXAMPLES", "1"))
