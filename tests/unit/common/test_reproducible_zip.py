"""Zip files that are equal where their parts are."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from pipeline.common.reproducible_zip import CONTENT_TYPES, NO_TIME, pack_files, packed_parts, repacked


def packed_at(year: int, *names: str) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(ZipInfo(name, (year, 1, 1, 0, 0, 0)), name.encode())
    return stream.getvalue()


def test_time_and_order_of_packing_do_not_show() -> None:
    first = repacked(packed_at(2023, "word/document.xml", CONTENT_TYPES))
    assert first == repacked(packed_at(2024, CONTENT_TYPES, "word/document.xml"))
    assert first == packed_parts({CONTENT_TYPES: CONTENT_TYPES.encode(), "word/document.xml": b"word/document.xml"})
    with ZipFile(BytesIO(first)) as archive:
        assert archive.namelist() == [CONTENT_TYPES, "word/document.xml"]
        assert {entry.date_time for entry in archive.infolist()} == {NO_TIME}


def test_files_are_packed_by_their_names_in_the_archive(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a")
    pack_files(tmp_path / "out.zip", {"metrics.txt": tmp_path / "a.txt"})
    with ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("metrics.txt") == b"a"
