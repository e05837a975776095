"""Damage to a zip or gz is a refusal with one sentence for each kind, wherever it stands in the file."""

from __future__ import annotations

import ast
import contextlib
import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.containers import archive
from pipeline.ingest.containers.archive import PACKED_FILE, WORKBOOK, gzip_blocks, is_folder, open_zip
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal
from pipeline.ingest.sheets.open_file import open_file, sheets_of
from pipeline.settings import PROJECT_ROOT, Settings
from tests.unit.ingest.deliveries import workbook_bytes, zipped


def read_whole(path: Path) -> list[object]:
    settings = Settings(home=path.parent)
    with open_file(path, settings) as opened:
        return [(sheet.name, list(sheet.rows)) for sheet in sheets_of(opened, settings)]


def content_of(book: bytes, member: str) -> tuple[int, int]:
    """Where the packed bytes of a member begin and end in a zip."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        info = archive.getinfo(member)
    head = info.header_offset
    name_size = int.from_bytes(book[head + 26 : head + 28], "little")
    extra_size = int.from_bytes(book[head + 28 : head + 30], "little")
    begin = head + 30 + name_size + extra_size
    return begin, begin + info.compress_size


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_flipped_byte_in_any_part_that_is_read_is_refused(tmp_path: Path, part: str) -> None:
    book = workbook_bytes()
    begin, end = content_of(book, part)
    chance = random.Random(15)
    for at in chance.sample(range(begin, end), 12):
        damaged = bytearray(book)
        damaged[at] ^= 1 << chance.randrange(8)
        path = tmp_path / "a.xlsx"
        path.write_bytes(damaged)
        with pytest.raises(RefusedFileError, match=r"不完整|校验值不符"):
            read_whole(path)


def test_no_damage_to_a_workbook_is_more_than_a_refusal(tmp_path: Path) -> None:
    book = workbook_bytes()
    path = tmp_path / "a.xlsx"
    path.write_bytes(book)
    whole = read_whole(path)
    chance = random.Random(4)
    for _ in range(120):
        damaged = bytearray(book[: chance.choice([len(book), chance.randrange(4, len(book))])])
        for _ in range(chance.choice([1, 1, 4])):
            damaged[chance.randrange(4, len(damaged))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        with contextlib.suppress(RefusedFileError):
            assert read_whole(path) == whole


def test_a_member_is_read_whole_or_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(a__csv=b"0123456789"))
    with open_zip(path, WORKBOOK) as archive:
        assert archive.names == ["a.csv"]
        assert archive.read("a.csv") == b"0123456789"
        assert list(archive.blocks(archive.members[0], 4)) == [b"0123", b"4567", b"89"]


@pytest.mark.parametrize(
    ("faults", "code"), [(WORKBOOK, ContainerRefusal.FILE_CUT_OFF), (PACKED_FILE, ContainerRefusal.PACKED_DAMAGED)]
)
def test_a_cut_zip_is_told_as_what_it_was_opened_for(tmp_path: Path, faults: object, code: ContainerRefusal) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(a__csv=b"x" * 100)[:-30])
    with pytest.raises(RefusedFileError) as caught, open_zip(path, faults):  # type: ignore[arg-type]
        pass
    assert caught.value.refusal is code


def with_changed_flags(content: bytes, flags: int, method: int = 8) -> bytes:
    """A zip of one member whose headers say other flags and another method of compression."""
    changed = bytearray(content)
    for mark, flags_at, method_at in ((b"PK\x03\x04", 6, 8), (b"PK\x01\x02", 8, 10)):
        head = changed.index(mark)
        changed[head + flags_at : head + flags_at + 2] = flags.to_bytes(2, "little")
        changed[head + method_at : head + method_at + 2] = method.to_bytes(2, "little")
    return bytes(changed)


@pytest.mark.parametrize(
    ("flags", "method", "code"),
    [
        (1, 8, ContainerRefusal.WORKBOOK_LOCKED),
        (0, 98, ContainerRefusal.WORKBOOK_COMPRESSION),
        (0, 12, ContainerRefusal.CHECKSUM_MISMATCH),
        (0, 14, ContainerRefusal.CHECKSUM_MISMATCH),
    ],
    ids=["encrypted", "PPMd", "no bzip2", "no LZMA"],
)
def test_each_kind_of_damage_has_its_own_code(tmp_path: Path, flags: int, method: int, code: ContainerRefusal) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(with_changed_flags(zipped(a__csv=b"x" * 5000), flags, method))
    with open_zip(path, WORKBOOK) as archive, pytest.raises(RefusedFileError) as caught:
        archive.read("a.csv")
    assert caught.value.refusal is code
    assert "a.csv" in (caught.value.found or "")


def test_a_name_that_does_not_decode_is_a_broken_directory(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    content = with_changed_flags(zipped(a__csv=b"x"), 0x800)
    path.write_bytes(content.replace(b"a.csv", b"\xff.csv"))
    with pytest.raises(RefusedFileError) as caught, open_zip(path, WORKBOOK):
        pass
    assert caught.value.refusal is ContainerRefusal.ZIP_DIRECTORY_BROKEN


def test_a_missing_file_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), open_zip(tmp_path / "a.zip", WORKBOOK):
        pass


def test_a_gz_is_read_in_blocks_and_damage_to_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"0123456789"))
    assert list(gzip_blocks(path, 4)) == [b"0123", b"4567", b"89"]
    for damaged in (gzip.compress(b"0123456789")[:-9], b"\x1f\x8b\x01" + bytes(20)):
        path.write_bytes(damaged)
        with pytest.raises(RefusedFileError, match="压缩包不完整或已损坏"):
            list(gzip_blocks(path, 4))


def test_no_other_module_of_ingest_opens_archives() -> None:
    opening: set[str] = set()
    for module in (PROJECT_ROOT / "pipeline" / "ingest").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if {"zipfile", "gzip", "tarfile", "zlib"} & set(names):
                opening.add(module.name)
    assert opening == {"archive.py"}


def test_a_member_without_a_name_is_no_folder() -> None:
    assert is_folder(zipfile.ZipInfo("a/"))
    assert not is_folder(zipfile.ZipInfo("a.csv"))
    # zipfile ends a name at its first zero byte.
    assert not is_folder(zipfile.ZipInfo("\x00.csv"))


def test_a_working_copy_is_written_member_by_member(tmp_path: Path) -> None:
    with archive.write_zip(tmp_path / "a.zip") as target:
        target.write("xl/a.xml", [b"<a", b"/>"])
    with archive.open_zip(tmp_path / "a.zip", archive.WORKBOOK) as written:
        assert written.read("xl/a.xml") == b"<a/>"


def test_names_of_careless_writers_have_a_plain_form() -> None:
    names = ("xl/workbook.xml", "xl\\workbook.xml", "\\xl\\workbook.xml", "/xl/workbook.xml")
    assert {archive.plain_name(name) for name in names} == {"xl/workbook.xml"}
