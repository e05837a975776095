"""Law 10: originals, decisions and released folders give the warehouse and every release again, to the byte."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.keeping.errors import KeepingError
from pipeline.keeping.rebuild import rebuild
from pipeline.keeping.verify import verify_home
from pipeline.present.steward.layout import HEADER_ROW
from pipeline.present.steward.workbook import write_review
from pipeline.privacy.digest import PersonKeyError
from pipeline.release.freeze.issues import freeze
from pipeline.release.freeze.rollback import roll_back
from pipeline.release.published.publish import publish
from pipeline.settings import Steward
from tests.hall import FLOORS, Hall, digest_of_tables

WEEKS = ("2023-01", "2023-02")
WEEK = WEEKS[-1]
MONDAY = datetime(2023, 4, 24, 9)
WINDOW = "综窗办件周报_2023-02.xlsx"
CELL = "C6"
UNREAD = "C7"
ROSTER = (Steward(name="张三"), Steward(name="李四", may_accept_critical=True))
# When models were built, code lists loaded and checks run is not the hall's state: all else is.
VOLATILE = ("ledger.model_build", "ledger.reference", "ledger.schema_version", "quality.check_result")
RESULTS = "SELECT * EXCLUDE (checked_at) FROM quality.check_result ORDER BY ALL"
pytestmark = pytest.mark.slow


def run(hall: Hall, con: duckdb.DuckDBPyConnection, now: datetime) -> None:
    hall.load(con)
    hall.decide(con, now)
    hall.build(con, WEEKS)
    hall.check(con, WEEKS, now)
    freeze(con, hall.settings, WEEKS, released_at=now)
    publish(con, hall.settings)


def decide(hall: Hall, con: duckdb.DuckDBPyConnection) -> None:
    """A workbook in which two people accept the first finding of the week, a critical one, until a day."""
    book = openpyxl.load_workbook(write_review(con, hall.settings, WEEK))
    sheet = next(sheet for sheet in book.worksheets[1:] if sheet.max_row > HEADER_ROW)
    columns = {str(cell.value): cell.column for cell in sheet[HEADER_ROW]}
    terms = {"处理意见": "接受并说明", "理由": "平台合计含补录", "截至日期": date(2023, 6, 30)}
    people = {"处理人": "张三", "复核人": "李四"}
    for title, value in (terms | people).items():
        sheet.cell(HEADER_ROW + 1, columns[title]).value = value
    book.save(hall.settings.inbox / "处理单.xlsx")


def deliver_again(hall: Hall, original: Path) -> None:
    """The week's window workbook once more, an hour later: another figure in one cell, no number in the next."""
    book = openpyxl.load_workbook(original)
    exported = book.worksheets[0]["A3"]
    exported.value = exported.value.replace(" 09:", " 10:")
    book.worksheets[0][CELL] = int(book.worksheets[0][CELL].value) + 7
    book.worksheets[0][UNREAD] = "约二百"
    book.save(hall.settings.inbox / "重报.xlsx")


