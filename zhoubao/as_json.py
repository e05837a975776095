"""Prints what a command found as JSON, for programs; what people read is drawn by each command itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any


def print_json(value: Mapping[str, Any]) -> None:
    """Prints dataclasses as objects, days and times in ISO 8601, and decimals as texts, so that no digit is lost."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: object) -> object:
    """Returns what JSON has in the place of a value. Raises TypeError for what no command should print."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
