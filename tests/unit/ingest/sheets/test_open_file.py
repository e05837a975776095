"""From a path to sheets: where a fault stands, what waits, and what stays off the screen."""

from __future__ import annotations

import ast
import errno
from pathlib import Path

import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.errors import RefusedFileError, WaitingFileError
from pipeline.ingest.refusals.containers import ContainerRefusal
from pipeline.ingest.sheets.open_file import OpenFile, open_file, sheets_of
from pipeline.settings import PROJECT_ROOT, Settings
from tests.unit.ingest.deliveries import with_sheet, workbook_bytes, zipped
from tests.unit.ingest.exports import weekly_text


def test_a_packed_file_says_what_it_is_and_what_it_came_in(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(表__csv=weekly_text().encode()))
    with open_file(path, Settings(home=tmp_path)) as opened:
        assert (opened.kind, opened.member, opened.path == path) == ("csv.zip", "表.csv", False)
    assert OpenFile(path, Container.XLS).kind == "xls"


def test_a_refusal_names_the_delivered_file_and_not_its_working_copy(tmp_path: Path) -> None:
    path = tmp_path / "周报.zip"
    path.write_bytes(zipped(表__csv=b"%PDF-1.7"))
    with pytest.raises(RefusedFileError) as caught, open_file(path, Settings(home=tmp_path)):
        pass
    assert caught.value.refusal is ContainerRefusal.FOREIGN_FORMAT
    assert caught.value.place.file == "周报.zip"


def test_a_file_that_is_gone_waits(tmp_path: Path) -> None:
    with pytest.raises(WaitingFileError, match="现在读不了"), open_file(tmp_path / "a.csv", Settings(home=tmp_path)):
        pass


def test_a_chart_sheet_is_read_without_a_word_on_the_screen(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_sheet(b"<chartsheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'/>"))
    settings = Settings(home=tmp_path)
    with open_file(path, settings) as opened:
        sheets_of(opened, settings)
    assert capfd.readouterr() == ("", "")


def test_nothing_redirects_what_the_process_writes() -> None:
    for module in (PROJECT_ROOT / "pipeline").rglob("*.py"):
        names = {
            node.attr for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.Attribute)
        }
        assert not names & {"dup2", "redirect_stderr"}, module


def test_a_misleading_suffix_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(workbook_bytes())
    settings = Settings(home=tmp_path)
    with open_file(path, settings) as opened:
        assert opened.container is Container.XLSX
        assert len(sheets_of(opened, settings)[0].rows) == 6


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.EACCES, WaitingFileError), (errno.EBUSY, WaitingFileError), (errno.EINVAL, OSError)]
)
def test_only_a_file_that_cannot_be_read_now_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
) -> None:
    def fails(*_: object) -> object:
        raise OSError(number, "said the system")

    monkeypatch.setattr("pipeline.ingest.sheets.open_file.sniff", fails)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n", "utf-8")
    with pytest.raises(expected), open_file(path, Settings(home=tmp_path)):
        pass
