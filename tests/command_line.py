"""The command line in this process: what is typed, what it answers, without its seconds of imports for each command.

That it starts in a process of its own is held by test_killed_run, test_wheel, test_side_by_side and test_app.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest


def run_command(folder: Path, settings: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Runs `zhoubao <words>` in `folder` with these ZHOUBAO_ variables and no others; returns what it printed."""
    from zhoubao.app import main

    said, complained = io.StringIO(), io.StringIO()
    exit_code: object = 0
    with _typed(folder, settings, words), redirect_stdout(said), redirect_stderr(complained):
        try:
            main()
        except SystemExit as end:
            exit_code = end.code
    code = exit_code if isinstance(exit_code, int) else int(exit_code is not None)
    return subprocess.CompletedProcess(["zhoubao", *words], code, said.getvalue(), complained.getvalue())


@contextmanager
def _typed(folder: Path, settings: Mapping[str, str], words: tuple[str, ...]) -> Iterator[None]:
    """A process in which these words were typed; as it was before, afterwards."""
    with pytest.MonkeyPatch.context() as patch, chdir(folder):
        for name in [name for name in os.environ if name.startswith("ZHOUBAO_")]:
            patch.delenv(name)
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["zhoubao", *words])
        yield
