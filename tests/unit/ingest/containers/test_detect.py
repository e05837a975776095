"""What a file is, told by its content whatever its name, and what is refused with a sentence of its own."""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import io
import os
import re
import subprocess
import sys
import threading
import time
import zipfile
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.common.cell_marks import NUMBER_MARK
from pipeline.ingest.containers.detect import Container, sniff
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader, LoadReport
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.sheets.html_tables import read_html
from pipeline.ingest.sheets.open_file import open_file, sheets_of
from pipeline.ingest.sheets.spreadsheetml import read_spreadsheetml
from pipeline.settings import Settings
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


@pytest.mark.parametrize(
    "before",
    [
        "\ufeff\r\n\ufeff",
        "导出结果<br>",
        "导出结果,共3条\r\n\t<div title='a,b'>",
        'Warning: Undefined index "x", "y" in /srv/a.php on line 3\n',
        "Content-Type: text/html; charset=utf-8\n\n",
    ],
)
def test_a_page_that_begins_with_words_is_a_page(quick_loader: Loader, before: str) -> None:
    page = weekly_html()
    put(quick_loader, "a.xls", (before + page[page.index("<table") :]).encode())
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED
    assert container(quick_loader) == "html"


@pytest.mark.parametrize("cell", ["<table><tr><td>1</td></tr></table>", '"<p>a, b</p><table border=""1""><tr><td>1"'])
def test_a_table_of_html_in_a_cell_makes_no_page_of_a_text(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"编号,说明\n1,{cell}\n", "utf-8")
    assert sniff(path, 10, 500) is Container.CSV


