"""The page of terms and methods: what the measures mean, and the SQL of every table that figures go through."""

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
FLOORS: Final = {
    "charts": "图表",
    "marts": "指标",
    "core": "统一口径的明细（不发布，只有算法）",
    "staging": "按合同定型的来源（不发布，只有算法）",
}


def method_pages(published: Published) -> Iterator[Page]:
    """One page; none where the published file explains nothing."""
    if not has_table(published.con, "docs", "model") or not has_table(published.con, "docs", "glossary"):
        return
    content = method_content(published.con)
    yield Page(PATH, "method.html.j2", "method", "口径与算法", [content], lambda: content)


def method_content(con: DuckDBPyConnection) -> dict[str, Any]:
    """Terms, metrics, and the models by floor, those that people see first."""
    models = fetch(con, "SELECT * FROM docs.model ORDER BY position DESC")
    metrics = fetch(con, "SELECT * FROM docs.metric ORDER BY metric") if has_table(con, "docs", "metric") else []
    return {
        "terms": fetch(con, "SELECT * FROM docs.glossary ORDER BY term"),
        "metrics": metrics,
        "floors": [(words, _of_floor(models, floor)) for floor, words in FLOORS.items()],
    }


def _of_floor(models: list[Row], floor: str) -> list[Row]:
    found = [model for model in models if model["table_name"].startswith(f"{floor}.")]
    return sorted(found, key=lambda model: str(model["table_name"]))
