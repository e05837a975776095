"""A small home with an original, a key and a released folder; nothing in it had to be computed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.privacy.digest import person_key
from pipeline.settings import Settings
from pipeline.warehouse import open_warehouse

ORIGINAL = "办件编号,受理时间\nA1,2023-04-20\n"
DELIVERY_ID = "6f1ed002ab559585"


@pytest.fixture
def hall(settings: Settings) -> Settings:
    with open_warehouse(settings) as con:
        con.execute("CREATE TABLE raw.case_detail AS SELECT range AS n, hash(range) AS h FROM range(200_000)")
        con.execute(
            "INSERT INTO ledger.delivery (delivery_id, sha256, source, file_name, week_id, status, received_at)"
            " VALUES (?, ?, 'case_detail', '办件.csv', '2023-15', 'current', current_timestamp::TIMESTAMP)",
            [DELIVERY_ID, hashlib.sha256(ORIGINAL.encode()).hexdigest()],
        )
    original = original_of(settings)
    original.parent.mkdir(parents=True)
    original.write_text(ORIGINAL, "utf-8")
    person_key(settings.secret_path)
    for folder, name in (("review/2023-15", "findings.xlsx"), ("published/site", "index.html"), ("logs", "a.log")):
        (settings.home / folder).mkdir(parents=True)
        (settings.home / folder / name).write_text(name, "utf-8")
    return settings


def original_of(settings: Settings) -> Path:
    return settings.archive / "case_detail" / "2023-15" / f"{DELIVERY_ID}.csv"


def damage(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 0xFF]))
