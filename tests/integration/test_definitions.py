"""The definitions as Dagster loads them; what a run computes is tested by the laws."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from graphlib import TopologicalSorter
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
import pytest
import yaml
from dagster._core.definitions.data_version import CachingStaleStatusResolver
from dagster._core.definitions.freshness import FreshnessState
from dagster._core.definitions.freshness_evaluator import CronFreshnessPolicyEvaluator
from dagster._core.loader import LoadingContextForTest
from dagster._core.workspace.load import location_origins_from_yaml_paths

from assets.asset_facts import PUBLISHED_EACH_WEEK
from assets.automation import inbox_looks
from assets.catalogue import model_facts
from assets.checks import CHECK_RESULT
from assets.code_location import LOCATION, MODULE, REPOSITORY, repository_origin
from assets.definitions import WEEKLY_JOB, build_definitions
from assets.deliveries import DELIVERY, REFUSED_CHECK
from assets.desk import DESK
from assets.instance import (
    LEFT_BEHIND,
    PROCESS_TAG,
    InstanceError,
    fail_dead_runs,
    forget_old_runs,
    open_instance,
    write_instance,
)
from assets.notice import TOLD, TOLD_CHECK
from assets.partitions import POOL, range_tags, weeks_of_tags
from assets.release import FINDINGS, GATE, GATE_CHECK, ISSUE, METRICS, SITE, WEEKLY
from assets.tables import LEDGER, REFERENCE, key_of
from assets.week_partitions import WEEKS
from pipeline.common.owners import Owner
from pipeline.common.tables import single_number
from pipeline.contracts import load_contracts
from pipeline.hall.files_in_force import FilesInForce
from pipeline.quality.contract_checks.suites import hall_suites
from pipeline.settings import PROJECT_ROOT, Settings
from pipeline.warehouse import read_warehouse
from pipeline.warehouse.models import FLOORS

HEAVY = (
    "sqlglot",
    "great_expectations",
    "pandas",
    "duckdb",
    "plotly",
    "openpyxl",
    "docx",
    "fastexcel",
    "apprise",
    "numpy",
    "pipeline.sample",
)
GROUPS = {
    "decisions",
    "ledger",
    "quarantine",
    "raw",
    "staging",
    "core",
    "marts",
    "charts",
    "quality",
    "release",
    "published",
    "review",
    "notice",
}
MODEL = """-- {described}
-- One row per delivery
-- grain: delivery_id
-- materialized: view
SELECT d.delivery_id -- 编号 | delivery
FROM ledger.current_delivery AS d
"""


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_definitions(Settings(home=tmp_path_factory.mktemp("definitions")))


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[dg.AssetKey, dg.AssetSpec]:
    return {spec.key: spec for spec in definitions.resolve_all_asset_specs()}


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with open_instance(settings) as opened:
        yield opened


def test_the_definitions_hold_together(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def model_files(settings: Settings) -> list[Path]:
    """The SQL of models; what is under sql/published/ is computed while publishing, and no asset."""
    return [path for path in settings.models if path.parent.name in FLOORS]


def test_every_sql_file_is_one_asset_that_is_described_in_chinese_and_english(
    specs: dict[dg.AssetKey, dg.AssetSpec], settings: Settings
) -> None:
    files = model_files(settings)
    assert files
    for path in files:
        spec = specs[dg.AssetKey([path.parent.name, path.stem])]
        assert re.search("[一-鿿]", spec.description or ""), f"{path.name} has no Chinese description"
        assert re.search("[a-z]{3}", spec.description or ""), f"{path.name} has no English description"
        columns = spec.metadata["dagster/column_schema"].columns
        assert columns, path.name
        assert all(column.description for column in columns), path.name


def test_every_contract_has_a_raw_table_without_its_personal_columns(
    specs: dict[dg.AssetKey, dg.AssetSpec], settings: Settings
) -> None:
    for name, contract in load_contracts(settings.contracts).items():
        shown = {column.name for column in specs[dg.AssetKey(["raw", name])].metadata["dagster/column_schema"].columns}
        assert shown == {field.name for field in contract.fields if field.personal != "drop"}


def test_there_is_nothing_but_what_the_library_defines(
    specs: dict[dg.AssetKey, dg.AssetSpec], settings: Settings
) -> None:
    models = {dg.AssetKey([path.parent.name, path.stem]) for path in model_files(settings)}
    raw = {dg.AssetKey(["raw", name]) for name in load_contracts(settings.contracts)}
    ledger = {key_of(table) for table in LEDGER}
    ends = {REFERENCE, CHECK_RESULT, GATE, ISSUE, METRICS, SITE, WEEKLY, FINDINGS, TOLD, DESK}
    assert set(specs) == models | raw | ledger | ends


def test_nothing_upstream_is_missing(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    wanted = {dep.asset_key for spec in specs.values() for dep in spec.deps}
    assert wanted - set(specs) == set()


def test_every_asset_stands_on_its_floor_and_its_key_is_ascii(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    assert {spec.group_name for spec in specs.values()} == GROUPS
    elsewhere = {key.to_user_string(): spec.group_name for key, spec in specs.items() if spec.group_name != key.path[0]}
    assert elsewhere == {"quality/decision": "decisions", "quality/correction": "decisions", "quality/desk": "review"}
    assert all(key.to_user_string().isascii() for key in specs)


def test_the_floors_run_one_way_so_that_their_graph_can_be_read(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    before: dict[str, set[str]] = {group: set() for group in GROUPS}
    for spec in specs.values():
        before[str(spec.group_name)] |= {str(specs[dep.asset_key].group_name) for dep in spec.deps}
    order = TopologicalSorter({group: found - {group} for group, found in before.items()}).static_order()
    assert len(list(order)) == len(GROUPS)


def test_every_expectation_is_a_check_on_its_table(definitions: dg.Definitions, settings: Settings) -> None:
    checks = definitions.resolve_asset_graph().asset_check_keys
    expected = {
        dg.AssetCheckKey(key_of(suite.table), check.name)
        for suite in hall_suites(settings)
        for check in suite.expectations
    }
    own = {(GATE, GATE_CHECK), (TOLD, TOLD_CHECK), (DELIVERY, REFUSED_CHECK)}
    assert checks == expected | {dg.AssetCheckKey(asset, name) for asset, name in own}
    assert {key.asset_key for key in checks} <= set(definitions.resolve_asset_graph().get_all_asset_keys())


def test_only_the_gate_blocks_and_it_stands_before_the_release(
    definitions: dg.Definitions, specs: dict[dg.AssetKey, dg.AssetSpec]
) -> None:
    graph = definitions.resolve_asset_graph()
    blocking = {key for key in graph.asset_check_keys if graph.get(key).blocking}
    assert blocking == {dg.AssetCheckKey(GATE, GATE_CHECK)}
    assert GATE in {dep.asset_key for dep in specs[ISSUE].deps}
    assert GATE not in {dep.asset_key for dep in specs[FINDINGS].deps}, "the steward needs the list when it is closed"
    assert GATE not in {dep.asset_key for dep in specs[TOLD].deps}, "nobody could be told that it is closed"


def test_all_writers_share_one_pool_and_a_range_is_one_run(definitions: dg.Definitions) -> None:
    for asset in definitions.resolve_asset_graph().assets_defs:
        assert asset.op.pool == POOL
        if asset.keys:
            assert asset.backfill_policy == dg.BackfillPolicy.single_run()


def test_every_asset_has_the_weeks_in_use_as_partitions(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert {graph.get(key).partitions_def for key in graph.materializable_asset_keys} == {WEEKS}


def test_every_label_that_dagster_takes_is_chinese(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    labels = {name for spec in specs.values() for name in spec.metadata if not name.startswith("dagster")}
    assert {name for name in labels if not re.search("[一-鿿]", name)} == {"SQL"}


def test_every_asset_says_whose_it_is_its_floor_and_its_code(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    teams = {f"team:{owner}" for owner in get_args(Owner)}
    for key, spec in specs.items():
        assert spec.owners, key
        assert set(spec.owners) <= teams, key
        assert spec.tags["floor"] == spec.group_name, key
        assert spec.code_version, key
    assert {spec.tags.get("source") for spec in specs.values()} > {"case_detail", "window_weekly", "several", None}


def test_every_model_and_every_export_leads_to_the_file_that_says_what_it_is(
    specs: dict[dg.AssetKey, dg.AssetSpec], settings: Settings
) -> None:
    for path in [*model_files(settings), *settings.contracts]:
        is_sql = path.suffix == ".sql"
        key = dg.AssetKey([path.parent.name if is_sql else "raw", path.stem])
        references = specs[key].metadata["dagster/code_references"].code_references
        assert references[0].file_path == str(path)


def test_what_is_published_has_to_be_there_each_week(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    policies = {key: spec.freshness_policy for key, spec in specs.items() if spec.freshness_policy}
    assert policies == {METRICS: PUBLISHED_EACH_WEEK}


def test_sensor_and_schedule_wait_until_someone_turns_them_on(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    assert {sensor.default_status for sensor in repository.sensor_defs} == {dg.DefaultSensorStatus.STOPPED}
    assert [schedule.default_status for schedule in repository.schedule_defs] == [dg.DefaultScheduleStatus.STOPPED]


def test_the_schedule_takes_the_issue_of_the_friday_before(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered = ["2023-01", "2023-14"]
    monkeypatch.setattr("assets.week_partitions._delivered_weeks", lambda _: delivered)
    monkeypatch.setattr("assets.week_partitions.beijing_now", lambda: datetime(2023, 4, 28, 9, tzinfo=UTC))
    assert _scheduled(settings, instance, datetime(2023, 4, 28, 1, tzinfo=UTC)) == ["2023-15"]
    assert _scheduled(settings, instance, datetime(2023, 2, 3, 1, tzinfo=UTC)) == [], "2023-04 still runs that Friday"


def test_the_schedule_asks_for_no_week_of_a_hall_that_has_been_idle_for_years(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.week_partitions._delivered_weeks", lambda _: ["2023-14"])
    assert _scheduled(settings, instance, datetime(2026, 11, 27, 1, tzinfo=UTC)) == []


def _scheduled(settings: Settings, instance: dg.DagsterInstance, moment: datetime) -> list[str | None]:
    repository = build_definitions(settings).get_repository_def()
    schedule = repository.get_schedule_def("friday")
    with dg.build_schedule_context(
        instance=instance, scheduled_execution_time=moment, repository_def=repository
    ) as context:
        return [request.partition_key for request in schedule.evaluate_tick(context).run_requests or []]


def test_the_sensor_asks_once_for_the_weeks_of_files_that_have_come_to_rest(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.inbox_watch.SETTLED_SECONDS", 10)
    repository = build_definitions(settings).get_repository_def()
    sensor = repository.get_sensor_def("inbox")
    settings.inbox.mkdir(parents=True)
    _rested(settings.inbox / "somebody_else's.txt", b"no contract fits this")
    _rested(settings.inbox / "still_being_copied.csv", b"half a row", datetime.now(UTC).timestamp() + 60)
    monkeypatch.setattr("assets.automation.epoch_seconds", lambda: datetime.now(UTC).timestamp() + 15)

    with dg.build_sensor_context(instance=instance, repository_def=repository) as context:
        first = sensor.evaluate_tick(context)
    with dg.build_sensor_context(instance=instance, repository_def=repository, cursor=first.cursor) as context:
        second = sensor.evaluate_tick(context)

    assert len(first.run_requests or []) == 1, "also a file that will be refused is taken to the run that refuses it"
    asked = {name for name, file in json.loads(first.cursor or "{}")["files"].items() if file["times_asked"]}
    assert asked == {"somebody_else's.txt"}
    assert not second.run_requests


def test_only_whole_files_count(tmp_path: Path) -> None:
    for name in ("办件明细_2023-15.csv", "~$锁.xlsx", ".hidden", "copying.csv.part"):
        _rested(tmp_path / name, b"x")
    _rested(tmp_path / "empty.csv", b"")
    assert list(inbox_looks(tmp_path)) == ["办件明细_2023-15.csv"]


def _rested(path: Path, content: bytes, written_at: float = 0.0) -> None:
    path.write_bytes(content)
    os.utime(path, (written_at, written_at))


def test_a_run_names_its_weeks_by_range_or_by_single_partition() -> None:
    weeks = ["2022-50", "2023-01", "2023-02", "2023-03"]
    assert weeks_of_tags(range_tags("2022-50", "2023-02"), weeks) == ["2022-50", "2023-01", "2023-02"]
    assert weeks_of_tags({"dagster/partition": "2023-03"}, weeks) == ["2023-03"]
    assert weeks_of_tags({}, weeks) == []


def test_a_run_whose_process_was_killed_is_failed_and_a_living_one_is_not(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    job = build_definitions(settings).resolve_job_def(WEEKLY_JOB)
    finished = subprocess.Popen([sys.executable, "-c", ""])
    finished.wait()
    dead, alive = (_started(instance, job, pid) for pid in (finished.pid, os.getppid()))

    assert fail_dead_runs(instance, settings) == [dead]
    assert _status(instance, dead) is dg.DagsterRunStatus.FAILURE
    assert _status(instance, alive) is dg.DagsterRunStatus.STARTED
    assert any(entry.message == LEFT_BEHIND or LEFT_BEHIND in str(entry) for entry in instance.all_logs(dead))


def _started(instance: dg.DagsterInstance, job: dg.JobDefinition, pid: int) -> str:
    tags = {**range_tags("2023-01", "2023-01"), PROCESS_TAG: str(pid)}
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags)
    return run.run_id


def _status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_a_halls_own_dagster_settings_stay_and_unfit_ones_are_named(settings: Settings) -> None:
    path = write_instance(settings) / "dagster.yaml"
    own = path.read_text("utf-8") + "# postgres comes next year\nsensors: {use_threads: true, num_workers: 2}\n"
    path.write_text(own, "utf-8")
    write_instance(settings)
    assert path.read_text("utf-8") == own
    path.write_text(own.replace("default_limit: 1", "default_limit: 4"), "utf-8")
    with pytest.raises(InstanceError, match="default_limit: 1"):
        write_instance(settings)
    path.write_text(own.replace("base_dir: ", "base_dir: /moved", 1), "utf-8")
    with pytest.raises(InstanceError, match="base_dir"):
        write_instance(settings)
    path.write_text("a: [", "utf-8")
    with pytest.raises(InstanceError, match="不是有效的 YAML"):
        write_instance(settings)


def test_finished_runs_are_forgotten_after_their_time(settings: Settings, instance: dg.DagsterInstance) -> None:
    @dg.job
    def job() -> None:
        pass

    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.SUCCESS)
    assert forget_old_runs(instance, days=1) == 0
    assert forget_old_runs(instance, days=-1) == 1
    assert instance.get_run_by_id(run.run_id) is None


def test_the_instance_sends_nothing_and_frees_what_a_dead_run_holds(settings: Settings) -> None:
    write_instance(settings)
    first = (settings.dagster_home / "dagster.yaml").stat().st_mtime_ns
    write_instance(settings)
    assert (settings.dagster_home / "dagster.yaml").stat().st_mtime_ns == first, "written only where there is none"
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as plain:
        assert plain.telemetry_enabled is False
        assert plain.run_monitoring_enabled
        assert plain.run_monitoring_max_runtime_seconds > 0
        assert plain.get_concurrency_config().pool_config.default_pool_limit == 1


def test_loading_the_definitions_loads_nothing_heavy(tmp_path: Path) -> None:
    first, second = (_loaded_by_the_definitions(tmp_path) for _ in range(2))
    assert first <= {"sqlglot"}, "SQL is parsed when it has changed"
    assert second == set(), "and not when it has not"


def _loaded_by_the_definitions(home: Path) -> set[str]:
    script = (
        "import json, sys; from assets.definitions import defs; defs(); "
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT_ROOT,
        env={**os.environ, "ZHOUBAO_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(shown.stdout))


def test_kept_facts_are_read_again_when_a_model_changes(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "sql" / "staging"
    folder.mkdir(parents=True)
    changed = _WithModels(home=settings.home, sql=folder.parent)
    for described in ("报送", "报送文件"):
        (folder / "one.sql").write_text(MODEL.format(described=described), "utf-8")
        for _ in range(2):
            assert [fact.description for fact in model_facts(changed)] == [f"{described}\nOne row per delivery"]


class _WithModels(Settings):
    """Settings whose SQL stands elsewhere."""

    sql: Path

    @property
    def models(self) -> FilesInForce:
        return FilesInForce((self.sql,), "*/*.sql")


@pytest.mark.slow
def test_a_range_of_weeks_is_one_run_with_a_materialization_of_each_week_and_an_outcome_of_each_check(
    small_home: Settings,
) -> None:
    with dg.DagsterInstance.from_config(str(small_home.dagster_home)) as plain:
        runs = plain.get_runs()
        assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS]
        assert _shown_in_timeline(plain) == [run.run_id for run in runs]
        weeks = {f"2023-{number:02d}" for number in range(1, 16)}
        assert plain.get_dynamic_partitions(str(WEEKS.name)) == [*sorted(weeks), "2023-16"]
        for key in (dg.AssetKey(["raw", "case_detail"]), dg.AssetKey(["charts", "window_weekly"]), METRICS):
            assert plain.get_materialized_partitions(key) == weeks
        checks = build_definitions(small_home).resolve_asset_graph().asset_check_keys
        outcomes = plain.event_log_storage.get_latest_asset_check_execution_by_key(list(checks))
        assert set(outcomes) == checks


@pytest.mark.slow
def test_a_week_is_up_to_date_until_one_sql_changes_and_then_exactly_it_and_what_follows_is_not(
    small_home: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "sql"
    shutil.copytree(small_home.models.folder_of_program, folder)
    written_elsewhere = _WithModels(home=small_home.home, sql=folder)
    assert _not_up_to_date(written_elsewhere) == {}

    path = folder / "marts" / "timeliness.sql"
    path.write_text(path.read_text("utf-8") + "-- 改了一处\n", "utf-8")
    graph = build_definitions(written_elsewhere).resolve_asset_graph()
    follows = dg.AssetSelection.assets("marts/timeliness").downstream().resolve(graph)
    assert _not_up_to_date(written_elsewhere) == {key: ["has a new code version"] for key in follows}
    assert 2 < len(follows) < len(graph.materializable_asset_keys) / 2


def _not_up_to_date(settings: Settings) -> dict[dg.AssetKey, list[str]]:
    """Assets of the last week that Dagster's UI marks, and why."""
    graph = build_definitions(settings).resolve_asset_graph()
    with open_instance(settings) as opened:
        resolver = CachingStaleStatusResolver(opened, graph, LoadingContextForTest(opened))
        causes = {key: resolver.get_stale_causes(key, "2023-15") for key in graph.materializable_asset_keys}
    return {key: [cause.reason for cause in reasons] for key, reasons in causes.items() if reasons}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("days_later", "state"), [(0, FreshnessState.PASS), (6, FreshnessState.PASS), (15, FreshnessState.FAIL)]
)
def test_dagsters_daemon_finds_what_is_published_fresh_for_a_week_and_late_after_two(
    small_home: Settings, monkeypatch: pytest.MonkeyPatch, days_later: int, state: FreshnessState
) -> None:
    moment = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=days_later)
    monkeypatch.setattr("dagster._core.definitions.freshness_evaluator.get_current_datetime", lambda zone: moment)
    node = build_definitions(small_home).resolve_asset_graph().get(METRICS)
    with open_instance(small_home) as opened:
        evaluation = CronFreshnessPolicyEvaluator().evaluate_freshness(LoadingContextForTest(opened), node)
        # A thread of its own: where tests in a browser came before, this one has their event loop still running.
        with ThreadPoolExecutor(max_workers=1) as thread:
            assert thread.submit(asyncio.run, evaluation).result() is state


