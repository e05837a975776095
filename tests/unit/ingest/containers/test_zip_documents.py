"""Which workbook a zip holds, and what padding and passwords in it are refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.detect import sniff
from pipeline.ingest.containers.zip_documents import is_office_document, zip_container
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.refusals.containers import ContainerRefusal
from tests.unit.ingest.deliveries import (
    message,
    padded,
    put,
    zipped,
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


OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."


@pytest.mark.parametrize(
    ("parts", "container"),
    [
        ({"xl/workbook.xml": b""}, Container.XLSX),
        ({"\\xl\\workbook2.xml": b""}, Container.XLSX),
        ({"xl/workbook.xml": b"", "[Content_Types].xml": b"sheet.macroEnabled.main+xml"}, Container.XLSM),
        ({"xl/workbook.bin": b""}, Container.XLSB),
        ({"content.xml": b"", "mimetype": OPEN_DOCUMENT + b"spreadsheet"}, Container.ODS),
        ({"content.xml": b"", "mimetype": OPEN_DOCUMENT + b"spreadsheet-template"}, Container.ODS),
    ],
)
def test_a_zip_is_the_workbook_whose_parts_it_holds(
    tmp_path: Path, parts: dict[str, bytes], container: Container
) -> None:
    path = tmp_path / "a"
    path.write_bytes(zipped(**parts))
    assert zip_container(path, 1, 500) is container


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"word/document.xml": b""}, ContainerRefusal.FOREIGN_FORMAT),
        ({"content.xml": b"", "mimetype": OPEN_DOCUMENT + b"text"}, ContainerRefusal.FOREIGN_FORMAT),
        ({"content.xml": b"", "META-INF/manifest.xml": b"<m:encryption-data/>"}, ContainerRefusal.WORKBOOK_LOCKED),
        ({"xl/workbook.xml": bytes(2 << 20)}, ContainerRefusal.TOO_LARGE),
        ({"readme.md": b"", "a.csv": b""}, ContainerRefusal.NO_WORKBOOK_IN_ZIP),
    ],
)
def test_a_zip_of_anything_else_is_refused_as_what_it_is(
    tmp_path: Path, parts: dict[str, bytes], code: ContainerRefusal
) -> None:
    path = tmp_path / "a"
    path.write_bytes(zipped(**parts))
    with pytest.raises(RefusedFileError) as caught:
        zip_container(path, 1, 500)
    assert caught.value.refusal is code


def test_the_parts_of_a_document_are_told_from_files_that_somebody_packed() -> None:
    assert is_office_document(["\\xl\\workbook.xml"])
    assert is_office_document(["mimetype", "content.xml"])
    assert is_office_document(["OFD.xml", "Doc_0/Document.xml"])
    assert not is_office_document(["表.xlsx", "说明.docx"])
    assert not is_office_document(["备份/content.xml"])
    assert not is_office_document([])
