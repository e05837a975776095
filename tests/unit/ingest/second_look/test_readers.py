"""Containers with a simple reader: right loads go through, and a cell that was read wrongly refuses the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.containers.container import Container
from pipeline.ingest.second_look.readers import reader_of_sheets
from pipeline.ingest.sheets import spreadsheetml
from pipeline.ingest.sheets.spreadsheetml_cells import SpreadsheetmlCells
from tests.unit.ingest.exports import COUNTS, weekly_spreadsheetml
from tests.unit.ingest.forms import outcome

DOCUMENT = weekly_spreadsheetml().encode()


def test_html_and_xls_have_none() -> None:
    for container in (Container.HTML, Container.MHTML, Container.XLS, Container.XLSB):
        assert reader_of_sheets(container, Path("a")) is None


def test_a_document_that_was_read_rightly_is_loaded() -> None:
    found = outcome("a.xls", DOCUMENT)
    assert [event for event, _ in found["event"]] == ["loaded"]
    assert len(found["rows"]) == len(COUNTS)


def test_a_document_of_which_one_cell_was_read_wrongly_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless(SpreadsheetmlCells):
        """Drops the last digit of twelve."""

        def text(self, text: str) -> None:
            super().text("1" if text == "12" else text)

    monkeypatch.setattr(spreadsheetml, "SpreadsheetmlCells", Careless)
    found = outcome("a.xls", DOCUMENT)
    assert [event for event, _ in found["event"]] == ["refused"]
    assert found["rows"] == []
