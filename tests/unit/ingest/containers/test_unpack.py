"""What is packed in a zip or gz is read; what cannot be is refused."""

from __future__ import annotations

import gzip
import stat
from pathlib import Path

import pytest

from pipeline.ingest.containers.unpack import unwrapped
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.refusals.containers import ContainerRefusal
from pipeline.ingest.sheets.open_file import open_file
from tests.unit.ingest.deliveries import (
    message,
    not_loaded,
    put,
    stored,
    workbook_bytes,
    zipped,
)
from tests.unit.ingest.exports import (
    STORED,
    weekly_text,
)


def test_a_packed_file_is_read_again_from_the_archive_as_it_came(quick_loader: Loader) -> None:
    put(quick_loader, "a.zip", zipped(表__csv=weekly_text().encode()))
    load_inbox(quick_loader)
    quick_loader.con.execute("UPDATE ledger.delivery SET contract_fingerprint = 'other'")
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED


def test_a_zip_with_a_password_says_so(quick_loader: Loader) -> None:
    content = bytearray(zipped(a__csv=b"x,y"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    put(quick_loader, "a.zip", bytes(content))
    assert "压缩包设有密码" in message(quick_loader)


def test_text_that_unpacks_beyond_the_limit_is_refused(quick_loader: Loader) -> None:
    put(quick_loader, "a.gz", gzip.compress(b"0" * (3 << 20)))
    put(quick_loader, "b.zip", zipped(a__csv=b"0" * (3 << 20)))
    settings = quick_loader.settings.model_copy(update={"max_unpacked_mb": 2})
    for name in ("a.gz", "b.zip"):
        with pytest.raises(RefusedFileError, match="超过上限"), open_file(settings.inbox / name, settings):
            pass
    assert not list(settings.work.iterdir())


@pytest.mark.parametrize("content", [b"a,b\n", workbook_bytes(), b"PK\x03\x04 cut", b""])
def test_a_file_that_is_not_packed_is_read_where_it_lies(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with unwrapped(path, tmp_path / "work", 1) as found:
        assert (found.path, found.wrapper, found.member) == (path, "", "")
    assert not (tmp_path / "work").exists()


def in_gbk(name: str, content: bytes) -> bytes:
    """A zip as the tools of Chinese Windows write it: the member's name in GBK, without the mark of UTF-8."""
    placeholder = "n" * len(name.encode("gb18030"))
    return zipped(**{placeholder: content}).replace(placeholder.encode(), name.encode("gb18030"))


@pytest.mark.parametrize(
    ("name", "content", "wrapper", "member"),
    [
        ("表.csv.gz", gzip.compress(b"a,b"), "gz", "表.csv"),
        ("a.zip", zipped(**{"周报/表.csv": b"a,b", "说明.txt": b"x", "__MACOSX/._表.csv": b"x"}), "zip", "周报/表.csv"),
        ("a.zip", in_gbk("周报.csv", b"a,b"), "zip", "周报.csv"),
        ("a.zip", zipped(**{"只有说明.txt": b"a,b"}), "zip", "只有说明.txt"),
    ],
)
def test_the_one_table_in_a_packed_file_is_a_private_copy_that_goes_away(
    tmp_path: Path, name: str, content: bytes, wrapper: str, member: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with unwrapped(path, tmp_path / "work", 1) as found:
        assert (found.wrapper, found.member, found.path.read_bytes()) == (wrapper, member, b"a,b")
        assert stat.S_IMODE(found.path.stat().st_mode) == 0o600
    assert list((tmp_path / "work").iterdir()) == []
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped(a__csv=b"x", b__xlsx=b"y"), ContainerRefusal.PACKED_SEVERAL),
        (zipped(**{"Thumbs.db": b"x", "周报/": b""}), ContainerRefusal.PACKED_EMPTY),
        (zipped(a__zip=zipped(b__csv=b"x")), ContainerRefusal.PACKED_NESTED),
        (gzip.compress(gzip.compress(b"x")), ContainerRefusal.PACKED_NESTED),
        (gzip.compress(bytes(257) + b"ustar\0" + bytes(300)), ContainerRefusal.PACKED_NESTED),
        (gzip.compress(bytes(2 << 20)), ContainerRefusal.TOO_LARGE),
    ],
    ids=["several", "only what systems add", "zip in zip", "gz in gz", "tar", "too much"],
)
def test_what_holds_no_single_table_is_refused_and_leaves_no_copy(
    tmp_path: Path, content: bytes, code: ContainerRefusal
) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(RefusedFileError) as caught, unwrapped(path, tmp_path / "work", 1):
        pass
    assert caught.value.refusal is code
    assert list((tmp_path / "work").iterdir()) == []


def test_a_packed_workbook_is_taken_out_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(表__xlsx=workbook_bytes()))
    with unwrapped(path, tmp_path, 1) as found:
        assert found.path.read_bytes().startswith(b"PK")
        assert found.member == "表.xlsx"
