"""Figures that a week was let go without are printed as 【待核实】 with a note, on every page and in every file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from zipfile import ZipFile

import duckdb
import openpyxl
import pytest

from pipeline.present.bring_out import bring_out
from pipeline.present.shared.rows import grouped, percent, signed_percent
from pipeline.present.shared.summary import week_summary
from pipeline.present.shared.withheld import as_printed, chart_rows, pending_of, printed
from pipeline.present.site.outer.edition import remove_outer_edition, write_outer_edition
from pipeline.present.site.published import open_published
from pipeline.release.freeze.issues import freeze
from pipeline.release.revisions.masks import PENDING
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS, add_origins
from tests.unit.release.tiny_hall import WEEKS, hall_settings, open_hall

NOTE = "2023-03 期：数量在常值之内（部门核实中）"
# What the window would print of 2023-03 and its year: 颁发 1200 a week, rising.
WRONG = re.compile(r"\b(103,?726|110,?926)\b")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The hall, released without the certificates of its last week."""
    settings = hall_settings(tmp_path_factory.mktemp("withheld") / "home")
    with open_hall(settings) as con:
        add_origins(con)
        release_without(con, settings)
    return settings


def release_without(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    con.execute(
        "UPDATE charts.window_weekly SET value = 103726, value_ytd = 110926"
        " WHERE week_id = '2023-03' AND measure = 'issued'"
    )
    con.execute(
        "UPDATE quality.finding SET status = 'withheld', decision_id = 'd1', table_name = 'marts.volume_band',"
        " title = '颁发本周 103726' WHERE finding_id = 'f2'"
    )
    con.execute(
        "INSERT INTO quality.check_rule VALUES ('marts.volume_band', 'volume_in_band', '数量在常值之内', '', '',"
        " 'warning', '', '', '', '', '[]', '准确性', 2)"
    )
    con.execute(
        "UPDATE quality.finding_week SET table_name = 'marts.volume_band', keys = '[{\"metric\": \"window_issued\"}]',"
        " evidence = '颁发本周 103726' WHERE finding_id = 'f2'"
    )
    con.execute(
        "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, decided_by, decided_at)"
        " VALUES ('d1', 'f2', 'withhold', '部门核实中', '张三', '2023-01-30 09:00:00')"
    )
    freeze(con, settings, WEEKS, grains=GRAINS)
    bring_out(con, settings, ["2023-03"])


@pytest.fixture
def published(hall: Settings) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(hall.published / "metrics.duckdb"), read_only=True)


def test_the_summary_says_which_numbers_are_withheld_and_why(published: duckdb.DuckDBPyConnection) -> None:
    rows = {row.key: row for row in week_summary(published, "2023-03")}
    issued, accepted = rows["issued"], rows["accepted"]
    assert (issued.printed("value"), issued.printed("value_ytd"), issued.note) == (PENDING, PENDING, NOTE)
    assert (accepted.printed("value"), accepted.withheld) == (270, frozenset())
    assert all(not row.withheld for row in week_summary(published, "2023-02"))


def test_the_files_for_dashboards_have_no_withheld_number_and_name_its_columns_and_its_note(hall: Settings) -> None:
    data = hall.published / "site" / "data"
    assert [path.name for path in data.iterdir() if WRONG.search(path.read_text("utf-8"))] == []
    rows = json.loads((data / "window_weekly.json").read_text("utf-8"))
    (issued,) = [row for row in rows if row["pending"]]
    assert (issued["week_id"], issued["measure"], issued["value"]) == ("2023-03", "issued", None)
    assert {"value", "value_ytd"} <= set(issued["pending"].split())
    metadata = json.loads((data / "window_weekly.metadata.json").read_text("utf-8"))
    assert {"weekId": "2023-03", "column": "value", "keys": {"measure": "issued"}, "note": NOTE} in metadata["withheld"]


def test_the_outer_edition_has_no_withheld_number(hall: Settings) -> None:
    with open_published(hall) as opened:
        folder = write_outer_edition(opened, "program", threshold=3)
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    remove_outer_edition(hall.published)
    assert "window_weekly.json" in texts
    assert [name for name, text in texts.items() if WRONG.search(text)] == []


def test_no_paper_of_the_publication_has_a_withheld_number(hall: Settings) -> None:
    papers = [*(hall.published / "papers").iterdir(), *hall.published.glob("datapackage*.json")]
    texts = {path.name: path.read_text("utf-8") for path in papers if path.suffix != ".xlsx"}
    assert len(texts) > 10
    assert [name for name, text in texts.items() if WRONG.search(text)] == []


def test_every_page_prints_the_words_and_none_the_number(hall: Settings) -> None:
    site = hall.published / "site"
    pages = {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")}
    assert [
        path for path, page in pages.items() if WRONG.search(re.sub("<script.*?</script>", "", page, flags=re.S))
    ] == []
    for path in ("index.html", "issue/2023-03-r1.html", "provenance/2023-03.html"):
        assert PENDING in pages[path], path
    card = re.search(r"<h4>颁发.*?</article>", pages["index.html"], re.S)
    assert card is not None
    assert card[0].count(PENDING) >= 3
    assert NOTE in card[0]
    assert not re.search(r"103726|110926", pages["index.html"])


def test_the_weekly_prints_the_words_with_a_note(hall: Settings) -> None:
    folder = hall.published / "weekly" / "2023-03" / "r1"
    page = re.sub("<[^>]+>", "", (folder / "weekly.html").read_text("utf-8"))
    assert PENDING in page
    assert NOTE in page
    assert not WRONG.search(page)
    with ZipFile(folder / "weekly.docx") as packed:
        notes = re.sub("<[^>]+>", "", packed.read("word/footnotes.xml").decode())
    assert NOTE in notes


def test_csv_and_workbook_have_the_words_in_the_cells(hall: Settings) -> None:
    csv = (hall.published / "csv" / "charts.window_weekly.csv").read_text("utf-8-sig")
    assert csv.count(PENDING) >= 3
    assert not WRONG.search(csv)
    cells = _cells(hall.published / "metrics.xlsx")
    assert PENDING in cells
    assert not cells & {103726, 110926}


def _cells(path: Path) -> set[object]:
    book = openpyxl.load_workbook(path, read_only=True)
    return {cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row}


def test_rows_are_marked_only_where_their_keys_and_week_are_meant(published: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT * FROM charts.window_weekly WHERE week_id >= ? ORDER BY week_id, measure"
    rows = chart_rows(published, "window_weekly", query, ["2023-02"], ["2023-02", "2023-03"])
    assert [row["measure"] for row in rows if "withheld" in row] == ["issued"]
    (issued,) = [row for row in rows if "withheld" in row]
    assert (printed(issued, "value"), as_printed(issued)["value_ytd"]) == (PENDING, PENDING)
    assert pending_of(published, "window_weekly", ["2023-01", "2023-02"]) == []
    assert pending_of(published, "item_ytd", ["2023-01", "2023-03"]) == []


@pytest.mark.parametrize("write", [grouped, percent, signed_percent])
def test_words_in_the_place_of_a_number_stay_as_they_are(write: object) -> None:
    assert callable(write)
    assert write(PENDING) == PENDING
