from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.present.site.build import build_site
from tests.unit.present.scored_hall import published_scored_hall


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a hall whose last week was scored, and whose second issue was revised."""
    return build_site(published_scored_hall(tmp_path_factory.mktemp("scores") / "home")).parent


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
