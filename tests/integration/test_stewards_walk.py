"""Two weeks as a steward carries them: blocked, a workbook out, filled in, back through the inbox, let go again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import openpyxl
import pytest

from assets.runs import materialize_weeks
from pipeline.common.clock import beijing_now
from pipeline.notice.events import run_events
from pipeline.present.sender.send_back import send_back
from pipeline.present.steward.answers import write_answers
from pipeline.present.steward.layout import HEADER_ROW, NAMES
from pipeline.present.steward.workbook import write_review
from pipeline.quality.desk.corrections import broken_words, notes_of_week
from pipeline.quality.desk.gate import gate
from pipeline.settings import Settings
from tests.hall import Hall

WEEKS = ("2023-01", "2023-02")
WEEK = WEEKS[-1]
MONDAY = datetime(2023, 4, 24, 9)
WINDOW = "综窗办件周报_2023-02.xlsx"
CELL = "C6"


class Walk:
    """The hall of two weeks with one file missing and one cell typed wrong."""

    def __init__(self, home: Path) -> None:
        self.hall = Hall(home)
        self.hall.write_sample(scale=0.001, defects=False)
        inbox = self.hall.settings.inbox
        for path in list(inbox.iterdir()):
            if not any(week in path.name for week in WEEKS) or path.name == "综窗办件周报_2023-01.xlsx":
                path.unlink()
        self.original = home / "original.xlsx"
        shutil.copyfile(inbox / WINDOW, self.original)
        self.true = int(openpyxl.load_workbook(self.original).worksheets[0][CELL].value)
        self.deliver(self.true + 100)

    def deliver(self, value: int | str, hour: str = " 09:") -> None:
        """The window's file with one cell and the hour of its export as given, its own totals untouched."""
        book = openpyxl.load_workbook(self.original)
        exported = book.worksheets[0]["A3"]
        assert " 09:" in exported.value
        exported.value = exported.value.replace(" 09:", hour)
        book.worksheets[0][CELL] = value
        book.save(self.hall.settings.inbox / WINDOW)

    def run(self, con: duckdb.DuckDBPyConnection, now: datetime) -> list[str]:
        """The weekly run up to the gate; returns what became of each row of the workbooks that came back."""
        self.hall.load(con)
        taken = self.hall.decide(con, now)
        self.hall.build(con, WEEKS)
        self.hall.check(con, WEEKS, now)
        for one in taken:
            assert openpyxl.load_workbook(write_answers(con, self.hall.settings, one)).sheetnames == ["处理结果"]
        return sorted(answer.outcome for one in taken for answer in one.answers if answer.outcome != "blank")

    def fill(self, con: duckdb.DuckDBPyConnection, name: str, evidence: str, **inputs: object) -> Path:
        """Export the week's workbook, fill in the row that says `evidence`, and drop it into the inbox."""
        book = openpyxl.load_workbook(write_review(con, self.hall.settings, WEEK))
        sheet, row = next(
            (sheet, row)
            for sheet in book.worksheets[1:]
            for row in range(HEADER_ROW + 1, sheet.max_row + 1)
            if evidence in f"{sheet.cell(row, 3).value}。{sheet.cell(row, 4).value}"
        )
        columns = {str(cell.value): cell.column for cell in sheet[HEADER_ROW]}
        for title, value in inputs.items():
            sheet.cell(row, columns[title]).value = value
        path = self.hall.settings.inbox / name
        book.save(path)
        return path


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    walk = Walk(tmp_path_factory.mktemp("walk"))
    with walk.hall.open() as con:
        walk.run(con, MONDAY)
    return walk


@pytest.fixture
def walk(begun: Walk, tmp_path: Path) -> Walk:
    """A copy of the hall after its first run, so that each test may go its own way."""
    shutil.copytree(begun.hall.settings.home, tmp_path / "hall")
    copy = Walk.__new__(Walk)
    copy.hall, copy.original, copy.true = Hall(tmp_path / "hall"), tmp_path / "hall" / "original.xlsx", begun.true
    return copy


@pytest.fixture
def con(walk: Walk) -> Iterator[duckdb.DuckDBPyConnection]:
    with walk.hall.open() as connection:
        yield connection


MISSING = "缺少 2023-01 的综窗办件周报"


def fill_in(workbook: Path, target: Path, **terms: object) -> int:
    """Decide on every row that waits in a workbook as a run left it; returns how many there were."""
    book = openpyxl.load_workbook(workbook)
    rows = [
        (sheet, row)
        for sheet in book.worksheets
        if sheet.cell(HEADER_ROW, 1).value == NAMES[0]
        for row in range(HEADER_ROW + 1, sheet.max_row + 1)
        if sheet.cell(row, NAMES.index("状态") + 1).value == "待处理"
    ]
    for sheet, row in rows:
        for title, value in terms.items():
            sheet.cell(row, NAMES.index(title) + 1).value = value
    book.save(target)
    return len(rows)


