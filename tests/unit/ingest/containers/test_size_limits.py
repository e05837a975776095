"""What holds more than the limits allow is refused before a reader holds it in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.containers.archive import WORKBOOK, open_zip
from pipeline.ingest.containers.size_limits import blocks_of_whole_tags, refuse_large, xml_blocks
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal
from tests.unit.ingest.deliveries import zipped

BLOCK = 1 << 20


def test_the_limit_itself_is_not_too_large_and_a_byte_more_is() -> None:
    refuse_large(2 << 20, 2)
    with pytest.raises(RefusedFileError, match="解压后有 2 MB，超过上限 2 MB") as caught:
        refuse_large((2 << 20) + 1, 2)
    assert caught.value.refusal is ContainerRefusal.TOO_LARGE


def packed(folder: Path, content: bytes) -> Path:
    path = folder / "a.zip"
    path.write_bytes(zipped(sheet__xml=content))
    return path


def test_xml_comes_whole_in_blocks_of_a_megabyte(tmp_path: Path) -> None:
    content = b"<c><v>12345</v></c>" * 150_000
    with open_zip(packed(tmp_path, content), WORKBOOK) as archive:
        blocks = list(xml_blocks(archive, archive.members[0]))
    assert [len(block) for block in blocks] == [BLOCK, BLOCK, len(content) - 2 * BLOCK]
    assert b"".join(blocks) == content


def test_padding_between_two_tags_is_refused_where_it_is_longer_than_any_cell(tmp_path: Path) -> None:
    for length, is_refused in ((4 << 20, False), ((4 << 20) + 1, True)):
        with open_zip(packed(tmp_path, b"<v>" + b" " * length), WORKBOOK) as archive:
            blocks = xml_blocks(archive, archive.members[0])
            if not is_refused:
                assert sum(map(len, blocks)) == length + 3
                continue
            with pytest.raises(RefusedFileError, match=r"sheet\.xml 有连续 4 MB 以上的空白"):
                list(blocks)


def test_no_tag_is_seen_in_two_halves(tmp_path: Path) -> None:
    content = b"<c r='A12345'><v>1</v></c>" * 100_000 + b"tail"
    with open_zip(packed(tmp_path, content), WORKBOOK) as archive:
        blocks = list(blocks_of_whole_tags(archive, archive.members[0]))
    assert len(blocks) > 2
    assert all(block.endswith(b">") for block in blocks[:-1])
    assert b"".join(blocks) == content