def correct(hall: Hall, con: duckdb.DuckDBPyConnection) -> None:
    """A workbook in which the cell that could not be read is corrected."""
    book = openpyxl.load_workbook(write_review(con, hall.settings, WEEK))
    terms = {"处理意见": "更正", "理由": "电话核实", "更正为": "200", "处理人": "张三"}
    for sheet in book.worksheets[1:]:
        columns = {str(cell.value): cell.column for cell in sheet[HEADER_ROW]}
        for row in range(HEADER_ROW + 1, sheet.max_row + 1):
            if "第 7 行 咨询" in str(sheet.cell(row, columns.get("问题", 1)).value):
                for title, value in terms.items():
                    sheet.cell(row, columns[title]).value = value
    book.save(hall.settings.inbox / "更正.xlsx")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """A hall of two weeks with a refusal, a duplicate, a file that was replaced, a decision, revisions, a rollback."""
    hall = Hall(tmp_path_factory.mktemp("lived") / "home")
    hall.settings = hall.settings.model_copy(update={"steward": ROSTER})
    hall.write_sample(scale=0.001, defects=False)
    inbox = hall.settings.inbox
    for path in list(inbox.iterdir()):
        if not any(week in path.name for week in WEEKS) or path.name == "综窗办件周报_2023-01.xlsx":
            path.unlink()
    original = hall.settings.home / "original.xlsx"
    shutil.copyfile(inbox / WINDOW, original)
    shutil.copyfile(inbox / WINDOW, inbox / "同一份.xlsx")
    (inbox / "不是报送.csv").write_text("姓名,成绩\n", "utf-8")
    with hall.open() as con:
        run(hall, con, MONDAY)
        decide(hall, con)
        run(hall, con, MONDAY + timedelta(days=1))
    deliver_again(hall, original)
    original.unlink()
    with hall.open() as con:
        run(hall, con, MONDAY + timedelta(days=2))
        correct(hall, con)
        run(hall, con, MONDAY + timedelta(days=2))
        roll_back(con, hall.settings, WEEK, decided_by="李四", reason="先用原数", moment=MONDAY + timedelta(days=2))
        publish(con, hall.settings)
        statuses = con.execute("SELECT DISTINCT status FROM ledger.delivery ORDER BY 1").fetchall()
        assert [status for (status,) in statuses] == ["applied", "current", "refused", "superseded"]
        assert con.execute("SELECT count(*) FROM quality.decision").fetchone() == (2,)
        assert con.execute("SELECT status, to_value FROM quality.correction").fetchall() == [("active", "200")]
    return hall


@pytest.fixture
def hall(lived: Hall, tmp_path: Path) -> Hall:
    shutil.copytree(lived.settings.home, tmp_path / "home")
    return Hall(tmp_path / "home")


def state(hall: Hall) -> dict[str, str]:
    with hall.open() as con:
        digests = digest_of_tables(con, (*FLOORS, "ledger", "raw", "quarantine", "quality", "release"))
        results = repr(con.execute(RESULTS).fetchall())
    kept = {name: digest for name, digest in digests.items() if name not in VOLATILE}
    return kept | {"quality.check_result": results}


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_warehouse_that_is_gone_comes_back_with_every_table_and_release(hall: Hall) -> None:
    before = state(hall)
    manifest = (hall.settings.published / "manifest.json").read_bytes()
    releases = files_of(hall.settings.published / "releases")
    hall.settings.warehouse_path.unlink()
    rebuilt = rebuild(hall.settings, hall.calendar, hall.contracts)
    assert (rebuilt.weeks, rebuilt.decisions, rebuilt.unread, rebuilt.left_out) == (WEEKS, 2, (), ())
    with hall.open() as con:
        run(hall, con, MONDAY + timedelta(days=2))
    after = state(hall)
    assert {name: after.get(name) for name in before} == before
    assert after.keys() == before.keys()
    assert (hall.settings.published / "manifest.json").read_bytes() == manifest
    assert files_of(hall.settings.published / "releases") == releases
    assert verify_home(hall.settings).damages == []


def test_a_damaged_warehouse_is_moved_aside_and_the_published_files_are_made_again(hall: Hall) -> None:
    published = hall.settings.published
    before = files_of(published / "parquet")
    about = json.loads((published / "manifest.json").read_text("utf-8"))["about"]
    hall.settings.warehouse_path.write_bytes(b"no database")
    for path in published.iterdir():
        if path.name != "releases":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    rebuilt = rebuild(hall.settings, hall.calendar, hall.contracts)
    assert rebuilt.damaged is not None
    assert rebuilt.damaged.read_bytes() == b"no database"
    with hall.open() as con:
        run(hall, con, MONDAY + timedelta(days=2))
    after = files_of(published / "parquet")
    # When a check was last run is told anew; every figure, finding, decision and release is the same, to the byte.
    assert {name for name in before if after.get(name) != before[name]} <= {"quality.check_result.parquet"}
    assert json.loads((published / "manifest.json").read_text("utf-8"))["about"] == about


