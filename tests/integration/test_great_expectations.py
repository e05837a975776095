"""Plain Great Expectations, in a process that has nothing of ours, opens an export and finds what our run finds."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.quality.checks.model import each_check
from pipeline.quality.contract_checks.suites import hall_suites
from pipeline.quality.export.data_docs import write_data_docs
from pipeline.quality.export.gx_context import COPY, export_gx
from pipeline.quality.run.validation import failed_checks
from pipeline.settings import Settings
from pipeline.warehouse import read_warehouse

WEEKS = [f"2023-{number:02d}" for number in range(1, 16)]
PLAIN = """
import json, sys
import great_expectations as gx

context = gx.get_context(mode="file", project_root_dir=sys.argv[1])
opened = [
    (suite.name, expectation.meta["name"], expectation.severity.value)
    for suite in context.suites.all() for expectation in suite.expectations
]
outcome = context.checkpoints.get("zhoubao").run()
results = [result for of_suite in outcome.run_results.values() for result in of_suite.results]
failed_by_suite = [
    (of_suite.suite_name, result.expectation_config.meta["name"])
    for of_suite in outcome.run_results.values() for result in of_suite.results if not result.success
]
docs = context.build_data_docs()["data_docs"]
ours = sorted(name for name in sys.modules if name.split(".")[0] in ("pipeline", "zhoubao", "assets"))
print("RESULT " + json.dumps([opened, failed_by_suite, len(results), docs, ours]))
"""

pytestmark = pytest.mark.slow


def _open_plainly(folder: Path) -> list[Any]:
    """What a process says of an exported folder that imports Great Expectations and nothing else."""
    shown = subprocess.run(
        [sys.executable, "-c", PLAIN, str(folder)],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "GX_ANALYTICS_ENABLED": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr[-2000:]
    (line,) = [line for line in shown.stdout.splitlines() if line.startswith("RESULT ")]
    result: list[Any] = json.loads(line.removeprefix("RESULT "))
    return result


@pytest.fixture(scope="module")
def exported(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "检查"
    export_gx(small_home, WEEKS, hall_suites(small_home), folder)
    return folder


@pytest.fixture(scope="module")
def opened(exported: Path) -> list[Any]:
    return _open_plainly(exported)


def test_it_opens_all_suites_and_all_expectations_with_their_severities(
    opened: list[Any], small_home: Settings
) -> None:
    found, _, checked, _, ours = opened
    suites = hall_suites(small_home)
    expected = [[suite.table, check.name, check.meta.severity] for suite, check in each_check(suites)]
    assert sorted(found) == sorted(expected)
    assert checked == len(expected)
    assert ours == [], "nothing of ours was needed"


def test_its_checkpoint_finds_exactly_what_our_run_found(opened: list[Any], small_home: Settings) -> None:
    with read_warehouse(small_home) as con:
        failed = con.execute(
            "SELECT DISTINCT table_name, check_name FROM quality.check_result WHERE status = 'failed'"
        ).fetchall()
    assert len(failed) > 3
    assert sorted(map(tuple, opened[1])) == sorted(failed)


def test_and_also_of_one_week_with_more_that_is_wrong(small_home: Settings, tmp_path: Path) -> None:
    suites = hall_suites(small_home)
    export_gx(small_home, ["2023-07"], suites, tmp_path)
    with duckdb.connect(str(tmp_path / COPY)) as con:
        con.execute("UPDATE charts.department_volume SET accepted_ytd = NULL WHERE week_id = '2023-07'")
        con.execute("UPDATE ledger.window_weekly_line SET issued = NULL WHERE week_id = '2023-07'")
        con.execute("INSERT INTO charts.activity SELECT * FROM charts.activity WHERE week_id = '2023-07'")
        con.execute("UPDATE charts.item_ytd SET value_ytd = NULL WHERE week_id = '2023-06'")
        ours = failed_checks(con, ["2023-07"], suites)
    _, plainly, _, _, _ = _open_plainly(tmp_path)
    assert set(map(tuple, plainly)) == ours
    assert ours >= {
        ("charts.department_volume", "accepted_ytd_present"),
        ("ledger.window_weekly_line", "filled_issued"),
        ("charts.activity", "key_unique"),
    }
    assert ("charts.item_ytd", "value_ytd_present") not in ours, "another week"


def test_the_pages_that_it_builds_load_nothing_from_elsewhere(opened: list[Any]) -> None:
    site = Path(opened[3].removeprefix("file://")).parent
    assert _loads_from_elsewhere(site) == {}
    assert len(list(site.rglob("*.html"))) > 80


def test_our_command_puts_the_pages_beside_the_site_with_counts_and_no_values(
    small_home: Settings, tmp_path: Path
) -> None:
    home = _with_published_elsewhere(small_home, tmp_path)
    docs = write_data_docs(home, WEEKS, hall_suites(small_home))
    assert docs.failed > 3
    site = docs.path.parent
    assert docs.path == tmp_path / "published" / "data_docs" / "index.html"
    assert _loads_from_elsewhere(site) == {}
    with read_warehouse(small_home) as con:
        cases = con.execute("SELECT case_no FROM core.case_version USING SAMPLE 500").fetchall()
    texts = "".join(page.read_text("utf-8") for page in site.rglob("*.html"))
    assert [number for (number,) in cases if number in texts] == []


def _with_published_elsewhere(home: Settings, folder: Path) -> Settings:
    class Elsewhere(Settings):
        @property
        def published(self) -> Path:
            return folder / "published"

        @property
        def work(self) -> Path:
            return folder / "work"

    return Elsewhere(home=home.home)


def _loads_from_elsewhere(site: Path) -> Mapping[str, list[str]]:
    """Addresses of other servers that a page or a style sheet of a site would load, by file."""
    pattern = re.compile(
        r"<(?:link|script|img|iframe|source|object|embed)\b[^>]*\b(?:src|href|data)=[\"']?((?:https?:)?//[^\"' >]*)"
        r"|url\(\s*[\"']?((?:https?:)?//[^)]*)|@import\s+[\"']((?:https?:)?//[^\"']*)"
    )
    found: dict[str, list[str]] = {}
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        addresses = ["".join(match) for match in pattern.findall(path.read_text("utf-8"))]
        if addresses:
            found[path.name] = addresses
    return found