@pytest.mark.slow
def test_what_the_columns_promise_is_true_of_a_loaded_home(small_home: Settings) -> None:
    promises = 0
    specs = build_definitions(small_home).resolve_all_asset_specs()
    with read_warehouse(small_home) as con:
        for spec in specs:
            schema = spec.metadata.get("dagster/column_schema")
            for column in schema.columns if schema else ():
                promises += _check_promise(con, ".".join(spec.key.path), column)
    assert promises > 150


def _check_promise(con: duckdb.DuckDBPyConnection, table: str, column: dg.TableColumn) -> int:
    """Asks the table whether a column is as it is described; returns how many promises there were."""
    is_present, is_unique = not column.constraints.nullable, column.constraints.unique
    if is_present:
        assert single_number(con, f"SELECT count(*) FROM {table} WHERE {column.name} IS NULL") == 0, table
    if is_unique:
        repeated = f"SELECT count({column.name}) - count(DISTINCT {column.name}) FROM {table}"
        assert single_number(con, repeated) == 0, table
    return is_present + is_unique


def _shown_in_timeline(instance: dg.DagsterInstance) -> list[str]:
    """The runs that the page of the job weekly lists, as Dagster's UI asks for them."""
    of_location = {".dagster/repository": f"{REPOSITORY}@{LOCATION}"}
    runs = instance.get_runs(dg.RunsFilter(job_name=WEEKLY_JOB, tags=of_location))
    origins = [run.remote_job_origin for run in runs]
    assert all(origin is not None and origin.job_name == WEEKLY_JOB for origin in origins)
    return [run.run_id for run in runs]


def test_runs_of_the_command_line_name_the_code_location_of_the_workspace() -> None:
    (location,) = yaml.safe_load((PROJECT_ROOT / "workspace.yaml").read_text("utf-8"))["load_from"]
    named = location["python_module"]
    assert (named["location_name"], named["module_name"]) == (LOCATION, MODULE)
    (origin,) = location_origins_from_yaml_paths([str(PROJECT_ROOT / "workspace.yaml")])
    assert origin == repository_origin().code_location_origin
