"""The charts as files for dashboards: what stands in them, and that they stay as they are where nothing is new."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from pipeline.present.site import build_site
from pipeline.present.site.data_files import (
    FOLDER,
    INDEX,
    PENDING_COLUMN,
    SUFFIXES,
    chart_tables,
    remove_data_files,
    write_data_files,
)
from pipeline.present.site.published import open_published
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS


def written(settings: Settings, program: str = "program") -> Path:
    """Writes the data files and returns their folder."""
    folder = settings.published / "site"
    with open_published(settings) as published:
        write_data_files(folder, published, program)
    return folder / FOLDER


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def times(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def republish(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)


def test_every_published_chart_has_its_three_files_and_a_line_in_the_index(released: Settings) -> None:
    folder = written(released)
    with open_published(released) as published:
        names = [table.name for table in chart_tables(published)]
    assert "window_weekly" in names
    expected = {f"{name}{suffix}" for name in names for suffix in SUFFIXES} | {INDEX}
    assert {path.name for path in folder.iterdir()} == expected
    index = json.loads((folder / INDEX).read_text("utf-8"))
    assert [chart["name"] for chart in index["charts"]] == names
    for chart in index["charts"]:
        assert all((folder / chart[kind]).is_file() for kind in ("csv", "json", "metadata"))


def test_csv_json_and_metadata_agree_with_the_published_table(released: Settings) -> None:
    folder = written(released)
    metadata = json.loads((folder / "window_weekly.metadata.json").read_text("utf-8"))
    rows = json.loads((folder / "window_weekly.json").read_text("utf-8"))
    with duckdb.connect(str(released.published / "metrics.duckdb"), read_only=True) as con:
        published = con.execute(
            "SELECT week_id, measure, value, value_ytd FROM charts.window_weekly ORDER BY week_id, measure"
        ).fetchall()
    assert [(row["week_id"], row["measure"], row["value"], row["value_ytd"]) for row in rows] == published
    text_rows = [(row["week_id"], row["measure"], row["value"]) for row in csv_rows(folder / "window_weekly.csv")]
    assert text_rows == [(week, measure, str(value)) for week, measure, value, _ in published]
    names = [column["name"] for column in metadata["columns"]]
    assert names == list(rows[0]) == list(csv_rows(folder / "window_weekly.csv")[0])
    assert metadata["rows"] == len(rows)
    assert metadata["primaryKey"] == ["week_id", "measure"]
    assert (metadata["issue"]["weekId"], metadata["dataLabel"]) == (WEEKS[-1], "模拟数据")


def test_a_csv_begins_with_a_mark_ends_lines_with_crlf_and_has_no_line_break_formula_or_needless_zero_in_a_cell(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    con.execute("UPDATE charts.activity SET content = '=1+1' || chr(10) || '第二行' WHERE week_id = '2023-03'")
    con.execute("UPDATE charts.window_weekly SET change_pct = 0 WHERE week_id = '2023-02'")
    republish(con, settings)
    folder = written(settings)
    body = (folder / "activity.csv").read_bytes()
    assert body.startswith(b"\xef\xbb\xbfweek_id,pending,")
    assert body.count(b"\n") == body.count(b"\r\n") == len(csv_rows(folder / "activity.csv")) + 1
    hostile = [row["content"] for row in csv_rows(folder / "activity.csv") if row["week_id"] == "2023-03"]
    assert hostile and set(hostile) == {"'=1+1 第二行"}
    changes = {row["change_pct"] for row in csv_rows(folder / "window_weekly.csv") if row["week_id"] == "2023-02"}
    assert changes == {"0"}
    # A program gets the text as it is.
    as_json = json.loads((folder / "activity.json").read_text("utf-8"))
    assert "=1+1\n第二行" in {row["content"] for row in as_json}


def test_weeks_after_the_latest_issue_are_left_out(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    freeze(con, settings, WEEKS[:2], grains=GRAINS)
    publish(con, settings)
    assert {row["week_id"] for row in csv_rows(written(settings) / "window_weekly.csv")} == set(WEEKS[:2])


def test_nothing_is_written_where_nothing_was_published_since(released: Settings) -> None:
    before = times(written(released))
    assert times(written(released)) == before


# What a release adds a row to.
OF_REVISIONS = ("revision_", "punctuality")


def test_only_the_files_of_a_chart_that_changed_are_written(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    republish(con, settings)
    before = times(written(settings))
    con.execute("UPDATE charts.training_weekly SET sessions = sessions + 1 WHERE week_id = '2023-02'")
    # Revisions of an issue stand in the metadata of every chart: the week before gets one, the latest none.
    freeze(con, settings, ["2023-02"], grains=GRAINS)
    publish(con, settings)
    after = times(written(settings))
    changed = {name for name in after if after[name] != before[name]}
    of_revisions = {name for name in changed if name.startswith(OF_REVISIONS)}
    assert of_revisions, "the revision is told where revisions are"
    expected = {"training_weekly.csv", "training_weekly.json", "training_weekly.metadata.json", INDEX}
    assert changed - of_revisions == expected


def test_a_file_that_is_missing_is_written_anew_and_a_strange_one_is_removed(released: Settings) -> None:
    folder = written(released)
    (folder / "activity.csv").unlink()
    (folder / "gone.csv").write_text("x", encoding="utf-8")
    written(released)
    assert (folder / "activity.csv").is_file()
    assert not (folder / "gone.csv").exists()


def test_another_program_writes_them_again(released: Settings) -> None:
    folder = written(released)
    made_from = json.loads((folder / INDEX).read_text("utf-8"))["madeFrom"]
    written(released, "another")
    assert json.loads((folder / INDEX).read_text("utf-8"))["madeFrom"] != made_from


def test_all_of_them_can_be_removed(released: Settings) -> None:
    folder = written(released)
    remove_data_files(folder.parent)
    assert list(folder.iterdir()) == []
    remove_data_files(released.published / "no such folder")


def test_the_column_pending_stands_behind_the_week_so_that_new_columns_come_last(released: Settings) -> None:
    folder = written(released)
    for path in folder.glob("*.csv"):
        header = path.read_text("utf-8-sig").splitlines()[0].split(",")
        assert header[:2] == ["week_id", PENDING_COLUMN], path.name


@pytest.mark.slow
def test_a_page_leads_to_the_data_of_each_of_its_charts(released: Settings) -> None:
    first_page = build_site(released)
    html = first_page.read_text("utf-8")
    for name in ("window_weekly", "item_ytd", "training_weekly"):
        for suffix in SUFFIXES:
            link = f'href="data/{name}{suffix}"'
            assert link in html
            assert (first_page.parent / "data" / f"{name}{suffix}").is_file()
