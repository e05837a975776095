"""A filled-in workbook is taken from anywhere on disk, once, and answered row by row."""

from __future__ import annotations

from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.present.steward.import_workbook import import_workbook
from pipeline.present.steward.layout import HEADER_ROW, NAMES
from pipeline.present.steward.workbook import write_review
from pipeline.quality.desk.decisions import DecisionError
from pipeline.quality.desk.intake import Taken
from pipeline.quality.schema import create_tables
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from pipeline.warehouse import open_warehouse
from tests.unit.ingest.deliveries import workbook_bytes


def taken(settings: Settings, file: Path) -> tuple[Taken, Path]:
    return import_workbook(settings, load_calendar(), load_contracts(settings.contracts), file)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with one delivery of 2023-15 and two findings on it."""
    settings = Settings(home=tmp_path / "home", settle_seconds=0)
    settings.inbox.mkdir(parents=True)
    (settings.inbox / "周报.xlsx").write_bytes(workbook_bytes())
    with open_warehouse(settings) as con:
        load_inbox(make_loader(con, settings, load_calendar(), load_contracts(settings.contracts)))
        create_tables(con)
        con.execute(FINDINGS)
    return settings


FINDINGS = """
INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, last_seen,
    weeks, unexpected_count, keys, evidence, action, category)
SELECT id, 'raw.window_weekly', 'band', '数量在常值之内', 'warning', 'open', '大厅管理处', '2023-15', '2023-15', 1, 1,
    '[]', words, '核实原因', '数量异常'
FROM (VALUES ('00000000000000f1', '咨询偏高'), ('00000000000000f2', '受理偏低')) AS f (id, words);
INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, evidence)
SELECT finding_id, last_seen, table_name, check_name, 1, keys, evidence FROM quality.finding;
"""


@pytest.fixture
def filled(home: Settings, tmp_path: Path) -> Path:
    """The workbook of the issue with a decision on one of its findings, outside of the home."""
    with open_warehouse(home) as con:
        book = openpyxl.load_workbook(write_review(con, home, "2023-15"))
    sheet = next(one for one in book.worksheets if one.cell(HEADER_ROW, 1).value == NAMES[0])
    for name, value in (("处理意见", "接受并说明"), ("理由", "展会期间咨询集中"), ("处理人", "张三")):
        sheet.cell(HEADER_ROW + 1, NAMES.index(name) + 1).value = value
    path = tmp_path / "桌面" / "填好的处理单.xlsx"
    path.parent.mkdir()
    book.save(path)
    return path


def test_decisions_are_recorded_answered_and_the_file_stays_where_it_was(filled: Path, home: Settings):
    before = filled.read_bytes()
    found, answers = taken(home, filled)
    assert sorted(answer.outcome for answer in found.answers) == ["applied", "blank"]
    assert (found.workbook.week_id, found.workbook.file_name) == ("2023-15", "填好的处理单.xlsx")
    assert [row[0].value for row in openpyxl.load_workbook(answers).active.iter_rows(min_row=4)] == ["已登记", "未填写"]
    assert filled.read_bytes() == before
    assert [path for path in home.work.iterdir() if path.is_file()] == []
    with duckdb.connect(str(home.warehouse_path), read_only=True) as con:
        assert con.execute("SELECT reason FROM quality.decision").fetchall() == [("展会期间咨询集中",)]


def test_a_workbook_that_was_imported_gets_the_answers_of_then_and_decides_nothing_anew(filled: Path, home: Settings):
    first, answers = taken(home, filled)
    answers.unlink()
    second, answers_again = taken(home, filled)
    assert (first.is_repeated, second.is_repeated) == (False, True)
    assert (second.workbook, second.answers) == (first.workbook, first.answers)
    assert answers_again == answers
    assert answers.is_file()
    with duckdb.connect(str(home.warehouse_path), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM quality.decision").fetchall() == [(1,)]


def test_an_import_that_was_killed_after_loading_is_done_by_the_next(
    filled: Path, home: Settings, monkeypatch: pytest.MonkeyPatch
):
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("pipeline.present.steward.import_workbook.take_decisions", die)
        taken(home, filled)
    found, _ = taken(home, filled)
    assert not found.is_repeated
    assert sorted(answer.outcome for answer in found.answers) == ["applied", "blank"]


def test_what_is_no_such_workbook_is_refused_and_leaves_nothing_on_record(home: Settings, tmp_path: Path):
    other = tmp_path / "周报.xlsx"
    other.write_bytes(workbook_bytes())
    with pytest.raises(DecisionError, match=r"周报\.xlsx 不是处理单"):
        taken(home, other)
    with pytest.raises(DecisionError, match="没有文件"):
        taken(home, tmp_path / "没有.xlsx")
    with duckdb.connect(str(home.warehouse_path), read_only=True) as reading:
        assert reading.execute("SELECT count(*) FROM ledger.delivery").fetchall() == [(1,)]
