"""One file is loaded, a duplicate, set aside, refused with a sentence, or waits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.ingest.inbox.deliver import take_file
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.inbox.stability import FirstLooks
from tests.unit.ingest.inbox.deliveries import case, case_file, outcomes, put, rows


def test_the_same_bytes_again_are_a_duplicate_and_nothing_is_loaded_twice(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    put(loader, "b.csv", case_file(case("A1")))
    report = load_inbox(loader)
    assert outcomes(report) == ["duplicate"]
    assert "a.csv" in report.events[0].message
    assert rows(loader, "SELECT count(*) FROM raw.case_detail") == [(1,)]
    assert not list(loader.settings.inbox.iterdir())


def test_what_was_loaded_counts_on_when_the_contracts_of_today_refuse_the_same_file(loader: Loader) -> None:
    put(loader, "a.csv", case_file(case("A1")))
    load_inbox(loader)
    others = {"hall_inspection": loader.contracts["hall_inspection"]}
    put(loader, "a.csv", case_file(case("A1")))
    assert outcomes(load_inbox(replace(loader, contracts=others))) == ["refused"]
    assert rows(loader, "SELECT source, status FROM ledger.delivery") == [("case_detail", "current")]
    put(loader, "a.csv", case_file(case("A1")))
    assert outcomes(load_inbox(loader)) == ["duplicate"]
    assert rows(loader, "SELECT case_no FROM raw.case_detail") == [("A1",)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b"\x00\x01\x02\x03", "格式无法识别"),
        (b"PK\x03\x04half", "文件不完整"),
        (b"<html><body>404</body></html>", "网页里没有表格"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        ("姓名,成绩\n甲,90\n".encode(), "没有合同"),
        (b"\xff\xfeab", "没有合同"),
    ],
)
def test_what_cannot_be_read_is_refused_with_one_sentence_and_the_rest_goes_on(
    loader: Loader, content: bytes, sentence: str
) -> None:
    (loader.settings.inbox / "坏.xlsx").write_bytes(content)
    put(loader, "好.csv", case_file(case("A1")))
    report = load_inbox(loader)
    assert sorted(outcomes(report)) == ["loaded", "refused"]
    assert sentence in report.of("refused")[0].message
    assert rows(loader, "SELECT count(*) FROM ledger.delivery WHERE status = 'refused'") == [(1,)]


def test_lock_files_are_set_aside_once_and_left_where_they_are(loader: Loader) -> None:
    put(loader, "~$x.xlsx", "x")
    assert outcomes(load_inbox(loader)) == ["set_aside"]
    assert outcomes(load_inbox(loader)) == []
    assert (loader.settings.inbox / "~$x.xlsx").exists()


def test_a_load_that_was_killed_before_archiving_is_finished_not_repeated(loader: Loader) -> None:
    text = case_file(case("A1"))
    put(loader, "a.csv", text)
    load_inbox(loader)
    stored = next(path for path in loader.settings.archive.rglob("*") if path.is_file())
    stored.rename(loader.settings.inbox / "a.csv")
    report = load_inbox(loader)
    assert report.events[0].message == "上次运行已装载，本次补做归档"
    assert stored.exists()
    assert rows(loader, "SELECT count(*) FROM ledger.arrival WHERE outcome = 'duplicate'") == [(0,)]


def test_one_event_is_told_for_a_file_and_none_for_a_lock_seen_before(loader: Loader) -> None:
    path = put(loader, "a.csv", case_file(case("A1")))
    lock = put(loader, "~$a.xlsx", "x")
    looks = FirstLooks([path, lock])
    (event,) = take_file(loader, path, ["2023-14"], looks)
    assert event.outcome == "later"
    assert event.message.startswith("是 2023-15 期的报送，这次不做这一期")
    assert [event.outcome for event in take_file(loader, path, ["2023-15"], looks)] == ["loaded"]
    assert [event.outcome for event in take_file(loader, lock, None, looks)] == ["set_aside"]
    assert take_file(loader, lock, None, looks) == []
    missing = loader.settings.inbox / "none.csv"
    (event,) = take_file(loader, missing, None, FirstLooks([missing]))
    assert (event.outcome, event.code, event.message) == ("waiting", "moved_away", "文件在读取前被移走或改名")


def test_a_refusal_is_kept_with_its_code(loader: Loader) -> None:
    put(loader, "a.csv", "姓名,成绩\n甲,90\n")
    (event,) = load_inbox(loader).events
    for table in ("arrival", "delivery"):
        assert rows(loader, f"SELECT code FROM ledger.{table}") == [(event.code,)]
    assert event.code
