"""The command `zhoubao` works from any folder, through an environment that does not have the project installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipeline.common.package_version import package_version
from tools.launcher import write_launcher


def test_the_command_works_from_any_folder(tmp_path: Path) -> None:
    bin_folder = tmp_path / "with blanks" / "bin"
    bin_folder.mkdir(parents=True)
    packages = tmp_path / "packages"
    packages.mkdir()
    command = write_launcher(bin_folder, packages)
    # As an environment has it: an interpreter beside the command that reads the .pth of its packages.
    interpreter = bin_folder / "python"
    interpreter.write_text(
        f'#!/bin/sh\nPYTHONPATH="$(cat "{packages}/zhoubao.pth")" exec "{sys.executable}" "$@"\n', encoding="utf-8"
    )
    interpreter.chmod(0o755)
    done = subprocess.run([command, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"zhoubao {package_version()}"
