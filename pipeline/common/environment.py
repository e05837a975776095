"""Fills names of environment variables into settings, so that no key has to stand in a file: ${WECOM_KEY}."""

from __future__ import annotations

import os
import re
from typing import Final

_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def unset_variables(text: str) -> list[str]:
    """Returns the variables that a text names and that are not set or empty: `${A}/${B}` → ["B"] where A is set."""
    return [name for name in _PLACEHOLDER.findall(text) if not os.environ.get(name)]


def filled(text: str) -> str:
    """`wecombot://${WECOM_KEY}` → the same with the variable's value. Raises KeyError for one that is not set."""
    return _PLACEHOLDER.sub(lambda placeholder: os.environ[placeholder.group(1)], text)
