"""What a file is, told by its content whatever its name, and what is refused with a sentence of its own."""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import io
import os
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox import Loader, LoadReport, load_inbox
from pipeline.ingest.markup import read_html, read_spreadsheetml
from pipeline.ingest.open_file import open_file, sheets_of
from pipeline.ingest.sniff import Container
from pipeline.ingest.values import NUMBER_MARK
from tests.unit.ingest.exports import (
    COUNTS,
    LABELS,
    SAMPLES,
    SPAN,
    STORED,
    TITLE,
    weekly_html,
    weekly_mhtml,
    weekly_spreadsheetml,
    weekly_text,
    with_file_pass,
)

MANY = 10_000_000


def put(loader: Loader, name: str, content: bytes) -> Path:
    path = loader.settings.inbox / name
    path.write_bytes(content)
    return path


def stored(loader: Loader) -> list[tuple[str, str, int]]:
    return loader.con.execute(
        "SELECT report_date::VARCHAR, window_name, consulted FROM raw.window_weekly ORDER BY ALL"
    ).fetchall()


def container(loader: Loader) -> str:
    row = loader.con.execute("SELECT container FROM ledger.delivery").fetchone()
    return row[0] if row else ""


def outcome(report: LoadReport) -> str:
    return "、".join(event.outcome for event in report.events)


def not_loaded(loader: Loader) -> list[str]:
    """What was not loaded, and why: empty where everything was."""
    return [event.message for event in load_inbox(loader).events if event.outcome != "loaded"]


def message(loader: Loader) -> str:
    return " ".join(event.message for event in load_inbox(loader).events)


def workbook_bytes() -> bytes:
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([TITLE], [SPAN], list(LABELS), *COUNTS):
        sheet.append(list(row))
    book.save(buffer)
    return buffer.getvalue()


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["周报.xlsx", "周报.xls", "周报.csv ", "周报 ", "周报.XLS  "])
@pytest.mark.parametrize("made", ["xls", "ods", "html", "xlsm", "xlsx"])
def test_what_libreoffice_writes_is_read_under_any_name(
    quick_loader: Loader, by_libreoffice: dict[str, Path], made: str, name: str
) -> None:
    put(quick_loader, name, by_libreoffice[made].read_bytes())
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED
    assert container(quick_loader) == made


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (weekly_html().encode("gb18030"), "html"),
        (weekly_html().encode("utf-16"), "html"),
        (weekly_spreadsheetml().encode(), "spreadsheetml"),
        (weekly_mhtml(), "mhtml"),
        (weekly_text("\t").encode("gb18030"), "csv"),
        (weekly_text(";").encode(), "csv"),
        (weekly_text("|").encode(), "csv"),
        (weekly_text(",", "\n").encode(), "csv"),
        (zipped(表__xlsx=workbook_bytes()), "xlsx.zip"),
        (zipped(表__csv=weekly_text().encode("gb18030"), 说明__txt="导出说明".encode()), "csv.zip"),
        (gzip.compress(weekly_text().encode()), "csv.gz"),
        (gzip.compress(weekly_html().encode()), "html.gz"),
    ],
)
@pytest.mark.parametrize("name", ["周报.xls", "周报.dat"])
def test_tables_as_text_markup_or_packed_are_read_under_any_name(
    quick_loader: Loader, content: bytes, kind: str, name: str
) -> None:
    put(quick_loader, name, content)
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED
    assert container(quick_loader) == kind
    assert not list(quick_loader.settings.work.iterdir())


def test_a_sniffed_delimiter_does_not_count_as_a_changed_contract(quick_loader: Loader) -> None:
    put(quick_loader, "a.txt", weekly_text("\t").encode())
    load_inbox(quick_loader)
    assert load_inbox(quick_loader).events == []


