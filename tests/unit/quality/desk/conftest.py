"""A hall with one delivered inspection record of 2023-15, as the desk meets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import duckdb
import pytest

from pipeline.contracts import Contract, load_contracts
from pipeline.quality.desk.cells import Cell
from pipeline.quality.desk.corrections import Correction, make_correction
from pipeline.quality.schema import create_tables
from pipeline.settings import load_settings

DELIVERED = """
CREATE SCHEMA ledger; CREATE SCHEMA raw; CREATE SCHEMA quarantine;
CREATE TABLE ledger.delivery (delivery_id VARCHAR, source VARCHAR, week_id VARCHAR, file_name VARCHAR, status VARCHAR,
    scope VARCHAR DEFAULT '', received_at TIMESTAMP);
CREATE TABLE ledger.row_account (delivery_id VARCHAR, sheet VARCHAR, disposition VARCHAR, row_count BIGINT);
CREATE VIEW ledger.current_delivery AS SELECT * FROM ledger.delivery WHERE status = 'current';
CREATE TABLE quarantine.cell (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, column_name VARCHAR,
    reason VARCHAR, value VARCHAR, message VARCHAR, row_disposition VARCHAR);
CREATE TABLE raw.hall_inspection (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, inspected_on DATE,
    inspection_item VARCHAR, conclusion VARCHAR, issues BIGINT, note VARCHAR);
INSERT INTO ledger.delivery (delivery_id, source, week_id, file_name, status)
VALUES ('i1', 'hall_inspection', '2023-15', '巡查.xlsx', 'current');
INSERT INTO ledger.row_account (delivery_id, sheet, disposition, row_count)
VALUES ('i1', '四月', 'loaded', 2), ('i1', '五月', 'loaded', 1);
INSERT INTO raw.hall_inspection (delivery_id, sheet, row_no, inspected_on, inspection_item, issues)
VALUES ('i1', '四月', 7, '2023-04-17', '工作纪律', 1), ('i1', '四月', 8, '2023-04-18', '工作纪律', 0),
    ('i1', '五月', 7, '2023-04-19', '工作纪律', 2);
"""


@pytest.fixture
def contracts() -> Mapping[str, Contract]:
    return load_contracts(load_settings().contracts)


@pytest.fixture
def delivered() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"memory_limit": "500MB", "threads": 2}) as connection:
        connection.execute(DELIVERED)
        create_tables(connection)
        yield connection


@pytest.fixture
def cell(contracts: Mapping[str, Contract]) -> Cell:
    contract = contracts["hall_inspection"]
    (issues,) = [field for field in contract.fields if field.name == "issues"]
    keys = {"inspected_on": "2023-04-17", "inspection_item": "工作纪律"}
    return Cell(contract, issues, "2023-15", "i1", "四月", 7, keys, "1")


@pytest.fixture
def correction(cell: Cell) -> Correction:
    return make_correction(cell, "3", "k1", "f1", "漏记两项", "张三", datetime(2023, 4, 24, 9))
