"""A package of one hall, made by hand as `hand_over` writes it: what the tests of taking packages share."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.common.atomic_files import sha256_of
from pipeline.contracts import Contract, load_contracts
from pipeline.ingest.reader_version import READER_VERSION
from pipeline.province.hand_over import LEDGER_ROWS, measured
from pipeline.province.package import (
    FORMAT,
    LEDGER,
    LISTS,
    LISTS_OF_HALL,
    MANIFEST,
    ROWS,
    Kind,
    Manifest,
    Part,
    contract_digest,
)
from pipeline.reporting_calendar import WeekRule
from pipeline.settings import Settings
from pipeline.warehouse.home_hall import rule_digest

CONTRACTS: dict[str, Contract] = dict(load_contracts(Settings().contracts))
RULE = WeekRule()
ROWS_OF_WINDOWS = "SELECT 'd1' AS delivery_id, '表' AS sheet, CAST(3 AS BIGINT) AS row_no, CAST(7 AS BIGINT) AS issued"


def write_package(
    folder: Path, hall_id: str = "510100", week_id: str = "2023-01", lists_of: str | None = None, **changed: object
) -> Path:
    """Writes a package with a row of 综窗办件周报; returns its manifest. `changed` are other words of it."""
    place = folder / hall_id / week_id
    target = place / "r1-0123456789ab"
    target.mkdir(parents=True)
    parts = [_part(target, ROWS, "raw.window_weekly", ROWS_OF_WINDOWS, contract_digest(CONTRACTS["window_weekly"]))]
    parts += [_part(target, LEDGER, table, "SELECT 'd1' AS delivery_id") for table in LEDGER_ROWS]
    parts += [_part(target, LISTS, table, f"SELECT '{lists_of or hall_id}' AS hall_id") for table in LISTS_OF_HALL]
    manifest = Manifest(
        format=FORMAT,
        hall_id=hall_id,
        hall_name="某厅",
        week_id=week_id,
        revision=1,
        week_rule=rule_digest(RULE),
        program="1.0",
        reader=READER_VERSION,
        stamp="s",
        folder=target.name,
        parts=tuple(parts),
    )
    path = place / MANIFEST
    path.write_text(manifest.model_copy(update=changed).sealed().model_dump_json(), encoding="utf-8")
    return path


def _part(target: Path, kind: Kind, table: str, rows: str, contract: str = "") -> Part:
    path = target / f"{table}.parquet"
    with duckdb.connect() as con:
        con.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
        count, sums = measured(con, path)
    return Part(
        kind=kind, table=table, file=path.name, rows=count, sha256=sha256_of(path), sums=sums, contract=contract
    )
