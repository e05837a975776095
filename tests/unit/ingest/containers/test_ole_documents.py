"""Which workbook a compound file holds, and what of it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.ole_documents import ole_container
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.refusals.containers import ContainerRefusal
from pipeline.ingest.sheets.open_file import open_file, sheets_of
from tests.unit.ingest.compound_files import book_of, compound_file, record
from tests.unit.ingest.deliveries import (
    message,
    outcome,
    put,
)
from tests.unit.ingest.exports import (
    SAMPLES,
    with_file_pass,
)


def test_an_xls_with_a_password_says_so(quick_loader: Loader, by_libreoffice: dict[str, Path]) -> None:
    put(quick_loader, "a.xls", with_file_pass(by_libreoffice["xls"].read_bytes()))
    assert "打开密码" in message(quick_loader)


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


@pytest.mark.parametrize(
    ("streams", "container"),
    [
        ({"Workbook": book_of()}, Container.XLS),
        ({"Book": book_of()}, Container.XLS),
        ({"Workbook": book_of(), "ETExtData": b"x"}, Container.ET),
    ],
)
def test_a_compound_file_is_the_workbook_that_its_streams_name(
    tmp_path: Path, streams: dict[str, bytes], container: Container
) -> None:
    path = tmp_path / "a"
    path.write_bytes(compound_file(**streams))
    assert ole_container(path) is container


FILE_PASS = record(0x002F, bytes(6))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (compound_file(Workbook=book_of(FILE_PASS)), ContainerRefusal.WORKBOOK_LOCKED),
        (compound_file(EncryptedPackage=b"x", EncryptionInfo=b"x"), ContainerRefusal.WORKBOOK_LOCKED),
        (compound_file(WordDocument=b"x"), ContainerRefusal.NO_SPREADSHEET_STREAM),
        (compound_file(Workbook=book_of())[:1000], ContainerRefusal.FILE_CUT_OFF),
        (compound_file(WordDocument=b"x")[:1400], ContainerRefusal.NO_SPREADSHEET_STREAM),
    ],
    ids=["password", "packed behind a password", "Word", "cut off", "Word that is cut off"],
)
def test_what_is_no_whole_open_workbook_is_refused_as_what_it_is(
    tmp_path: Path, content: bytes, code: ContainerRefusal
) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(RefusedFileError) as caught:
        ole_container(path)
    assert caught.value.refusal is code