@pytest.mark.slow
@pytest.mark.usefixtures("without_pdf")
def test_the_weekly_run_is_blocked_takes_the_workbook_back_and_releases_with_the_decision_beside_the_figures(
    begun: Walk, tmp_path: Path
):
    settings = Settings(home=tmp_path / "hall")
    settings.inbox.mkdir(parents=True)
    for path in begun.hall.settings.archive.rglob("*"):
        if path.is_file():
            shutil.copyfile(path, settings.inbox / f"{path.parent.parent.name}_{path.name}")
    blocked = materialize_weeks(settings, *WEEKS)
    assert blocked.is_blocked
    assert MISSING in blocked.gate_message
    assert not (settings.published / "metrics.duckdb").exists()

    terms = {"处理意见": "带说明发布", "理由": "等待补送", "处理人": "张三"}
    day = beijing_now().date() + timedelta(days=30)
    assert fill_in(settings.review / WEEK / "findings.xlsx", settings.inbox / "处理单.xlsx", 截至日期=day, **terms) > 1

    released = materialize_weeks(settings, *WEEKS)
    assert released.is_success, released.failures
    assert list((settings.review / WEEK).glob("处理结果_*.xlsx"))
    with duckdb.connect(str(settings.published / "metrics.duckdb"), read_only=True) as con:
        assert con.execute("SELECT week_id, revision FROM release.issue ORDER BY ALL").fetchall() == [
            (week, 1) for week in WEEKS
        ]
        statuses = con.execute("SELECT severity, status, until FROM quality.finding WHERE evidence = ?", [MISSING])
        assert statuses.fetchall() == [("critical", "noted", day)]
    page = (settings.published / "site" / "quality" / f"{WEEK}.html").read_text("utf-8")
    assert MISSING in page
    assert "等待补送" in page
    assert "张三" not in page
    assert list((settings.published / "weekly" / WEEK / "r1").glob("weekly.*"))


@pytest.mark.parametrize(("word", "status"), [("退回", "sent_back"), ("暂缓至", "postponed")])
def test_a_week_that_was_sent_back_or_put_off_stays_blocked(
    walk: Walk, con: duckdb.DuckDBPyConnection, word: str, status: str
):
    terms = {"处理意见": word, "理由": "等待补送", "处理人": "张三"}
    walk.fill(con, "填好.xlsx", MISSING, 截至日期=date(2023, 5, 5), **terms)
    assert walk.run(con, MONDAY) == ["applied"]
    assert con.execute("SELECT status FROM quality.finding WHERE evidence = ?", [MISSING]).fetchall() == [(status,)]
    verdict = gate(con, [WEEK], MONDAY.date())
    assert MISSING in verdict.message
    assert "改选“待核实发布”" in verdict.message


def test_a_blocked_week_is_let_go_by_a_decision_until_its_day(walk: Walk, con: duckdb.DuckDBPyConnection):
    assert MISSING in gate(con, [WEEK], MONDAY.date()).message
    terms = {"处理意见": "带说明发布", "理由": "等待补送", "处理人": "张三"}
    # The missing file and the printed total that the wrong cell does not add up to both stop the week.
    book = write_review(con, walk.hall.settings, WEEK)
    rows = fill_in(book, walk.hall.settings.inbox / "填好.xlsx", 截至日期=date(2023, 5, 5), **terms)
    assert rows > 1
    assert walk.run(con, MONDAY) == ["applied"] * rows
    assert gate(con, [WEEK], date(2023, 5, 5)).is_open
    assert not gate(con, [WEEK], date(2023, 5, 6)).is_open
    walk.run(con, datetime(2023, 5, 6, 9))
    assert con.execute("SELECT status FROM quality.finding WHERE evidence = ?", [MISSING]).fetchall() == [("expired",)]


def test_a_row_that_lacks_its_day_and_a_row_that_was_changed_are_answered_and_block_on(
    walk: Walk, con: duckdb.DuckDBPyConnection
):
    walk.fill(con, "半份.xlsx", MISSING, 处理意见="暂缓至", 理由="等待补送", 处理人="张三")
    assert walk.run(con, MONDAY) == ["incomplete"]
    walk.fill(con, "改动.xlsx", MISSING, 处理意见="接受并说明", 理由="无", 处理人="张三", 依据="没有问题")
    assert walk.run(con, MONDAY) == ["tampered"]
    assert not gate(con, [WEEK], MONDAY.date()).is_open
    assert con.execute("SELECT count(*) FROM quality.decision").fetchone() == (0,)


