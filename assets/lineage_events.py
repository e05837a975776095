"""Tells a catalogue of lineage what a run made and from what, as OpenLineage events; without a setting, nobody.

In: the events of a run. Out: events of the community package `dagster-openlineage` (the extra `lineage`), to wherever
OpenLineage's own environment variables say: OPENLINEAGE_URL, OPENLINEAGE_CONFIG, OPENLINEAGE__TRANSPORT__….
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import dagster as dg

if TYPE_CHECKING:
    from dagster_openlineage.adapter import OpenLineageAdapter

LOGGER = logging.getLogger(__name__)
WANTED_BY: Final = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE__TRANSPORT__TYPE")
NAMESPACE_VARIABLE: Final = "OPENLINEAGE_NAMESPACE"
NAMESPACE: Final = "zhoubao"
NOT_INSTALLED: Final = (
    "设置了 OpenLineage 的去向，但没有安装 dagster-openlineage；血缘没有发送。请安装 zhoubao[lineage]。"
)
NOT_SENT: Final = "血缘没有发送（%s）：请检查 OpenLineage 的去向；数据不受影响。"
# What describes a table. Counts, previews and sentences of a run stay here: they may quote what files say.
_SENT: Final = ("dagster/column_schema", "dagster/column_lineage")


def lineage_listener(job_name: str, definitions: dg.Definitions) -> Listener | None:
    """Returns a listener that sends the lineage of a run of `job_name`; None where nobody asked for it.

    A catalogue that cannot be reached is warned of once and left alone: a week never waits for it.
    """
    if not any(os.environ.get(name) for name in WANTED_BY):
        return None
    try:
        from dagster_openlineage.adapter import OpenLineageAdapter
        from openlineage.client import OpenLineageClient
    except ImportError:
        LOGGER.warning(NOT_INSTALLED)
        return None
    namespace = os.environ.get(NAMESPACE_VARIABLE, NAMESPACE)
    try:
        adapter = OpenLineageAdapter(namespace=namespace, emitter=SendingOnce(OpenLineageClient()))
    except Exception as error:
        # What OpenLineage's own settings may hold is its matter; a mistake in them is no reason to stop a week.
        LOGGER.warning(NOT_SENT, error)
        return None
    upstream = {
        spec.key: frozenset(dep.asset_key for dep in spec.deps) for spec in definitions.resolve_all_asset_specs()
    }
    return Listener(adapter, job_name, upstream)


class SendingOnce:
    """Sends events until one cannot be sent, in the place of the package's own emitter, which tries with each of them.

    A run has some two hundred events: a server that is down would hold it up for minutes.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._has_failed = False

    def emit(self, event: Any) -> None:
        """Sends one event, or nothing any more."""
        if self._has_failed:
            return
        try:
            self._client.emit(event)
        except Exception as error:
            self._has_failed = True
            LOGGER.warning(NOT_SENT, error)


class Listener:
    """Hears the events of one run and sends them on: a table once, whatever the number of its weeks.

    `upstream` holds what each asset reads.
    """

    def __init__(
        self,
        adapter: OpenLineageAdapter,
        job_name: str,
        upstream: Mapping[dg.AssetKey, frozenset[dg.AssetKey]],
    ) -> None:
        self._adapter = adapter
        self._job_name = job_name
        self._upstream = upstream
        self._told: set[dg.AssetKey] = set()
        self._checked: dict[dg.AssetKey, list[dg.AssetCheckEvaluation]] = defaultdict(list)
        self._at_the_end: Mapping[dg.DagsterEventType, Callable[..., None]] = {
            dg.DagsterEventType.RUN_SUCCESS: adapter.complete_pipeline,
            dg.DagsterEventType.RUN_FAILURE: adapter.fail_pipeline,
            dg.DagsterEventType.RUN_CANCELED: adapter.cancel_pipeline,
        }

    def __call__(self, entry: dg.EventLogEntry) -> None:
        """Takes one event of the run; one that the package cannot put into words is warned of, and the run goes on."""
        try:
            self._tell(entry)
        except Exception as error:
            LOGGER.warning(NOT_SENT, error)

    def _tell(self, entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event is None:
            return
        match event.event_type:
            case dg.DagsterEventType.RUN_START:
                self._adapter.start_pipeline(self._job_name, entry.run_id, entry.timestamp)
            case dg.DagsterEventType.ASSET_MATERIALIZATION:
                self._tell_table(event.step_materialization_data.materialization, entry)
            case dg.DagsterEventType.ASSET_CHECK_EVALUATION:
                evaluation = event.asset_check_evaluation_data
                self._checked[evaluation.asset_key].append(_without_words(evaluation))
            case end if end in self._at_the_end:
                self._tell_checks(entry)
                self._at_the_end[end](self._job_name, entry.run_id, entry.timestamp)

    def _tell_table(self, made: dg.AssetMaterialization, entry: dg.EventLogEntry) -> None:
        key = made.asset_key
        if key in self._told:
            return
        self._told.add(key)
        self._adapter.asset_materialization(
            key,
            entry.run_id,
            entry.timestamp,
            metadata={name: made.metadata[name] for name in _SENT if name in made.metadata},
            upstream_asset_keys=sorted(self._upstream.get(key, ())),
        )

    def _tell_checks(self, entry: dg.EventLogEntry) -> None:
        for key, evaluations in self._checked.items():
            self._adapter.asset_check_evaluation(key, evaluations, entry.run_id, entry.timestamp)


def _without_words(evaluation: dg.AssetCheckEvaluation) -> dg.AssetCheckEvaluation:
    """Returns whether a check passed, without its evidence."""
    return dg.AssetCheckEvaluation(
        asset_key=evaluation.asset_key,
        check_name=evaluation.check_name,
        passed=evaluation.passed,
        severity=evaluation.severity,
        metadata={},
    )
