from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from docx import Document

from pipeline.present.weekly.quality_facts import Quarter, ReportError, quality_facts, read_quarter
from pipeline.present.weekly.quality_report import report_bytes, write_quality_report
from pipeline.present.weekly.write import open_published
from pipeline.settings import Settings
from tests.unit.present.scored_hall import published_scored_hall


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return published_scored_hall(tmp_path_factory.mktemp("report") / "home")


def text_of(path: Path) -> str:
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2023Q1", date(2023, 1, 1), date(2023, 3, 31)), ("2024q4", date(2024, 10, 1), date(2024, 12, 31))],
)
def test_a_quarter_is_read_with_its_days(text: str, first: date, last: date) -> None:
    quarter = read_quarter(text)
    assert (quarter.first_day, quarter.last_day) == (first, last)
    assert quarter.code == text.upper()


@pytest.mark.parametrize("text", ["2023Q5", "2023-15", "二季度", ""])
def test_another_way_of_writing_a_quarter_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ReportError, match="季度应写作 2023Q2 的样子"):
        read_quarter(text)


def test_the_report_says_what_was_checked_scored_revised_and_not_settled(hall: Settings, tmp_path: Path) -> None:
    path = write_quality_report(hall, "2023Q1", tmp_path)
    assert path == tmp_path / "数据质量评估报告-2023Q1.docx"
    text = text_of(path)
    for words in (
        "数据质量评估报告", "（2023年第一季度，2023-01-01 至 2023-03-31）", "本季度已发布3期（2023-01至2023-03）",
        "得分（%）=（检查的行 − 有问题的行）÷ 检查的行 × 100", "99.70%", "98.50", "水利厅",
        "下列2期还没有按维度计过行，没有得分：2023-01、2023-02", "三、发现的问题及其处理",
        "本季度发布的3期中，1期修订过", "1,400", "1,250", "六、按时发布", "2023-01-27",
        "七、没有办结的",
    ):  # fmt: skip
        assert words in text, words
    for word in ("合同", "数据专员"):
        assert word not in text


def test_the_same_facts_give_the_same_bytes(hall: Settings) -> None:
    with open_published(hall) as con:
        facts = quality_facts(con, Quarter(2023, 1))
    assert report_bytes(facts, "某大厅") == report_bytes(facts, "某大厅")
    assert facts.weeks == ("2023-01", "2023-02", "2023-03")


def test_a_quarter_without_a_released_issue_is_one_sentence(hall: Settings, tmp_path: Path) -> None:
    with pytest.raises(ReportError) as error:
        write_quality_report(hall, "2023Q3", tmp_path)
    assert str(error.value).startswith("2023年第三季度没有已发布的期")
    assert list(tmp_path.iterdir()) == []


def test_by_default_it_stays_with_the_hall(hall: Settings) -> None:
    path = write_quality_report(hall, "2023Q1")
    assert path.parent == hall.review / "quality"
    before = path.read_bytes()
    assert write_quality_report(hall, "2023Q1").read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_the_parts_of_the_report_count_the_same_findings(hall: Settings) -> None:
    """What is found is what waited for somebody and what a rule explained; open is what the waits call open."""
    with open_published(hall) as con:
        facts = quality_facts(con, Quarter(2023, 1))
        waited = {finding for (finding,) in con.execute("SELECT finding_id FROM charts.quality_settlement").fetchall()}
        first_seen = dict(con.execute("SELECT finding_id, first_seen FROM quality.finding").fetchall())
    of_quarter = {finding for finding, week in first_seen.items() if week in facts.weeks}
    assert sum(cause["findings"] for cause in facts.causes) == len(of_quarter)
    assert sum(row["findings"] for row in facts.settlements) == len(of_quarter & waited)
    still_open = [row for row in facts.open_findings if row["first_seen"] in facts.weeks]
    assert len(still_open) == sum(row["still_open"] for row in facts.settlements)


def test_what_a_delivery_mended_is_told_among_the_findings(hall: Settings, tmp_path: Path) -> None:
    copy = tmp_path / "metrics.duckdb"
    copy.write_bytes((hall.published / "metrics.duckdb").read_bytes())
    with duckdb.connect(str(copy)) as con:
        before = sum(cause["findings"] for cause in quality_facts(con, Quarter(2023, 1)).causes)
        con.execute("DELETE FROM quality.finding_week")
        con.execute("UPDATE quality.finding SET status = 'fixed_at_source'")
        facts = quality_facts(con, Quarter(2023, 1))
    assert before > 0
    assert sum(cause["findings"] for cause in facts.causes) == before
    assert facts.open_findings == []


def test_the_report_says_until_which_moment_it_knows(hall: Settings, tmp_path: Path) -> None:
    with open_published(hall) as con:
        facts = quality_facts(con, Quarter(2023, 1))
        (released_at,) = con.execute("SELECT max(activated_at) FROM release.activation").fetchall()[0]
    assert facts.as_of >= released_at
    moment = f"{facts.as_of.year}年{facts.as_of.month}月{facts.as_of.day}日{facts.as_of:%H时%M分}"
    text = text_of(write_quality_report(hall, "2023Q1", tmp_path))
    assert f"数据截至{moment}" in text
    assert f"取自{moment}为止的发布" in text
