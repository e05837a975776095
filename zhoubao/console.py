"""Writes to the terminal for every command; how one command's result looks stands in its module of zhoubao.commands."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

# Without a terminal (a pipe, a log of cron) rich would cut tables at 80 columns.
WIDTH_WITHOUT_TERMINAL: Final = 160
console: Final = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)


def complain(message: str) -> None:
    """Writes one sentence in red to the error stream."""
    Console(stderr=True, highlight=False).print(f"[red]{escape(message)}[/]", soft_wrap=True)


def new_table(
    headings: Sequence[str],
    *,
    title: str,
    right: Collection[str] = (),
    overflow: bool = False,
) -> Table:
    """Returns an empty table with these columns; those in `right` are aligned to the right.

    With `overflow` a long cell goes on in the next line instead of being cut.
    """
    table = Table(title=title, title_justify="left", header_style="bold")
    for heading in headings:
        table.add_column(
            heading,
            justify="right" if heading in right else "left",
            overflow="fold" if overflow else "ellipsis",
        )
    return table


def number_text(value: int | None) -> str:
    """Writes a count with thousands separators, `12345` as `12,345`; nothing where there is none."""
    return "" if value is None else f"{value:,}"


def command_name() -> str:
    """Says how this command line is called here: `zhoubao` where it is installed, else Python with the module."""
    if Path(sys.argv[0]).name == "zhoubao":
        return "zhoubao"
    python = Path(sys.executable)
    if python.is_relative_to(Path.cwd()):
        python = python.relative_to(Path.cwd())
    return f"{python} -m zhoubao"
