"""What goes back to a department: every bad cell marked and explained, and nothing personal or runnable in it."""

from __future__ import annotations

import csv
import gzip
import html
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.reasons import MESSAGES
from pipeline.present.sender.cover import COVER
from pipeline.present.sender.send_back import send_back
from pipeline.present.sender.words import words_for_sender
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from zhoubao.app import app

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
        yield make_loader(con, settings, load_calendar(), load_contracts(settings.contracts))


def returned(loader: Loader) -> list[Path]:
    assert [event.outcome for event in load_inbox(loader).events] == ["loaded"]
    return send_back(loader.con, loader.settings, ["2023-15"], loader.contracts)


def content_of(copy: Path) -> str:
    """Everything that is written in a workbook; Chinese stands there as character references."""
    with zipfile.ZipFile(copy) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    return html.unescape(content.decode("utf-8", "replace"))


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
    content = content_of(copy)
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


def test_a_total_is_told_to_lack_the_rows_that_could_not_be_read(loader: Loader) -> None:
    put(
        loader,
        as_xlsx(
            [
                ["省本级综窗办件周报（2023年第15期）"],
                ["日期", "窗口名称", "咨询", "受理", "颁发", "流转"],
                ["2023-04-17", "综合窗口1", 12, 3, 2, 0],
                ["2023-04-17", "综合窗口2", "七", 5, 1, 1],
                ["合计", None, 19, 8, 3, 1],
            ]
        ),
    )
    (copy,) = returned(loader)
    cover, sheet = openpyxl.load_workbook(copy).worksheets
    assert "印为 19，各行之和为 12（不含读不进的行）" in sheet["C5"].comment.text
    assert [row[2].value for row in cover.iter_rows(min_row=6)] == ["咨询", "受理", "颁发", "流转"]


def test_a_delivery_without_problems_is_not_sent_back(loader: Loader) -> None:
    text = "\n".join(
        ["办件明细（2023年第15期）", HEADER, CASE.format(number="A1", name="甲", accepted="2023-04-17 09:05:00")]
    )
    (loader.settings.inbox / "a.csv").write_text(text, "utf-8")
    assert returned(loader) == []


TRAININGS = ["序号", "培训日期", "场次编号", "授课部门", "培训主项", "参训人员", "工号", "人员类别", "代办人"]
SESSIONS = [
    ["业务培训台账（2023年第15期）"],
    ["填报人：王小明　联系电话：028-86601234"],
    TRAININGS,
    ["1", "2023-04-17", "P1", "司法厅", "=HYPERLINK(1)", "王小明", "G001", "综窗", "李大红"],
    ["2", "2023-04-18", "P2", "火星厅", "公证", "李小红", "G002", "综窗", "李大红"],
    ["制表人", "王小明", "", "审核：赵铁柱"],
]
PERSONS = ("王小明", "李小红", "李大红", "赵铁柱", "G001", "G002", "86601234")


@pytest.fixture
def trainings(loader: Loader) -> Loader:
    """A loader whose contract of trainings ignores a column of persons."""
    ignoring = loader.contracts["training_log"].model_copy(update={"ignored_labels": ("序号", "代办人", "代办人电话")})
    return make_loader(loader.con, loader.settings, load_calendar(), {**loader.contracts, "training_log": ignoring})


def as_xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_html(rows: Sequence[Sequence[object]]) -> bytes:
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<html><meta charset="utf-8"><table>{lines}</table></html>'.encode()


def as_mhtml(rows: Sequence[Sequence[object]]) -> bytes:
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
    return head + b'Content-Type: text/html; charset="utf-8"\r\n\r\n' + as_html(rows) + b"\r\n--x--\r\n"


def as_spreadsheetml(rows: Sequence[Sequence[object]]) -> bytes:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    cells = (f'<Cell><Data s:Type="String">{cell}</Data></Cell>' for row in rows for cell in row)
    lines = "".join(f"<Row>{''.join(islice(cells, len(row)))}</Row>" for row in rows)
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:s="{space}"><Worksheet s:Name="4月"><Table>{lines}'
        "</Table></Worksheet></Workbook>"
    ).encode()


