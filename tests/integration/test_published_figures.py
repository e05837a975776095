"""The whole way at full scale: every figure of the printed weekly comes out of counting records, and nothing else."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import PROJECT_ROOT, Settings

SEED = PROJECT_ROOT.parent / "shared" / "weekly-2023-15.figures.csv"
WEEK = "2023-15"
WINDOW = {"咨询": (2380, 11209), "受理": (319, 2841), "颁发": (4475, 34446), "流转": (5250, 80237)}
ITEMS = {
    ("行政许可", "受理"): 141039, ("行政许可", "办结"): 139562,
    ("公共服务", "受理"): 2147603, ("公共服务", "办结"): 2032567,
    ("其它9类行权事项", "受理"): 12745, ("其它9类行权事项", "办结"): 12969,
}  # fmt: skip
STATUS = {"进驻": 45, "已授权": 42, "未授权": 3}
TRAINING = {"人数": 14, "主项": 14, "次数": 5}
# Floors in which a figure of the report would mean that it was not counted.
COUNTING = ("pipeline", "assets", "sql", "expectations", "zhoubao")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    from assets.runs import materialize_weeks
    from pipeline.reporting_calendar import load_calendar
    from pipeline.sample import write_sample

    settings = Settings(home=tmp_path_factory.mktemp("full"))
    write_sample(settings.inbox, calendar=load_calendar())
    report = materialize_weeks(settings, "2023-01", WEEK)
    assert report.is_success, report.gate_message or report.failures
    with duckdb.connect(str(settings.published / "metrics.duckdb"), read_only=True) as con:
        yield con


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return con.execute(query, [WEEK]).fetchall()


@pytest.mark.slow
def test_the_four_window_counters(published: duckdb.DuckDBPyConnection) -> None:
    found = rows(published, "SELECT measure_label, value, value_ytd FROM charts.window_weekly WHERE week_id = ?")
    assert {label: (week, ytd) for label, week, ytd in found} == WINDOW


@pytest.mark.slow
def test_accepted_and_completed_of_the_three_groups(published: duckdb.DuckDBPyConnection) -> None:
    found = rows(published, "SELECT power_group_label, measure_label, value_ytd FROM charts.item_ytd WHERE week_id = ?")
    assert {(group, measure): ytd for group, measure, ytd in found} == ITEMS


@pytest.mark.slow
def test_the_carry_over_explains_the_excess(published: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        published,
        "SELECT excess_over_accepted, carried_over >= excess_over_accepted, flag FROM charts.item_ytd "
        "WHERE week_id = ? AND power_group = 'other_nine' AND measure = 'completed'",
    )
    assert found == [(224, True, "办结超出受理")]


@pytest.mark.slow
def test_departments_and_the_three_names(published: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        published, "SELECT status, departments, department_names FROM charts.authorization_status WHERE week_id = ?"
    )
    counts = {status: departments for status, departments, _ in found}
    assert counts == {"stationed": 45, "authorized": 42, "not_authorized": 3}
    assert (
        next(names for status, _, names in found if status == "not_authorized") == "住房城乡建设厅、成都海关、省贸促会"
    )


@pytest.mark.slow
def test_the_training_line_and_the_issue_number(published: duckdb.DuckDBPyConnection) -> None:
    training = "SELECT trainees, main_items, sessions, department_names FROM charts.training_weekly WHERE week_id = ?"
    assert rows(published, training) == [(14, 14, 5, "司法厅、交通运输厅、省广电局")]
    assert rows(published, "SELECT issue_no, total_issue_no FROM charts.report_week WHERE week_id = ?") == [(15, 435)]


@pytest.mark.slow
def test_no_case_and_no_person_is_in_the_published_file(published: duckdb.DuckDBPyConnection) -> None:
    columns = published.execute("SELECT DISTINCT column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
    assert not {"case_no", "trainee", "applicant_name"} & {name for (name,) in columns}


def test_the_expected_figures_are_those_of_the_seed_report() -> None:
    if not SEED.exists():
        pytest.skip("the seed report is not beside the project")
    with SEED.open(encoding="utf-8", newline="") as file:
        seed = list(csv.DictReader(file))
    assert len(seed) == 16
    for row in seed:
        section, dimension, measure = row["section"], row["dimension"], row["measure"]
        numbers = tuple(int(row[column]) for column in ("week", "ytd") if row[column])
        expected = {
            "综窗": lambda measure=measure: WINDOW[measure],
            "事项": lambda dimension=dimension, measure=measure: (ITEMS[dimension, measure],),
            "授权": lambda measure=measure: (STATUS[measure],),
            "培训": lambda measure=measure: (TRAINING[measure],),
        }[section]()
        assert numbers == expected


def test_no_figure_of_the_report_stands_where_figures_are_counted() -> None:
    figures = {str(number) for pair in WINDOW.values() for number in pair} | {str(number) for number in ITEMS.values()}
    pattern = re.compile(rf"(?<![\d.])({'|'.join(sorted(figures))})(?![\d.])")
    files = [
        path
        for folder in COUNTING
        for path in (PROJECT_ROOT / folder).rglob("*")
        if path.suffix in (".py", ".sql", ".yaml", ".csv")
        and Path("pipeline/sample") not in path.relative_to(PROJECT_ROOT).parents
    ]
    assert len(files) > 100
    found = [
        f"{path.name}: {match.group()}"
        for path in files
        for match in pattern.finditer(path.read_text("utf-8").replace(",", ""))
    ]
    assert found == []
