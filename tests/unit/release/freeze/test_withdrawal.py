"""What leaves the house can be called back: the content goes from everything that is published, the record stays."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.release.freeze.issues import freeze
from pipeline.release.freeze.rollback import RollbackError, roll_back
from pipeline.release.freeze.withdrawal import WithdrawalError, last_revision, other_revisions, withdraw
from pipeline.release.published.hidden_weeks import hidden_weeks
from pipeline.release.published.publish import publish
from pipeline.release.revisions.activation import held_issues, shown_revisions, withdrawn
from pipeline.release.revisions.release_folders import check_releases, release_folder
from pipeline.release.revisions.restored_releases import restore_releases, restore_withdrawals
from pipeline.release.revisions.withdrawal_record import withdrawals
from pipeline.settings import Settings
from pipeline.status import withdrawn_releases
from pipeline.warehouse.journal import append_journal, read_journal, rows_of
from tests.unit.release.tiny_hall import GRAINS, WEEKS, hall_settings, open_hall

WEEK = "2023-03"
NUMBER = "510105198703030025"
MOMENT = datetime(2023, 2, 6, 9)
REASON = "动态中有个人信息"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A hall whose last issue was released with an identity number in an activity, and revised with it."""
    settings = hall_settings(tmp_path_factory.mktemp("begun") / "home")
    with open_hall(settings) as con:
        con.execute(
            "UPDATE charts.activity SET content = ? WHERE week_id = ? AND seq = 1", [f"（{NUMBER}）来信。", WEEK]
        )
        freeze(con, settings, list(WEEKS), grains=GRAINS)
        publish(con, settings)
        con.execute("UPDATE charts.window_weekly SET value = value + 1 WHERE week_id = ?", [WEEK])
        freeze(con, settings, [WEEK], grains=GRAINS)
        publish(con, settings)
        con.execute("CHECKPOINT")
    return settings


