"""The week of an export without a title: from a field of the contract, in the contract's own date patterns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest
import yaml

from pipeline.contracts import Contract
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.recognise.week_from import latest_day_of_csv, latest_day_of_sheets
from pipeline.ingest.tables.csv_table import find_table
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from tests.unit.ingest.recognise.tiny_contracts import LABELS, sheet, tiny_contract

CONTRACT = """
name: requests
title: Requests
version: 1
delivery: {kind: restating, weekFrom: created_at}
primaryKey: [request_no]
fields:
  - {name: request_no, title: SRNumber, constraints: {required: true}}
  - {name: created_at, title: CreatedDate, type: datetime, format: FORMAT, constraints: {required: true}}
"""
ROWS = (("1-1", "04/17/2023 11:59:58 PM"), ("1-2", "04/21/2023 12:00:00 AM"), ("1-3", "04/03/2023 01:00:00 AM"))
AMERICAN = '"%m/%d/%Y %I:%M:%S %p"'


def loader_of(con: duckdb.DuckDBPyConnection, home: Path, text: str) -> Loader:
    contract = Contract.model_validate(yaml.safe_load(text))
    return make_loader(con, Settings(home=home), load_calendar(), {contract.name: contract})


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


def put_csv(loader: Loader, name: str = "requests.csv") -> None:
    lines = ["SRNumber,CreatedDate", *(",".join(row) for row in ROWS)]
    (loader.settings.inbox / name).write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize("pattern", [AMERICAN, f'["%Y", {AMERICAN}]'.replace('"%Y"', '"%d.%m.%Y"')])
def test_a_titleless_csv_reports_the_week_of_its_latest_day(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, pattern: str
) -> None:
    loader = loader_of(con, tmp_path, CONTRACT.replace("FORMAT", pattern))
    put_csv(loader)
    report = load_inbox(loader)
    assert [(event.outcome, event.week_id, event.rows) for event in report.events] == [("loaded", "2023-15", 3)]
    assert con.execute("SELECT CAST(max(created_at) AS VARCHAR), count(*) FROM raw.requests").fetchone() == (
        "2023-04-21 00:00:00",
        3,
    )


def test_a_titleless_sheet_reports_it_too(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    loader = loader_of(con, tmp_path, CONTRACT.replace("FORMAT", AMERICAN))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("SRNumber", "CreatedDate"), *ROWS):
        sheet.append(row)
    book.save(loader.settings.inbox / "requests.xlsx")
    assert load_inbox(loader).events[0].week_id == "2023-15"


def test_what_the_file_says_itself_comes_first(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    loader = loader_of(con, tmp_path, CONTRACT.replace("FORMAT", AMERICAN))
    put_csv(loader, "requests_2023-16.csv")
    assert load_inbox(loader).events[0].week_id == "2023-16"


def test_without_the_key_the_sentence_says_which_line_to_add(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    text = CONTRACT.replace(", weekFrom: created_at", "").replace("FORMAT", AMERICAN)
    loader = loader_of(con, tmp_path, text)
    put_csv(loader)
    event = load_inbox(loader).events[0]
    assert event.outcome == "refused"
    assert "weekFrom" in event.message


def test_the_latest_day_is_looked_for_in_the_field_that_the_contract_names(tmp_path: Path) -> None:
    contract = tiny_contract(delivery={"kind": "weekly", "weekFrom": "registered_on"})
    days = ["2023-04-17", "4月22日", "二〇二三年四月二十一日", None]
    rows = [LABELS, *(["1", "公安厅", day] for day in days)]
    assert latest_day_of_sheets([sheet("一", *rows)], contract) == date(2023, 4, 21)
    assert latest_day_of_sheets([sheet("一", *rows)], tiny_contract()) is None
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(cell or "" for cell in row) for row in rows) + "\n", "utf-8")
    table = find_table(path.read_text("utf-8"), contract)
    assert table is not None
    assert latest_day_of_csv(path, "utf-8", table, contract) == date(2023, 4, 21)