def test_an_old_workbook_is_answered_as_outdated_and_the_same_decision_is_recorded_once(
    walk: Walk, con: duckdb.DuckDBPyConnection
):
    terms = {"处理意见": "待核实发布", "理由": "停业一周", "处理人": "张三"}
    first = walk.fill(con, "一.xlsx", MISSING, **terms)
    book = openpyxl.load_workbook(first)
    assert walk.run(con, MONDAY) == ["applied"]
    book.properties.title = "再次保存"
    book.save(walk.hall.settings.inbox / "二.xlsx")
    assert walk.run(con, MONDAY) == ["repeated"]
    for sheet in book.worksheets[1:]:
        for row in range(HEADER_ROW + 1, sheet.max_row + 1):
            if sheet.cell(row, NAMES.index("问题") + 1).value == MISSING:
                sheet.cell(row, NAMES.index("理由") + 1).value = "另一个理由"
    book.save(walk.hall.settings.inbox / "三.xlsx")
    assert walk.run(con, MONDAY) == ["outdated"]
    assert con.execute("SELECT count(*) FROM quality.decision").fetchone() == (1,)


def consulted(con: duckdb.DuckDBPyConnection) -> tuple[object, ...] | None:
    return con.execute(
        "SELECT consulted FROM staging.window_weekly WHERE week_id = ? AND row_no = 6", [WEEK]
    ).fetchone()


def test_a_correction_is_read_from_staging_on_noted_and_fails_loudly_when_the_source_moves_or_is_fixed(
    walk: Walk, con: duckdb.DuckDBPyConnection
):
    assert consulted(con) == (walk.true + 100,)
    terms = {"处理意见": "更正", "理由": "录入有误", "处理人": "张三", "更正列": "咨询", "更正为": str(walk.true)}
    walk.fill(con, "更正.xlsx", WINDOW, 更正行号=f"{WINDOW}!综窗周报!6", **terms)
    assert walk.run(con, MONDAY) == ["applied"]
    assert consulted(con) == (walk.true,)
    assert len(notes_of_week(con, WEEK)) == 1
    walk.deliver(walk.true + 200, " 17:")
    walk.run(con, MONDAY)
    assert consulted(con) == (walk.true + 200,)
    assert broken(con) == [("failed", "correction_still_applies", "critical")]
    (said,) = broken_words(con)
    assert f"不再生效，来源现在是 {walk.true + 200}" in said
    assert [event.kind for event in run_events(con, WEEKS) if "更正不再生效" in event.words] == ["blocked"]
    assert not notes_of_week(con, WEEK)
    walk.deliver(walk.true, " 18:")
    walk.run(con, MONDAY)
    assert consulted(con) == (walk.true,)
    assert broken(con) == [("obsolete", "correction_still_needed", "warning")]
    (said,) = broken_words(con)
    assert f"不再需要，来源已改为 {walk.true}" in said
    assert [event.kind for event in run_events(con, WEEKS) if "更正不再需要" in event.words] == ["correction"]
    walk.fill(con, "撤回.xlsx", "更正不再需要", 处理意见="撤回", 理由="来源已改", 处理人="张三")
    assert walk.run(con, MONDAY) == ["applied"]
    assert broken_words(con) == []
    assert broken(con) == []
    assert con.execute("SELECT status FROM quality.correction").fetchall() == [("withdrawn",)]


UNREAD = "第 6 行 咨询"


def test_a_cell_that_could_not_be_read_is_corrected_and_its_row_counts(walk: Walk, con: duckdb.DuckDBPyConnection):
    walk.deliver("约二百", " 17:")
    walk.run(con, MONDAY)
    assert consulted(con) is None
    terms = {"处理意见": "更正", "理由": "电话核实", "处理人": "张三"}
    walk.fill(con, "更正.xlsx", UNREAD, 更正为=str(walk.true), **terms)
    assert walk.run(con, MONDAY) == ["applied"]
    assert consulted(con) == (walk.true,)
    assert corrected_row(con) == (walk.true, "约二百")
    assert status_of_unread(con) == ["corrected"]
    (note,) = notes_of_week(con, WEEK)
    assert note == f"综窗办件周报 {WINDOW}!综窗周报!6 的咨询由 约二百 更正为 {walk.true}（电话核实）"
    assert con.execute(
        "SELECT count(*) FROM quality.finding_week WHERE week_id = ? AND check_name LIKE '%total%'", [WEEK]
    ).fetchone() == (0,)
    walk.fill(con, "撤回.xlsx", UNREAD, 处理意见="撤回", 理由="核实有误", 处理人="张三")
    assert walk.run(con, MONDAY) == ["applied"]
    assert consulted(con) is None
    assert status_of_unread(con) == ["open"]


