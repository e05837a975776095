"""Law 5: a released issue never changes; a later correction is a revision that says by how much and why."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.present.bring_out import bring_out
from pipeline.present.site.published import open_published
from pipeline.release.freeze.issues import freeze
from pipeline.release.freeze.requested_release import ReleaseError, plan_release, release_week
from pipeline.release.freeze.rollback import RollbackError, roll_back
from pipeline.release.published.publish import publish
from pipeline.release.revisions.activation import held_issues
from pipeline.release.revisions.release_folders import check_releases
from pipeline.settings import PROJECT_ROOT
from tests.hall import WEEKS, Hall

ADDED = 7


def copy_of(built_hall: Hall, home: Path) -> Hall:
    shutil.copytree(built_hall.settings.home, home)
    return Hall(home)


def re_export(hall: Hall, week: str) -> None:
    """The week's window workbook once more, later, with seven more consultations in its first row and its totals."""
    original = next(hall.settings.archive.glob(f"window_weekly/{week}/*.xlsx"))
    book = openpyxl.load_workbook(original)
    sheet = book.active
    assert sheet is not None
    is_raised = False
    totals = ["小计", "合计"]
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and "导出时间" in cell.value:
                cell.value = cell.value.split("导出时间")[0] + "导出时间：2023-05-05 09:00:00"
        values = [cell for cell in row if isinstance(cell.value, int)]
        label = str(row[0].value or "")
        if not is_raised and isinstance(row[0].value, str | datetime.date) and values and "期" not in label:
            values[0].value += ADDED
            is_raised = True
        elif is_raised and label in totals:
            totals.remove(label)
            values[0].value += ADDED
    assert is_raised
    assert totals == []
    hall.settings.inbox.mkdir(exist_ok=True)
    book.save(hall.settings.inbox / "重报.xlsx")


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_re_export_becomes_a_revision_whose_differences_are_the_change(built_hall: Hall, tmp_path: Path) -> None:
    hall = copy_of(built_hall, tmp_path / "home")
    with hall.open() as con:
        first = freeze(con, hall.settings, WEEKS)
        publish(con, hall.settings)
        before = digests(hall.settings.published / "releases")
        assert {outcome.revision for outcome in first} == {1}
        assert not any(outcome.is_new for outcome in freeze(con, hall.settings, WEEKS))

        re_export(hall, "2023-14")
        assert [event.outcome for event in hall.load(con).events if event.outcome != "set_aside"] == ["loaded"]
        hall.build(con)
        second = freeze(con, hall.settings, WEEKS)
        publish(con, hall.settings)
        revised = {outcome.week_id for outcome in second if outcome.is_new}
        differences = con.execute(
            "SELECT week_id, difference::INT, difference_ytd::INT FROM release.revision_diff "
            "WHERE metric = 'window_weekly.value' AND keys LIKE '%consulted%' ORDER BY week_id"
        ).fetchall()
        elsewhere = con.execute(
            "SELECT count(*) FROM release.revision_diff WHERE keys LIKE '%accepted%' OR metric LIKE 'item_ytd%'"
        ).fetchone()
    assert revised == {"2023-14", "2023-15"}
    assert differences == [("2023-14", ADDED, ADDED), ("2023-15", 0, ADDED)]
    assert elsewhere == (0,)
    after = digests(hall.settings.published / "releases")
    assert {name: after[name] for name in before} == before
    assert {name for name in after if "/r2/" in name}


WEEK = "2023-15"
CASE_HEADER = 3
GONE, CAME = 2, 3


def restate_cases(hall: Hall) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The last week's cases once more, a day later: two that were completed are gone, three new ones are open."""
    (original,) = hall.settings.archive.glob(f"case_detail/{WEEK}/*.csv")
    lines = original.read_bytes().decode("gb18030").splitlines(keepends=True)
    rows = list(csv.DictReader(lines[CASE_HEADER - 1 :]))
    own = [row for row in rows if row["办件编号"][7:15] >= "20230415" and row["办结结果"] == "办结"]
    gone = [row for row in own if row["事项类型"] == "公共服务"][:GONE]
    model = next(row for row in own if row["事项类型"] == "行政许可")
    came = [
        {**model, "办件编号": f"510000-20230415-9{number:05d}", "办结时间": "", "办结结果": ""}
        for number in range(CAME)
    ]
    stream = io.StringIO("".join(lines[: CASE_HEADER - 1]).replace("2023-04-24 09:", "2023-04-25 09:"))
    stream.seek(0, io.SEEK_END)
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows([row for row in rows if row not in gone] + came)
    hall.settings.inbox.mkdir(exist_ok=True)
    (hall.settings.inbox / "办件明细重报.csv").write_bytes(stream.getvalue().encode("gb18030"))
    return gone, came