def as_text(rows: Sequence[Sequence[object]], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def put(loader: Loader, content: bytes, name: str = "台账.bin") -> None:
    (loader.settings.inbox / name).write_bytes(content)


def cells_of(copy: Path) -> list[str]:
    book = openpyxl.load_workbook(copy)
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def lines_of(copy: Path) -> list[dict[str, str]]:
    with copy.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


SHEETS = {
    "xlsx": as_xlsx(SESSIONS),
    "html": as_html(SESSIONS),
    "mhtml": as_mhtml(SESSIONS),
    "spreadsheetml": as_spreadsheetml(SESSIONS),
    "xlsx.zip": zipped("四月.xls", as_xlsx(SESSIONS)),
    "html.zip": zipped("四月.xls", as_html(SESSIONS)),
    "xlsx.gz": gzip.compress(as_xlsx(SESSIONS)),
}


@pytest.mark.parametrize("kind", SHEETS)
def test_a_table_on_sheets_comes_back_as_a_marked_workbook_whatever_it_was_packed_in(
    trainings: Loader, kind: str
) -> None:
    put(trainings, SHEETS[kind])
    (copy,) = returned(trainings)
    assert trainings.con.execute("SELECT container FROM ledger.delivery").fetchone() == (kind,)
    sheet = openpyxl.load_workbook(copy).worksheets[1]
    assert sheet["D5"].comment is not None
    assert sheet["D5"].value == "火星厅"
    assert sheet["A4"].value in (1, "1")
    assert sheet["E4"].data_type != "f"
    content = content_of(copy)
    assert [secret for secret in PERSONS if secret in content] == []


TEXTS = {
    "tab": as_text(SESSIONS, "\t").encode("utf-16"),
    "semicolon": as_text(SESSIONS, ";").encode("gb18030"),
    "bar": as_text(SESSIONS, "|").encode("utf-8"),
    "zip": zipped("台账.csv", as_text(SESSIONS).encode("gb18030")),
    "gz": gzip.compress(as_text(SESSIONS).encode("utf-8-sig")),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_the_bad_lines_of_a_text_come_back_whatever_separates_and_encodes_it(trainings: Loader, kind: str) -> None:
    put(trainings, TEXTS[kind])
    (copy,) = returned(trainings)
    (bad,) = lines_of(copy)
    assert (bad["行号"], bad["授课部门"], bad["培训主项"]) == ("5", "火星厅", "公证")
    assert "火星厅" in bad["原因"]
    assert [secret for secret in PERSONS if secret in copy.read_text("utf-8-sig")] == []


def test_a_line_is_named_by_where_it_begins_below_quoted_line_breaks(trainings: Loader) -> None:
    broken = [*SESSIONS[:4], ["2", "2023-04-18", "P2", "司法厅", "公\n证", "李小红", "G002", "综窗", ""], SESSIONS[4]]
    put(trainings, as_text(broken, "\t").encode())
    (copy,) = returned(trainings)
    assert [(line["行号"], line["授课部门"]) for line in lines_of(copy)] == [("7", "火星厅")]


def test_of_a_line_whose_fields_have_shifted_only_number_and_reason_are_given(trainings: Loader) -> None:
    shifted = ["2", "2023-04-18", "P2", "火星厅", "李小红", "G002", "综窗", "李大红"]
    put(trainings, as_text([*SESSIONS[:4], shifted]).encode())
    (copy,) = returned(trainings)
    (line,) = lines_of(copy)
    assert line["行号"] == "5"
    assert "列数与表头不同" in line["原因"]
    assert "".join(line.values()) == line["行号"] + line["原因"]


def test_lines_below_another_header_of_a_text_are_not_shown_under_the_first(trainings: Loader) -> None:
    turned = ["序号", "培训日期", "场次编号", "参训人员", "工号", "授课部门", "培训主项", "人员类别", "代办人"]
    below = ["1", "2023-04-17", "P1", "王小明", "G001", "水星厅", "公证", "综窗", "李大红"]
    put(trainings, as_text([*SESSIONS[:5], turned, below]).encode())
    (copy,) = returned(trainings)
    assert "7" in [line["行号"] for line in lines_of(copy)]
    assert [secret for secret in PERSONS if secret in copy.read_text("utf-8-sig")] == []


@pytest.mark.parametrize("make", [as_xlsx, as_html])
def test_a_second_table_with_other_columns_is_cleared_and_marked_by_its_own_header(
    trainings: Loader, make: Callable[[Sequence[Sequence[object]]], bytes]
) -> None:
    turned = ["参训人员", "工号", "培训日期", "场次编号", "授课部门", "培训主项", "人员类别", "代办人电话"]
    second = ["李小红", "G002", "2023-04-18", "P2", "水星厅", "公证", "综窗", "86601234"]
    put(trainings, make([*SESSIONS[:5], [""], ["业务培训台账（续）"], turned, second]))
    (copy,) = returned(trainings)
    sheet = openpyxl.load_workbook(copy).worksheets[1]
    assert [cell.coordinate for row in sheet.iter_rows(min_row=5) for cell in row if cell.comment] == ["D5", "E9"]
    assert [sheet.cell(9, column).value for column in range(3, 7)] == ["2023-04-18", "P2", "水星厅", "公证"]
    assert [secret for secret in PERSONS if any(secret in cell for cell in cells_of(copy))] == []


def test_a_column_that_the_contract_does_not_read_stays_here_but_for_numbers_of_rows(trainings: Loader) -> None:
    put(
        trainings,
        as_xlsx([*SESSIONS[:5], ["王小明", "2023-04-18", "P3", "司法厅", "户籍", "王小明", "G003", "综窗", 7]]),
    )
    (copy,) = returned(trainings)
    sheet = openpyxl.load_workbook(copy).worksheets[1]
    numbers, agents = ([sheet.cell(row, column).value for row in range(3, 7)] for column in (1, 9))
    assert numbers == ["序号", "1", "2", "［不读的列，已略去］"]
    assert agents == ["代办人", *["［不读的列，已略去］"] * 3]


def test_numbers_of_persons_are_masked_where_cells_hold_them_as_numbers(trainings: Loader) -> None:
    rows = [["2", "2023-04-18", f"P{at}", "火星厅", "公证", "", "G1", kind] for at, kind in enumerate(NUMBERS)]
    put(trainings, as_xlsx([*SESSIONS[:4], *rows]))
    (copy,) = returned(trainings)
    sheet = openpyxl.load_workbook(copy).worksheets[1]
    shown = [sheet.cell(row, 8).value for row in range(5, 5 + len(NUMBERS))]
    assert shown == ["［已脱敏］", "［已脱敏］", "［已脱敏］", 202304170001, 12.5]


# A mobile number, an identity number as written and as a spreadsheet rounds it, the number of a case, and a quantity.
NUMBERS = (13900001111, 510101199001011234, 510101199001011000, 202304170001, 12.5)


def test_the_department_is_told_what_it_can_do_and_the_steward_keeps_the_proposal(trainings: Loader) -> None:
    put(trainings, as_xlsx(SESSIONS[:5]))
    (copy,) = returned(trainings)
    (kept,) = trainings.con.execute("SELECT message FROM quarantine.cell WHERE reason = 'unknown_code'").fetchall()
    assert "登记名称" in kept[0]
    told = [cell for cell in cells_of(copy) if "火星厅" in cell and cell != "火星厅"]
    assert told == ["部门名称“火星厅”无法识别，不在部门名录中；请核对全称后重新报送"]


def test_no_sentence_for_a_department_names_a_file_or_a_contract_of_ours() -> None:
    for reason, message in MESSAGES.items():
        for value in (None, "甲"):
            words = words_for_sender(reason, message, value, None)
            assert not [word for word in ("合同", "数据专员", "别名", "reference", ".csv") if word in words]


def test_a_delivery_of_which_no_copy_can_be_made_is_told_and_the_others_go_back(trainings: Loader) -> None:
    put(trainings, as_xlsx(SESSIONS), "a.xlsx")
    put(trainings, CASE_FILE.encode("gb18030"), "b.csv")
    assert [event.outcome for event in load_inbox(trainings).events] == ["loaded", "loaded"]
    next(trainings.settings.archive.glob("training_log/*/*")).write_bytes(b"PK\x03\x04")
    told: list[str] = []
    (copy,) = send_back(trainings.con, trainings.settings, ["2023-15"], trainings.contracts, told.append)
    assert copy.name.endswith("_问题行.csv")
    assert len(told) == 1
    assert told[0].startswith("“a.xlsx”（第 2023-15 期）没有生成退回副本：文件不完整")
    assert list(trainings.settings.work.iterdir()) == []


CASE_FILE = "\n".join(
    ["办件明细（2023年第15期）", HEADER, CASE.format(number="A1", name="甲", accepted="2023-02-30 09:05:00")]
)


def test_an_original_that_the_archive_no_longer_keeps_is_told(trainings: Loader) -> None:
    put(trainings, as_xlsx(SESSIONS))
    load_inbox(trainings)
    next(trainings.settings.archive.glob("training_log/*/*")).unlink()
    told: list[str] = []
    assert send_back(trainings.con, trainings.settings, ["2023-15"], trainings.contracts, told.append) == []
    assert "归档中已没有它的原件" in told[0]


def test_a_long_sheet_comes_back_with_its_bad_rows_alone_and_their_numbers_as_they_were(
    trainings: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.present.sender.original_rows.WHOLE_ROWS", 6)
    good = [["1", "2023-04-17", f"P{at}", "司法厅", "公证", "", f"G{at}", "综窗", ""] for at in range(20)]
    put(trainings, as_xlsx([*SESSIONS[:3], *good, SESSIONS[4], *good[:1]]))
    (copy,) = returned(trainings)
    cover, sheet = openpyxl.load_workbook(copy).worksheets
    assert [row[0].row for row in sheet.iter_rows() if any(cell.value for cell in row)] == [1, 2, 3, 24]
    assert sheet["D24"].comment is not None
    assert sheet.sheet_format.zeroHeight
    assert "只留下了有问题的行，行号不变" in cover["A2"].value


def test_numbers_and_days_look_as_they_did_and_titles_stay_merged(trainings: Loader) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(SESSIONS)))
    sheet = book.worksheets[0]
    sheet["B4"].value, sheet["B4"].number_format = datetime(2023, 4, 17), 'yyyy"年"m"月"d"日"'
    sheet["H4"].value, sheet["H4"].number_format = 0.125, "0.0%"
    sheet["H5"].value, sheet["H5"].number_format = 5, '"王小明"0'
    sheet.merge_cells("A1:I1")
    sheet.merge_cells("D4:D5")
    sheet.column_dimensions["C"].width = 33
    book.save(trainings.settings.inbox / "a.xlsx")
    (copy,) = returned(trainings)
    shown = openpyxl.load_workbook(copy).worksheets[1]
    assert (shown["B4"].value, shown["B4"].number_format) == (datetime(2023, 4, 17), 'yyyy"年"m"月"d"日"')
    assert (shown["H4"].value, shown["H4"].number_format) == (0.125, "0.0%")
    assert shown["H5"].number_format == "General"
    assert [str(merged) for merged in shown.merged_cells.ranges] == ["A1:I1"]
    assert shown.column_dimensions["C"].width == 33


def test_a_list_of_persons_above_or_below_the_table_stays_here(trainings: Loader) -> None:
    listed = [["姓名", "电话"], ["王小明", "86601234"], ["李小红", "86601235"]]
    put(
        trainings, as_xlsx([["李大红"], *listed, *SESSIONS[:1], ["单位：人次", "导出时间：2023-04-24"], *SESSIONS[2:5]])
    )
    put(trainings, as_xlsx([*SESSIONS[:5], [], *listed]), "下方.xlsx")
    events = load_inbox(trainings).events
    assert events[0].outcome == "loaded"
    copies = send_back(trainings.con, trainings.settings, ["2023-15"], trainings.contracts)
    assert copies
    for copy in copies:
        assert [secret for secret in PERSONS if secret in content_of(copy)] == []
    assert {"业务培训台账（2023年第15期）", "单位：人次"} <= {cell for copy in copies for cell in cells_of(copy)}


def test_the_command_names_each_copy_and_says_of_which_delivery_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path / "home")
    settings.inbox.mkdir(parents=True)
    (settings.inbox / "a.xls").write_bytes(as_html([*SESSIONS[:1], *(row[1:8] for row in SESSIONS[2:5])]))
    (settings.inbox / "b.csv").write_bytes(CASE_FILE.encode("gb18030"))
    with duckdb.connect(str(settings.warehouse_path)) as con:
        load_inbox(make_loader(con, settings, load_calendar(), load_contracts(settings.contracts)))
    monkeypatch.setenv("ZHOUBAO_HOME", str(settings.home))
    done = CliRunner().invoke(app, ["review", "send-back", "--week", "2023-15"])
    assert done.exit_code == 0
    assert done.output.count("退回副本：/") == 2
    next(settings.archive.glob("case_detail/*/*")).unlink()
    done = CliRunner().invoke(app, ["review", "send-back", "--week", "2023-15"])
    assert done.exit_code == 1
    assert done.output.count("退回副本：/") == 1
    assert "“b.csv”（第 2023-15 期）没有生成退回副本" in done.output
