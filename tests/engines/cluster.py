"""A real Spark for the tests of one file: started by `with`, stopped at its end whatever happened."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from pipeline.warehouse.engines.local_cluster import PACKAGES, missing, start, stop

__all__ = ["PACKAGES", "Cluster", "missing"]


class Cluster:
    """`remote` and `token` are what a client needs. One worker: each costs a process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "engine"
        self.token = ""
        self.remote = ""

    def __enter__(self) -> Cluster:
        started = start(self._folder, workers=1)
        self.remote, self.token = started.remote, started.token
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stop(self._folder)
