"""What is packed in a zip or gz is read; what cannot be is refused."""

from __future__ import annotations

import gzip

import pytest

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.sheets.open_file import open_file
from tests.unit.ingest.deliveries import (
    message,
    not_loaded,
    put,
    stored,
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
