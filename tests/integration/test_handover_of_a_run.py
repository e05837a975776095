"""The last step of a run writes the packages of released weeks, where zhoubao.toml names a folder for them."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets.definitions import CHECKED_JOB, WEEKLY_JOB, build_definitions
from assets.handover import PACKAGES
from assets.partitions import range_tags
from assets.week_partitions import put_in_order
from pipeline.province.package import MANIFEST, read_manifest
from pipeline.settings import Settings
from tests.hall import WEEKS


@pytest.fixture
def home(small_home: Settings, tmp_path: Path) -> Settings:
    """A copy of a hall that was run once and now hands over."""
    copied = shutil.copytree(small_home.home, tmp_path / "home", ignore=shutil.ignore_patterns("dagster"))
    return small_home.model_copy(update={"home": Path(copied), "handover": tmp_path / "上报"})


def hand_over(settings: Settings) -> dg.ExecuteInProcessResult:
    job = build_definitions(settings).resolve_job_def(WEEKLY_JOB)
    with dg.DagsterInstance.ephemeral() as instance:
        put_in_order(instance, list(WEEKS))
        return job.execute_in_process(
            asset_selection=[PACKAGES],
            tags=range_tags(WEEKS[0], WEEKS[-1]),
            instance=instance,
            raise_on_error=False,
        )


@pytest.mark.slow
def test_every_released_week_is_handed_over_and_a_second_time_nothing_is_written(home: Settings) -> None:
    result = hand_over(home)
    assert result.success
    (outcome,) = result.get_asset_check_evaluations()
    assert (outcome.passed, outcome.description) == (True, "已上报 15 期。")
    assert home.handover is not None
    manifests = sorted(home.handover.glob(f"510000/*/{MANIFEST}"))
    assert [read_manifest(path).week_id for path in manifests] == list(WEEKS)
    written = {path: path.stat().st_mtime_ns for path in home.handover.rglob("*")}
    assert hand_over(home).success
    assert {path: path.stat().st_mtime_ns for path in home.handover.rglob("*")} == written


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_fails_the_step(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = hand_over(home.model_copy(update={"handover": tmp_path / "file"}))
    assert not result.success


def test_only_a_hall_that_hands_over_has_the_step_and_only_where_it_releases(
    settings: Settings, tmp_path: Path
) -> None:
    handing_over = build_definitions(settings.model_copy(update={"handover": tmp_path}))
    alone = build_definitions(settings)
    steps = {
        (which, job): "handover__packages" in {node.name for node in definitions.resolve_job_def(job).nodes}
        for which, definitions in (("province", handing_over), ("alone", alone))
        for job in (WEEKLY_JOB, CHECKED_JOB)
    }
    assert steps == {
        ("province", WEEKLY_JOB): True,
        ("province", CHECKED_JOB): False,
        ("alone", WEEKLY_JOB): False,
        ("alone", CHECKED_JOB): False,
    }
