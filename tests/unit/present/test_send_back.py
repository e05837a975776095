"""What goes back to a department: every bad cell marked and explained, and nothing personal or runnable in it."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox import Loader, load_inbox, make_loader
from pipeline.present.send_back import COVER, send_back
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings

HEADER = (
    "办件编号,实施编码,事项名称,事项类型,受理部门,办件类型,办理形式,申请人类型,申请人姓名,证件号码,联系电话,联系地址,"
    "申请时间,受理时间,承诺办结时间,办结时间,办结结果,满意度,数据状态,更新时间"
)
CASE = (
    "{number},5101,{name},行政许可,公安厅,承诺件,窗口,自然人,王小明,510101199001011234,13900001111,人民南路一号,"
    "2023-04-17 09:00:00,{accepted},,,,,I,2023-04-17 09:05:00"
)


@pytest.fixture
def loader(tmp_path: Path) -> Iterator[Loader]:
    settings = Settings(home=tmp_path / "home")
    settings.inbox.mkdir(parents=True)
    with duckdb.connect() as con:
        yield make_loader(con, settings, load_calendar(), load_contracts(settings.contracts_dir))


def returned(loader: Loader) -> list[Path]:
    assert [event.outcome for event in load_inbox(loader).events] == ["loaded"]
    return send_back(loader.con, loader.settings, ["2023-15"], loader.contracts)


def training_file(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "4月"
    for row in (
        ["业务培训台账（2023年第15期）"],
        ["培训日期", "场次编号", "授课部门", "培训主项", "参训人员", "工号", "人员类别"],
        ["2023-04-17", "P1", "司法厅", "=HYPERLINK(1)", "王小明", "G001", "综窗"],
        ["2023-04-18", "P2", "火星厅", "公证", "李小红", "G002", "综窗"],
    ):
        sheet.append(row)
    sheet["C4"].comment = openpyxl.comments.Comment("王小明说的", "李小红")
    hidden = book.create_sheet("名单")
    hidden["A1"] = "李小红 13900001111"
    hidden.sheet_state = "hidden"
    book.properties.creator = "李小红"
    book.save(path)


def test_the_bad_cell_of_a_workbook_is_coloured_commented_and_listed_first(loader: Loader) -> None:
    training_file(loader.settings.inbox / "a.xlsx")
    (copy,) = returned(loader)
    assert copy.parent == loader.settings.review / "2023-15" / "退回"
    book = openpyxl.load_workbook(copy)
    assert book.sheetnames == [COVER, "4月"]
    bad = book["4月"]["C4"]
    assert bad.fill.fgColor.rgb.endswith("F8CBC4")
    assert "部门名录" in bad.comment.text
    assert book["4月"]["C3"].comment is None
    listed = [[cell.value for cell in row][:4] for row in book[COVER].iter_rows(min_row=5)]
    assert listed[-1] == ["4月", 4, "授课部门", "火星厅"]


def test_nothing_personal_and_nothing_that_runs_goes_back(loader: Loader) -> None:
    training_file(loader.settings.inbox / "a.xlsx")
    (copy,) = returned(loader)
    with zipfile.ZipFile(copy) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    for secret in ("王小明", "李小红", "G001", "13900001111"):
        assert secret not in content
    assert "<f>" not in content


def test_the_bad_lines_of_a_csv_come_with_their_number_and_reason(loader: Loader) -> None:
    lines = [
        "省本级办件明细（2023年第15期）",
        HEADER,
        CASE.format(number="A1", name="=cmd()", accepted="2023-04-17 09:05:00"),
        CASE.format(number="A2", name="@SUM(1)13900001111", accepted="2023-02-30 09:05:00"),
    ]
    (loader.settings.inbox / "a.csv").write_bytes("\r\n".join(lines).encode("gb18030"))
    (copy,) = returned(loader)
    with copy.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header[:3] == ["行号", "原因", "办件编号"]
    assert not {"申请人姓名", "证件号码", "联系电话", "联系地址"} & set(header)
    assert [row[0] for row in rows] == ["4"]
    assert "不是有效的时间" in rows[0][1]
    assert rows[0][header.index("事项名称")].startswith("'@SUM(1)")
    assert "13900001111" not in copy.read_text("utf-8-sig")


def test_a_printed_total_that_differs_is_marked_where_it_stands(loader: Loader) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["事项受理办结统计（2023年第15期）"],
        ["部门", "事项类型", "受理", None, "办结", None],
        [None, None, "本周", "累计", "本周", "累计"],
        ["公安厅", "行政许可", 10, 20, 9, 18],
        ["合计", None, 11, 20, 9, 18],
    ):
        sheet.append(row)
    book.save(loader.settings.inbox / "a.xlsx")
    (copy,) = returned(loader)
    marked = openpyxl.load_workbook(copy)["Sheet"]["C5"]
    assert "印为 11，各行之和为 10" in marked.comment.text


def test_a_delivery_without_problems_is_not_sent_back(loader: Loader) -> None:
    text = "\n".join(
        ["办件明细（2023年第15期）", HEADER, CASE.format(number="A1", name="甲", accepted="2023-04-17 09:05:00")]
    )
    (loader.settings.inbox / "a.csv").write_text(text, "utf-8")
    assert returned(loader) == []
