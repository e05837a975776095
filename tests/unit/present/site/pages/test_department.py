"""The pages of departments in the tiny hall."""

from __future__ import annotations

import duckdb

from pipeline.hall.facts import ExportWords
from pipeline.present.site.pages.department import (
    IssueRows,
    department_content,
    department_pages,
    department_rows,
    file_rows_by_department,
    index_content,
)
from pipeline.present.site.published import open_published
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS


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


def test_the_pages_are_of_cases_where_the_hall_has_their_export(
    con: duckdb.DuckDBPyConnection, settings: Settings, released: Settings
):
    with open_published(released) as published:
        content = index_content(IssueRows(published.con, published.issues[0]), [])
    assert (content["has_cases"], content["measures"]) == (True, [])
    without = settings.model_copy(update={"exports": {"case_detail": ExportWords(expected="never")}})
    freeze(con, without, WEEKS, grains=GRAINS)
    publish(con, without)
    with open_published(without) as published:
        assert list(department_pages(published)) == []
