"""The provenance page of the tiny hall."""

from __future__ import annotations

import duckdb

from pipeline.present.site.pages.provenance import (
    files_by_source,
    provenance_content,
    provenance_pages,
    source_titles,
)
from pipeline.present.site.published import open_published
from pipeline.settings import Settings


def test_there_is_a_page_an_issue(released: Settings):
    with open_published(released) as published:
        paths = [page.path for page in provenance_pages(published)]
    assert paths == ["provenance/2023-03.html", "provenance/2023-02.html", "provenance/2023-01.html"]


def test_every_figure_and_the_cases_as_a_whole_are_explained(released: Settings):
    with open_published(released) as published:
        content = provenance_content(published, published.issues[0])
    assert len(content["figures"]) == 18
    assert content["is_checked"]


def test_sources_are_those_that_figures_are_computed_from_by_the_names_of_their_contracts(released: Settings):
    with open_published(released) as published:
        titles = source_titles(published.con)
    assert "review_decisions" not in titles
    assert titles["window_weekly"] == "综窗办件周报"


def test_what_the_hall_does_not_have_is_missed_by_nobody():
    with duckdb.connect() as con:
        con.execute(
            """
            CREATE SCHEMA docs;
            CREATE TABLE docs.source AS FROM (VALUES ('window_weekly', '综窗办件周报', 'never'),
                ('hotline', '热线', 'weekly')) AS t (source, title, expected);
            CREATE TABLE docs.lineage AS SELECT 'raw.' || source AS from_table FROM docs.source;
            """
        )
        assert source_titles(con) == {"hotline": "热线"}


def test_a_source_of_which_nothing_came_has_no_files(released: Settings):
    with open_published(released) as published:
        files = files_by_source(published.con, "2023-03", ["case_detail"])
    assert files["case_detail"] == []
    assert [row["delivery_id"] for row in files["window_weekly"]] == ["d3"]
