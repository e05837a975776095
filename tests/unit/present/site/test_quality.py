"""The quality pages: complete, in words, and as safe as any page however hostile the text of a file is."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.common.tables import insert_rows
from pipeline.present.site import build_site
from pipeline.present.site.pages.quality import write_review_pages
from pipeline.quality.checks.library import CheckRule, write_library
from pipeline.quality.checks.suite_words import FIELD, suite_words
from pipeline.quality.checks.suites import load_suites
from pipeline.quality.checks.vocabulary import Vocabulary, write_words
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings, load_settings
from tests.unit.present.origins_hall import GRAINS, add_origins
from tests.unit.release.tiny_hall import WEEKS, hall_settings, open_hall

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
RULES = [
    CheckRule(
        "charts.window_weekly", "volume_in_band", "数量在常值之内", f"与往周相差过大 {HOSTILE}", "数量异常", "critical",
        "综合窗口", "请窗口确认", "unexpected_rows_expectation", "SELECT week_id FROM charts.window_weekly WHERE n > 3",
        '[{"name": "times", "value": 3, "since": "2026-11-23", "reason": "试行一季后再定"}]', "准确性", 2,
    ),
    CheckRule(
        "charts.item_ytd", "key_is_unique", "键不重复", "每行一个键", "指标与图表", "critical", "平台维护", "查看 SQL",
        "expect_compound_columns_to_be_unique", "week_id、power_group 合起来不重复", "[]", "准确性", 1,
    ),
]  # fmt: skip


class Reader(HTMLParser):
    """What a page loads and runs, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.scripts = 0
        self.images = 0
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.images += tag == "img"
        self.loads += [value or "" for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def decide(con: duckdb.DuckDBPyConnection) -> None:
    """Gives the tiny hall a library, and accepts its open finding until a day."""
    write_library(con, [])
    project = load_settings()
    suites = load_suites(project.expectations)
    # What suites and models call their columns; the tiny hall has no words for codes.
    words = Vocabulary([word for word in suite_words(suites, project.models) if word.column_name == FIELD])
    write_words(con, words, [suite.table for suite in suites])
    insert_rows(con, "quality.check_rule", CheckRule, RULES)
    con.execute(
        "INSERT INTO quality.check_result SELECT week_id, 'charts.window_weekly', 'volume_in_band', 'critical', "
        "CASE WHEN week_id = '2023-03' THEN 'failed' ELSE 'passed' END, CASE WHEN week_id = '2023-03' THEN 2 ELSE 0 "
        "END, 8, '', 'x', '[]', '2023-01-30 10:00:00' FROM core.report_week"
    )
    con.execute(
        "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, until, decided_by, decided_at) VALUES "
        f"('d1', 'f2', 'accept', '节后高峰 {HOSTILE}', '2023-06-30', '张专员', '2023-02-01 09:30:00')"
    )
    con.execute(
        "UPDATE quality.finding SET severity = 'critical', status = 'waived', until = '2023-06-30', "
        "decision_id = 'd1', owner_department = '水利厅' WHERE finding_id = 'f2'"
    )
    con.execute(
        'UPDATE quality.finding_week SET figures = \'{"value": 2380}\', places = \'[{"file_name": "综窗.xlsx", '
        '"sheet": "周报", "first_row_no": 7, "last_row_no": 9, "delivery_id": "e1"}]\' WHERE finding_id = \'f2\''
    )
    con.execute(
        "INSERT INTO quality.finding_event VALUES ('f2', 7, '2023-02-01 09:30:00', '处理单', 'open', 'waived', "
        "'2023-06-30', 'd1', '接受并说明：节后高峰')"
    )
    con.execute(
        "INSERT INTO quality.correction VALUES ('c1', 'window_weekly', '{\"window_name\": \"综合窗口\"}', 'accepted', "
        "'12', '21', '两位颠倒', '李专员', '2023-02-01 10:00:00', '2023-03', 'failed', 'f1', '13', NULL, NULL, NULL, "
        "NULL)"
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the hall with its decision, made once. Read, don't write."""
    settings = hall_settings(tmp_path_factory.mktemp("quality") / "home")
    with open_hall(settings) as con:
        add_origins(con)
        decide(con)
        freeze(con, settings, WEEKS, grains=GRAINS)
        publish(con, settings)
    return build_site(settings).parent


def words(path: Path) -> str:
    return " ".join(Reader(path.read_text("utf-8")).text.split())


def test_a_page_says_what_was_expected_seen_and_decided_by_whom_when_why_and_until(site: Path) -> None:
    text = words(site / "quality" / "2023-03.html")
    for expected in (
        "数量在常值之内", "与往周相差过大", "查了 8 行，不符 2 处", "水利厅",
        "请窗口确认", "阈值 times 3，自 2026-11-23：试行一季后再定", "近 3 期不符数",
        "处理意见 接受并说明", "谁 数据专员（姓名不公布）",
        "何时 2023-02-01 09:30", "到何时 2023-06-30", "节后高峰", "项目", "consulted", "编号 f2",
        "SELECT week_id FROM charts.window_weekly WHERE n > 3", "键不重复", "week_id、power_group 合起来不重复",
    ):  # fmt: skip
        assert expected in text, expected


def test_a_page_leads_to_the_rows_in_the_files_and_shows_the_figures(site: Path) -> None:
    text = words(site / "quality" / "2023-03.html")
    assert "综窗.xlsx「周报」第 7–9 行" in text
    assert "本周 2380" in text


def test_a_finding_keeps_its_trail(site: Path) -> None:
    assert "2023-02-01 09:30 已接受：接受并说明：节后高峰" in words(site / "quality" / "2023-03.html")


def test_a_correction_is_shown_in_its_week_with_whether_it_still_acts_and_without_a_name(site: Path) -> None:
    text = words(site / "quality" / "2023-03.html")
    assert "window_weekly 窗口 综合窗口 受理 12 21 两位颠倒 数据专员（姓名不公布），2023-02-01 10:00" in text
    assert "来源又有变化，不再适用" in text
    assert "李专员" not in text
    assert "本期的更正" not in words(site / "quality" / "2023-02.html")


def test_the_trend_runs_up_to_the_week_and_can_be_heard(site: Path) -> None:
    html = (site / "quality" / "2023-03.html").read_text("utf-8")
    assert 'aria-label="近 3 期：2023-03 不符 2 处"' in html
    assert 'aria-label="近 2 期：都通过"' in (site / "quality" / "2023-02.html").read_text("utf-8")


def test_text_from_files_stays_text(site: Path) -> None:
    page = Reader((site / "quality" / "2023-03.html").read_text("utf-8"))
    assert (page.scripts, page.images, page.handlers) == (4, 0, [])
    assert page.text.count("alert(1)") >= 3


def test_every_week_has_its_page_and_nothing_comes_from_outside(site: Path) -> None:
    pages = sorted((site / "quality").glob("*.html"))
    assert [page.name for page in pages] == ["2023-01.html", "2023-02.html", "2023-03.html", "index.html"]
    for page in pages:
        links = [link for link in Reader(page.read_text("utf-8")).loads if not link.startswith(("#", "data:"))]
        assert [link for link in links if not (page.parent / link.split("#")[0]).resolve().is_file()] == []
    assert 'href="quality/index.html"' in (site / "index.html").read_text("utf-8")


def test_a_link_of_the_index_leads_to_the_check_on_its_page(site: Path) -> None:
    (path, anchor), *_ = re.findall(
        r'href="(2023-\d\d\.html)#([a-z0-9_-]+)"', (site / "quality" / "index.html").read_text("utf-8")
    )
    assert f'id="{anchor}"' in (site / "quality" / path).read_text("utf-8")


def test_a_week_that_is_not_released_has_its_page_for_the_steward(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    decide(con)
    con.execute("UPDATE quality.finding SET status = 'open', until = NULL WHERE finding_id = 'f2'")
    (page,) = write_review_pages(con, settings, ["2023-03"])
    assert page == settings.review / "2023-03" / "quality.html"
    text = words(page)
    assert "阻止发布 1" in text
    assert "模拟数据" in text
    links: list[Any] = [link for link in Reader(page.read_text("utf-8")).loads if not link.startswith(("#", "data:"))]
    assert all((page.parent / link).resolve().is_file() for link in links)
    assert not (settings.published / "site").exists()


def test_a_page_without_decisions_or_library_still_shows_its_results(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    (page,) = write_review_pages(con, settings, ["2023-03"])
    assert "dates_in_order" in words(page)
