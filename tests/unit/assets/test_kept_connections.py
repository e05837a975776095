"""The storage that keeps its connections stores what Dagster's own does, where Dagster's own finds it."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef

from assets.instance import open_instance, write_instance
from assets.kept_connections import MOST_CONNECTIONS, KeptEventLog, KeptStorage, keeping_connections
from pipeline.settings import Settings


@dg.asset
def figure() -> int:
    return 1


JOB = dg.Definitions(assets=[figure], jobs=[dg.define_asset_job("one")]).resolve_job_def("one")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def events_of(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    return [entry.dagster_event_type.value for entry in instance.all_logs(run_id) if entry.dagster_event_type]


def test_dagsters_own_storage_reads_what_was_stored_over_kept_connections(settings: Settings) -> None:
    with open_instance(settings) as instance:
        run_id = JOB.execute_in_process(instance=instance).run_id
        stored = events_of(instance, run_id)
    assert "ASSET_MATERIALIZATION" in stored
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as plain:
        assert not isinstance(plain.event_log_storage, KeptEventLog)
        assert events_of(plain, run_id) == stored
        assert plain.get_latest_materialization_event(figure.key) is not None


def test_both_write_beside_each_other(settings: Settings) -> None:
    with open_instance(settings) as instance, dg.DagsterInstance.from_config(str(settings.dagster_home)) as plain:
        runs = [JOB.execute_in_process(instance=one).run_id for one in (instance, plain, instance)]
        assert {run.run_id for run in instance.get_runs()} == set(runs)
        assert len({tuple(events_of(plain, run_id)) for run_id in runs}) == 1


def test_no_more_files_stay_open_than_a_run_needs_and_none_after_the_instance(settings: Settings) -> None:
    with open_instance(settings) as instance:
        log = instance.event_log_storage
        assert isinstance(log, KeptEventLog)
        for _ in range(MOST_CONNECTIONS + 1):
            JOB.execute_in_process(instance=instance)
        assert 0 < len(log._kept) <= MOST_CONNECTIONS
    assert log._kept == {}


def test_a_storage_that_is_not_dagsters_sqlite_stays_as_it_is(settings: Settings) -> None:
    home = write_instance(settings)
    ref = InstanceRef.from_dir(str(home))
    kept = keeping_connections(ref)
    assert kept.storage_data is not None
    assert kept.storage_data.class_name == KeptStorage.__name__
    assert keeping_connections(kept) is kept