def test_a_packed_file_is_read_again_from_the_archive_as_it_came(quick_loader: Loader) -> None:
    put(quick_loader, "a.zip", zipped(表__csv=weekly_text().encode()))
    load_inbox(quick_loader)
    quick_loader.con.execute("UPDATE ledger.delivery SET contract_fingerprint = 'other'")
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b" \r\n\r\n  ", "没有内容"),
        (b"\xef\xbb\xbf", "没有内容"),
        (workbook_bytes()[:-200], "文件不完整"),
        (weekly_text().encode() + bytes(5000), "末尾是空字节"),
        (weekly_text().encode().replace(b"\n", b"\n\0", 1), "第 2 行有空字节"),
        (weekly_html().encode()[:-40], "表格没有结尾"),
        (weekly_spreadsheetml().encode()[:-40], "表格没有结尾"),
        (gzip.compress(weekly_text().encode())[:-9], "压缩包不完整"),
        (zipped(a__csv=b"x", b__csv=b"y"), "多份表格"),
        (zipped(), "没有文件"),
        (zipped(a__zip=zipped(b__csv=b"x")), "还有压缩包"),
        (gzip.compress(zipped(b__csv=b"x")), "还有压缩包"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7z"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (zipped(**{"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "Word"),
        (b"<?xml version='1.0'?><note>x</note>", "不是 Excel 的 XML 表格"),
        (b"<html><body>please log in</body></html>", "网页里没有表格"),
        (b"<html><frameset><frame src='x.htm'></frameset></html>", "数据在旁边的文件夹"),
        (b"\x01\x02\x03\x04" * 100, "格式无法识别"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "Excel 4.0"),
        (
            weekly_spreadsheetml(prologue='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>').encode(),
            "外部实体",
        ),
        (weekly_spreadsheetml().replace("<Row/>", '<Row ss:Index="9999999"/>').encode(), "超出表格软件的上限"),
    ],
)
def test_what_is_no_whole_table_is_refused_with_its_own_sentence(
    quick_loader: Loader, content: bytes, sentence: str
) -> None:
    put(quick_loader, "周报.xls", content)
    report = load_inbox(quick_loader)
    assert outcome(report) == "refused"
    assert sentence in report.events[0].message


@pytest.mark.parametrize("name", ["pass_protected.xlsx", "pass_protected.xlsb", "pass_protected.ods"])
def test_workbooks_with_a_password_say_so(quick_loader: Loader, name: str) -> None:
    sample = SAMPLES / "bad-calamine" / name
    if not sample.is_file():
        pytest.skip("the samples by others are not here")
    put(quick_loader, "a.xlsx", sample.read_bytes())
    assert "打开密码" in message(quick_loader)


def test_an_xls_with_a_password_says_so(quick_loader: Loader, by_libreoffice: dict[str, Path]) -> None:
    put(quick_loader, "a.xls", with_file_pass(by_libreoffice["xls"].read_bytes()))
    assert "打开密码" in message(quick_loader)


def test_a_zip_with_a_password_says_so(quick_loader: Loader) -> None:
    content = bytearray(zipped(a__csv=b"x,y"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    put(quick_loader, "a.zip", bytes(content))
    assert "压缩包设有密码" in message(quick_loader)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_cut_xls_is_refused_and_never_half_read(
    quick_loader: Loader, by_libreoffice: dict[str, Path], share: float
) -> None:
    content = by_libreoffice["xls"].read_bytes()
    put(quick_loader, "a.xls", content[: int(len(content) * share)])
    report = load_inbox(quick_loader)
    assert outcome(report) == "refused"
    assert "不完整" in report.events[0].message


def test_a_table_of_wps_is_known_by_its_own_stream(quick_loader: Loader) -> None:
    sample = SAMPLES / "cn-nbs-provincial" / "一般公共预算等.xls"
    if not sample.is_file():
        pytest.skip("the samples by others are not here")
    with open_file(sample, quick_loader.settings) as opened:
        assert opened.container is Container.ET
        assert len(sheets_of(opened, quick_loader.settings)[0].rows) == 63


def test_members_that_lie_about_their_size_are_refused(quick_loader: Loader) -> None:
    content = workbook_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    put(quick_loader, "a.xlsx", content.replace(size, (100).to_bytes(4, "little")))
    assert "与校验值不符" in message(quick_loader)


def test_text_that_unpacks_beyond_the_limit_is_refused(quick_loader: Loader) -> None:
    put(quick_loader, "a.gz", gzip.compress(b"0" * (3 << 20)))
    put(quick_loader, "b.zip", zipped(a__csv=b"0" * (3 << 20)))
    settings = quick_loader.settings.model_copy(update={"max_unpacked_mb": 2})
    for name in ("a.gz", "b.zip"):
        with pytest.raises(RefusedFileError, match="超过上限"), open_file(settings.inbox / name, settings):
            pass
    assert not list(settings.work.iterdir())


def sheet_xml(dimension: str, far_cell: str) -> bytes:
    rows = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{one}</t></is></c>' for at, one in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate(((TITLE,), (SPAN,), LABELS, *COUNTS), start=1)
    )
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<worksheet xmlns="{namespace}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}{far_cell}</sheetData></worksheet>"
    ).encode()


