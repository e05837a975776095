"""Puts a check together from what one word says: the query, the sentences, and the data that break it.

What all such checks share stands here: a failing row is a line of the export, with its file, sheet, row and label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from textwrap import dedent
from typing import Any, Final, Literal

from pipeline.common.quoting import identifier, quoted
from pipeline.contracts import Contract, Field
from pipeline.ingest.load.printed_lines import step_column, text_column
from pipeline.quality.checks.core_types import UNEXPECTED_ROWS
from pipeline.quality.checks.model import Check
from pipeline.quality.checks.standards import Dimension, Level
from pipeline.quality.codes import Category, Severity

# What a failing row of such a check begins with, and what people see of it.
PLACE: Final = "week_id, source, file_name, delivery_id, sheet, row_no, covers, line_label"
KEYS: Final = ("week_id", "source", "file_name", "sheet", "row_no", "line_label")
# A line of the same name in the same week is the same cause, wherever a later export has it.
CAUSE: Final = ("week_id", "covers", "line_label")
# The lines of the deliveries that count.
LINE: Final = "line AS (SELECT * FROM {batch} WHERE delivery_status = 'current')"
PLACE_ZH: Final = "{file_name} 工作表「{sheet}」第 {row_no} 行"
# The numbers 10 and 15 of a line whose step is 1 are counted, 2.31万 is rounded: half a step may be missing.
_SLACK: Final = "CASE WHEN {step} = 1 THEN 0 ELSE {step} / 2 END"
_SINCE: Final = date(2026, 11, 30)
_LONGEST_NAME: Final = 63
_BLANKS: Final = re.compile(r"(?<=\S) {2,}")


@dataclass(frozen=True)
class Threshold:
    """A number that a query depends on, written there as `10 /* gross_pct */`."""

    name: str
    value: int | float
    reason_zh: str

    @property
    def sql(self) -> str:
        """The number as the query has it."""
        return f"{self.value} /* {self.name} */"


GROSS: Final = Threshold("gross_pct", 10, "差到一成，不是零星的漏报，多半写错了一位或漏了一块；不到一成的只作提醒")


@dataclass(frozen=True)
class Says:
    """What people read of a check: titles, what is expected (Chinese, English), what to do, fault and evidence."""

    title_zh: str
    title_en: str
    notes: tuple[str, str]
    fix_zh: str
    fault_zh: str
    evidence_zh: str | None = PLACE_ZH


@dataclass(frozen=True)
class Draft:
    """One check before it has its owner: what it asks, what it says, and data that break it (for the tests alone)."""

    name: str
    query: str
    says: Says
    example_sql: str
    example_says: str
    dimension: Dimension
    level: Level
    severity: Severity = "warning"
    category: Category = "文件与合计"
    keys: tuple[str, ...] = KEYS
    cause: tuple[str, ...] = CAUSE
    figures: tuple[str, ...] = ()
    cell: str | None = None
    thresholds: tuple[Threshold, ...] = ()
    explained_when: Mapping[str, str] | None = None
    department: str | None = None
    # `nothing`: it only tells what a later export changed, which is no fault of a row.
    holds: Literal["rows", "nothing"] = "rows"


def composed(contract: Contract, draft: Draft) -> Check:
    """Returns the check of a draft, in the shape that a suite in `expectations/` gives it."""
    says = draft.says
    zh, en = says.notes
    thresholds = [
        {"name": used.name, "value": used.value, "since": _SINCE, "reason_zh": used.reason_zh}
        for used in draft.thresholds
    ]
    meta: dict[str, Any] = {
        "name": draft.name[:_LONGEST_NAME],
        "severity": draft.severity,
        "owner": contract.owner,
        "dimension": draft.dimension,
        "level": draft.level,
        "category": draft.category,
        "title_zh": says.title_zh,
        "title_en": says.title_en,
        "description_zh": zh,
        "description_en": en,
        "fix_zh": says.fix_zh,
        "keys": draft.keys,
        "cause": draft.cause,
        "figures": draft.figures,
        "fault_zh": says.fault_zh,
        "evidence_zh": says.evidence_zh,
        "explained_when": draft.explained_when,
        "thresholds": thresholds,
        "cell": draft.cell,
        "department": draft.department,
        "holds": draft.holds,
    }
    # A line of a query that goes on in the next line of the module has blanks in the middle.
    query = _BLANKS.sub(" ", dedent(draft.query).strip()) + "\n"
    return Check.model_validate(
        {
            "type": UNEXPECTED_ROWS,
            "kwargs": {"unexpected_rows_query": query},
            "meta": meta,
            "example": {"sql": draft.example_sql, "says_zh": draft.example_says},
        }
    )


def title(field: Field) -> str:
    """Returns a field's label as sentences have it: without what would end a sentence or begin the name of a column."""
    return field.title.replace("{", "（").replace("}", "）").replace("。", "").strip()


def title_sql(field: Field) -> str:
    """Returns a field's label as a text of SQL."""
    return quoted(title(field))


def text(field: Field, of: str = "") -> str:
    """Returns SQL of a number of a line as it is printed; `of` is the alias of the lines."""
    return f"{of}{text_column(field.name)}"


def value(field: Field, of: str = "") -> str:
    """Returns SQL of a number of a line."""
    return f"{of}{identifier(field.name)}"


def step(field: Field, of: str = "") -> str:
    """Returns SQL of the step to which a number of a line is printed."""
    return f"{of}{step_column(field.name)}"


def slack(field: Field, of: str = "") -> str:
    """Returns SQL of how far a number of a line may be from what was counted: 2.31万 by 50, 23101 by nothing."""
    return _SLACK.format(step=step(field, of))


def plain_number(number: str) -> str:
    """Returns SQL of a number as people read it: 10030.00 is 10030, 9.50 is 9.5."""
    return f"rtrim(rtrim(CAST(CAST(round({number}, 2) AS DECIMAL(38, 2)) AS VARCHAR), '0'), '.')"
