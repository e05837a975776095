"""A text that grew after it was taken counts in its longest version, in any order; never half, never unknown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from pipeline.common.clock import utc_now
from pipeline.ingest.containers.identity import stamp
from pipeline.ingest.inbox.growth import begins_with, date_beginnings, join_with_beginning, other_versions
from pipeline.ingest.inbox.load_export import delivery_of
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.recognise.match import recognise
from tests.unit.ingest.inbox.deliveries import case, case_file, outcomes, put, rows

WHOLE = case_file(*(case(f"A{number}") for number in range(1, 9)))
HALF = case_file(*(case(f"A{number}") for number in range(1, 5)))
CUT = WHOLE[: len(HALF) + 40]
UNDATED = [text.replace("导出时间", "时间") for text in (HALF, WHOLE)]
COUNTING = "SELECT count(*) FROM raw.case_detail JOIN ledger.current_delivery USING (delivery_id)"


def statuses(loader: Loader) -> list[tuple[object, ...]]:
    return rows(loader, "SELECT status FROM ledger.delivery ORDER BY size_bytes")


@pytest.mark.parametrize(("half", "whole"), [(HALF, WHOLE), (CUT, WHOLE), UNDATED], ids=["row", "cut", "undated"])
@pytest.mark.parametrize("is_half_first", [True, False])
def test_of_a_text_and_its_beginning_the_longer_counts(
    loader: Loader, half: str, whole: str, is_half_first: bool
) -> None:
    texts = [half, whole] if is_half_first else [whole, half]
    for text in texts:
        put(loader, "a.csv", text)
        assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, COUNTING) == [(8,)]
    assert statuses(loader) == [("superseded",), ("current",)]


@pytest.mark.parametrize("is_half_first", [True, False])
def test_a_beginning_without_the_time_of_export_in_the_last_line_does_not_count(
    loader: Loader, is_half_first: bool
) -> None:
    # Of a text without it the end of the period counts, which is later here than the export of the whole.
    half, rest = UNDATED[0], UNDATED[1][len(UNDATED[0]) :]
    whole = half + rest + "导出时间：2023-04-20 09:00:00\r\n"
    for text in [half, whole] if is_half_first else [whole, half]:
        put(loader, "a.csv", text)
        assert outcomes(load_inbox(loader)) == ["loaded"]
    assert rows(loader, COUNTING) == [(8,)]
    loader.con.execute("UPDATE ledger.delivery SET contract_fingerprint = 'another'")
    load_inbox(loader)
    assert rows(loader, COUNTING) == [(8,)]


@pytest.mark.parametrize("half", [HALF, CUT], ids=["row", "cut"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_a_rest_that_is_written_on_is_joined_with_what_was_taken(loader: Loader, half: str, encoding: str) -> None:
    put(loader, "a.csv", half, encoding)
    assert outcomes(load_inbox(loader)) == ["loaded"]
    put(loader, "a.csv", WHOLE[len(half) :], encoding)
    (event,) = load_inbox(loader).events
    assert (event.outcome, event.rows) == ("loaded", 8), event.message
    assert "已与它合并" in event.message
    assert rows(loader, COUNTING) == [(8,)]
    assert statuses(loader) == [("superseded",), ("current",)]
    assert rows(loader, "SELECT sum(row_count)::INT FROM ledger.row_account JOIN ledger.current_delivery "
                        "USING (delivery_id)") == [(11,)]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "rest"), [("b.csv", WHOLE[len(HALF) :]), ("a.csv", "a,b\r\nc,d\r\n"), ("a.csv", "words")]
)
def test_another_text_without_a_header_is_refused(loader: Loader, name: str, rest: str) -> None:
    put(loader, "a.csv", HALF)
    load_inbox(loader)
    put(loader, name, rest)
    assert [event.code for event in load_inbox(loader).events] == ["no_contract"]
    assert rows(loader, COUNTING) == [(4,)]


def test_a_rest_is_no_rest_of_what_came_long_ago(loader: Loader) -> None:
    put(loader, "a.csv", HALF)
    load_inbox(loader)
    loader.con.execute("UPDATE ledger.delivery SET received_at = ?", [datetime(2023, 4, 24)])
    rest = put(loader, "a.csv", WHOLE[len(HALF) :])
    assert not join_with_beginning(loader, rest)
    loader.con.execute("UPDATE ledger.delivery SET received_at = ?", [utc_now()])
    assert join_with_beginning(loader, rest)
    assert rest.read_bytes() == WHOLE.encode("gb18030")


def test_other_versions_are_known_by_their_bytes(loader: Loader, tmp_path: Path) -> None:
    put(loader, "a.csv", HALF)
    load_inbox(loader)
    path = put(loader, "b.csv", WHOLE)
    (export,) = recognise(path, loader.settings, loader.calendar, loader.contracts)
    delivery = delivery_of(export, stamp(path))
    (version,) = other_versions(loader, export, delivery)
    assert not version.is_longer
    date_beginnings(loader, [version], datetime(2023, 5, 1))
    assert rows(loader, "SELECT as_of FROM ledger.delivery") == [(datetime(2023, 5, 1),)]
    other = tmp_path / "other.csv"
    other.write_bytes(b"x" + path.read_bytes())
    assert not begins_with(other, path)
    assert not begins_with(path, path)
