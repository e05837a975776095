"""Exports as other programs write them, and as halls damage them: what the tests of containers and encodings share."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from pipeline.ingest.sheets.html.page import read_html
from pipeline.ingest.sheets.open_file import open_file, sheets_of
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.settings import Settings

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
TITLE = "省本级综窗办件周报（2023年第15期）"
SPAN = "统计时间：2023-04-15 至 2023-04-21 导出时间：2023-04-24 09:12:33"
LABELS = ("日期", "窗口名称", "咨询", "受理", "颁发", "流转")
COUNTS = (
    ("2023-04-17", "综合窗口1", "12", "3", "2", "0"),
    ("2023-04-17", "综合窗口2", "7", "5", "1", "1"),
    ("2023-04-18", "综合窗口1", "9", "1", "4", "0"),
)
STORED = [("2023-04-17", "综合窗口1", 12), ("2023-04-17", "综合窗口2", 7), ("2023-04-18", "综合窗口1", 9)]

DATA = "<table><tr><td>甲<td>乙<td>丙<td>丁<tr><td>1<td>2<td>3<td>4</table>"
DATA_ROWS = [["甲", "乙", "丙", "丁"], ["1", "2", "3", "4"]]
"""A table of a page, and its rows."""
MANY = 10_000_000
"""More cells than any test has."""


def weekly_text(delimiter: str = ",", line_end: str = "\r\n", rows: Sequence[Sequence[str]] = COUNTS) -> str:
    above = [TITLE, SPAN]
    return line_end.join([*above, *(delimiter.join(row) for row in (LABELS, *rows))]) + line_end


def weekly_html(rows: Sequence[Sequence[str]] = COUNTS) -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    head = "".join(f"<th>{label}</th>" for label in LABELS)
    return (
        f"<html><head><title>x</title></head><body><table border=1><tr><td colspan=6>{TITLE}</td></tr>"
        f"<tr><td colspan=6>{SPAN}</td></tr><tr>{head}</tr>{body}</table></body></html>"
    )


def weekly_spreadsheetml(rows: Sequence[Sequence[str]] = COUNTS, prologue: str = "") -> str:
    def row(cells: Sequence[str], kinds: Sequence[str] = ()) -> str:
        typed = zip(cells, kinds or ["String"] * len(cells), strict=True)
        return "<Row>" + "".join(f'<Cell><Data ss:Type="{kind}">{one}</Data></Cell>' for one, kind in typed) + "</Row>"

    kinds = ["DateTime", "String", *["Number"] * 4]
    body = "".join(row((f"{one[0]}T00:00:00.000", *one[1:]), kinds) for one in rows)
    return (
        f'<?xml version="1.0"?>\n{prologue}<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="综窗"><Table>'
        f"{row([TITLE])}{row([SPAN])}<Row/>{row(LABELS)}{body}</Table></Worksheet></Workbook>"
    )


def weekly_mhtml(rows: Sequence[Sequence[str]] = COUNTS) -> bytes:
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    page = MIMEText(weekly_html(rows), "html", "utf-8")
    page["Content-Location"] = "file:///C:/sheet001.htm"
    whole = MIMEMultipart("related", type="text/html")
    frame = MIMEText("<html><frameset><x:Name>综窗</x:Name></frameset></html>", "html", "utf-8")
    whole.attach(frame)
    whole.attach(page)
    return whole.as_bytes()


def weekly_workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "综窗"
    sheet.append([TITLE])
    sheet.merge_cells("A1:F1")
    sheet.append([SPAN])
    sheet.append(list(LABELS))
    for day, window, *counts in COUNTS:
        sheet.append([day, window, *(int(count) for count in counts)])
    book.save(path)
    return path


def soffice() -> str:
    """LibreOffice, which CI has; elsewhere its tests are skipped where it is missing."""
    found = shutil.which("soffice")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("soffice is missing: .ci/run installs libreoffice-calc")
        pytest.skip("soffice is not installed")
    return found


def converted(source: Path, target: str, folder: Path) -> Path:
    """A file as LibreOffice writes it; `target` is a suffix, with a filter and its options where needed."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    out = folder / "".join(letter for letter in target if letter.isalnum())
    command = [soffice(), profile, "--headless", "--convert-to", target, "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return next(out.iterdir())


def rows_of(html: str) -> list[list[list[str | None]]]:
    """The rows of each sheet that a page makes up."""
    return [list(sheet.rows) for sheet in read_html(html, MANY)]


def read_sheets(path: Path) -> list[Sheet]:
    """The sheets of a workbook, read as a delivered file is."""
    settings = Settings(home=path.parent)
    with open_file(path, settings) as opened:
        return list(sheets_of(opened, settings))


def with_file_pass(xls: bytes) -> bytes:
    """An .xls that says that it is encrypted: its second record becomes FilePass."""
    begin = xls.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    second = begin + 4 + struct.unpack_from("<H", xls, begin + 2)[0]
    return xls[:second] + struct.pack("<H", 0x2F) + xls[second + 2 :]