def test_a_warehouse_that_is_whole_is_never_built_over(hall: Hall) -> None:
    before = hall.settings.warehouse_path.read_bytes()
    with pytest.raises(KeepingError, match="读得全，不用重建"):
        rebuild(hall.settings, hall.calendar, hall.contracts)
    assert hall.settings.warehouse_path.read_bytes() == before


def test_files_in_the_inbox_wait_until_the_figures_are_compared(hall: Hall) -> None:
    hall.settings.warehouse_path.unlink()
    (hall.settings.inbox / "a.csv").write_text("x", "utf-8")
    with pytest.raises(KeepingError, match="还有 1 个文件"):
        rebuild(hall.settings, hall.calendar, hall.contracts)


def test_an_original_that_is_gone_or_changed_is_told_before_anything_is_built(hall: Hall) -> None:
    hall.settings.warehouse_path.unlink()
    original = next((hall.settings.archive / "item_volume" / WEEK).iterdir())
    whole = original.read_bytes()
    original.write_bytes(whole + b"x")
    with pytest.raises(KeepingError, match=rf"已不是收到时的内容：.*{original.name}"):
        rebuild(hall.settings, hall.calendar, hall.contracts)
    original.unlink()
    with pytest.raises(KeepingError, match=r"没有 1 份报送的原件（事项受理办结统计_2023-02.*--partial"):
        rebuild(hall.settings, hall.calendar, hall.contracts)
    assert not hall.settings.warehouse_path.exists()
    rebuilt = rebuild(hall.settings, hall.calendar, hall.contracts, is_partial=True)
    assert rebuilt.left_out == ("事项受理办结统计_2023-02.xlsx",)
    with hall.open() as con:
        lost = con.execute("SELECT file_name FROM ledger.delivery WHERE status = 'lost'").fetchall()
    assert lost == [("事项受理办结统计_2023-02.xlsx",)]


def test_an_interrupted_rebuild_leaves_no_half_warehouse(hall: Hall) -> None:
    hall.settings.warehouse_path.unlink()

    def interrupted(event: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(hall.settings, hall.calendar, hall.contracts, interrupted)
    assert not hall.settings.warehouse_path.exists()


def test_originals_that_the_journal_does_not_know_are_loaded_too(hall: Hall) -> None:
    """A run that was killed after archiving, and whose warehouse was lost, leaves originals without a line."""
    hall.settings.warehouse_path.unlink()
    journal = hall.settings.journal_path
    kept = [line for line in journal.read_text("utf-8").splitlines() if "窗口动态_2023-02" not in line]
    journal.write_text("\n".join(kept) + "\n", "utf-8")
    rebuild(hall.settings, hall.calendar, hall.contracts)
    with hall.open() as con:
        row = con.execute(
            "SELECT count(*) FROM ledger.current_delivery WHERE source = 'activity_log' AND week_id = ?", [WEEK]
        ).fetchone()
    assert row == (1,)


def test_a_lost_key_stops_a_run_and_a_rebuild_counts_every_person_by_a_new_one(hall: Hall) -> None:
    persons = "SELECT count(DISTINCT trainee), min(trainee) FROM raw.training_log"
    with hall.open() as con:
        before = con.execute(persons).fetchone()
    hall.settings.secret_path.unlink()
    with hall.open() as con, pytest.raises(PersonKeyError, match="rebuild"):
        hall.load(con)
    hall.settings.warehouse_path.unlink()
    rebuild(hall.settings, hall.calendar, hall.contracts)
    with hall.open() as con:
        after = con.execute(persons).fetchone()
    assert before is not None
    assert after is not None
    assert after[0] == before[0]
    assert after[1] != before[1]
