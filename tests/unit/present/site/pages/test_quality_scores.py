from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.present.site.build import build_site
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from tests.unit.present.origins_hall import GRAINS, add_origins
from tests.unit.release.tiny_hall import WEEKS, hall_settings, open_hall


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a hall whose last week was checked, and whose second issue was revised."""
    settings = hall_settings(tmp_path_factory.mktemp("scores") / "home")
    with open_hall(settings) as con:
        add_origins(con)
        con.execute("CREATE TABLE IF NOT EXISTS core.department (department_id VARCHAR, department_name VARCHAR)")
        con.execute("DELETE FROM core.department")
        con.execute("INSERT INTO core.department VALUES ('shuili', '水利厅')")
        con.execute(
            "INSERT INTO quality.checked_rows VALUES ('2023-03', 'staging.a', '完整性', 'shuili', 200, 3),"
            " ('2023-03', 'ledger.delivery', '完整性', 'UNKNOWN', 800, 0)"
        )
        freeze(con, settings, WEEKS, grains=GRAINS)
        con.execute("UPDATE charts.window_weekly SET value = 1250 WHERE week_id = '2023-02' AND measure = 'consulted'")
        freeze(con, settings, WEEKS, grains=GRAINS)
        publish(con, settings)
    return build_site(settings).parent


def test_the_page_has_the_formula_the_scores_and_their_rows(site: Path) -> None:
    text = (site / "quality" / "scores.html").read_text("utf-8")
    assert "得分（%）=（检查的行 − 有问题的行）÷ 检查的行 × 100" in text
    # 3 of 1,000 rows, 3 of 200 of the department.
    assert "99.70%" in text and "98.50%" in text
    assert "水利厅" in text and "以行数加权，不以检查的项数加权" in text


def test_a_dimension_that_nothing_was_checked_of_is_a_dash(site: Path) -> None:
    text = (site / "quality" / "scores.html").read_text("utf-8")
    row = text.partition('<th scope="row">时效性</th>')[2].partition("</tr>")[0]
    assert "—" in row and "100" not in row


def test_it_shows_the_triangle_of_a_revision_and_whether_issues_came_out_on_time(site: Path) -> None:
    text = (site / "quality" / "scores.html").read_text("utf-8")
    assert "今年发布 3 期，其中 1 期修订过" in text
    assert "第 2 次" in text and "1,400" in text and "1,250" in text
    assert "按时发布" in text and "2023-01-27" in text


def test_the_list_of_weeks_leads_to_it_and_its_tables_are_files(site: Path) -> None:
    assert 'href="scores.html"' in (site / "quality" / "index.html").read_text("utf-8")
    for chart in ("quality_score", "quality_settlement", "revision_triangle", "revision_size", "punctuality"):
        assert (site / "data" / f"{chart}.csv").is_file(), chart
