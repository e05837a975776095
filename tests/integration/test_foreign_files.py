"""Every real file by others: its rows add up, or it is refused with one sentence; never a traceback or a hang."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pytest

from pipeline.contracts import load_contracts
from pipeline.ingest.authoring.try_files import Outcome, as_markdown, try_file, try_folder
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import PROJECT_ROOT, Settings

SAMPLES = PROJECT_ROOT.parent / "shared" / "samples"
SECONDS = 60
MEGABYTES = 1500


PEAK_BEFORE: list[int] = []


def peak() -> int:
    """The most memory that this process ever held, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    if not SAMPLES.is_dir():
        pytest.skip("the real files are not beside the project")
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    PEAK_BEFORE.append(peak())
    return list(try_folder(SAMPLES, settings, load_calendar(), load_contracts(settings.contracts)))


@pytest.mark.slow
def test_every_row_of_every_file_is_accounted_for(outcomes: list[Outcome]) -> None:
    assert len(outcomes) > 80
    assert [one.name for one in outcomes if not one.adds_up] == []
    assert sum(one.outcome == "loaded" for one in outcomes) > 50


@pytest.mark.slow
def test_what_is_refused_is_refused_with_one_sentence(outcomes: list[Outcome]) -> None:
    refused = [one for one in outcomes if one.outcome == "refused"]
    assert refused
    for one in refused:
        assert one.message, one.name
        assert "Traceback" not in one.message
        assert "\n" not in one.message.strip(), one.name


@pytest.mark.slow
def test_no_file_takes_long_or_much_memory(outcomes: list[Outcome]) -> None:
    assert max(one.seconds for one in outcomes) < SECONDS
    assert (peak() - PEAK_BEFORE[0]) / 1024 < MEGABYTES


@pytest.mark.slow
def test_known_row_counts_come_out(outcomes: list[Outcome]) -> None:
    loaded = {one.name: one.loaded for one in outcomes}
    assert loaded["us-la-311/MyLA311_2017_subset.csv"] == 9999
    assert loaded["us-la-311/requests_2020_MDYY.csv"] == 10000
    assert loaded["us-la-311/service_requests_2020_ISO_coded.csv"] == 9989
    assert {loaded[f"cn-nbs-provincial/分省年度数据 ({number}).csv"] for number in range(1, 7)} == {31}


@pytest.mark.slow
def test_physical_rows_are_those_that_other_parsers_see(outcomes: list[Outcome]) -> None:
    seen = json.loads((SAMPLES / "parser-outcomes.json").read_text("utf-8"))
    differing = {}
    for one in outcomes:
        listed = seen.get(one.name, {}).get("calamine", [])
        sheets = [sheet[1] for sheet in listed if isinstance(sheet, list) and sheet[1]]
        if one.outcome == "loaded" and one.container != "csv" and len(sheets) == 1 and one.physical < sheets[0]:
            differing[one.name] = (one.physical, sheets[0])
    assert differing == {}


def test_one_file_is_tried_without_leaving_anything(tmp_path: Path) -> None:
    file = tmp_path / "投诉.csv"
    file.write_text("登记编号,登记日期,件数\nA1,2023-04-17,3\nA2,2023-04-18,x\n", "utf-8")
    settings = Settings(home=tmp_path / "home")
    outcome = try_file(file, file.name, settings, load_calendar(), {})
    assert (outcome.outcome, outcome.physical, outcome.adds_up) == ("loaded", 3, True)
    assert not settings.home.exists()
    assert "投诉.csv" in as_markdown([outcome])
