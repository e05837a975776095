"""A tiny list of cases on its way through the typed pass, and what stands in the tables meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipeline.contracts import Contract
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.load import ledger
from pipeline.ingest.load.csv_rows.typed_pass import TypedPass
from pipeline.ingest.load.incoming import open_incoming
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.tables.headers.header import Header, find_header
from pipeline.ingest.text.lines import count_lines
from pipeline.ingest.text.transcode import TextFile

TITLE = ["办件（2023年第15期）"]
LABELS = ["编号", "事项", "部门", "受理时间"]
ABOVE = f"{TITLE[0]}\n{','.join(LABELS)}\n"
"""The two lines above the first record."""
CODES = {"department": frozenset({"公安厅", "司法厅"})}
DELIVERY = "d1"
MOMENT = "2023-04-17 09:05:00"


def fields(**changes: dict[str, object]) -> list[dict[str, object]]:
    """The four fields; `changes` are further keys by the name of the field."""
    required = {"required": True}
    plain: list[dict[str, object]] = [
        {"name": "case_no", "title": "编号", "constraints": required},
        {"name": "item", "title": "事项", "freeText": True},
        {"name": "department", "title": "部门", "codes": "department"},
        {
            "name": "accepted",
            "title": "受理时间",
            "type": "datetime",
            "format": "%Y-%m-%d %H:%M:%S",
            "constraints": required,
        },
    ]
    return [field | changes.get(str(field["name"]), {}) for field in plain]


def case_contract(**changes: object) -> Contract:
    plain = {
        "name": "tiny_case",
        "title": "办件",
        "version": 1,
        "delivery": {"kind": "weekly"},
        "primaryKey": ["case_no"],
        "layout": {"totals": [{"label": "合计", "covers": "table"}]},
        "fields": fields(),
    }
    return Contract.model_validate(plain | changes)


def header_of(contract: Contract) -> Header:
    header = find_header([[*TITLE], [*LABELS]], contract)
    assert header is not None
    return header


@contextmanager
def open_pass(**changes: object) -> Iterator[TypedPass]:
    """A typed pass of the delivery d1 that has begun, in an empty warehouse."""
    contract = case_contract(**changes)
    with duckdb.connect() as con:
        ledger.prepare(con, [contract])
        open_incoming(con, contract)
        rows = PendingRows(con, contract, DELIVERY)
        rows.begin()
        reader = RowReader(contract, CODES, Context(2023), b"key")
        yield TypedPass(rows, header_of(contract), reader, Account(), [[*TITLE], [*LABELS]])


def add(typed_pass: TypedPass, *rows: tuple[int, str | None, str | None, str | None, str | None]) -> None:
    """Puts rows into `raw` as the pass leaves them: line, case, item, department, moment."""
    typed_pass.con.executemany(
        f"INSERT INTO raw.tiny_case (delivery_id, sheet, row_no, case_no, item, department, accepted) "
        f"VALUES ('{DELIVERY}', 'csv', ?, ?, ?, ?, ?)",
        [list(row) for row in rows],
    )


def stored(typed_pass: TypedPass) -> list[tuple[Any, ...]]:
    """Line, case and item of each row in `raw`."""
    return typed_pass.con.execute("SELECT row_no, case_no, item FROM raw.tiny_case ORDER BY row_no").fetchall()


def incoming(typed_pass: TypedPass) -> list[tuple[Any, ...]]:
    """Line and case of each row that was read one by one."""
    return typed_pass.con.execute("SELECT row_no, case_no FROM incoming ORDER BY row_no").fetchall()


def problems(typed_pass: TypedPass) -> list[tuple[Any, ...]]:
    """Line, column, reason, value and disposition of each cell problem."""
    return typed_pass.con.execute(
        "SELECT row_no, column_name, reason, value, row_disposition FROM cell_problem ORDER BY ALL"
    ).fetchall()


def excluded(typed_pass: TypedPass) -> list[tuple[Any, ...]]:
    """Line, disposition and reason of each row that is not to be loaded."""
    return typed_pass.con.execute("SELECT row_no, disposition, reason FROM excluded ORDER BY ALL").fetchall()


def set_aside(account: Account) -> dict[str, int]:
    """Rows that were set aside, by reason."""
    return {reason: rows for (_, _, reason), rows in account.rows.items()}


def text_file(folder: Path, below: str, above: str = ABOVE) -> TextFile:
    """A text with the two lines above its records."""
    path = folder / "a.csv"
    path.write_bytes((above + below).encode())
    return TextFile(path, count_lines(path).physical_lines)
