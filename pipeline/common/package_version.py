"""The version of the program: of the checkout that runs, or of the installed package; what it produced is release's."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

DISTRIBUTION: Final = "zhoubao"
UNKNOWN: Final = "0+unknown"
_PROJECT_FILE: Final = Path(__file__).resolve().parents[2] / "pyproject.toml"


def package_version() -> str:
    """Returns the version, such as `0.1.0`.

    A checkout comes first: what an environment has installed beside it is not the code that runs.
    """
    if _PROJECT_FILE.is_file():
        project = tomllib.loads(_PROJECT_FILE.read_text(encoding="utf-8"))["project"]
        if project["name"] == DISTRIBUTION:
            return str(project["version"])
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return UNKNOWN