@pytest.mark.parametrize("head", ["[公安厅],受理", "{a},b", "ID;名称", "TABLE,1", "SET a;b", "CREATE,TABLE"])
def test_a_text_that_only_begins_like_another_format_is_a_text(tmp_path: Path, head: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{head}\n1,2\n", "utf-8")
    assert sniff(path, 10, 500) is Container.CSV


@pytest.mark.parametrize("damage", [b"-- " * 9000, b"/**/" * 9000, b"<table " * 9000, b"[" * 60_000, b'["' * 30_000])
def test_a_hostile_text_is_sniffed_in_seconds(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"SET a;" + damage)
    began = time.monotonic()
    with contextlib.suppress(RefusedFileError):
        sniff(path, 10, 500)
    path.write_bytes(damage)
    with contextlib.suppress(RefusedFileError):
        sniff(path, 10, 500)
    assert time.monotonic() - began < 5


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
        (b"<?xml version='1.0'?><rss><channel/></rss>", "RSS"),
        (b'{"code": 0, "rows": [{"a": 1}]}', "JSON"),
        (b"\xef\xbb\xbf[\r\n  {}\r\n]", "JSON"),
        ('[["日期", "咨询"], ["2023-04-17", 1]]'.encode("utf-16"), "JSON"),
        (b"ID;PWXL;N;E\r\nC;Y1;X1;K1\r\nE\r\n", "SYLK"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', "DIF"),
        (b"-- dump\n/*!40101 SET NAMES utf8 */;\nSET a = 1;\nINSERT INTO t VALUES (1, 2);\n", "SQL"),
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
from pipeline.ingest.sheets.open_file import open_file, sheets_of
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


def padded(padding: bytes, times: int) -> bytes:
    """A workbook in which padding follows the cells of the sheet."""
    before, after = sheet_xml("A1:F6", "@@").split(b"@@")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook_bytes())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name.endswith("sheet1.xml"):
                with new.open(name, "w") as sheet:
                    sheet.write(before)
                    for _ in range(times):
                        sheet.write(padding)
                    sheet.write(after)
            else:
                new.writestr(name, old.read(name))
    return made.getvalue()


BLANKS = b" " * (1 << 20)


@pytest.mark.parametrize(
    ("padding", "times", "says"),
    [
        (BLANKS, 90, "几乎全是空白"),
        (BLANKS, 40, "连续 4 MB 以上的空白"),
        (b"<!-- " + BLANKS[5:], 8, "连续 4 MB 以上的空白"),
        (BLANKS[3:] + b"<x/>", 40, "6 rows"),
        (b'<row r="7"/>' * 500_000, 5, "6 rows"),
        (b"<x/>" * (1 << 18), 60, "6 rows"),
    ],
    ids=["much", "in one piece", "in a comment", "in pieces", "as blank rows", "as other elements"],
)
def test_a_padded_sheet_costs_neither_memory_nor_time(tmp_path: Path, padding: bytes, times: int, says: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(padded(padding, times))
    began = time.monotonic()
    said, peak = watched(path, tmp_path)
    assert says in said
    assert peak < 300
    assert time.monotonic() - began < 20


def test_a_large_sheet_of_equal_texts_is_no_padding(tmp_path: Path) -> None:
    rows = "".join(f'<row><c t="inlineStr"><is><t>{"公安厅" * 30}</t></is></c></row>' for _ in range(2000)).encode()
    path = tmp_path / "a.xlsx"
    path.write_bytes(padded(rows, 120))
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    assert info.file_size > 64 << 20
    assert sniff(path, 2048, 500) is Container.XLSX


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
    assert sheet.rows == [["甲", "内"], ["乙", "丙"]]


def cell(markup: str) -> str | None:
    """What a cell says that is written so."""
    return read_html(f"<table><tr><td>{markup}</td><td>末</td></tr></table>", MANY)[0].rows[0][0]


HIDDEN = (
    '<span style="display:none">{}</span>', "<span hidden>{}</span>", "<b style='color:red; DISPLAY : none'>{}</b>",
    "<i style=visibility:hidden>{}</i>", "<span style='mso-hide:all'>{}</span>", "<noscript>{}</noscript>",
    "<template>{}</template>", "<script>{}</script>", "<style>{}</style>", "<input type=hidden value={}>",
    "<div hidden><table><tr><td>{}</td></tr></table></div>", "<span hidden><b>{}</span>", '<em class="x off">{}</em>',
    "<tt>{}</tt>", "<input type=checkbox checked value={}>", "<!-- {} -->",
)  # fmt: skip
RULES = "<style>@media print { .seen {display:none} } .a, .off { color:red; display : none }\ntt{display:none}</style>"


@settings(deadline=None)
@given(
    number=st.integers(0, 10**6).map(str),
    unseen=st.lists(st.tuples(st.integers(0, 6), st.sampled_from(HIDDEN), st.integers(0, 99)), max_size=4),
)
def test_what_a_page_hides_never_joins_a_number(number: str, unseen: list[tuple[int, str, int]]) -> None:
    for place, markup, other in unseen:
        at = min(place, len(number))
        if "<" not in number[:at] and "<" not in number[at:]:
            number = number[:at] + markup.format(other) + number[at:]
    assert cell(RULES + number) == re.sub("[^0-9]", "", re.sub("<.*>", "", number, flags=re.S))


@pytest.mark.parametrize(
    ("markup", "says"),
    [
        ('10<span class="seen">99</span>', "1099"),
        ('10<span class="off" style="display:inline">99</span>', "1099"),
        ("<select><option>10<option selected>11</select>", "11"),
        ("<select><option value=1>10</option><option>11</option></select>", "10"),
        ("<select multiple><option selected>甲<option>乙<option selected>丙</select>", "甲、丙"),
        ("<select><option>10", "10"),
        ("10<select><option>11</select>", "10\n11"),
        ('<input value="10">', "10"),
        ('<INPUT TYPE="Number" VALUE=10 disabled>件', "10\n件"),
        ("10<input value=99>", "10\n99"),
        ("<input type=button value=查询>", None),
        ("<textarea>\n10 <b></textarea>", "10 <b>"),
        ("<input type=checkbox>公安厅", "公安厅"),
        ("<input type=radio checked>是<input type=radio>否", "☑是☐否"),
        ("10<sup>2</sup>", "10^2"),
        ("10 <sup><a href=#n>[2]</a></sup>", "10^[2]"),
        ("(5)<sub>2</sub>", "(5)^2"),
        ("<sup>2</sup>10", "2^10"),
        ("<sup>10</sup>", "10"),
        ("受理<sup>1</sup><sup>②</sup>", "受理"),
        ("受理（件）<sup>注1</sup>", "受理（件）"),
        ("<sup>*</sup>受理", "受理"),
        ("面积（km<sup>2</sup>）", "面积（km2）"),
        ("<del>99</del>10", "~~99~~10"),
        ("<s>10</s>", "10"),
        ("<ul><li>1<li>0</ul>", "1\n0"),
        ("<dl><dd>1<dd>0</dl>", "1\n0"),
        ("&#160;&ensp;&nbsp;&emsp;", None),
        ("<table><tr><td>10</td></tr></table>", "10"),
        ("10<table><tr><td>&nbsp;<td>99</td></tr></table>", "10\n99"),
        ("<table><tr><td><table><tr><td>10</td></tr></table></td></tr></table>", "10"),
    ],
)
def test_a_cell_says_what_the_page_shows(markup: str, says: str | None) -> None:
    assert cell(markup) == says


def rows_of(html: str) -> list[list[list[str | None]]]:
    return [list(sheet.rows) for sheet in read_html(html, MANY)]


def test_a_hidden_row_is_a_blank_one_and_a_hidden_cell_takes_no_place() -> None:
    hidden = "<tr style='display:none'><td>样例<td>9</tr>"
    rows = f"<tr><td hidden>号<td>甲<td>1</tr>{hidden}<tbody hidden><tr><td>x<tr><td>y</tbody><tbody><tr><td>乙"
    assert rows_of(f"<table>{rows}<td style='visibility:hidden'>3</table>") == [
        [["甲", "1"], [None, None], [None, None], [None, None], ["乙", None]]
    ]
    excel = '<html xmlns:x="urn:schemas-microsoft-com:office:excel">'
    assert rows_of(f"{excel}<table>{hidden}</table>") == [[["样例", "9"]]]


def test_a_page_that_waits_for_its_script_is_read_and_a_template_in_it_is_not() -> None:
    page = (
        "<style>body{display:none}</style><body style='visibility:hidden'><div hidden><table><tr><td>样</table></div>"
    )
    assert rows_of(f"{page}{DATA}</body>") == [DATA_ROWS]


def test_a_caption_and_text_between_cells_stand_above_the_table() -> None:
    assert rows_of(
        "<p>题<table>漏<tr><td>甲<td>乙</tr>又漏<tr><td>1<td>2<caption>2023年<br>第15期</caption></table>"
    ) == [[["题", None], ["漏", None], ["又漏", None], ["2023年", None], ["第15期", None], ["甲", "乙"], ["1", "2"]]]


def test_a_row_span_of_zero_and_every_other_ends_with_its_group() -> None:
    assert rows_of(
        "<table><tbody><tr><td rowspan=0>甲<td>1<tr><td>2<tr><td>3</tbody><tbody><tr><td rowspan=9>乙<td>4</tbody>"
        "<tfoot><tr><td>合计<td>10</table>"
    ) == [[["甲", "1"], [None, "2"], [None, "3"], ["乙", "4"], ["合计", "10"]]]


DATA = "<table><tr><td>甲<td>乙<td>丙<td>丁<tr><td>1<td>2<td>3<td>4</table>"
DATA_ROWS = [["甲", "乙", "丙", "丁"], ["1", "2", "3", "4"]]


@pytest.mark.parametrize(
    "around",
    [
        "<div>共3条 1/1页</div>",
        "共3条<p>1/1页",
        "<table><tr><td>共3条<td>上一页<td>1/1页<td>下一页</table>",
        "<table><tr><td>版权所有</table>",
        "<table><tr><td>打印<td>关闭</table><p>技术支持",
    ],
)
def test_what_stands_around_the_tables_is_no_row_of_the_last(around: str) -> None:
    first, *others = rows_of(DATA + around)
    assert first == DATA_ROWS
    assert len(others) == 1
    assert rows_of(around + DATA) == [[*rows_of(around + DATA)[0][:-2], *DATA_ROWS]]


def test_a_table_around_the_page_leaves_its_titles_above_and_the_rest_behind() -> None:
    page = read_html(
        f"<table><tr><td>台徽<td>菜单</tr><tr><td>题<table><tr><td>2023年第15期</table><tr><td>左<td>{DATA}</td></tr>"
        "<tr><td>版权<td>电话</tr></table>".replace("<td>版权<td>电话", "<td>版权"),
        MANY,
    )
    assert [[[cell for cell in row if cell] for row in sheet.rows] for sheet in page] == [
        [["台徽", "菜单"], ["题\n2023年第15期"], ["左"], *DATA_ROWS], [["版权"]],
    ]  # fmt: skip
    assert [sheet.rows_above for sheet in page] == [0, 5]
    assert [sheet.name for sheet in page] == ["网页", "网页（表格以外）"]


def test_tables_in_the_cells_of_a_grid_are_its_values_or_follow_it() -> None:
    nested = "<table><tr><td>{}<td>件</table>"
    grid = f"<table><tr><td>甲<td>乙<tr><td>1<td>{nested.format(2)}<tr><td>3<td>{DATA}</table>"
    assert rows_of(grid) == [
        [[*row, None, None] for row in (["甲", "乙"], ["1", "2\n件"], ["3", None])] + DATA_ROWS
    ]  # fmt: skip


def test_a_table_split_in_two_stays_one() -> None:
    assert rows_of("<table><tr><td>甲<td>乙<td></table><div></div><table><tr><td>1<td>2</table>注：略<br>续") == [
        [["甲", "乙"], ["1", "2"], ["注：略", None], ["续", None]]
    ]


def test_a_table_that_nobody_closed_ends_where_the_next_begins() -> None:
    assert rows_of("<table><tr><td>甲<td>乙</tr><table><tr><td>1<td>2</tr></table></body>") == [
        [["甲", "乙"], ["1", "2"]]
    ]


MARKUP = st.sampled_from(
    [
        "<table>", "</table>", "<tr>", "</tr>", "<td>", "<td hidden>", "</td>", "<tbody>", "<tr hidden>", "<caption>",
        "甲", "1", "<select>", "<option>", "</select>", "<sup>", "</sup>", "<p>", "<div hidden>", "</div>",
        "<td rowspan=0>", "<input value=3>", "<td colspan=2>",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(MARKUP, max_size=40))
def test_no_damage_to_a_page_is_more_than_a_refusal(pieces: list[str]) -> None:
    with contextlib.suppress(RefusedFileError):
        sheets = read_html("<table>" + "".join(pieces) + "</body>", MANY)
        assert all(len({len(row) for row in sheet.rows}) < 2 for sheet in sheets)
        assert [sheet.rows_above for sheet in sheets] == [
            sum(len(one.rows) for one in sheets[:at]) for at in range(len(sheets))
        ]


def test_every_row_of_a_page_is_in_the_account(quick_loader: Loader) -> None:
    rows = [*COUNTS, *[[f"<input value='{one}'>" for one in COUNTS[0]]] * 2, ["<input>"] * 6, []]
    page = weekly_html(rows).replace("</body>", "<div>共5条</div><p>第1/1页</p></body>")
    put(quick_loader, "a.xls", page.encode())
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED
    account = quick_loader.con.execute(
        "SELECT sheet, reason, row_count FROM ledger.row_account WHERE disposition = 'set_aside' ORDER BY ALL"
    ).fetchall()
    assert account == [
        ("网页", "blank", 2), ("网页", "duplicate_row", 2), ("网页", "header", 1), ("网页", "title", 2),
        ("网页（表格以外）", "sheet_without_table", 2),
    ]  # fmt: skip
    assert quick_loader.con.execute("SELECT rows_physical FROM ledger.delivery").fetchone() == (12,)


def archive_of(frame: str, **parts: str) -> bytes:
    """A web archive as spreadsheet programs write it, in UTF-8 with a byte-order mark and a blank line above."""
    whole = MIMEMultipart("related", type="text/html")
    for place, page in {"book": frame, **parts}.items():
        part = MIMEText(page, "html", "utf-8")
        part["Content-Location"] = f"file:///C:/表.files/{place}.htm"
        whole.attach(part)
    return b"\xef\xbb\xbf\r\n" + whole.as_bytes()


NAMED = "<frameset><x:Name>{}</x:Name> <x:WorksheetSource HRef='表.files/{}.htm'/></frameset>"


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        (NAMED.format("综窗", "sheet002") + NAMED.format("汇总&amp;表", "sheet001"), ["汇总&表", "综窗"]),
        ("<x:Name>甲</x:Name><x:Name>乙</x:Name>", ["甲", "乙"]),
        ("<p>x</p>", ["sheet001", "sheet002"]),
    ],
)
def test_the_sheets_of_a_web_archive_have_their_names_beside_a_strip_of_tabs(
    tmp_path: Path, frame: str, names: list[str]
) -> None:
    path = tmp_path / "a.xls"
    tabs = "<table><tr><td>综窗<td>汇总</table>"
    path.write_bytes(archive_of(frame, tabstrip=tabs, sheet001=DATA, sheet002=f"{DATA}<p>共1条"))
    with open_file(path, Settings(home=tmp_path)) as opened:
        assert opened.container is Container.MHTML
        sheets = sheets_of(opened, Settings(home=tmp_path))
    assert [sheet.name for sheet in sheets] == [*names, f"{names[1]}（表格以外）"]
    assert [sheet.rows for sheet in sheets[:2]] == [DATA_ROWS, DATA_ROWS]


@pytest.mark.parametrize("number", [99, 101])
def test_tables_in_tables_without_end_are_refused(number: int) -> None:
    page = "<table><tr><td>" * number + "x</body>"
    if number > 100:
        with pytest.raises(RefusedFileError, match="100 层"):
            read_html(page, MANY)
    else:
        assert rows_of(page) == [[["x"]]]


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


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("甲 & 乙", "甲 & 乙"),
        ("R&D;", "R&D;"),
        ("a&nbsp;b", "a\xa0b"),
        ("&ldquo;a&rdquo; &lt; &#19968;", "“a” < 一"),
        ("&nosuch;", "&nosuch;"),
        ("<![CDATA[甲 & &nbsp; 乙]]> & 丙", "甲 & &nbsp; 乙 & 丙"),
        ("1<!-- & &nbsp; -->0 &", "10 &"),
    ],
)
@pytest.mark.parametrize("above", ["", "\ufeff\r\n \n"])
def test_spreadsheetml_with_bare_ampersands_and_names_of_html_is_read(written: str, says: str, above: str) -> None:
    assert (
        read_spreadsheetml(above + weekly_spreadsheetml([["2023-04-17", written, *"1234"]]), MANY)[0].rows[4][1] == says
    )


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("a\x0bb", "第 7 行写得不对（有不允许的字符"),
        ("&#1;", "第 7 行写得不对（有不允许的控制字符）"),
        ("a < b", "第 7 行写得不对（有不允许的字符"),
        ("</Cell>", "第 7 行写得不对（标签不成对）"),
        ("&", "超出表格软件的上限"),
    ],
)
def test_other_damage_to_spreadsheetml_names_its_line(damage: str, sentence: str) -> None:
    far = '<Row ss:Index="9999999"/>' if damage == "&" else "<Row/>"
    content = "\n\n" + weekly_spreadsheetml([["2023-04-17", f"\n\n{damage}", *"1234"]]).replace("<Row/>", far)
    with pytest.raises(RefusedFileError, match=sentence.replace("（", "\\（").replace("）", "\\）")):
        read_spreadsheetml(content, MANY)


@pytest.mark.parametrize(
    "entity", ['<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "<!DOCTYPE x SYSTEM 'a.dtd'>"]
)
def test_entities_stay_refused_in_xml_that_needs_mending(entity: str) -> None:
    content = weekly_spreadsheetml([["2023-04-17", "&e; & &nbsp;", *"1234"]], prologue=entity)
    with pytest.raises(RefusedFileError, match="外部实体"):
        read_spreadsheetml("\n" * 70_000 + content, MANY)


def test_xml_with_a_bare_ampersand_that_is_cut_off_is_incomplete() -> None:
    content = weekly_spreadsheetml([["2023-04-17", "a & b", *"1234"]])
    with pytest.raises(RefusedFileError, match="表格没有结尾"):
        read_spreadsheetml(content[:-40], MANY)


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
