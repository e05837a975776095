"""What docs/other-tools.md tells people to type works on a published file: its Python, its SQL, its Parquet."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.settings import PROJECT_ROOT, Settings

PAGE = (PROJECT_ROOT / "docs" / "other-tools.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SQL = re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
QUERIES = [query for block in SQL for query in block.strip().split("\n")]
TABLES = sorted(set(re.findall(r"\b(?:charts|marts|docs|release|quality)\.[a-z_]+", PAGE)) - {"charts.md"})


@pytest.fixture
def beside(small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `data/` in it, as the page's reader has it."""
    (tmp_path / "data").symlink_to(small_home.home, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_the_python_of_the_page_runs_and_brings_rows(beside: Path, code: str) -> None:
    names: dict[str, Any] = {}
    exec(compile(code, "docs/other-tools.md", "exec"), names)  # noqa: S102 - the page's own code, as its reader runs it
    written = list(beside.glob("*.xlsx"))
    assert len(names.get("weekly", ())) == 9 or (written and written[0].stat().st_size > 4000)


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_the_sql_of_the_page_brings_rows(beside: Path, query: str) -> None:
    with duckdb.connect("data/published/metrics.duckdb", read_only=True) as con:
        assert con.execute(query).fetchall()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_the_page_names_is_published_and_as_parquet(beside: Path, table: str) -> None:
    with duckdb.connect("data/published/metrics.duckdb", read_only=True) as con:
        rows = con.execute(f"SELECT count(*) FROM {table}").fetchall()
        assert rows == con.execute(f"SELECT count(*) FROM 'data/published/parquet/{table}.parquet'").fetchall()


def test_the_figures_of_a_release_open_in_a_spreadsheet_as_chinese(beside: Path) -> None:
    path = beside / "data" / "published" / "releases" / "2023-15" / "r1" / "figures.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


DATA_FILES = sorted(path.stem for path in (PROJECT_ROOT / "sql" / "charts").glob("*.sql"))
# What DataEase takes for a number; one cell of a column that is none makes the whole column a text.
NUMBER = re.compile(r"-?[0-9]+([.][0-9]+)?")


@pytest.mark.parametrize("chart", DATA_FILES)
def test_a_program_that_reads_a_csv_line_by_line_and_guesses_types_reads_a_chart_as_it_is(
    small_home: Settings, chart: str
) -> None:
    """As DataEase 2.10 does: the header cut at commas, a record a line, a type from the cells."""
    data = small_home.published / "site" / "data"
    header, *lines = (data / f"{chart}.csv").read_text("utf-8-sig").splitlines()
    columns = json.loads((data / f"{chart}.metadata.json").read_text("utf-8"))["columns"]
    assert header.split(",") == [column["name"] for column in columns]
    records = [next(csv.reader([line])) for line in lines]
    assert len(records) == len(json.loads((data / f"{chart}.json").read_text("utf-8")))
    for place, column in enumerate(columns):
        cells = [record[place] for record in records if record[place]]
        if column["type"] in ("integer", "number"):
            # `0.0` and `007` are texts for it.
            odd = [cell for cell in cells if not NUMBER.fullmatch(cell) or re.match(r"-?0[0-9]|-?0[.]0*$", cell)]
            assert odd == [], column["name"]
        if column["name"] == "week_id":
            assert not any(NUMBER.fullmatch(cell) for cell in cells)
