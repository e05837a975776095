"""Small exports in every container that tests can write themselves, and small files of others from a folder."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

from tests.unit.ingest.deliveries import with_sheet, workbook_bytes, zipped
from tests.unit.ingest.exports import weekly_html, weekly_mhtml, weekly_spreadsheetml, weekly_text
from tests.unit.ingest.inbox.deliveries import case, case_file, volume_file

_LARGEST_FOREIGN = 200_000


def own_seeds(folder: Path) -> dict[str, bytes]:
    """Name → content of each sample."""
    text = weekly_text()
    cases = case_file(*(case(f"A{number}") for number in range(40)))
    volume_file(folder / "volume.xlsx")
    return {
        "weekly.csv": text.encode(),
        "weekly16.csv": text.encode("utf-16"),
        "cases.csv": cases.encode("gb18030"),
        "weekly.xlsx": workbook_bytes(),
        "volume.xlsx": (folder / "volume.xlsx").read_bytes(),
        "page.xls": weekly_html().encode(),
        "archive.mht": weekly_mhtml(),
        "sheet.xml": weekly_spreadsheetml().encode(),
        "packed.zip": zipped(a__csv=text.encode()),
        "nested.zip": zipped(a__zip=zipped(b__csv=text.encode())),
        "packed.csv.gz": gzip.compress(text.encode(), mtime=0),
        "own_sheet.xlsx": with_sheet(weekly_spreadsheetml().encode()),
    }


def foreign_seeds() -> dict[str, bytes]:
    """The small files of the folder that FUZZ_SAMPLES names; none where it names none."""
    folder = os.environ.get("FUZZ_SAMPLES", "")
    if not folder:
        return {}
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in files if path.stat().st_size <= _LARGEST_FOREIGN}
