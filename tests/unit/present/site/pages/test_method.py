"""The page of terms and methods."""

from __future__ import annotations

from pipeline.present.site.pages.method import method_content, method_pages
from pipeline.present.site.published import open_published
from pipeline.settings import Settings


def test_terms_metrics_and_the_sql_of_every_floor_are_explained(released: Settings):
    with open_published(released) as published:
        (page,) = method_pages(published)
        content = method_content(published.con)
    assert page.path == "method.html"
    assert "case_accepted" in [row["metric"] for row in content["metrics"]]
    assert all(models for _, models in content["floors"])
