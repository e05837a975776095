"""The loader tries a private copy, of a large text only its head."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.authoring.looking import trial_load
from pipeline.ingest.authoring.looking.trial_load import try_loading
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from tests.unit.ingest.authoring.known_exports import case, case_file, look


def test_the_private_copy_is_removed(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr(trial_load.tempfile, "tempdir", str(copies))
    look(case_file(tmp_path, case(1)), settings)
    assert list(copies.iterdir()) == []


def test_of_a_large_text_file_the_head_is_typed_and_the_lines_are_counted(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_load, "_HEAD_BYTES", 3_000)
    path = case_file(tmp_path, *(case(number) for number in range(100)))
    monkeypatch.setattr(trial_load, "_WHOLE_SECONDS", 600.0)
    assert sum(rows for what, _, rows in look(path, settings).account if what == "loaded") == 100
    monkeypatch.setattr(trial_load, "_WHOLE_SECONDS", 0.0)
    found = look(path, settings)
    loaded = sum(rows for what, _, rows in found.account if what == "loaded")
    assert 5 < loaded < 20
    assert found.is_loadable
    assert found.lines == 103
    assert found.seen_bytes is not None
    assert found.seen_bytes <= 3_000


def test_a_trial_tells_the_account_of_rows_and_why_a_file_would_be_refused(tmp_path: Path, settings: Settings) -> None:
    contracts = load_contracts(settings.contracts)
    path = case_file(tmp_path, case(1), case(2, "火星厅"))
    trial = try_loading(path, settings, load_calendar(), contracts, may_cut=True)
    assert (trial.verdict, trial.seen_bytes, trial.lines) == ("", None, None)
    assert [(export.source, export.week_id, export.rows) for export in trial.exports] == [("case_detail", "2023-15", 1)]
    assert [(problem.column, problem.example, problem.lost_rows) for problem in trial.problems] == [
        ("受理部门", "火星厅", 1)
    ]
    path.write_bytes(b"\x00\x01")
    assert "格式无法识别" in try_loading(path, settings, load_calendar(), contracts, may_cut=True).verdict
