"""Law 7: the same files give the same tables, to the byte of every value, in any order of delivery."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from tests.hall import WEEKS, Hall, digest_of_tables


def copy_of_inbox(hall: Hall, home: Path) -> Hall:
    other = Hall(home)
    shutil.copytree(hall.settings.inbox, other.settings.inbox)
    other.settings.secret_path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(hall.settings.secret_path, other.settings.secret_path)
    return other


def test_a_second_build_changes_nothing_and_does_nothing(built_hall: Hall) -> None:
    with built_hall.open() as con:
        before = digest_of_tables(con)
        report = built_hall.load(con)
        results = built_hall.build(con)
        assert digest_of_tables(con) == before
    assert report.of("loaded") == []
    written = [result.name for result in results if result.rows_written]
    assert written == []


def test_files_one_by_one_in_any_order_give_the_tables_of_one_batch(
    built_hall: Hall, sample_hall: Hall, tmp_path: Path
) -> None:
    other = copy_of_inbox(sample_hall, tmp_path / "home")
    files = sorted(other.settings.inbox.iterdir())
    waiting = tmp_path / "waiting"
    other.settings.inbox.rename(waiting)
    other.settings.inbox.mkdir()
    order = random.Random(20230421).sample([path.name for path in files], len(files))
    with other.open() as con:
        for number, name in enumerate(order):
            (waiting / name).rename(other.settings.inbox / name)
            other.load(con)
            if number % 20 == 7:
                other.build(con, WEEKS)
        other.build(con, WEEKS)
        one_by_one = digest_of_tables(con)
    with built_hall.open() as con:
        assert digest_of_tables(con) == one_by_one


def test_week_by_week_gives_the_tables_of_one_range(built_hall: Hall, sample_hall: Hall, tmp_path: Path) -> None:
    other = copy_of_inbox(sample_hall, tmp_path / "home")
    with other.open() as con:
        for week in WEEKS:
            other.load(con, [week])
            other.build(con, [week])
        week_by_week = digest_of_tables(con)
    with built_hall.open() as con:
        assert digest_of_tables(con) == week_by_week
