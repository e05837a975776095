"""`python -m assets.webserver`: Dagster's own webserver behind the guard; it takes the options of `dagster-webserver`.

`--with-daemon` starts Dagster's daemon beside it, for sensors and schedules, and stops it at the end: `make dev`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from assets.instance import write_instance
from assets.web_guard import WebGuard
from pipeline.settings import Settings, load_settings

WITH_DAEMON = "--with-daemon"


def guard_webserver(hosts: tuple[str, ...]) -> None:
    """Puts the guard in front of everything that Dagster's webserver of this process serves."""
    from dagster_webserver.webserver import DagsterWebserver
    from starlette.middleware import Middleware

    dagsters_own = DagsterWebserver.build_middleware

    def with_guard(self: DagsterWebserver[Any, Any]) -> list[Middleware]:
        return [Middleware(WebGuard, hosts=hosts), *dagsters_own(self)]

    DagsterWebserver.build_middleware = with_guard  # type: ignore[method-assign]


@contextmanager
def daemon(is_wanted: bool) -> Iterator[None]:
    """Runs Dagster's daemon while the body runs, if it is wanted."""
    if not is_wanted:
        yield
        return
    # `python -m dagster` has no daemon among its commands.
    process = subprocess.Popen([sys.executable, "-m", "dagster._daemon", "run", "-w", "workspace.yaml"])
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def show_weeks_in_use(settings: Settings) -> None:
    """Makes the partitions those of this home: one of an earlier version has none yet, an empty one has today's."""
    from assets.definitions import calendar_of
    from assets.instance import open_instance
    from assets.week_partitions import settle_partitions

    with open_instance(settings) as instance:
        settle_partitions(instance, settings, calendar_of(settings))


def serve(settings: Settings, arguments: Sequence[str]) -> None:
    """Serves the UI of this home until it is stopped."""
    import os

    from dagster_webserver.cli import cli

    os.environ["DAGSTER_HOME"] = str(write_instance(settings).resolve())
    show_weeks_in_use(settings)
    guard_webserver(settings.ui_hosts)
    options = [argument for argument in arguments if argument != WITH_DAEMON]
    with daemon(WITH_DAEMON in arguments):
        cli(options, standalone_mode=False)


if __name__ == "__main__":
    serve(load_settings(), sys.argv[1:])
