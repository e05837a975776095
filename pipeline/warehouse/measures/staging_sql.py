"""Writes the view `staging.<source>` of a contract that has none under `sql/staging/`."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.contracts import Contract, Field
from pipeline.ingest.load.key_spelling import folded_column, text_keys


def staging_name(contract: Contract) -> str:
    """Returns the name of the view: `staging.rating_weekly`."""
    return f"staging.{contract.name}"


def staging_view(contract: Contract) -> tuple[str, str]:
    """Returns name and SQL. Grain: hall_id, delivery_id, sheet, row_no.

    One column a stored field, keys in their folded form.
    """
    columns = "\n    ".join(_columns(contract))
    sql = f"""-- {plain_words(contract.title)}：有效交付文件中的各行
-- Rows of {contract.name} of the deliveries that count
-- grain: hall_id, delivery_id, sheet, row_no
-- materialized: view
SELECT
    d.hall_id, -- 大厅的区划代码 | hall, by its region code
    r.delivery_id, -- 交付文件编号 | delivery
    r.sheet, -- 表名 | sheet
    r.row_no, -- 文件中的行号 | row in the file
    d.week_id, -- 报送的期 | week reported
    d.period_id, -- 统计的期、月份或季度 | week, month or quarter reported
    d.as_of, -- 导出时间（北京时间） | exported, Beijing time
    {columns}
FROM raw.{contract.name} AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id"""
    return staging_name(contract), sql


def _columns(contract: Contract) -> Iterator[str]:
    folded = {field.name for field in text_keys(contract)}
    *others, last = contract.stored_fields
    for field in others:
        yield f"{_value(field, folded)}, -- {_words(field)}"
    # A comma after the comment would belong to it; the last column has none.
    yield f"{_value(last, folded)} -- {_words(last)}"


def _value(field: Field, folded: set[str]) -> str:
    if field.name in folded:
        return f"coalesce(r.{folded_column(field)}, r.{field.column}) AS {field.column}"
    return f"r.{field.column}"


def _words(field: Field) -> str:
    unit = f"（{field.unit}）" if field.unit else ""
    return f"{plain_words(field.title)}{plain_words(unit)} | {field.name}"


def plain_words(words: str) -> str:
    """Returns words that a comment of one line can hold: a bar would begin the English."""
    return " ".join(words.replace("|", "／").split())
