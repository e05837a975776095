"""Law 5: a released issue never changes; a later correction is a revision that says by how much and why."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from pathlib import Path

import openpyxl

from pipeline.release import freeze, publish
from tests.hall import WEEKS, Hall

ADDED = 7


def copy_of(built_hall: Hall, home: Path) -> Hall:
    shutil.copytree(built_hall.settings.home, home)
    return Hall(home)


def re_export(hall: Hall, week: str) -> None:
    """The week's window workbook once more, a day later, with seven more consultations in its first data row."""
    original = next(hall.settings.archive.glob(f"window_weekly/{week}/*.xlsx"))
    book = openpyxl.load_workbook(original)
    sheet = book.active
    assert sheet is not None
    is_raised = False
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and "导出时间" in cell.value:
                cell.value = cell.value.split("导出时间")[0] + "导出时间：2023-05-05 09:00:00"
        values = [cell for cell in row if isinstance(cell.value, int)]
        label = str(row[0].value or "")
        if not is_raised and isinstance(row[0].value, str | datetime.date) and values and "期" not in label:
            values[0].value += ADDED
            is_raised = True
    assert is_raised
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