def test_a_corrected_cell_gives_way_to_a_new_delivery(walk: Walk, con: duckdb.DuckDBPyConnection):
    walk.deliver("约二百", " 17:")
    walk.run(con, MONDAY)
    terms = {"处理意见": "更正", "理由": "电话核实", "处理人": "张三"}
    walk.fill(con, "更正.xlsx", UNREAD, 更正为=str(walk.true + 1), **terms)
    walk.run(con, MONDAY)
    assert consulted(con) == (walk.true + 1,)
    walk.deliver(walk.true, " 18:")
    walk.run(con, MONDAY)
    assert consulted(con) == (walk.true,)
    assert con.execute("SELECT status FROM quality.correction").fetchall() == [("superseded",)]
    assert status_of_unread(con) == ["fixed_at_source"]
    assert broken_words(con) == []


def test_a_name_that_no_list_knows_is_accepted_and_taken_back(walk: Walk, con: duckdb.DuckDBPyConnection):
    volume = next(walk.hall.settings.archive.glob(f"item_volume/{WEEK}/*.xlsx"))
    book = openpyxl.load_workbook(volume)
    sheet = book.worksheets[0]
    sheet["A3"] = str(sheet["A3"].value).replace(" 09:", " 17:")
    name = "四川省公安机关"
    (cell,) = [cell for row in sheet for cell in row if cell.value == "公安厅"]
    cell.value = name
    book.save(walk.hall.settings.inbox / "事项.xlsx")
    walk.run(con, MONDAY)
    of_police = "SELECT count(*) FROM core.item_volume WHERE week_id = ? AND department_id = 'gongan'"
    assert con.execute(of_police, [WEEK]).fetchone() == (0,)
    terms = {"处理意见": "登记名称", "理由": "全称", "处理人": "张三"}
    walk.fill(con, "名称.xlsx", name, 更正为="公安厅", **terms)
    assert walk.run(con, MONDAY) == ["applied"]
    counted = con.execute(of_police, [WEEK]).fetchone()
    assert counted is not None and counted[0] > 0
    assert con.execute("SELECT count(*) FROM quarantine.cell WHERE value = ?", [name]).fetchone() == (0,)
    walk.fill(con, "撤回.xlsx", name, 处理意见="撤回", 理由="不是同一部门", 处理人="张三")
    assert walk.run(con, MONDAY) == ["applied"]
    assert con.execute(of_police, [WEEK]).fetchone() == (0,)


def corrected_row(con: duckdb.DuckDBPyConnection) -> tuple[object, ...] | None:
    """What is read of the corrected cell, and what its file says."""
    return con.execute(
        "SELECT r.consulted, r.as_written['consulted'] FROM raw.window_weekly AS r"
        " JOIN ledger.current_delivery AS d USING (delivery_id) WHERE d.week_id = ? AND r.row_no = 6",
        [WEEK],
    ).fetchone()


def status_of_unread(con: duckdb.DuckDBPyConnection) -> list[str]:
    found = con.execute("SELECT status FROM quality.finding WHERE check_name = 'nothing_quarantined'").fetchall()
    return [str(status) for (status,) in found]


def broken(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """What the correction has become, and the open finding that says so."""
    return con.execute(
        "SELECT c.status, f.check_name, f.severity FROM quality.correction AS c, quality.finding AS f "
        "WHERE f.table_name = 'quality.correction' AND f.status = 'open'"
    ).fetchall()


def test_a_file_sent_back_gets_its_annotated_copy(walk: Walk, con: duckdb.DuckDBPyConnection):
    said = {"处理意见": "退回", "理由": "合计不符，请核对", "处理人": "张三", "留言": "急用，请今天报来"}
    walk.fill(con, "退回.xlsx", WINDOW, **said)
    assert walk.run(con, MONDAY) == ["applied"]
    assert con.execute("SELECT evidence FROM quality.finding WHERE status = 'sent_back'").fetchone()
    copies = send_back(con, walk.hall.settings, [WEEK], walk.hall.contracts)
    copy = next(path for path in copies if Path(WINDOW).stem in path.name)
    explained, *sheets = openpyxl.load_workbook(copy).worksheets
    notes = [cell.comment.text for sheet in sheets for row in sheet for cell in row if cell.comment]
    assert explained.title == "退回说明"
    assert any("退回理由：合计不符，请核对；留言：急用，请今天报来" in note for note in notes)
    sheets = openpyxl.load_workbook(write_review(con, walk.hall.settings, WEEK)).worksheets
    texts = [str(cell.value) for sheet in sheets for row in sheet for cell in row]
    assert any("张三：急用，请今天报来" in text for text in texts)
