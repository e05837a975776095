"""One writer at a time, and whoever waits is told for whom."""

from __future__ import annotations

import os

import pytest

from pipeline.settings import Settings
from pipeline.warehouse.errors import WarehouseBusyError
from pipeline.warehouse.lock import writer_lock


def test_the_holder_is_named_and_the_lock_is_free_again(settings: Settings) -> None:
    with writer_lock(settings), pytest.raises(WarehouseBusyError, match=str(os.getpid())), writer_lock(settings):
        pass
    with writer_lock(settings):
        assert settings.lock_path.exists()