def with_sheet(xml: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook_bytes())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name.endswith("sheet1.xml") else old.read(name))
    return made.getvalue()


WATCHED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
from pathlib import Path
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.open_file import open_file, sheets_of
from pipeline.settings import Settings
settings = Settings(home=Path(sys.argv[2]))
try:
    with open_file(Path(sys.argv[1]), settings) as opened:
        print(len(sheets_of(opened, settings)[0].rows), "rows")
except RefusedFileError as error:
    print(error)
peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
print(peak // 1024)
"""


def watched(path: Path, home: Path) -> tuple[str, int]:
    """What a process with 2 GB of address space says of a file, and the most memory in MB that it held."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(path), str(home)], capture_output=True, text=True, timeout=60, check=True
    )
    said, peak = done.stdout.rsplit("\n", 2)[:2]
    return said, int(peak)


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (sheet_xml("A1:XFD1048576", ""), "6 rows"),
        (sheet_xml("A1:XFD1048576", '<row r="1048576"><c r="XFD1048576" s="1"/></row>'), "6 rows"),
        (sheet_xml("A1:F6", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "超过上限"),
        (sheet_xml("A1:F6", '<row r="7"><c r="Z1048576"><v>1</v></c></row>'), "超过上限"),
        (sheet_xml("A1:F6", "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"), "超过上限"),
    ],
    ids=[
        "declared only",
        "formatted blank far away",
        "filled cell far away",
        "far away in a near row",
        "the same in single quotes",
    ],
)
def test_a_sheet_that_claims_every_cell_costs_no_memory(tmp_path: Path, xml: bytes, says: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_sheet(xml))
    said, peak = watched(path, tmp_path)
    assert says in said
    assert peak < 300


@pytest.mark.parametrize("made", ["xls", "ods"])
def test_cells_far_apart_cost_no_memory_in_other_containers(tmp_path: Path, made: str) -> None:
    from tests.unit.ingest.exports import converted

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["IV65536"] = "a", "z"
    book.save(tmp_path / "far.xlsx")
    said, peak = watched(converted(tmp_path / "far.xlsx", made, tmp_path), tmp_path)
    assert "跨越 16,777,216 个单元格" in said
    assert peak < 300


def test_html_spans_put_the_text_first_and_blanks_after() -> None:
    sheet = read_html(
        "<h2>题 &nbsp; 目</h2><table><tr><th rowspan=2>部门<th colspan=2>受理<tr><td>本周<td>累计"
        "<tr><td>公安厅<td x:num='12.5'>13<td>1,234</td></tr></table>注：甲<br>乙",
        MANY,
    )[0]
    assert sheet.rows == [
        ["题 目", None, None],
        ["部门", "受理", None],
        [None, "本周", "累计"],
        ["公安厅", "12.5", "1,234"],
        ["注：甲", None, None],
        ["乙", None, None],
    ]


def test_html_without_closing_tags_and_with_a_table_in_a_cell_keeps_every_row() -> None:
    sheet = read_html("<table><tr><td>甲<td><table><tr><td>内</table><tr><td>乙<td>丙</table>", MANY)[0]
    assert [[cell for cell in row if cell] for row in sheet.rows] == [["内"], ["甲"], ["乙", "丙"]]


@pytest.mark.parametrize("damage", ["<!--" * 50_000, "<a " * 50_000, "<td " * 50_000, "</" * 50_000, "&#" * 50_000])
def test_hostile_html_is_done_with_in_seconds(damage: str) -> None:
    began = time.monotonic()
    with contextlib.suppress(RefusedFileError):
        read_html("<table><tr><td>x</td></tr></table>" + damage, MANY)
    assert time.monotonic() - began < 10


def test_html_that_spans_more_cells_than_allowed_is_refused() -> None:
    with pytest.raises(RefusedFileError, match="超过"):
        read_html("<table>" + "<tr><td colspan=16000></td><td>x</td></tr>" * 100 + "</table>", 1_000_000)


def test_spreadsheetml_places_cells_by_index_and_leaves_comments_out() -> None:
    head = '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:x" xmlns:x="urn:y">'
    sheets = read_spreadsheetml(
        head + '<Worksheet ss:Name="一"><Table><Row ss:Index="2"><Cell ss:MergeAcross="1"><Data ss:Type="String">甲'
        '</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell><Cell><Data ss:Type="Number">1.50</Data></Cell>'
        '<Cell ss:Index="6"><Data ss:Type="DateTime">2023-04-17T09:05:00.000</Data></Cell></Row></Table></Worksheet>'
        "</Workbook>",
        MANY,
    )
    assert [(sheet.name, sheet.rows) for sheet in sheets] == [
        ("一", [[None] * 6, ["甲", None, "1.50", None, None, "2023-04-17 09:05:00"]])
    ]


