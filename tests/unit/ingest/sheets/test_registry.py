"""Every container that is no delimited text has one reader; a new one is a signature, a class and a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.ingest.containers import detect
from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.detect import Signature
from pipeline.ingest.containers.size_limits import refuse_many_cells
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.sheets import registry
from pipeline.ingest.sheets.hidden.values import HiddenValues, SearchedBook
from pipeline.ingest.sheets.open_file import open_file, sheets_of
from pipeline.ingest.sheets.reader import Source
from pipeline.ingest.sheets.registry import read_source, reader_of
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.settings import Settings


def test_every_container_but_delimited_text_has_exactly_one_reader() -> None:
    for container in Container:
        readers = [reader for reader in registry.READERS if container in reader.containers]
        assert len(readers) == (0 if container.is_text else 1), container
    with pytest.raises(LookupError):
        reader_of(Container.CSV)


def toy_container() -> Container:
    """A member that `Container` does not have: an enum with members cannot be extended, its values can be made."""
    toy = str.__new__(Container, "toy")
    toy._name_, toy._value_ = "TOY", "toy"
    return toy


class ToyReader:
    """Reads `TOY1`, then a line a row, with cells between slashes."""

    containers = frozenset({toy_container()})

    def refuse_oversized(self, source: Source) -> None:
        refuse_many_cells(source.path.read_text("utf-8").count("/"), source.max_cells)

    def hidden_values(self, source: Source) -> HiddenValues:
        return SearchedBook(is_1904=True)

    def sheets(self, source: Source, hidden: HiddenValues) -> Iterator[Sheet]:
        lines = source.path.read_text("utf-8").splitlines()[1:]
        yield Sheet("玩具", [[cell or None for cell in line.split("/")] for line in lines], is_1904=hidden.is_1904)


def test_a_new_container_is_a_signature_and_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = next(iter(ToyReader.containers))
    monkeypatch.setattr(detect, "SIGNATURES", (*detect.SIGNATURES, Signature((b"TOY1",), lambda file: toy)))
    monkeypatch.setattr(registry, "READERS", (*registry.READERS, ToyReader()))
    path = tmp_path / "周报.xls"
    path.write_text("TOY1\n部门/受理\n公安厅/3\n", "utf-8")
    settings = Settings(home=tmp_path)
    with open_file(path, settings) as opened:
        assert opened.kind == "toy"
        sheet = sheets_of(opened, settings)[0]
        with pytest.raises(RefusedFileError, match="超过上限 1；"):
            sheets_of(opened, settings.model_copy(update={"max_cells": 1}))
    assert sheet.rows == [["部门", "受理"], ["公安厅", "3"]]
    assert sheet.is_1904


def test_a_file_is_read_by_the_reader_of_its_container_within_its_limits(tmp_path: Path) -> None:
    path = tmp_path / "周报.xls"
    path.write_text("<table><tr><td>部门<td>受理<tr><td>公安厅<td>3</table>", "utf-8")
    source = Source(path, Container.HTML, tmp_path, max_cells=4, max_unpacked_mb=1)
    assert [sheet.rows for sheet in read_source(source)] == [[["部门", "受理"], ["公安厅", "3"]]]
    with pytest.raises(RefusedFileError):
        list(read_source(Source(path, Container.HTML, tmp_path, max_cells=3, max_unpacked_mb=1)))
    with pytest.raises(LookupError):
        list(read_source(Source(path, Container.CSV, tmp_path, max_cells=4, max_unpacked_mb=1)))


def test_a_file_is_refused_for_its_size_before_anything_in_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"<p>no table" + b" " * (1 << 20))
    with pytest.raises(RefusedFileError, match="超过上限 1 MB"):
        next(read_source(Source(path, Container.HTML, tmp_path, max_cells=9, max_unpacked_mb=1)))
