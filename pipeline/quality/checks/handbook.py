"""Writes the table of expectations/README.md from the suites: `python -m pipeline.quality.checks.handbook`.

The checks themselves are in expectations/*.yaml; the rest of the README is written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pipeline.quality.checks.model import Check, TableSuite, each_check
from pipeline.quality.checks.suites import load_suites
from pipeline.quality.codes import Severity
from pipeline.settings import load_settings

BEGIN: Final = "<!-- checks: written by python -m pipeline.quality.checks.handbook -->"
END: Final = "<!-- end of checks -->"
HEADING: Final = (
    "| 表 table | 检查 check | 不符时说明 what fails | 维度 | 级别 level | 阻止发布 | 谁处理 | 怎么处理 |\n"
    "|---|---|---|---|---|---|---|---|"
)
STOPS_RELEASE: Final[Mapping[Severity, str]] = {"critical": "是", "warning": "否"}


def render(suites: Sequence[TableSuite]) -> str:
    """Returns a Markdown table, a row a check: where, what fails, dimension and level, what it stops, who fixes it."""
    rows = [_row(suite.table, check) for suite, check in each_check(suites)]
    return "\n".join([HEADING, *rows])


def _row(table: str, check: Check) -> str:
    meta = check.meta
    name = f"`{meta.name}`<br>{meta.title_zh}<br>{meta.title_en}"
    stops = STOPS_RELEASE[meta.severity]
    standards = f"{check.dimension} | {check.level}"
    return f"| {table} | {name} | {meta.description_zh} | {standards} | {stops} | {meta.owner} | {meta.fix_zh} |"


def refreshed(text: str, suites: Sequence[TableSuite]) -> str:
    """Returns the README's text with the table brought up to date; raises ValueError where a mark is missing."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"README.md 中应有两行标记：{BEGIN} 和 {END}")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{render(suites)}\n{END}{after}"


def write_readme(folder: Path) -> None:
    """Brings `folder`/README.md up to date."""
    path = folder / "README.md"
    path.write_text(refreshed(path.read_text("utf-8"), load_suites(folder)), "utf-8")


if __name__ == "__main__":
    write_readme(load_settings().expectations.folder_of_program)
