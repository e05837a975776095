"""A column that gets another type never changes a stored value in silence."""

from __future__ import annotations

import pytest

from pipeline.contracts.model import FieldType
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.retype import RetypeError, TypeChange, rebuild_retyped, type_changes
from pipeline.ingest.inbox.run import load_inbox
from tests.unit.ingest.inbox.deliveries import case, case_file, outcomes, put, rows

TABLES = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw' AND table_name LIKE 'case_detail%'"


def retyped(loader: Loader, field_name: str, field_type: FieldType) -> Loader:
    """The same loader with another type for one field of cases."""
    contract = loader.contracts["case_detail"]
    fields = []
    for field in contract.fields:
        changes = {"type": field_type, "formats": ()} if field.name == field_name else {}
        fields.append(field.model_copy(update=changes))
    changed = {**loader.contracts, "case_detail": contract.model_copy(update={"fields": tuple(fields)})}
    return make_loader(loader.con, loader.settings, loader.calendar, changed)


def loaded(loader: Loader) -> Loader:
    put(loader, "a.csv", case_file(case("A1"), case("A2")))
    assert load_inbox(loader).rows_loaded == 2
    return loader


def without_originals(loader: Loader) -> None:
    for path in loader.settings.archive.rglob("*.csv"):
        path.unlink()


def test_a_contract_that_keeps_its_types_changes_nothing(loader: Loader) -> None:
    loaded(loader)
    assert type_changes(loader.con, loader.contracts["case_detail"]) == []
    assert list(rebuild_retyped(loader)) == []


def test_a_retyped_column_is_read_again_from_the_original(loader: Loader) -> None:
    day = retyped(loaded(loader), "accepted_at", FieldType.DATE)
    (change,) = type_changes(day.con, day.contracts["case_detail"])
    assert change == TypeChange("accepted_at", "TIMESTAMP", "DATE")
    (event,) = rebuild_retyped(day)
    # A day with a time is no day: the contract's own rule for such cells holds, nothing is cut off in silence.
    assert event.outcome == "loaded"
    assert rows(day, "SELECT DISTINCT reason FROM quarantine.cell WHERE column_name = 'accepted_at'") == [
        ("time_in_date",)
    ]
    assert rows(day, TABLES) == [("case_detail",)]
    assert outcomes(load_inbox(day)) == []


def test_without_the_original_equal_values_are_kept_and_the_ledger_says_so(loader: Loader) -> None:
    loaded(loader)
    before = rows(loader, "SELECT accepted_at::VARCHAR FROM raw.case_detail ORDER BY case_no")
    without_originals(loader)
    text = retyped(loader, "accepted_at", FieldType.STRING)
    (event,) = rebuild_retyped(text)
    assert event.outcome == "kept"
    assert rows(text, "SELECT accepted_at FROM raw.case_detail ORDER BY case_no") == before
    assert rows(text, "SELECT message FROM ledger.delivery") == [(event.message,)]


def test_without_the_original_a_value_that_would_change_stops_the_run_and_nothing_is_touched(loader: Loader) -> None:
    loaded(loader)
    before = rows(loader, "SELECT * FROM raw.case_detail ORDER BY case_no")
    without_originals(loader)
    day = retyped(loader, "accepted_at", FieldType.DATE)
    with pytest.raises(RetypeError, match="accepted_at 由 TIMESTAMP 改为 DATE，会改变已存的 2 个值"):
        list(rebuild_retyped(day))
    assert rows(day, "SELECT * FROM raw.case_detail ORDER BY case_no") == before
    assert rows(day, TABLES) == [("case_detail",)]


def test_a_rebuild_that_was_killed_begins_anew(loader: Loader) -> None:
    loaded(loader)
    loader.con.execute("ALTER TABLE raw.case_detail RENAME TO case_detail__before")
    again = make_loader(loader.con, loader.settings, loader.calendar, loader.contracts)
    assert rows(again, "SELECT count(*) FROM raw.case_detail") == [(0,)]
    assert list(rebuild_retyped(again)) == []
    assert rows(again, "SELECT count(*) FROM raw.case_detail") == [(2,)]
