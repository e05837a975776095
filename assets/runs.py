"""Runs a range of weeks as one run on the persistent instance and reports on it; printing is zhoubao.commands.run's."""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import dagster as dg

from assets.code_location import name_location, tags_of_location
from assets.definitions import CHECKED_JOB, WEEKLY_JOB, build_definitions, calendar_of
from assets.instance import PROCESS_TAG, fail_dead_runs, forget_old_runs, open_instance
from assets.lineage_events import lineage_listener
from assets.partitions import range_tags
from assets.release import GATE_CHECK
from assets.week_partitions import settle_partitions
from pipeline.common.system_errors import system_sentence_of
from pipeline.quality.run.validation import import_beforehand
from pipeline.settings import Settings
from pipeline.warehouse.errors import warehouse_error

if TYPE_CHECKING:
    from pipeline.ingest.inbox.loader import FileEvent

_CLASS_NAME = re.compile(r"^[\w.]+: ")
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RunEvent:
    """Something to show while a run works. `subject` is an asset, a check, a file or a step."""

    kind: Literal["step_started", "file", "table", "check", "step_failed"]
    subject: str
    seconds: float
    is_passed: bool = True
    message: str = ""
    file: FileEvent | None = None


@dataclass(frozen=True)
class FailedCheck:
    """A check that some week of the run broke."""

    table: str
    check: str
    severity: str
    message: str


@dataclass(frozen=True)
class StepFailure:
    """A step that could not finish, and in words why."""

    step: str
    message: str


@dataclass(frozen=True)
class RunReport:
    """What became of a run. A closed gate is a failed run whose tables and checks are complete."""

    run_id: str
    first_week: str
    last_week: str
    is_success: bool
    gate_message: str
    is_blocked: bool
    checks_passed: int
    checks_failed: tuple[FailedCheck, ...]
    failures: tuple[StepFailure, ...]
    files: tuple[FileEvent, ...]
    dead_runs: tuple[str, ...]
    seconds: float


def materialize_weeks(
    settings: Settings,
    first_week: str,
    last_week: str,
    on_event: Callable[[RunEvent], None] = lambda event: None,
    *,
    is_releasing: bool = True,
) -> RunReport:
    """Materializes everything for the weeks from the first to the last, as one in-process run that `make dev` shows.

    Unless `is_releasing`, only up to the gate: nothing is frozen or published.
    `on_event` hears of files, tables and checks as they come. Runs that a killed process left behind are failed
    first. Never raises for a step that fails: the report says which and why.
    """
    began = time.monotonic()
    files: list[FileEvent] = []

    def tell_file(event: FileEvent) -> None:
        files.append(event)
        on_event(RunEvent("file", event.file_name, event.seconds, event.outcome != "refused", event.message, event))

    definitions = build_definitions(settings, tell_file)
    job = definitions.resolve_job_def(WEEKLY_JOB if is_releasing else CHECKED_JOB)
    with open_instance(settings) as instance:
        dead = fail_dead_runs(instance, settings)
        forget_old_runs(instance, settings.run_history_days)
        settle_partitions(instance, settings, calendar_of(settings), (first_week, last_week))
        run_id = str(uuid.uuid4())
        instance.add_event_listener(run_id, name_location(instance, run_id))
        instance.add_event_listener(run_id, _listener(on_event, began))
        tell_lineage = lineage_listener(job.name, definitions)
        if tell_lineage is not None:
            instance.add_event_listener(run_id, tell_lineage)
        # Not before: what opens the instance imports packages that checks need, too.
        import_beforehand()
        result = job.execute_in_process(
            run_config=QUIET,
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            tags={**range_tags(first_week, last_week), PROCESS_TAG: str(os.getpid()), **tags_of_location()},
        )
    return _report(result, (first_week, last_week), files, dead, time.monotonic() - began)


def _listener(on_event: Callable[[RunEvent], None], began: float) -> Callable[[dg.EventLogEntry], None]:
    """Turns Dagster's events into ours; a table of fifteen weeks is told once."""
    tables_told: set[str] = set()

    def listen(entry: dg.EventLogEntry) -> None:
        if entry.dagster_event is None:
            return
        event = _run_event(entry.dagster_event, time.monotonic() - began)
        if event is None:
            return
        if event.kind == "table":
            if event.subject in tables_told:
                return
            tables_told.add(event.subject)
        on_event(event)

    return listen


def _run_event(event: dg.DagsterEvent, seconds: float) -> RunEvent | None:
    match event.event_type:
        case dg.DagsterEventType.STEP_START:
            return RunEvent("step_started", event.step_key or "", seconds)
        case dg.DagsterEventType.ASSET_MATERIALIZATION if event.asset_key:
            return RunEvent("table", ".".join(event.asset_key.path), seconds)
        case dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            outcome = event.asset_check_evaluation_data
            subject = f"{'.'.join(outcome.asset_key.path)}：{outcome.check_name}"
            return RunEvent("check", subject, seconds, outcome.passed, outcome.description or "")
        case dg.DagsterEventType.STEP_FAILURE:
            return RunEvent("step_failed", event.step_key or "", seconds, False, failure_message(event))
        case _:
            return None


def _report(
    result: dg.ExecuteInProcessResult, weeks: tuple[str, str], files: list[FileEvent], dead: list[str], seconds: float
) -> RunReport:
    evaluations = result.get_asset_check_evaluations()
    gates = [evaluation for evaluation in evaluations if evaluation.check_name == GATE_CHECK]
    expectations = [evaluation for evaluation in evaluations if evaluation.check_name != GATE_CHECK]
    failed_checks = [evaluation for evaluation in expectations if not evaluation.passed]
    return RunReport(
        run_id=result.run_id,
        first_week=weeks[0],
        last_week=weeks[1],
        is_success=result.success,
        gate_message=(gates[0].description or "") if gates else "",
        is_blocked=any(not gate.passed for gate in gates),
        checks_passed=len(expectations) - len(failed_checks),
        checks_failed=tuple(map(_failed_check, failed_checks)),
        failures=tuple(map(_step_failure, _failure_events(result))),
        files=tuple(files),
        dead_runs=tuple(dead),
        seconds=seconds,
    )


def _failure_events(result: dg.ExecuteInProcessResult) -> list[dg.DagsterEvent]:
    """Returns the steps that failed; where none did, what failed the run before any step could begin."""
    failed_steps = [event for event in result.all_events if event.is_step_failure]
    return failed_steps or [event for event in result.all_events if event.is_run_failure]


def _step_failure(event: dg.DagsterEvent) -> StepFailure:
    return StepFailure(event.step_key or "", failure_message(event))


def _failed_check(evaluation: dg.AssetCheckEvaluation) -> FailedCheck:
    return FailedCheck(
        table=".".join(evaluation.asset_key.path),
        check=evaluation.check_name,
        severity=evaluation.severity.value,
        message=evaluation.description or "",
    )


def failure_message(event: dg.DagsterEvent) -> str:
    """Returns the sentence of the innermost cause: what the library said, without the layers around it."""
    data: Any = event.event_specific_data
    error = getattr(data, "error", None)
    if error is None:
        return event.message or ""
    while error.cause is not None:
        error = error.cause
    of_warehouse = warehouse_error(error.message)
    if of_warehouse is not None:
        # A block that cannot be read is met in the middle of a step, where no opening of the file can translate it.
        return str(of_warehouse)
    of_system = system_sentence_of(error.message)
    if of_system is not None:
        return of_system
    described = getattr(getattr(data, "user_failure_data", None), "description", None)
    return str(described or _CLASS_NAME.sub("", error.message)).strip()
