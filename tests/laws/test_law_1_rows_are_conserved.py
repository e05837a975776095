"""Law 1: every physical row of every delivered file is loaded, quarantined or set aside, and the numbers add up."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import PROJECT_ROOT, Settings
from tests.many_examples import examples

CONTRACTS = load_contracts(PROJECT_ROOT / "pipeline" / "contracts")
CALENDAR = load_calendar()
LABELS = [field.title for field in CONTRACTS["case_detail"].fields]
GOOD = dict.fromkeys(LABELS, "") | {
    "实施编码": "5101", "事项名称": "企业设立", "事项类型": "行政许可", "受理部门": "公安厅", "办件类型": "即办件",
    "办理形式": "窗口", "申请时间": "2023-04-17 09:00:00", "受理时间": "2023-04-17 09:05:00", "数据状态": "I",
    "更新时间": "2023-04-17 09:05:00",
}  # fmt: skip

damage = st.sampled_from(
    ["good", "bad date", "other date", "extra cell", "short", "blank", "newline", "code", "no key"]
)
texts = st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00\r"), max_size=8)


def line(number: int, kind: str, text: str) -> list[str]:
    row = GOOD | {"办件编号": f"A{number}", "事项名称": text}
    if kind == "bad date":
        row["受理时间"] = "2023-13-45 09:00:00"
    elif kind == "other date":
        row["受理时间"] = "2023/4/17 9:05"
    elif kind == "code":
        row["受理部门"] = text or "火星厅"
    elif kind == "no key":
        row["办件编号"] = ""
    elif kind == "newline":
        row["事项名称"] = "上\n下"
    cells = list(row.values())
    return {"extra cell": [*cells, "x"], "short": cells[:-3], "blank": [""]}.get(kind, cells)


def account_of(folder: Path, name: str, content: bytes) -> tuple[int, dict[str, int], int, list[str]]:
    home = Settings(home=folder)
    home.inbox.mkdir(parents=True, exist_ok=True)
    (home.inbox / name).write_bytes(content)
    with duckdb.connect() as con:
        report = load_inbox(make_loader(con, home, CALENDAR, CONTRACTS))
        physical = con.execute("SELECT coalesce(sum(rows_physical), 0)::INT FROM ledger.delivery").fetchone()
        account = con.execute(
            "SELECT disposition, sum(row_count)::INT FROM ledger.row_account GROUP BY disposition"
        ).fetchall()
        in_raw = con.execute(
            "SELECT count(*) FROM (FROM raw.case_detail) FULL JOIN raw.item_volume ON false"
        ).fetchone()
        numbers = con.execute("SELECT count(*) - count(DISTINCT row_no) FROM raw.case_detail").fetchone()
    assert numbers == (0,), "two rows claim one place in the file"
    assert physical and in_raw
    return physical[0], dict(account), in_raw[0], [event.outcome for event in report.events]


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=st.lists(st.tuples(damage, texts), min_size=1, max_size=12),
    repeats=st.booleans(),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
    newline=st.sampled_from(["\r\n", "\n"]),
)
def test_a_damaged_csv_loses_no_row(lines: list[tuple[str, str]], repeats: bool, encoding: str, newline: str) -> None:
    text = io.StringIO(newline="")
    text.write(f"办件明细（2023年第15期）{newline}")
    writer = csv.writer(text, lineterminator=newline)
    records = [LABELS, *(line(number, kind, words) for number, (kind, words) in enumerate(lines))]
    records += records[1:2] if repeats else []
    writer.writerows(records)
    with TemporaryDirectory() as folder:
        physical, account, in_raw, outcomes = account_of(Path(folder), "a.csv", text.getvalue().encode(encoding))
    if outcomes == ["refused"]:
        return
    assert physical == 1 + len(records)
    assert sum(account.values()) == physical
    assert account.get("loaded", 0) == in_raw


CELLS = st.one_of(
    st.none(), st.integers(-5, 10**6), st.sampled_from(["1,234", "12.7", "-", "", "#REF!", "３", "合计", "注：略"])
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["公安厅", "司法厅", None, "小计", "合 计", "部门", "火星厅"]),
        st.lists(CELLS, min_size=5, max_size=5),
    ),
    max_size=14,
)


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(above=st.integers(0, 4), rows=ROWS, has_numbering=st.booleans())
def test_a_damaged_sheet_loses_no_row(
    above: int, rows: list[tuple[str | None, list[object]]], has_numbering: bool
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["事项受理办结统计（2023年第15期）"])
    for _ in range(above):
        sheet.append(["单位：件"])
    sheet.append(["部门", "事项类型", "受理", None, "办结", None])
    sheet.append([None, None, "本周", "累计", "本周", "累计"])
    if has_numbering:
        sheet.append(["1", "2", "3", "4", "5", "6"])
    for department, cells in rows:
        sheet.append([department, *cells])
    sheet.append(["公安厅", "行政许可", 1, 2, 3, 4])
    physical_rows = sheet.max_row
    content = io.BytesIO()
    book.save(content)
    with TemporaryDirectory() as folder:
        physical, account, in_raw, outcomes = account_of(Path(folder), "a.xlsx", content.getvalue())
    assert outcomes == ["loaded"]
    assert physical == physical_rows
    assert sum(account.values()) == physical
    assert account.get("loaded", 0) == in_raw
