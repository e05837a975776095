"""What a catalogue of lineage hears of a run: valid OpenLineage events, columns led back to exports, no values."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from referencing import Registry, Resource

from assets.definitions import build_definitions
from assets.lineage_events import Listener, SendingOnce, lineage_listener
from assets.runs import materialize_weeks
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.sample import write_sample
from pipeline.settings import Settings

pytest.importorskip("dagster_openlineage", reason="the extra `lineage` is not installed")
SCHEMAS = Path(__file__).parents[1] / "fixtures" / "schemas" / "openlineage"
Event = Mapping[str, Any]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory, calendar: ReportingCalendar) -> Iterator[list[Event]]:
    """The events of one week of the sample, as the package writes them into a file."""
    folder = tmp_path_factory.mktemp("lineage")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHOUBAO_WEEKLY__PDF", "false")
        settings = Settings(home=folder / "home", memory_limit="300MB", threads=1)
        write_sample(settings.inbox, scale=0.001, calendar=calendar)
        patch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
        patch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(folder / "events.jsonl"))
        patch.setenv("OPENLINEAGE__TRANSPORT__APPEND", "true")
        assert materialize_weeks(settings, "2023-01", "2023-01").is_success
    yield [json.loads(line) for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]


def _registry() -> Registry[Any]:
    schemas = [json.loads(path.read_text("utf-8")) for path in sorted(SCHEMAS.glob("*.json"))]
    return Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)


def _faults(instance: object, address: str) -> list[str]:
    registry = _registry()
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": address}
    validator: type[Draft202012Validator] = validator_for(schema)
    return [error.message for error in validator(schema, registry=registry).iter_errors(instance)]


@pytest.mark.slow
def test_every_event_and_every_facet_is_valid_against_the_official_schemas(events: list[Event]) -> None:
    assert len(events) > 100
    facets: set[str] = set()
    for event in events:
        assert _faults(event, "https://openlineage.io/spec/2-0-2/OpenLineage.json") == []
        datasets = [*event.get("inputs", []), *event.get("outputs", [])]
        for dataset in datasets:
            for facet in [*dataset.get("facets", {}).items(), *dataset.get("inputFacets", {}).items()]:
                name, content = facet
                facets.add(name)
                assert _faults({name: content}, content["_schemaURL"].partition("#")[0]) == [], name
    assert facets == {"schema", "columnLineage", "dataQualityAssertions"}


@pytest.mark.slow
def test_a_column_of_a_chart_leads_back_to_the_rows_of_an_export(events: list[Event]) -> None:
    lineage: dict[str, Mapping[str, Any]] = {}
    read: dict[str, set[str]] = {}
    for event in events:
        for output in event.get("outputs", []):
            fields = output.get("facets", {}).get("columnLineage", {}).get("fields", {})
            lineage[output["name"]] = fields
            read[output["name"]] = {dataset["name"] for dataset in event["inputs"]}
    reached = _reached(lineage, "charts/item_ytd", "value_ytd")
    assert {name for name, _ in reached if name.startswith("raw/")} >= {"raw/case_detail"}
    assert read["charts/item_ytd"] == {"core/week_in_use", "marts/group_balance"}
    assert read["staging/case_detail"] >= {"raw/case_detail"}


def _reached(lineage: Mapping[str, Mapping[str, Any]], table: str, column: str) -> set[tuple[str, str]]:
    reached: set[tuple[str, str]] = set()
    waiting = [(table, column)]
    while waiting:
        place = waiting.pop()
        if place in reached:
            continue
        reached.add(place)
        inputs = lineage.get(place[0], {}).get(place[1], {}).get("inputFields", [])
        waiting += [(entry["name"], entry["field"]) for entry in inputs]
    return reached


@pytest.mark.slow
def test_a_run_begins_and_ends_and_its_checks_say_only_whether_they_passed(events: list[Event]) -> None:
    of_run = [event["eventType"] for event in events if event["job"]["name"] == "weekly"]
    assert of_run == ["START", "COMPLETE"]
    checks = [event for event in events if event["job"]["name"].endswith("__checks")]
    assert len(checks) > 30
    for event in checks:
        for check in event["run"]["facets"]["dagster_asset_check"]["checks"]:
            assert check["check_metadata"] == {}
    assert "办件明细_2023" not in json.dumps(events, ensure_ascii=False), "no name of a file"


def test_nobody_is_told_unless_somewhere_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE__TRANSPORT__TYPE"):
        monkeypatch.delenv(name, raising=False)
    assert lineage_listener("weekly", dg.Definitions()) is None
    monkeypatch.setenv("OPENLINEAGE_URL", "http://127.0.0.1:9")
    assert lineage_listener("weekly", build_definitions(settings)) is not None


def test_a_catalogue_that_is_down_is_tried_once_and_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    class Down:
        tries = 0

        def emit(self, event: object) -> None:
            self.tries += 1
            raise ConnectionError("refused")

    client = Down()
    sending = SendingOnce(client)
    with caplog.at_level(logging.WARNING):
        sending.emit("one")
        sending.emit("two")
    assert client.tries == 1
    assert [record.getMessage() for record in caplog.records] == [
        "血缘没有发送（refused）：请检查 OpenLineage 的去向；数据不受影响。"
    ]


def test_a_mistake_in_openlineages_settings_stops_no_week(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "pigeon")
    with caplog.at_level(logging.WARNING):
        assert lineage_listener("weekly", build_definitions(settings)) is None
    assert any("血缘没有发送" in record.getMessage() for record in caplog.records)


def test_an_event_that_cannot_be_told_stops_no_week(caplog: pytest.LogCaptureFixture) -> None:
    class Mute:
        def __getattr__(self, name: str) -> object:
            def refuse(*_: object, **__: object) -> None:
                raise ValueError(name)

            return refuse

    listener = Listener(Mute(), "weekly", {})
    with dg.instance_for_test() as instance, caplog.at_level(logging.WARNING):
        run_id = "0b1e1a2c-0000-4000-8000-000000000001"
        instance.add_event_listener(run_id, listener)

        @dg.asset
        def table() -> None:
            pass

        job = dg.Definitions([table]).resolve_implicit_global_asset_job_def()
        assert job.execute_in_process(instance=instance, run_id=run_id).success
    assert any("asset_materialization" in record.getMessage() for record in caplog.records)
