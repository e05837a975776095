"""What a load has at hand and tells of each file."""

from __future__ import annotations

import stat
from dataclasses import replace

from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.inbox.loader import FileEvent, Loader, LoadReport
from pipeline.ingest.refusals.inbox import InboxRefusal


def test_a_refusal_carries_its_sentence_for_people_and_code_and_place_for_programs() -> None:
    place = RefusalPlace("a.xlsx", "综窗", 5, "受理")
    event = FileEvent.refusal("a.xlsx", "refused", RefusedFileError(InboxRefusal.UNFORESEEN, place=place, number="0a"))
    assert (event.code, event.place) == ("unforeseen", place)
    assert "编号 0a" in event.message


def test_rows_loaded_are_those_of_loaded_files_only() -> None:
    event = FileEvent("a.csv", "loaded", "case_detail", "2023-15")
    report = LoadReport([event.with_rows(3, 0.1, ""), FileEvent("b.csv", "refused").with_message("x")])
    assert report.rows_loaded == 3
    assert [one.message for one in report.of("refused")] == ["x"]


def test_folders_are_made_and_those_with_personal_data_are_private(loader: Loader) -> None:
    for folder in (loader.settings.archive, loader.settings.work):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_fingerprint_follows_code_lists_but_not_the_delimiter_of_a_file(loader: Loader) -> None:
    contract = loader.contracts["case_detail"]
    read_with_tabs = contract.model_copy(update={"csv": contract.csv.model_copy(update={"delimiter": "\t"})})
    assert loader.fingerprint(read_with_tabs) == loader.fingerprint(contract)
    wider = replace(loader, codes={**loader.codes, "department": loader.codes["department"] | {"火星厅"}})
    assert wider.fingerprint(contract) != loader.fingerprint(contract)
