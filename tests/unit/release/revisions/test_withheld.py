"""A week is let go without the figures that a finding concerns, and with all others; later weeks repeat none."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from pipeline.release.freeze.issues import freeze, preview
from pipeline.release.published.publish import publish
from pipeline.release.revisions.masks import NOTHING_WITHHELD, PENDING, Masks, WithheldCell
from pipeline.release.revisions.withheld import read_masks
from pipeline.settings import Settings
from tests.unit.release.tiny_hall import GRAINS, WEEKS

RULE = "数量在往周的范围内"


def withhold(con: duckdb.DuckDBPyConnection, week: str, **finding: object) -> None:
    """Let a week go without the figures of the finding f2, which is on a check, with keys, as given."""
    values = {"table_name": "marts.volume_band", "check_name": "volume_in_band", "keys": "[]", "cell": None} | finding
    con.execute("DELETE FROM quality.finding_week; UPDATE quality.finding SET status = 'open'")
    con.execute(
        "UPDATE quality.finding SET status = 'withheld', decision_id = 'd1', title = '颁发本周 103726',"
        " evidence = '本周 103726', table_name = ?, check_name = ?, cell = ? WHERE finding_id = 'f2'",
        [values["table_name"], values["check_name"], values["cell"]],
    )
    con.execute(
        "INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys,"
        " evidence, figures) VALUES ('f2', ?, ?, ?, 1, ?, '本周 103726', '{\"value\": 103726}')",
        [week, values["table_name"], values["check_name"], values["keys"]],
    )
    con.execute("DELETE FROM quality.check_rule")
    con.execute(
        f"INSERT INTO quality.check_rule VALUES (?, ?, '{RULE}', '', '', 'critical', '', '', '', '', '[]',"
        " '一致性', 1)",
        [values["table_name"], values["check_name"]],
    )
    con.execute("DELETE FROM quality.decision")
    con.execute(
        "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, decided_by, decided_at)"
        " VALUES ('d1', 'f2', 'withhold', '部门核实中', '张三', '2023-01-30 09:00:00')"
    )


@pytest.fixture
def hall(con: duckdb.DuckDBPyConnection, settings: Settings) -> duckdb.DuckDBPyConnection:
    """The hall with the metrics that its charts show."""
    con.execute(
        f"CREATE TABLE core.metric AS FROM read_csv('{settings.reference.path_of('metric.csv')}', all_varchar = true)"
    )
    for name in ("department_id", "power_type", "channel", "unit", "basis"):
        con.execute(f"ALTER TABLE marts.weekly_metric ADD COLUMN {name} VARCHAR DEFAULT 'ALL'")
    con.execute("ALTER TABLE marts.weekly_metric ADD COLUMN value_ytd DECIMAL(38, 6)")
    con.execute("ALTER TABLE marts.weekly_metric ADD COLUMN as_of TIMESTAMP")
    return con


def cells_of(masks: Masks, table: str) -> set[tuple[str, str, str]]:
    return {(cell.week_id, cell.column_name, cell.keys) for cell in masks.cells if cell.table_name == table}


def test_nothing_is_withheld_where_no_finding_says_so(hall: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    assert read_masks(hall, settings) == NOTHING_WITHHELD
    assert NOTHING_WITHHELD.source(hall, "charts", "activity") == 'charts."activity"'


def test_a_finding_on_a_metric_takes_that_metric_and_what_later_weeks_repeat_of_it(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    withhold(hall, "2023-01", keys='[{"metric": "window_issued"}]')
    issued = '{"measure": "issued"}'
    masks = read_masks(hall, settings)
    assert cells_of(masks, "charts.window_weekly") == {
        *(("2023-01", name, issued) for name in ("value", "value_ytd", "previous_value", "change_pct", "mean_to_date")),
        ("2023-01", "flag", issued),
        *(("2023-02", name, issued) for name in ("value_ytd", "previous_value", "change_pct", "mean_to_date")),
        *(("2023-03", name, issued) for name in ("value_ytd", "mean_to_date")),
    }
    assert {cell.table_name for cell in masks.cells} <= {"charts.window_weekly", "marts.weekly_metric"}
    assert ("2023-01", "*", '{"metric": "window_issued"}') in cells_of(masks, "marts.weekly_metric")


@pytest.mark.parametrize(
    ("finding", "tables"),
    [
        ({"table_name": "staging.window_weekly", "cell": "issued"}, {"charts.window_weekly"}),
        ({"table_name": "charts.window_weekly", "keys": '[{"measure": "issued"}]'}, {"charts.window_weekly"}),
        ({"table_name": "staging.training_log"}, {"charts.training_weekly"}),
        ({"table_name": "core.report_week", "keys": '[{"source": "training_log"}]'}, {"charts.training_weekly"}),
        ({"table_name": "staging.activity_log"}, {"charts.activity"}),
    ],
)
def test_a_finding_takes_only_the_charts_that_rest_on_it(
    hall: duckdb.DuckDBPyConnection, settings: Settings, finding: dict[str, str], tables: set[str]
) -> None:
    withhold(hall, "2023-02", **finding)
    concerned = {cell.table_name for cell in read_masks(hall, settings).cells if cell.table_name.startswith("charts.")}
    assert concerned == tables


def test_a_finding_of_which_nothing_is_known_takes_all_figures_of_its_week_and_leaves_the_calendar(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    hall.execute("CREATE TABLE charts.report_week AS SELECT week_id, period_start FROM core.report_week")
    withhold(hall, "2023-03", table_name="ledger.control_total")
    concerned = {cell.table_name for cell in read_masks(hall, settings).cells if cell.table_name.startswith("charts.")}
    assert concerned == {f"charts.{table}" for table in GRAINS}


def test_one_wrong_column_leaves_the_others_of_its_file(hall: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    withhold(hall, "2023-03", table_name="staging.window_weekly", cell="issued")
    measures = {
        json.loads(keys)["measure"] for _, _, keys in cells_of(read_masks(hall, settings), "charts.window_weekly")
    }
    assert measures == {"issued"}


def test_keys_of_one_among_many_rows_do_not_narrow_a_finding(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    withhold(hall, "2023-03", table_name="charts.window_weekly", keys='[{"measure": "issued"}]')
    hall.execute("UPDATE quality.finding_week SET unexpected_count = 2")
    measures = {
        json.loads(keys)["measure"] for _, _, keys in cells_of(read_masks(hall, settings), "charts.window_weekly")
    }
    assert measures == {"issued", "accepted", "consulted", "transferred"}


def test_a_release_prints_all_figures_but_those_and_a_later_decision_prints_them_as_a_revision(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    withhold(hall, "2023-03", keys='[{"metric": "window_issued"}]')
    (first,) = freeze(hall, settings, ["2023-03"], grains=GRAINS)
    figures = hall.execute(
        "SELECT json_extract_string(keys, '$.measure'), value, value_ytd FROM release.figure"
        " WHERE metric = 'window_weekly.value' ORDER BY 1"
    ).fetchall()
    assert figures == [
        ("accepted", 270, 540),
        ("consulted", 2100, 4200),
        ("issued", None, None),
        ("transferred", 4500, 9000),
    ]
    ((note,),) = hall.execute("SELECT DISTINCT note FROM release.withheld").fetchall()
    assert note == f"2023-03 期：{RULE}（部门核实中）"
    assert first.revision == 1
    hall.execute("UPDATE quality.finding SET status = 'waived'")
    (second,) = freeze(hall, settings, ["2023-03"], grains=GRAINS)
    assert (second.revision, second.is_new) == (2, True)
    assert not preview(hall, settings, ["2023-03"], grains=GRAINS).outcomes[0].is_new


def test_no_published_file_holds_a_withheld_number_and_each_says_that_it_is_withheld(
    hall: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    withhold(hall, "2023-03", keys='[{"metric": "window_issued"}]')
    hall.execute("UPDATE charts.window_weekly SET value = 103726 WHERE measure = 'issued' AND week_id = '2023-03'")
    freeze(hall, settings, list(WEEKS), grains=GRAINS)
    publish(hall, settings)
    with duckdb.connect(str(settings.published / "metrics.duckdb"), read_only=True) as published:
        row = published.execute(
            "SELECT value, value_ytd, flag FROM charts.window_weekly WHERE week_id = '2023-03' AND measure = 'issued'"
        ).fetchone()
        assert row == (None, None, PENDING)
        assert _texts(published, "103726") == []
        told = "SELECT title, evidence FROM {} WHERE finding_id = 'f2'"
        assert published.execute(told.format("quality.finding")).fetchall() == [(RULE, PENDING)]
        assert published.execute(told.format("release.issue_finding")).fetchall() == [(RULE, RULE)]
    csv = (settings.published / "csv" / "charts.window_weekly.csv").read_text("utf-8-sig")
    (line,) = [line for line in csv.splitlines() if line.startswith("2023-03,issued")]
    assert line.split(",")[4:6] == [PENDING, PENDING]
    frozen = settings.published / "releases" / "2023-03" / "r1"
    assert b"103726" not in b"".join(path.read_bytes() for path in frozen.glob("*.*"))
    parquet = frozen / "tables" / "charts.window_weekly.parquet"
    assert duckdb.execute(f"SELECT max(value) FROM '{parquet}'").fetchone() == (4500,)


def _texts(con: duckdb.DuckDBPyConnection, needle: str) -> list[str]:
    """The tables of a file in which some value has these characters."""
    tables = con.execute(
        "SELECT schema_name || '.\"' || table_name || '\"' FROM duckdb_tables() ORDER BY ALL"
    ).fetchall()
    return [
        name
        for (name,) in tables
        if con.execute(f"SELECT 1 FROM {name} AS t WHERE contains(t::VARCHAR, ?)", [needle]).fetchone()
    ]


def test_a_warehouse_built_anew_takes_over_what_a_release_withheld(
    hall: duckdb.DuckDBPyConnection, settings: Settings, tmp_path: Path
) -> None:
    from pipeline.release.revisions.restored_releases import restore_releases

    withhold(hall, "2023-03", keys='[{"metric": "window_issued"}]')
    freeze(hall, settings, ["2023-03"], grains=GRAINS)
    publish(hall, settings)
    kept = hall.execute("SELECT * FROM release.withheld ORDER BY ALL").fetchall()
    with duckdb.connect() as anew:
        restore_releases(anew, settings.published)
        assert anew.execute("SELECT * FROM release.withheld ORDER BY ALL").fetchall() == kept


def test_a_mask_meets_the_rows_with_its_keys_only() -> None:
    cell = WithheldCell("2023-03", "charts.t", "value", '{"measure": "issued"}', "f", "说明")
    assert cell.is_in({"week_id": "2023-03", "measure": "issued"})
    assert not cell.is_in({"week_id": "2023-03", "measure": "accepted"})
    assert not cell.is_in({"week_id": "2023-02", "measure": "issued"})
