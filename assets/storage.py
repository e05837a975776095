"""Many events of a run written at once into Dagster's SQLite files; what is written, and the files, stay its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from dagster import EventLogEntry
from dagster._core.events import ASSET_EVENTS
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, _event_logs_directory
from dagster._serdes import ConfigurableClassData

BATCH_SIZE = 200
BATCH_VARIABLE = "DAGSTER_EVENT_BATCH_SIZE"


def storage_override(base_dir: str) -> dict[str, Any]:
    """The part of dagster.yaml that puts the batched storage over the files in `base_dir`."""
    config = {"module": __name__, "class": BatchedSqliteStorage.__name__, "config": {"base_dir": base_dir}}
    return {"storage": {"custom": config}}


@contextmanager
def batches() -> Iterator[None]:
    """Events come in batches while this lasts; Dagster reads the size from the environment."""
    before = os.environ.get(BATCH_VARIABLE)
    os.environ[BATCH_VARIABLE] = before or str(BATCH_SIZE)
    try:
        yield
    finally:
        os.environ.pop(BATCH_VARIABLE)
        if before is not None:
            os.environ[BATCH_VARIABLE] = before


class BatchedEventLog(SqliteEventLogStorage):
    """A range of fifteen weeks plans and reports each asset fifteen times: one transaction serves them all.

    Dagster's own way opens up to four connections an event, which made a range run wait longer for its log than for
    its tables. Should a batch fail, Dagster writes its events one by one.
    """

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run in order."""
        for is_asset_event, group in groupby(events, _is_asset_event):
            if is_asset_event:
                self._store_asset_events(list(group))
            else:
                for event in group:
                    self.store_event(event)

    def _store_asset_events(self, events: Sequence[EventLogEntry]) -> None:
        inserts = [self.prepare_insert_event(event) for event in events]
        with self.run_connection(events[0].run_id) as run:
            for insert in inserts:
                run.execute(insert)
        with self.index_transaction() as index:
            ids = [index.execute(insert).inserted_primary_key[0] for insert in inserts]  # type: ignore[index]
            self._store_asset_event_tags(index, events, ids)
            for event, event_id in _last_of_each_asset(events, ids):
                self._store_asset_event(index, event, event_id)


class BatchedSqliteStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage with the batched event log."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None):
        super().__init__(base_dir, inst_data)
        self._event_log_storage = BatchedEventLog(_event_logs_directory(base_dir))

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> BatchedSqliteStorage:
        """As Dagster's own, which would make Dagster's own class."""
        return cls.from_local(inst_data=inst_data, **config_value)


def _is_asset_event(event: EventLogEntry) -> bool:
    return event.dagster_event is not None and event.dagster_event_type in ASSET_EVENTS


def _last_of_each_asset(events: Sequence[EventLogEntry], ids: Sequence[int]) -> list[tuple[EventLogEntry, int]]:
    """The asset table keeps only an asset's latest event of a kind."""
    last = {
        (event.get_dagster_event().asset_key, event.dagster_event_type): (event, event_id)
        for event, event_id in zip(events, ids, strict=True)
    }
    return list(last.values())
