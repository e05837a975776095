"""Fields may be named as words of SQL are: every way of loading quotes them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.contracts.model import SQL_WORDS, Contract
from pipeline.ingest.authoring.contract_check import check_contracts
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.sheets.bulk_rows import in_columns
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.quality.desk.overlay import lay_over
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import PROJECT_ROOT, Settings
from pipeline.state_tables.create import create_tables
from tests.unit.ingest.demo_form import Cell, Loaded, contract

OTHER_WORDS = (
    "like",
    "left",
    "at",
    "by",
    "full",
    "inner",
    "natural",
    "semi",
    "glob",
    "ilike",
    "is",
    "isnull",
    "similar",
)
# Columns of the ledger's tables and names that statements give to their own columns.
OTHER_COLUMNS = (
    "status",
    "scope",
    "source",
    "code",
    "content",
    "row_key",
    "latest",
    "place",
    "keys",
    "figures",
    "title",
    "reason",
    "file_name",
    "received_at",
)
NAMES = (*sorted(SQL_WORDS), *OTHER_WORDS, *OTHER_COLUMNS)


def form(**changes: object) -> Contract:
    fields: list[dict[str, object]] = [{"name": name, "title": f"列{at}"} for at, name in enumerate(NAMES)]
    fields[0] |= {"fill_down": True}
    fields.append({"name": "sum", "title": "受理", "type": "integer"})
    return contract(fields=fields, primary_key=["order", "like"], latest_by="sum", **changes)


def rows(second: str = "b") -> list[list[Cell]]:
    header: list[Cell] = [*(f"列{at}" for at in range(len(NAMES))), "受理"]
    return [header, ["a "] * len(NAMES) + ["1"], ["'b"] * len(NAMES) + ["2"], [second] * len(NAMES) + ["3"]]


def test_sheets_are_loaded_row_by_row_and_in_columns() -> None:
    by_row = Loaded([Sheet("表", rows())], form())
    assert [row[2:4] for row in by_row.rows] == [("a", "a"), ("b", "b"), ("b", "b")]
    assert Loaded([Sheet("表", in_columns(rows()))], form()).outcome == by_row.outcome


@pytest.mark.parametrize("has_moment", [True, False], ids=["in one typed pass", "as a sheet"])
def test_a_text_is_loaded_and_its_table_corrected(
    tmp_path: Path, calendar: ReportingCalendar, has_moment: bool
) -> None:
    settings = Settings(home=tmp_path / "home", settle_seconds=0, wait_seconds=0.3)
    settings.inbox.mkdir(parents=True)
    moment = {"name": "when", "title": "时间", "type": "datetime", "format": "%Y-%m-%d %H:%M:%S",
              "constraints": {"required": True}}  # fmt: skip
    kept = [{"name": name, "title": f"列{at}"} for at, name in enumerate(NAMES) if name != "when"]
    last = moment if has_moment else {"name": "when", "title": "时间"}
    one = contract(fields=[*kept, last], primary_key=["order", "like"], latest_by="when", layout={"totals": []})
    header = [field.title for field in one.fields]
    lines = [[f"{letter}{at}" for at in range(len(kept))] + ["2023-04-17 09:00:00"] for letter in "ab'b?"]
    text = "\n".join(",".join(line) for line in [header, *lines])
    (settings.inbox / "示例（2023年第15期）.csv").write_text(text, "utf-8")
    with duckdb.connect() as con:
        create_tables(con)
        loader = make_loader(con, settings, calendar, {"demo": one})
        report = load_inbox(loader)
        assert report.rows_loaded >= 3, report
        lay_over(con, one)
        assert con.execute("SELECT count(*) FROM corrected.demo").fetchone() == (report.rows_loaded,)


def test_the_check_of_contracts_accepts_them(tmp_path: Path) -> None:
    path = tmp_path / "demo.yaml"
    path.write_text(
        "name: demo\ntitle: 示例\nversion: 1\ndelivery: {kind: weekly}\nfields:\n"
        + "".join(f"  - {{name: '{name}', title: 列{at}}}\n" for at, name in enumerate(NAMES)),
        "utf-8",
    )
    assert check_contracts(path, PROJECT_ROOT / "pipeline" / "reference") == (1, [])
