"""Which workbook a zip holds, and what padding and passwords in it are refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.detect import sniff
from pipeline.ingest.inbox.loader import Loader
from tests.unit.ingest.deliveries import (
    message,
    padded,
    put,
)
from tests.unit.ingest.exports import (
    SAMPLES,
)


@pytest.mark.parametrize("name", ["pass_protected.xlsx", "pass_protected.xlsb", "pass_protected.ods"])
def test_workbooks_with_a_password_say_so(quick_loader: Loader, name: str) -> None:
    sample = SAMPLES / "bad-calamine" / name
    if not sample.is_file():
        pytest.skip("the samples by others are not here")
    put(quick_loader, "a.xlsx", sample.read_bytes())
    assert "打开密码" in message(quick_loader)


def test_a_large_sheet_of_equal_texts_is_no_padding(tmp_path: Path) -> None:
    rows = "".join(f'<row><c t="inlineStr"><is><t>{"公安厅" * 30}</t></is></c></row>' for _ in range(2000)).encode()
    path = tmp_path / "a.xlsx"
    path.write_bytes(padded(rows, 120))
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    assert info.file_size > 64 << 20
    assert sniff(path, 2048, 500) is Container.XLSX
