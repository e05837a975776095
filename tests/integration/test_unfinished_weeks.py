"""A run that stops after loading is finished by the next one, though the inbox is empty by then."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.runs import materialize_weeks
from assets.weeks_to_run import RunWeeks, weeks_to_run
from pipeline.release.freeze.due_weeks import due_weeks
from pipeline.warehouse.week_stages import unfinished_weeks
from tests.hall import Hall, copied

WEEKS = ("2023-01", "2023-02", "2023-03")


@pytest.fixture(scope="module")
def loaded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose three weeks are in the ledger, as a run leaves it that was killed while tables were computed."""
    hall = Hall(tmp_path_factory.mktemp("loaded"))
    hall.write_sample(scale=0.001, defects=False)
    for path in list(hall.settings.inbox.iterdir()):
        if not any(week in path.name for week in WEEKS):
            path.unlink()
    with hall.open() as con:
        hall.load(con)
    return hall.settings.home


@pytest.mark.slow
@pytest.mark.usefixtures("without_pdf")
def test_the_run_after_a_kill_checks_and_releases_every_loaded_week(loaded_home: Path, tmp_path: Path) -> None:
    hall = Hall(copied(loaded_home, tmp_path / "home"))
    weeks = weeks_to_run(hall.settings, hall.calendar, "2023-03")
    assert weeks == RunWeeks("2023-01", "2023-03", WEEKS)
    assert materialize_weeks(hall.settings, weeks.first, weeks.last).is_success
    with hall.open() as con:
        released = con.execute("SELECT week_id, revision FROM release.issue ORDER BY 1").fetchall()
        assert released == [(week, 1) for week in WEEKS]
        assert unfinished_weeks(con) == []
    assert [path.name for path in sorted((hall.settings.published / "weekly").iterdir())] == list(WEEKS)
    assert weeks_to_run(hall.settings, hall.calendar, "2023-03") == RunWeeks("2023-03", "2023-03")


@pytest.mark.slow
def test_no_week_goes_out_past_an_earlier_one_that_nobody_checked(loaded_home: Path, tmp_path: Path) -> None:
    hall = Hall(copied(loaded_home, tmp_path / "home"))
    report = materialize_weeks(hall.settings, "2023-03", "2023-03")
    assert report.is_blocked
    assert "2023-01 还没有检查过" in report.gate_message
    with hall.open() as con:
        assert due_weeks(con, ["2023-03"]) == list(WEEKS)
        assert con.execute("SELECT count(*) FROM release.issue").fetchone() == (0,)
    assert not (hall.settings.published / "metrics.duckdb").exists()
