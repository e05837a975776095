"""Says of a run of the command line that it is one of the job that Dagster's UI shows; running is assets.runs's.

Dagster lists a run in a job's timeline where the run names the code location that the job was loaded from. Runs of the
UI do so by themselves; one that a process executes itself has to be told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dagster import DagsterInstance, EventLogEntry
    from dagster._core.remote_origin import RemoteRepositoryOrigin

# As workspace.yaml names them.
LOCATION: Final = "zhoubao"
MODULE: Final = "assets.definitions"
# Dagster's name for the repository that it makes of definitions.
REPOSITORY: Final = "__repository__"


def tags_of_location() -> dict[str, str]:
    """Returns the tags by which the UI finds the runs of a job."""
    from dagster._core.storage.tags import CODE_LOCATION_TAG, REPOSITORY_LABEL_TAG

    return {REPOSITORY_LABEL_TAG: f"{REPOSITORY}@{LOCATION}", CODE_LOCATION_TAG: LOCATION}


def name_location(instance: DagsterInstance, run_id: str) -> Callable[[EventLogEntry], None]:
    """Returns a listener that writes into the run, at its first event, where its job was loaded from."""
    is_named = False

    def listen(_: EventLogEntry) -> None:
        nonlocal is_named
        run = None if is_named else instance.get_run_by_id(run_id)
        if run is not None:
            origin = repository_origin().get_job_origin(run.job_name)
            instance.run_storage.replace_job_origin(run, origin)
            is_named = True

    return listen


def repository_origin() -> RemoteRepositoryOrigin:
    """Returns where Dagster's UI loads the jobs from, as it reads that from workspace.yaml."""
    from dagster._core.remote_origin import ManagedGrpcPythonEnvCodeLocationOrigin, RemoteRepositoryOrigin
    from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

    target = LoadableTargetOrigin(module_name=MODULE, working_directory=".")
    return RemoteRepositoryOrigin(ManagedGrpcPythonEnvCodeLocationOrigin(target, LOCATION), REPOSITORY)
