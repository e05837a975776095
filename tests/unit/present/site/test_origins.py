"""Where a figure comes from, in the tiny hall."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.present.shared.findings import week_findings
from pipeline.present.shared.summary import week_summary
from pipeline.present.site.origins import Origin, checks_of, key_rows
from pipeline.present.site.published import Published, open_published, read_published
from pipeline.settings import Settings


@pytest.fixture
def published(released: Settings) -> Iterator[Published]:
    with open_published(released) as published:
        yield published


def origins(published: Published) -> dict[str, Origin]:
    rows = week_summary(published.con, "2023-03")
    return {row.anchor: published.origins.origin_of(row) for row in rows}


def test_metric_source_and_basis_are_those_of_docs(published: Published):
    derived = {anchor: (one.metric, one.source, one.is_flow) for anchor, one in origins(published).items()}
    assert derived["window-consulted"] == ("window_consulted", "window_weekly", True)
    assert derived["authorization-authorized"] == ("departments_authorized", "department_register", False)
    assert derived["training-trainees"] == ("training_trainees", "training_log", False)
    assert derived["training-sessions"] == ("training_sessions", "training_log", True)
    assert derived["items-other_nine-completed"] == ("case_completed", "case_detail", True)


def test_checks_on_every_table_that_carries_the_figure_concern_it(published: Published):
    tables = {anchor: set(one.tables) for anchor, one in origins(published).items()}
    assert tables["window-consulted"] >= {
        "charts.window_weekly", "marts.volume_band", "core.window_count", "staging.window_weekly",
        "ledger.window_weekly_line",
    }  # fmt: skip
    assert tables["authorization-stationed"] >= {
        "charts.authorization_status", "core.authorization", "staging.department_register",
    }  # fmt: skip
    assert tables["training-sessions"] >= {"charts.training_weekly", "core.training", "staging.training_log"}
    assert tables["items-licensing-accepted"] >= {
        "charts.item_ytd", "charts.case_balance", "core.case_version", "marts.case_balance", "marts.case_position",
        "marts.case_stock", "marts.weekly_metric", "staging.case_detail",
    }  # fmt: skip
    assert "core.report_week" not in tables["authorization-stationed"]


def test_all_cases_together_have_their_metric(published: Published):
    totals = {one.anchor: one for one in published.origins.case_totals("2023-03")}
    assert {anchor: one.metric for anchor, one in totals.items()} == {
        "cases-accepted": "case_accepted",
        "cases-completed": "case_completed",
    }
    assert totals["cases-accepted"].steps == []


def test_checks_are_counted_by_table(published: Published):
    checks = checks_of(published.con, "2023-03", origins(published)["items-licensing-accepted"])
    assert [(row["table_name"], row["checks"], row["failed"]) for row in checks] == [
        ("charts.item_ytd", 1, 0),
        ("core.case_version", 1, 1),
    ]


def test_a_finding_has_its_failing_keys(published: Published):
    findings = {row["finding_id"]: key_rows(row) for row in week_findings(published.con, "2023-03")}
    assert findings == {"f1": [{"power_group": "other_nine"}], "f2": [{"measure": "consulted"}]}


def test_the_published_file_knows_its_issues(published: Published):
    again = read_published(published.con, published.folder)
    assert (again.week_id, again.label) == ("2023-03", "模拟数据")
    assert [week for week, _ in again.year_digests("2023-02")] == ["2023-01", "2023-02"]
