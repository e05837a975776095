"""Dagster's own SQLite storage with a connection that stays open, for the one process that runs the weeks.

Dagster opens a file anew for each of a thousand events of a run, and waits for the disk after each. What is stored, and
where, is the same: the UI and the daemon read it with the class that their dagster.yaml names.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

SECONDS_FOR_OTHERS: Final = 60
# The index of all runs, the run itself, and one that is being forgotten.
MOST_CONNECTIONS: Final = 3


class KeptEventLog(SqliteEventLogStorage):
    """The event log of a run: a connection a file, kept until others are needed or the instance is closed."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._kept: dict[str, Connection] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """One transaction on a shard (the index, or the file of a run), as Dagster's own method gives it."""
        with self._db_lock:
            connection = self._kept.pop(shard, None) or self._open(shard)
            # Back to the end: the first of them is the one that waited longest.
            self._kept[shard] = connection
            with connection.begin():
                yield connection

    def _open(self, shard: str) -> Connection:
        while len(self._kept) >= MOST_CONNECTIONS:
            self._kept.pop(next(iter(self._kept))).engine.dispose()
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            connect_args={"timeout": SECONDS_FOR_OTHERS, "check_same_thread": False},
        )
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        connection = engine.connect()
        # Dagster keeps these files in WAL mode: a killed process loses nothing without waiting for the disk, and a
        # power cut takes the last events of a log at most.
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        connection.rollback()
        return connection

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; one that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def wipe(self) -> None:
        """Deletes all events, and the files under the connections with them."""
        self._close_all()
        super().wipe()

    def dispose(self) -> None:
        """Closes what is open, at the end of the instance."""
        self._close_all()
        super().dispose()

    def _close_all(self) -> None:
        with self._db_lock:
            while self._kept:
                _, connection = self._kept.popitem()
                connection.close()
                connection.engine.dispose()


class KeptStorage(DagsterSqliteStorage):
    """Dagster's storage of runs, events and schedules in SQLite, with the event log above."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        plain = self._event_log_storage
        self._event_log_storage = KeptEventLog(plain._base_dir)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> KeptStorage:
        """Makes the storage from the config of a dagster.yaml, as Dagster asks for it."""
        return cls.from_local(inst_data=inst_data, **config_value)


def keeping_connections(ref: InstanceRef) -> InstanceRef:
    """Returns what an instance is made from, with connections that are kept where its storage is Dagster's SQLite.

    Another storage, such as Postgres, keeps its own and stays as it is.
    """
    stored = ref.storage_data
    if stored is None or stored.class_name != DagsterSqliteStorage.__name__:
        return ref
    kept = ConfigurableClassData(KeptStorage.__module__, KeptStorage.__name__, stored.config_yaml)
    return ref._replace(storage_data=kept)
