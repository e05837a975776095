"""Which workbook a compound file holds, and what of it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.sheets.open_file import open_file, sheets_of
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