def figures(con: duckdb.DuckDBPyConnection, query: str) -> dict[tuple[str, str], tuple[int | None, int | None]]:
    """(measure, group) of the items' figures → the week's and the year's."""
    rows = con.execute(
        f"SELECT keys, value::INT, value_ytd::INT FROM ({query}) WHERE metric = 'item_ytd.value'"
    ).fetchall()
    return {tuple(json.loads(keys).values()): (value, ytd) for keys, value, ytd in rows}


@pytest.fixture(scope="module")
def restated(published_hall: Hall, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """A hall whose last issue was released, whose cases were restated, and whose tables know it."""
    hall = copy_of(published_hall, tmp_path_factory.mktemp("restated") / "home")
    restate_cases(hall)
    with hall.open() as con:
        events = hall.load(con).events
        assert [event.outcome for event in events if event.outcome != "set_aside"] == ["loaded"]
        hall.build(con)
        hall.check(con)
    return hall


def test_restated_cases_become_a_revision_whose_differences_are_the_change(restated: Hall, tmp_path: Path) -> None:
    hall = copy_of(restated, tmp_path / "home")
    with hall.open() as con:
        plan, verdict = plan_release(con, hall.settings, WEEK)
        assert verdict.is_open
        assert con.execute("SELECT max(revision) FROM release.issue").fetchone() == (1,)
        outcomes = release_week(con, hall.settings, WEEK)
        items = con.execute(
            "SELECT keys, difference::INT, difference_ytd::INT, cause FROM release.revision_diff"
            " WHERE metric = 'item_ytd.value' AND difference_ytd <> 0 ORDER BY keys"
        ).fetchall()
        foreign = con.execute(
            "SELECT metric FROM release.revision_diff WHERE split_part(metric, '.', 1) IN"
            " ('window_weekly', 'authorization_status', 'training_weekly', 'inspection_weekly', 'activity')"
        ).fetchall()
    assert [(one.week_id, one.revision, one.is_new) for one in outcomes] == [(WEEK, 2, True)]
    assert len(plan.differences) == outcomes[0].differences
    changes = {tuple(json.loads(keys).values()): change for keys, *change, _ in items}
    assert changes == {
        ("accepted", "licensing"): [CAME, CAME],
        ("accepted", "public_service"): [-GONE, -GONE],
        ("completed", "public_service"): [-GONE, -GONE],
    }
    assert {cause for *_, cause in items} == {"新交付 办件明细重报.csv（取代 办件明细_2023-15.csv）"}
    assert foreign == []


def test_readers_can_ask_what_was_published_first_what_on_a_day_and_what_is_known_now(
    restated: Hall, tmp_path: Path
) -> None:
    hall = copy_of(restated, tmp_path / "home")
    with hall.open() as con:
        con.execute("UPDATE release.issue SET released_at = '2023-04-28 10:00:00'")
        con.execute("UPDATE release.activation SET activated_at = '2023-04-28 10:00:00'")
        freeze(con, hall.settings, [WEEK], released_at=datetime.datetime(2023, 5, 5, 10, 0, 0))
        publish(con, hall.settings)
    with duckdb.connect(str(hall.settings.published / "metrics.duckdb"), read_only=True) as reader:
        first = figures(reader, f"SELECT * FROM first_published('{WEEK}')")
        then = figures(reader, f"SELECT * FROM published_on('{WEEK}', '2023-05-04')")
        later = figures(reader, f"SELECT * FROM published_on('{WEEK}', '2023-05-05')")
        now = figures(reader, f"SELECT * FROM known_now('{WEEK}')")
        before = reader.execute(f"SELECT count(*) FROM published_on('{WEEK}', '2023-04-27')").fetchone()
    key = ("accepted", "licensing")
    assert first == then
    assert later == now
    assert [now[key][at] - first[key][at] for at in (0, 1)] == [CAME, CAME]  # type: ignore[operator]
    assert before == (0,)


@pytest.mark.slow
@pytest.mark.usefixtures("without_pdf")
def test_a_rollback_shows_every_row_as_it_was_and_the_next_release_goes_on(restated: Hall, tmp_path: Path) -> None:
    hall = copy_of(restated, tmp_path / "home")

    def shown() -> tuple[object, ...]:
        with duckdb.connect(str(hall.settings.published / "metrics.duckdb"), read_only=True) as reader:
            charts = [
                name
                for (name,) in reader.execute(
                    "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'charts' ORDER BY 1"
                ).fetchall()
                # What tells how often and when an issue was released goes on; only figures go back.
                if (PROJECT_ROOT / "sql" / "charts" / f"{name}.sql").exists()
            ]
            return tuple(
                reader.execute(f"SELECT * FROM charts.{name} WHERE week_id = '{WEEK}' ORDER BY ALL").fetchall()
                for name in charts
            )  # fmt: skip

    first = shown()
    with hall.open() as con:
        release_week(con, hall.settings, WEEK)
        publish(con, hall.settings)
        second = shown()
        roll_back(con, hall.settings, WEEK, reason="先用原数")
        done = bring_out(con, hall.settings, [WEEK])
        assert shown() == first != second
        assert done.published.held_weeks == (WEEK,)
        assert done.weeklies[-1].folder.name == "r1"
        assert held_issues(con) == [(WEEK, 1, 2)]
        with open_published(hall.settings) as published:
            assert published.issues[0]["revision"] == 1
        # A run does not release again by itself what somebody has taken back.
        assert not freeze(con, hall.settings, [WEEK])[0].is_new
        assert [one.revision for one in release_week(con, hall.settings, WEEK)] == [3]
        publish(con, hall.settings)
        assert shown() == second
        assert held_issues(con) == []


def test_a_new_warehouse_knows_of_a_rollback_from_the_published_folder(restated: Hall, tmp_path: Path) -> None:
    hall = copy_of(restated, tmp_path / "home")
    with hall.open() as con:
        release_week(con, hall.settings, WEEK)
        publish(con, hall.settings)
        roll_back(con, hall.settings, WEEK, reason="先用原数", decided_by="张三")
        query = "SELECT * EXCLUDE (decided_by) FROM release.activation ORDER BY ALL"
        kept = con.execute(query).fetchall()
        assert [row[3] for row in kept if row[0] == WEEK] == ["released", "released", "rolled_back"]
        con.execute("DROP SCHEMA release CASCADE")
        freeze(con, hall.settings, [WEEK])
        assert con.execute(query).fetchall() == kept
    texts = [path.read_text("utf-8") for path in (hall.settings.published / "releases").rglob("*.json")]
    assert len(texts) > len(WEEKS)
    assert not any("张三" in text for text in texts), "who decided stays with the hall"


def test_a_closed_gate_stops_a_release_by_hand(restated: Hall, tmp_path: Path) -> None:
    hall = copy_of(restated, tmp_path / "home")
    with hall.open() as con:
        con.execute("UPDATE quality.finding SET severity = 'critical', status = 'open'")
        with pytest.raises(ReleaseError, match="暂不能发布"):
            release_week(con, hall.settings, WEEK)
        with pytest.raises(ReleaseError, match="2023-40 期没有可发布的数字"):
            release_week(con, hall.settings, "2023-40")
        assert con.execute("SELECT max(revision) FROM release.issue").fetchone() == (1,)


def test_a_rollback_that_cannot_be_says_which_releases_there_are(restated: Hall, tmp_path: Path) -> None:
    hall = copy_of(restated, tmp_path / "home")
    with hall.open() as con:
        with pytest.raises(RollbackError, match="2023-40 期还没有发布过"):
            roll_back(con, hall.settings, "2023-40", reason="x")
        with pytest.raises(RollbackError, match="不能退回到第 0 次；可退回的：没有别的"):
            roll_back(con, hall.settings, WEEK, reason="x")
        release_week(con, hall.settings, WEEK)
        publish(con, hall.settings)
        with pytest.raises(RollbackError, match="不能退回到第 7 次；可退回的：第 1 次"):
            roll_back(con, hall.settings, WEEK, revision=7, reason="x")


def test_a_released_folder_that_somebody_changed_is_named_at_every_publication(restated: Hall, tmp_path: Path) -> None:
    hall = copy_of(restated, tmp_path / "home")
    folder = hall.settings.published / "releases" / "2023-14" / "r1"
    with hall.open() as con:
        assert check_releases(con, hall.settings.published) == []
        (folder / "figures.csv").write_text("改过", "utf-8")
        (folder / "加的.txt").write_text("x", "utf-8")
        report = publish(con, hall.settings)
        (sentence,) = report.problems
        with pytest.raises(RollbackError, match="可退回的"):
            roll_back(con, hall.settings, "2023-14", reason="x")
    assert "2023-14 期第 1 次发布" in sentence
    assert "figures.csv、加的.txt" in sentence
    assert sentence in report.message
