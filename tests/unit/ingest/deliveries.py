"""Files put into an inbox, what became of them, and workbooks and archives made by hand: for tests of containers."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl

from pipeline.ingest.inbox.loader import Loader, LoadReport
from pipeline.ingest.inbox.run import load_inbox
from tests.unit.ingest.exports import (
    COUNTS,
    LABELS,
    SPAN,
    TITLE,
)


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


def load_with(loader: Loader, settings: object) -> Loader:
    return Loader(loader.con, settings, loader.calendar, loader.contracts, loader.codes, loader.person_key)  # type: ignore[arg-type]