@pytest.fixture
def hall(begun: Settings, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    shutil.copytree(begun.home, settings.home)
    with open_hall(settings) as con:
        yield con


def files_with(folder: Path, needle: str) -> list[str]:
    """The files below a folder that hold these characters, whatever their container."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and _holds(path, needle)]
    return [path.relative_to(folder).as_posix() for path in found]


def _holds(path: Path, needle: str) -> bool:
    return any(needle.encode() in content for content in _contents(path))


def _contents(path: Path) -> Iterator[bytes]:
    from zipfile import ZipFile

    yield path.read_bytes()
    if path.suffix in (".xlsx", ".docx", ".zip"):
        with ZipFile(path) as packed:
            yield from map(packed.read, packed.namelist())
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            tables = con.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
            for schema, table in tables:
                yield repr(con.execute(f'SELECT * FROM {schema}."{table}"').fetchall()).encode()
    if path.suffix == ".parquet":
        yield repr(duckdb.execute(f"SELECT * FROM '{path}'").fetchall()).encode()


def withdraw_all(con: duckdb.DuckDBPyConnection) -> None:
    for revision in (1, 2):
        withdraw(con, WEEK, revision, reason=REASON, withdrawn_by="张三", moment=MOMENT)


def test_the_content_of_a_withdrawn_release_is_in_no_published_file_any_more(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    before = files_with(settings.published, NUMBER)
    assert {"metrics.xlsx", "metrics.duckdb", "csv/charts.activity.csv", f"releases/{WEEK}/r1/issue.json"} <= {*before}
    withdraw_all(hall)
    publish(hall, settings)
    assert files_with(settings.published, NUMBER) == []
    assert shown_revisions(hall).keys() == {"2023-01", "2023-02"}
    assert check_releases(hall, settings.published) == []


def test_that_it_existed_its_hash_who_withdrew_it_when_and_why_stay(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    ((digest, hashes),) = hall.execute(
        "SELECT figures_hash, (SELECT count(*) FROM release.file AS f WHERE f.week_id = i.week_id AND f.revision = 2)"
        " FROM release.issue AS i WHERE week_id = ? AND revision = 2",
        [WEEK],
    ).fetchall()
    withdraw_all(hall)
    publish(hall, settings)
    *_, last = withdrawals(hall)
    assert (last.revision, last.withdrawn_by, last.withdrawn_at, last.reason) == (2, "张三", MOMENT, REASON)
    assert last.figures_hash == digest
    record = json.loads((release_folder(settings.published, WEEK, 2) / "withdrawn.json").read_text("utf-8"))
    assert (record["figures_hash"], record["withdrawal"]["reason"], len(record["files"])) == (digest, REASON, hashes)
    assert "withdrawn_by" not in record["withdrawal"]
    assert [(one.week_id, one.revision) for one in withdrawn_releases(hall)] == [(WEEK, 1), (WEEK, 2)]


def test_only_the_release_that_was_asked_for_goes_and_readers_see_none_of_the_issue_until_somebody_decides(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    withdraw(hall, WEEK, 2, reason=REASON, withdrawn_by="张三")
    publish(hall, settings)
    assert WEEK not in shown_revisions(hall)
    assert other_revisions(hall, WEEK) == [1]
    assert last_revision(hall, WEEK) == 2
    assert held_issues(hall) == []
    with duckdb.connect(str(settings.published / "metrics.duckdb"), read_only=True) as published:
        assert published.execute("SELECT max(week_id) FROM charts.activity").fetchone() == (None,)
        assert published.execute("SELECT max(week_id) FROM charts.window_weekly").fetchone() == ("2023-02",)
    assert roll_back(hall, settings, WEEK, revision=1, reason="先用第一次").revision == 1
    assert shown_revisions(hall)[WEEK] == 1


def test_a_withdrawal_of_what_is_not_shown_leaves_what_is(hall: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    withdraw(hall, WEEK, 1, reason=REASON, withdrawn_by="张三")
    publish(hall, settings)
    assert shown_revisions(hall)[WEEK] == 2
    assert hall.execute("SELECT count(*) FROM release.revision_diff").fetchone() == (0,)
    assert (
        json.loads((release_folder(settings.published, WEEK, 2) / "issue.json").read_text("utf-8"))["differences"] == []
    )
    assert check_releases(hall, settings.published) == []


def test_what_a_killed_withdrawal_left_is_taken_away_by_the_next_publication(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    withdraw_all(hall)
    first, second = (release_folder(settings.published, WEEK, revision) for revision in (1, 2))
    # Killed before anything was taken from the folders of one, and in the middle of the other.
    (second / "withdrawn.json").write_text("{", "utf-8")
    (second / "figures.csv").unlink()
    (first.parent / ".r1.4711").mkdir()
    (first.parent / ".r1.4711" / "issue.json").write_text(NUMBER, "utf-8")
    assert any("已收回" in sentence for sentence in check_releases(hall, settings.published))
    publish(hall, settings)
    assert files_with(settings.published, NUMBER) == []
    assert [path.name for path in first.iterdir()] == [path.name for path in second.iterdir()] == ["withdrawn.json"]
    assert check_releases(hall, settings.published) == []


def test_a_rollback_to_a_withdrawn_release_is_refused_with_a_sentence(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    withdraw(hall, WEEK, 1, reason=REASON, withdrawn_by="张三")
    with pytest.raises(
        RollbackError, match=f"第 1 次发布已收回（{REASON}），内容已去掉，不能再次示人；可退回的：没有别的"
    ):
        roll_back(hall, settings, WEEK, reason="看错了")


def test_the_same_content_is_not_released_again_and_other_content_is(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    withdraw(hall, WEEK, 2, reason=REASON, withdrawn_by="张三")
    (again,) = freeze(hall, settings, [WEEK], grains=GRAINS)
    assert (again.is_new, again.revision) == (False, None)
    assert "与已收回的第 2 次发布内容相同" in again.message
    hall.execute("UPDATE charts.activity SET content = '群众来信。' WHERE week_id = ? AND seq = 1", [WEEK])
    (corrected,) = freeze(hall, settings, [WEEK], grains=GRAINS)
    assert (corrected.is_new, corrected.revision) == (True, 3)
    reasons = hall.execute("SELECT reason FROM release.issue WHERE revision = 3").fetchall()
    assert reasons == [("第 2 次发布已收回，重新发布",)]


def test_what_was_rolled_back_does_not_come_out_again_because_what_was_shown_for_it_is_withdrawn(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    roll_back(hall, settings, WEEK, revision=1, reason="先用原数")
    withdraw(hall, WEEK, 1, reason=REASON, withdrawn_by="李四", moment=MOMENT)
    (outcome,) = freeze(hall, settings, [WEEK], grains=GRAINS)
    assert (outcome.is_new, outcome.revision) == (False, None)
    assert "第 2 次发布已退回，现在没有示人的发布；要再次发布" in outcome.message
    (again,) = freeze(hall, settings, [WEEK], grains=GRAINS, renew=[WEEK])
    assert (again.is_new, again.revision) == (True, 3)


def test_a_warehouse_built_anew_does_not_bring_the_content_back(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    withdraw_all(hall)
    publish(hall, settings)
    # A copy that somebody put back beside the record counts for nothing.
    (release_folder(settings.published, WEEK, 2) / "issue.json").write_text("{}", "utf-8")
    shown_before = hall.execute("SELECT * EXCLUDE (decided_by) FROM release.activation ORDER BY ALL").fetchall()
    with duckdb.connect() as anew:
        restore_releases(anew, settings.published)
        assert anew.execute("SELECT count(*) FROM release.figure WHERE week_id = ?", [WEEK]).fetchone() == (0,)
        assert withdrawn(anew) == withdrawn(hall)
        assert shown_revisions(anew) == shown_revisions(hall)
        activations = anew.execute("SELECT * EXCLUDE (decided_by) FROM release.activation ORDER BY ALL").fetchall()
        assert activations == shown_before
        for table in ("issue", "file"):
            query = f"SELECT * FROM release.{table} WHERE week_id = '{WEEK}' ORDER BY ALL"
            assert table == "issue" or anew.execute(query).fetchall() == hall.execute(query).fetchall()


def test_a_withdrawal_that_only_the_journal_knows_is_made_again_with_its_name(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    withdraw(hall, WEEK, 2, reason=REASON, withdrawn_by="张三", moment=MOMENT)
    # Killed before anything was taken from the folder, and the warehouse lost.
    journal = settings.home / "ledger.jsonl"
    append_journal(hall, journal)
    with duckdb.connect() as anew:
        restore_releases(anew, settings.published)
        restore_withdrawals(anew, rows_of(read_journal(journal), "release.withdrawal"))
        assert withdrawals(anew) == withdrawals(hall)
        assert shown_revisions(anew) == shown_revisions(hall)
        assert anew.execute("SELECT DISTINCT revision FROM release.figure WHERE week_id = ?", [WEEK]).fetchall() == [
            (1,)
        ]


@pytest.mark.parametrize(
    ("revision", "reason", "says"),
    [
        (3, REASON, "没有第 3 次发布，没有收回任何东西；可收回的：第 1 次、第 2 次"),
        (2, f"有身份证 {NUMBER}", "原因会公布"),
    ],
)
def test_what_cannot_be_withdrawn_is_said_in_a_sentence(
    hall: duckdb.DuckDBPyConnection, revision: int, reason: str, says: str
) -> None:
    with pytest.raises(WithdrawalError, match=says):
        withdraw(hall, WEEK, revision, reason=reason, withdrawn_by="张三")
    assert withdrawals(hall) == []


def test_a_release_is_withdrawn_once(hall: duckdb.DuckDBPyConnection) -> None:
    withdraw(hall, WEEK, 2, reason=REASON, withdrawn_by="张三")
    with pytest.raises(WithdrawalError, match="已经收回"):
        withdraw(hall, WEEK, 2, reason=REASON, withdrawn_by="张三")


def test_a_week_with_personal_data_goes_out_with_no_other_week(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    con.execute("UPDATE quality.finding SET category = '个人信息', status = 'waived' WHERE finding_id = 'f2'")
    freeze(con, settings, ["2023-01", "2023-02"], grains=GRAINS)
    assert hidden_weeks(con) == (WEEK,)
    publish(con, settings)
    with duckdb.connect(str(settings.published / "metrics.duckdb"), read_only=True) as published:
        assert published.execute("SELECT count(*) FROM charts.activity").fetchone() == (0,)
    con.execute("UPDATE quality.finding SET status = 'fixed_at_source' WHERE finding_id = 'f2'")
    assert hidden_weeks(con) == ()
