"""Writes the table of expectations/README.md from the suites; the checks themselves are in the YAML files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.quality.checks.suites import CheckMeta, TableSuite, load_suites
from pipeline.settings import load_settings

BEGIN = "<!-- checks: written by python -m pipeline.quality.checks.handbook -->"
END = "<!-- end of checks -->"
SEVERITY = {"critical": "是", "warning": "否"}


def render(suites: Sequence[TableSuite]) -> str:
    """A Markdown table, a row a check: where, what fails, whether it stops the release, who fixes it and how."""
    head = "| 表 table | 检查 check | 不符时说明 what fails | 阻止发布 | 谁处理 | 怎么处理 |\n|---|---|---|---|---|---|"
    return "\n".join([head, *(_row(suite.table, check.meta) for suite in suites for check in suite.expectations)])


def _row(table: str, meta: CheckMeta) -> str:
    name = f"`{meta.name}`<br>{meta.title_zh}<br>{meta.title_en}"
    return f"| {table} | {name} | {meta.description_zh} | {SEVERITY[meta.severity]} | {meta.owner} | {meta.fix_zh} |"


def refreshed(text: str, suites: Sequence[TableSuite]) -> str:
    """The README's text with the table brought up to date; raises ValueError where the two marks are missing."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"README.md 中应有两行标记：{BEGIN} 和 {END}")
    before, after = text.split(BEGIN, maxsplit=1)[0], text.split(END)[1]
    return f"{before}{BEGIN}\n{render(suites)}\n{END}{after}"


def write_readme(folder: Path) -> None:
    """Bring `folder`/README.md up to date."""
    path = folder / "README.md"
    path.write_text(refreshed(path.read_text("utf-8"), load_suites(folder)), "utf-8")


if __name__ == "__main__":
    write_readme(load_settings().expectations_dir)
