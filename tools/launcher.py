"""Makes the command `zhoubao` in the virtual environment: `python -m tools.launcher`, called by `make setup`.

The project itself is not installed there: a change of its code counts at once, and nothing has to be built.
"""

from __future__ import annotations

import site
import sys
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[1]
# Beside the interpreter wherever the environment is moved to, and without a length limit as `#!` has one.
COMMAND = '#!/bin/sh\nexec "$(dirname "$0")/python" -m zhoubao "$@"\n'


def write_launcher(bin_folder: Path, packages: Path, root: Path = PROJECT_ROOT) -> Path:
    """Writes the command into `bin_folder`, and into `packages` where Python finds the project; returns the command."""
    (packages / "zhoubao.pth").write_text(f"{root}\n", encoding="utf-8")
    command = bin_folder / "zhoubao"
    command.write_text(COMMAND, encoding="utf-8")
    command.chmod(0o755)
    return command


if __name__ == "__main__":
    write_launcher(Path(sys.executable).parent, Path(site.getsitepackages()[0]))
