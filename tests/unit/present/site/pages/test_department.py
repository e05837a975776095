"""The pages of departments in the tiny hall."""

from __future__ import annotations

import duckdb

from pipeline.present.site import build_site
from pipeline.present.site.pages.department import (
    IssueRows,
    department_content,
    department_pages,
    department_rows,
    file_rows_by_department,
)
from pipeline.present.site.pages.search import common_entries
from pipeline.present.site.published import open_published
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS

NO_CASES = """
UPDATE charts.department_volume SET accepted = NULL, accepted_ytd = NULL, completed = NULL, completed_ytd = NULL,
    completion_rate_ytd = NULL, rank = NULL, closing = NULL, activity_status = 'not_reported',
    activity_label = '办件明细未报送';
DROP TABLE charts.timeliness_weekly;
"""
MEASURES = """
CREATE TABLE charts.measure_weekly (week_id VARCHAR, metric VARCHAR, metric_label VARCHAR, split VARCHAR,
    split_label VARCHAR, member VARCHAR, member_label VARCHAR, unit VARCHAR, value DECIMAL(18, 2),
    value_ytd DECIMAL(18, 2), previous_value DECIMAL(18, 2), change DECIMAL(18, 2), change_pct DECIMAL(18, 1),
    mean_to_date DECIMAL(18, 1), flag VARCHAR, comment VARCHAR, basis VARCHAR, source VARCHAR, decimals BIGINT,
    sort_order BIGINT, is_headline BOOLEAN);
INSERT INTO charts.measure_weekly
SELECT '2023-03', m.metric, m.label, 'department_id', '部门', 'shuili', '水利厅', m.unit, m.value, m.ytd,
    m.value - m.change, m.change, NULL, NULL, NULL, NULL, m.basis, 'rating_log', m.decimals, m.sort_order, true
FROM (VALUES ('ratings', '评价数', '件', 12, 30, 2, 'flow', 0, 1),
    ('satisfied_rate', '满意率', '%', 91.36, 90, 1.36, 'rate', 2, 2)) AS m (metric, label, unit, value, ytd, change,
    basis, decimals, sort_order);
"""


def test_every_department_has_a_page_beside_the_list(released: Settings):
    with open_published(released) as published:
        paths = [page.path for page in department_pages(published)]
    assert paths == ["department/index.html", "department/shuili.html", "department/haiguan.html"]


def test_a_department_comes_with_its_time_limits_where_it_has_any(released: Settings):
    with open_published(released) as published:
        busiest, other = department_rows(published.con, "2023-03")
    assert busiest["timely"]["on_time_cases"] == 97 and busiest["pending"] is None
    assert other["timely"] is None


def test_a_department_is_shown_its_own_findings(released: Settings):
    with open_published(released) as published:
        department = department_rows(published.con, "2023-03")[0]
        content = department_content(IssueRows(published.con, published.issues[0]), department)
    assert content["findings"] == []
    assert list(content["panels"]) == ["volume", "open", "timeliness", "overdue-weekly"]


def test_its_cases_lead_to_the_files(released: Settings):
    with open_published(released) as published:
        (row,) = file_rows_by_department(published.con, "2023-03")["shuili"]
    assert (row["accepted"], row["completed"], row["last_row_no"]) == (75410, 73230, 900)


def page_of(settings: Settings, name: str) -> str:
    return (build_site(settings).parent / "department" / name).read_text("utf-8")


def test_a_hall_without_case_detail_has_neither_figures_nor_ranks_of_cases(
    con: duckdb.DuckDBPyConnection, settings: Settings
):
    con.execute(NO_CASES)
    freeze(con, settings, WEEKS, grains={name: key for name, key in GRAINS.items() if name != "timeliness_weekly"})
    publish(con, settings)
    department = page_of(settings, "shuili.html")
    assert "水利厅" in department
    for words in ("受理", "办结", "在办", "未报送", "位</span>"):
        assert words not in main_of(department)
    listed = main_of(page_of(settings, "index.html"))
    assert "shuili.html" in listed and "受理" not in listed
    with open_published(settings) as published:
        words = {title: text for kind, title, text, _ in common_entries(published) if kind == "部门"}
    assert words == {"水利厅": "", "成都海关": ""}


def main_of(page: str) -> str:
    """The page without what all pages share above and below it."""
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def test_measures_split_by_department_stand_on_its_page(con: duckdb.DuckDBPyConnection, settings: Settings):
    con.execute(MEASURES)
    freeze(con, settings, WEEKS, grains=GRAINS | {"measure_weekly": ("week_id", "metric", "split", "member")})
    publish(con, settings)
    main = main_of(page_of(settings, "shuili.html"))
    assert "评价数（件）" in main and "rating_log-ratings" in main
    assert "91.36" in main and "+1.36 个百分点" in main and '<td class="n">+2</td>' in main
    assert "本部门的指标" not in page_of(settings, "haiguan.html")
