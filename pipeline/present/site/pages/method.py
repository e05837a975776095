"""The page of terms and methods: what the measures mean, and the SQL of every table that figures go through.

Which of these tables a figure goes through is on `pipeline.present.site.pages.provenance`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.site.page import Page
from pipeline.present.site.published import Published

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PATH: Final = "method.html"
# Those that people see first.
FLOORS: Final = {
    "charts": "图表",
    "marts": "指标",
    "core": "统一口径的明细（不发布，只有算法）",
    "staging": "按合同定型的来源（不发布，只有算法）",
}


def method_pages(published: Published) -> Iterator[Page]:
    """Makes one page; none where the published file explains nothing."""
    con = published.con
    if not has_table(con, "docs", "model") or not has_table(con, "docs", "glossary"):
        return
    content = method_content(con)
    yield Page(PATH, "method.html.j2", "method", "口径与算法", [content], lambda: content)


def method_content(con: DuckDBPyConnection) -> dict[str, Any]:
    """Returns terms, metrics, and the models by floor, as plain values.

    In: `docs.glossary` (term), `docs.metric` (metric), `docs.model` (table_name).
    """
    has_metrics = has_table(con, "docs", "metric")
    return {
        "terms": fetch(con, "SELECT * FROM docs.glossary ORDER BY term"),
        "metrics": fetch(con, "SELECT * FROM docs.metric ORDER BY metric") if has_metrics else [],
        "floors": [(words, _models_of(con, floor)) for floor, words in FLOORS.items()],
    }


def _models_of(con: DuckDBPyConnection, floor: str) -> list[Row]:
    query = "SELECT * FROM docs.model WHERE starts_with(table_name, ?) ORDER BY table_name"
    return fetch(con, query, [f"{floor}."])
