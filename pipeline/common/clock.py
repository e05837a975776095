"""The wall clock of decisions and findings: Beijing time without a zone, to the second; weeks are the calendar's."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8))


def beijing_now() -> datetime:
    """The moment in Beijing, as DuckDB's TIMESTAMP keeps it."""
    return datetime.now(BEIJING).replace(tzinfo=None, microsecond=0)
