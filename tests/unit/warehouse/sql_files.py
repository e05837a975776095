"""Writes tiny SQL models for tests."""

from __future__ import annotations

from pathlib import Path

HEADER = "-- 说明\n-- Description\n-- grain: a\n-- materialized: table\n"


def write(folder: Path, name: str, body: str, header: str = HEADER) -> None:
    path = folder / f"{name.replace('.', '/')}.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + body, encoding="utf-8")
