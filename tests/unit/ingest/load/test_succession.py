"""Which deliveries of a week count: the latest, with every other part of it; whatever the order in which they come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contracts import Contract
from pipeline.ingest.containers.identity import FileStamp
from pipeline.ingest.load.ledger import Account, Delivery, Place, place_of, prepare, record_delivery, record_refusal
from pipeline.ingest.load.overtaking import overtaken_by
from pipeline.ingest.load.replacement import make_replacement_views, part_words, replaced_words
from pipeline.ingest.load.succession import counting_at, leave_place, settle_arrival, settle_succession
from tests.unit.ingest.load.tiny_cases import case_contract

PLACE = Place("tiny_case", "2023-15", "")
CONTRACT = case_contract()
CONTRACTS = {"tiny_case": CONTRACT}
COUNTS = Contract.model_validate(
    {
        "name": "tiny_count",
        "title": "窗口",
        "version": 1,
        "delivery": {"kind": "weekly"},
        "primaryKey": ["window_name"],
        "fields": [
            {"name": "window_name", "title": "窗口"},
            {"name": "served", "title": "办件", "type": "integer"},
            {"name": "rate", "title": "比率", "type": "number", "additive": False},
        ],
    }
)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        prepare(connection, [CONTRACT, COUNTS])
        make_replacement_views(connection, [CONTRACT, COUNTS])
        yield connection


def stamp(delivery_id: str) -> FileStamp:
    return FileStamp(sha256=delivery_id * 4, size_bytes=7, delivery_id=delivery_id)


def record(
    con: duckdb.DuckDBPyConnection,
    delivery_id: str,
    day: int,
    week_id: str = "2023-15",
    cases: Sequence[str] = ("A1",),
) -> None:
    """Loads a delivery of these cases that was exported so many days after the end of March."""
    deliver(con, delivery_id, day, week_id, "tiny_case")
    for case_no in cases:
        con.execute("INSERT INTO raw.tiny_case (delivery_id, case_no) VALUES (?, ?)", [delivery_id, case_no])


def deliver(con: duckdb.DuckDBPyConnection, delivery_id: str, day: int, week_id: str, source: str) -> None:
    delivery = Delivery(
        delivery_id=delivery_id,
        sha256=delivery_id * 4,
        source=source,
        file_name=f"{delivery_id}.csv",
        week_id=week_id,
        period_start=date(2023, 4, 15),
        period_end=date(2023, 4, 21),
        as_of=datetime(2023, 3, 31) + timedelta(days=day),
        scope="",
        container="csv",
        encoding="utf-8",
        size_bytes=7,
        title="办件",
    )
    record_delivery(con, delivery, "current", Account(), "f")


def count(con: duckdb.DuckDBPyConnection, delivery_id: str, day: int, served: dict[str, int | None]) -> None:
    """Loads a delivery of counts by window."""
    deliver(con, delivery_id, day, "2023-15", "tiny_count")
    for window, number in served.items():
        con.execute(
            "INSERT INTO raw.tiny_count (delivery_id, window_name, served) VALUES (?, ?, ?)",
            [delivery_id, window, number],
        )


def states(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str | None]]:
    found = con.execute("SELECT delivery_id, status, superseded_by FROM ledger.delivery").fetchall()
    return {delivery_id: (status, by) for delivery_id, status, by in found}


def rows_of(con: duckdb.DuckDBPyConnection) -> list[tuple[str]]:
    return con.execute("SELECT delivery_id FROM raw.tiny_case ORDER BY ALL").fetchall()


def test_the_latest_export_counts_and_the_others_of_its_week_point_to_it(con: duckdb.DuckDBPyConnection) -> None:
    for delivery_id, day in (("first", 24), ("last", 26), ("second", 25)):
        record(con, delivery_id, day)
        settle_succession(con, PLACE, CONTRACT)
    record(con, "other", 20, week_id="2023-14")
    record_refusal(con, stamp("refused"), "r.csv", "文件不完整")
    settle_succession(con, PLACE, CONTRACT)
    assert states(con) == {
        "first": ("superseded", "last"),
        "second": ("superseded", "last"),
        "last": ("current", None),
        "other": ("current", None),
        "refused": ("refused", None),
    }


def test_a_superseded_delivery_counts_again_once_the_later_one_is_of_another_week(
    con: duckdb.DuckDBPyConnection,
) -> None:
    for delivery_id, day in (("first", 24), ("last", 26)):
        record(con, delivery_id, day)
        settle_succession(con, PLACE, CONTRACT)
    former = place_of(con, "last")
    assert former == PLACE
    record(con, "last", 26, week_id="2023-16")
    leave_place(con, "last", former, PLACE._replace(week_id="2023-16"), CONTRACTS)
    assert states(con) == {"first": ("current", None), "last": ("current", None)}


def test_a_delivery_of_another_source_leaves_no_rows_in_the_former_one(con: duckdb.DuckDBPyConnection) -> None:
    record(con, "a", 24)
    record(con, "b", 25, week_id="2023-16")
    leave_place(con, "a", PLACE, PLACE._replace(source="other_case"), CONTRACTS)
    leave_place(con, "b", PLACE, PLACE._replace(week_id="2023-16"), CONTRACTS)
    assert rows_of(con) == [("b",)]


def test_a_refused_file_stands_nowhere(con: duckdb.DuckDBPyConnection) -> None:
    record_refusal(con, stamp("a"), "a.csv", "文件不完整")
    assert place_of(con, "a") is None
    assert place_of(con, "unknown") is None


def test_what_has_no_key_in_common_counts_beside_the_latest(con: duckdb.DuckDBPyConnection) -> None:
    record(con, "first", 24, cases=["A1", "A2"])
    record(con, "second", 25, cases=["A3"])
    settle_succession(con, PLACE, CONTRACT)
    assert {status for status, _ in states(con).values()} == {"current"}
    assert part_words(con, "second")[0].startswith("与“first.csv”没有相同的主键")
    assert replaced_words(con, CONTRACT, "second", ["first"]) == []


def test_without_a_key_or_a_contract_the_latest_alone_counts(con: duckdb.DuckDBPyConnection) -> None:
    record(con, "first", 24, cases=["A1"])
    record(con, "last", 25, cases=["A2"])
    keyless = case_contract(primaryKey=[])
    for contract in (keyless, None):
        settle_succession(con, PLACE, contract)
        assert states(con) == {"first": ("superseded", "last"), "last": ("current", None)}


def test_an_export_without_rows_replaces_nothing(con: duckdb.DuckDBPyConnection) -> None:
    record(con, "first", 24)
    record(con, "empty", 25, cases=[])
    settle_succession(con, PLACE, CONTRACT)
    assert states(con)["first"] == ("current", None)
    assert overtaken_by(con, CONTRACT, "first", ["empty"]) == {"empty"}


@pytest.mark.parametrize(
    ("earlier", "later", "is_correction"),
    [
        ({"甲": 21, "乙": 35, "丙": 48, "丁": 5}, {"一": 21, "二": 35, "三": 48, "四": 6}, True),
        ({"甲": 21, "乙": 35, "丙": 48, "丁": 5}, {"一": 21, "二": 35, "三": 47, "四": 6}, False),
        ({"甲": 0, "乙": 0, "丙": 0, "丁": None}, {"一": 0, "二": 0, "三": 0, "四": None}, False),
        ({"甲": 1, "乙": 1, "丙": 1, "丁": 1}, {"一": 1, "二": 1, "三": 1, "四": 1}, False),
    ],
)
def test_the_same_figures_under_other_names_are_no_part(
    con: duckdb.DuckDBPyConnection,
    earlier: dict[str, int | None],
    later: dict[str, int | None],
    is_correction: bool,
) -> None:
    count(con, "first", 24, earlier)
    count(con, "second", 25, later)
    assert (overtaken_by(con, COUNTS, "second", ["first"]) == {"first"}) is is_correction


def test_a_replacement_is_told_by_keys_and_sums(con: duckdb.DuckDBPyConnection) -> None:
    count(con, "first", 24, {"甲": 10, "乙": 2, "丙": 3})
    count(con, "second", 25, {"甲": 1200, "乙": 2, "丁": None})
    settle_succession(con, PLACE._replace(source="tiny_count"), COUNTS)
    told = "（前一份的 3 行中 1 行不再出现，1 行的内容有变；办件由 15 改为 1,202）"
    assert replaced_words(con, COUNTS, "second", ["first"]) == [f"取代了“first.csv”{told}"]
    assert replaced_words(con, COUNTS, "first", ["second"]) == [f"没有计入：以较新的“second.csv”为准{told}"]


def test_only_what_counted_before_is_told_as_replaced(con: duckdb.DuckDBPyConnection) -> None:
    for number, delivery_id in enumerate(("first", "second", "third")):
        counted = counting_at(con, PLACE)
        record(con, delivery_id, 24 + number)
        settle_arrival(con, PLACE, CONTRACT, delivery_id)
    assert states(con)["first"] == ("superseded", "third")
    assert replaced_words(con, CONTRACT, "third", counted) == ["取代了“second.csv”（内容相同）"]


def test_of_many_parts_a_few_are_named(con: duckdb.DuckDBPyConnection) -> None:
    for number in range(8):
        record(con, f"part{number}", 20 + number, cases=[f"A{number}"])
        settle_arrival(con, PLACE, CONTRACT, f"part{number}")
    (sentence,) = part_words(con, "part7")
    assert "“part4.csv”等 7 份没有相同的主键" in sentence
    assert "part5" not in sentence


_FILES = st.lists(st.sets(st.integers(1, 6), max_size=4), min_size=2, max_size=5)


@pytest.fixture(scope="module")
def kept_con() -> Iterator[duckdb.DuckDBPyConnection]:
    """One warehouse for all examples: opening one for each takes a minute."""
    with duckdb.connect(config={"threads": 1}) as connection:
        prepare(connection, [CONTRACT])
        yield connection


def states_after(con: duckdb.DuckDBPyConnection, files: Sequence[set[int]], order: Sequence[int]) -> dict[int, str]:
    """Which file took the place of each, or nothing where it counts; the later the number, the later the export."""
    con.execute("DELETE FROM ledger.delivery; DELETE FROM raw.tiny_case")
    for number in order:
        deliver(con, str(number), number, "2023-15", "tiny_case")
        for case in files[number]:
            con.execute("INSERT INTO raw.tiny_case (delivery_id, case_no) VALUES (?, ?)", [str(number), f"A{case}"])
        settle_arrival(con, PLACE, CONTRACT, str(number))
    return {int(number): successor or "" for number, (_, successor) in states(con).items()}


@settings(max_examples=60, deadline=None)
@given(files=_FILES, data=st.data())
def test_no_case_counts_twice_none_is_lost_without_a_successor_and_the_order_is_no_matter(
    kept_con: duckdb.DuckDBPyConnection, files: list[set[int]], data: st.DataObject
) -> None:
    successors = states_after(kept_con, files, range(len(files)))
    order = data.draw(st.permutations(range(len(files))))
    assert states_after(kept_con, files, order) == successors
    settle_succession(kept_con, PLACE, CONTRACT)
    assert {int(number): successor or "" for number, (_, successor) in states(kept_con).items()} == successors
    counting = [cases for number, cases in enumerate(files) if not successors[number]]
    counted = [case for cases in counting for case in cases]
    assert len(counted) == len(set(counted))
    for number, successor in successors.items():
        shares_a_case = bool(successor and files[int(successor)] & files[number])
        assert not successor or (int(successor) > number and (shares_a_case or not files[number]))