def test_numbers_of_spreadsheetml_are_those_of_other_workbooks() -> None:
    cells = ["1E3", "3.0000000000000001", "0.30000000000000004", "-2.50", "5.1E+17", "510000202304170011", "NaN"]
    row = "".join(f'<Cell><Data ss:Type="Number">{cell}</Data></Cell>' for cell in cells)
    sheet = read_spreadsheetml(f'<Workbook xmlns:ss="urn:x"><Worksheet><Row>{row}</Row></Worksheet></Workbook>', MANY)[
        0
    ]
    assert sheet.rows == [
        ["1000", "3", "0.3", "-2.50", f"{NUMBER_MARK}510000000000000000", "510000202304170011", "NaN"]
    ]


def test_spreadsheetml_says_what_its_cells_show() -> None:
    def cell(style: str, kind: str, value: str) -> str:
        return f'<Cell{style}><Data ss:Type="{kind}">{value}</Data></Cell>'

    formats = {"a": "Percent", "b": "0.0%", "c": "0.0"}
    styles = "".join(
        f'<Style ss:ID="{one}"><NumberFormat ss:Format="{code}"/></Style>' for one, code in formats.items()
    )
    cells = [cell(f' ss:StyleID="{one}"', "Number", "0.985") for one in formats] + [cell("", "Number", "0.985")]
    days = cell("", "String", "2023-03-01") + cell("", "DateTime", "2023-03-01T00:00:00.000")
    sheet = read_spreadsheetml(
        f'<Workbook xmlns:ss="urn:x"><Styles>{styles}</Styles><Worksheet><Row>{"".join(cells)}</Row>'
        f'<Row ss:StyleID="b">{cells[3]}</Row><Row>{days}</Row></Worksheet></Workbook>',
        MANY,
    )[0]
    assert sheet.rows == [
        ["98.5%", "98.5%", "0.985", "0.985"], ["98.5%", None, None, None], ["2023-03-01", "2023-03-01", None, None]
    ]  # fmt: skip
    assert sheet.days() == {1: frozenset({2})}


def test_a_growing_file_is_waited_for_and_then_loaded_whole(quick_loader: Loader) -> None:
    content = weekly_text().encode()
    path = put(quick_loader, "a.csv", content[:200])
    settings = quick_loader.settings.model_copy(update={"settle_seconds": 0.3, "wait_seconds": 5.0})

    def finish() -> None:
        time.sleep(0.15)
        with path.open("ab") as file:
            file.write(content[200:])

    writer = threading.Thread(target=finish)
    writer.start()
    report = load_inbox(_with(quick_loader, settings))
    writer.join()
    assert outcome(report) == "loaded"
    assert stored(quick_loader) == STORED


def test_a_file_that_stays_open_for_writing_waits_for_the_next_run(quick_loader: Loader) -> None:
    path = put(quick_loader, "a.csv", weekly_text().encode())
    with path.open("ab"):
        report = load_inbox(quick_loader)
    assert outcome(report) == "waiting"
    assert "还在写入" in report.events[0].message
    assert path.is_file()
    assert outcome(load_inbox(quick_loader)) == "loaded"


def test_a_locked_file_waits_for_the_next_run(quick_loader: Loader) -> None:
    path = put(quick_loader, "a.csv", weekly_text().encode())
    with path.open("rb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        assert outcome(load_inbox(quick_loader)) == "waiting"
    assert outcome(load_inbox(quick_loader)) == "loaded"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_waits_for_the_next_run(quick_loader: Loader) -> None:
    put(quick_loader, "a.csv", weekly_text().encode()).chmod(0)
    assert outcome(load_inbox(quick_loader)) == "waiting"


def test_old_files_cost_no_pause(quick_loader: Loader) -> None:
    path = put(quick_loader, "a.csv", weekly_text().encode())
    os.utime(path, (time.time() - 60, time.time() - 60))
    settings = quick_loader.settings.model_copy(update={"settle_seconds": 30.0})
    began = time.monotonic()
    assert outcome(load_inbox(_with(quick_loader, settings))) == "loaded"
    assert time.monotonic() - began < 10


def _with(loader: Loader, settings: object) -> Loader:
    return Loader(loader.con, settings, loader.calendar, loader.contracts, loader.codes, loader.person_key)  # type: ignore[arg-type]
