"""Makes the views `ledger.<source>_line`: each line of an export as it is printed, rows and 小计/合计 alike.

Grain: one loaded row or one printed total of a delivery that counts or did. `line_key` is what a line calls itself,
`line_label` the same in sentences (第 7 行 where it has no name), `wrong_totals` how many of its numbers are no sums of
their rows. Beside the fields stand, for each number, its text as people read it and the step to which it is printed:
85.25% and 0.01, 2.31万 件 and 100. The checks that come of the words of a contract (`pipeline.quality.contract_checks`)
read nothing else of an export.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import identifier, quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.check_rules import counts_from_zero
from pipeline.contracts.model import DATED, NUMERIC
from pipeline.ingest.cells.units import PER_CENT
from pipeline.ingest.tables.headers.paths import Row
from pipeline.privacy.masking import shown

if TYPE_CHECKING:
    import duckdb

NOTED: Final = "表下注明："
"""What a note below the table begins with in the message of its delivery, where a word of the contract asks for it."""
ROW: Final = "row"
"""What a line covers that is a row; a printed total covers what `ledger.control_total` says."""
_OF_DELIVERY: Final = (
    "d.week_id, d.delivery_id, d.source, d.file_name, d.status AS delivery_status, d.superseded_by, d.period_start, "
    "d.period_end, d.message"
)
_COUNTED: Final = (
    "INNER JOIN ledger.delivery AS d ON d.delivery_id = {of}.delivery_id AND d.status IN ('current', 'superseded')"
)
# Rows of one group, and the subtotal below them, have the same number of subtotals above them.
_GROUP_NO: Final = (
    "(SELECT count(DISTINCT g.row_no) FROM ledger.control_total AS g WHERE g.delivery_id = line.delivery_id "
    "AND g.sheet = line.sheet AND g.covers = 'group' AND g.row_no < line.row_no)"
)
# How many numbers of a total differ from their rows by more than rounding: `ledger.control_total` tells them.
_WRONG_TOTALS: Final = (
    "count(*) FILTER (WHERE t.difference <> 0 "
    "AND (coalesce(t.printed_step, 1) = 1 OR abs(t.difference) * 2 > t.printed_step)) AS wrong_totals"
)
_FULL_WIDTH: Final = ("０１２３４５６７８９．，", "0123456789.,")
# 办结含上年结转, 含往期结转的办件
_SAYS_CARRIED: Final = re.compile("(?<!不)含[^，。；不]{0,8}结转")
_KEPT_DECIMALS: Final = 6  # of DuckDB's DECIMAL(38, 6), the type of a number field


def words_of_carried_stock(row: Row) -> list[str]:
    """Keeps a note that says that more went out than came in for a reason: 注：办结含上年结转; not 不含上年结转."""
    return [NOTED + (shown(cell.strip()) or "") for cell in row if cell and _SAYS_CARRIED.search(cell)]


def view_of(source: str) -> str:
    """Returns the name of the view of a source."""
    return f"ledger.{source}_line"


def source_of_view(table: str) -> str | None:
    """Returns the source of which a table is the view of lines; None for every other table."""
    is_view = table.startswith("ledger.") and table.endswith("_line")
    return table.removeprefix("ledger.").removesuffix("_line") if is_view else None


def has_check_words(contract: Contract) -> bool:
    """Whether a contract says what its figures have to agree with, or has counts, which are never below zero."""
    if contract.checks.model_dump(exclude_defaults=True) or counts_from_zero(contract):
        return True
    return any(_has_words(field) for field in contract.fields)


def _has_words(field: Field) -> bool:
    return any((field.rate, field.share, field.average, field.cumulative, field.change, field.blank == "unknown"))


def text_column(name: str) -> str:
    """Returns the column of the view with the text of a number as people read it."""
    return identifier(f"{name}__text")


def step_column(name: str) -> str:
    """Returns the column of the view with the step to which a number is printed."""
    return identifier(f"{name}__step")


def make_line_views(con: duckdb.DuckDBPyConnection, contracts: Collection[Contract]) -> None:
    """Makes the view of each contract that has check words; one that lost its words keeps a view that nobody reads."""
    for contract in contracts:
        if has_check_words(contract):
            con.execute(f"CREATE OR REPLACE VIEW {view_of(contract.name)} AS {_line_sql(contract)}")


def shown_fields(contract: Contract) -> list[Field]:
    """Returns the fields that a line has: all that are stored, but persons and prose.

    Of prose only what a word of the contract reads is there, for no sentence shows it: a remark 含上年结转.
    """
    read = {flow.note for flow in contract.checks.flow}
    return [
        field for field in contract.stored_fields if not field.personal and (not field.free_text or field.name in read)
    ]


def label_fields(contract: Contract) -> list[Field]:
    """Returns the fields that tell what a row is called: those of the key, else all texts and days."""
    labels = [field for field in shown_fields(contract) if not field.free_text]
    by_name = {field.name: field for field in labels}
    of_key = [by_name[name] for name in contract.primary_key if name in by_name]
    return of_key or [field for field in labels if field.type is FieldType.STRING or field.type in DATED]


def _line_sql(contract: Contract) -> str:
    shown = shown_fields(contract)
    numbers = [field for field in shown if field.type in NUMERIC]
    others = [field for field in shown if field.type not in NUMERIC]
    place = (
        "week_id, delivery_id, source, file_name, delivery_status, superseded_by, period_start, period_end, message, "
    )
    columns = [field.column for field in (*others, *numbers)]
    columns += [f"{_text_sql(field)} AS {text_column(field.name)}" for field in numbers]
    columns += [f"{_step_sql(field)} AS {step_column(field.name)}" for field in numbers]
    label = "CASE WHEN line_key = '' THEN '第 ' || row_no || ' 行' ELSE line_key END"
    place += f"sheet, row_no, covers, line_key, {label} AS line_label, {_GROUP_NO} AS group_no, wrong_totals, "
    return (
        f"SELECT {place}{', '.join(columns)} "
        f"FROM ({_rows_sql(contract, numbers, others)} UNION ALL {_totals_sql(contract, numbers, others)}) AS line"
    )


def _rows_sql(contract: Contract, numbers: Sequence[Field], others: Sequence[Field]) -> str:
    """SQL of the lines that are rows: what is not written otherwise is written as its value."""
    columns = [f"r.{field.column}" for field in others]
    columns += [f"{_value_sql(field)} AS {field.column}" for field in numbers]
    columns += [f"{_written_sql(field)} AS {_written(field)}" for field in numbers]
    columns += [f"CAST(NULL AS DECIMAL(38, 12)) AS {_given_step(field)}" for field in numbers]
    return (
        f"SELECT {_OF_DELIVERY}, r.sheet, r.row_no, {quoted(ROW)} AS covers, {_label_sql(contract)} AS line_key, "
        f"0 AS wrong_totals, {', '.join(columns)} FROM raw.{contract.name} AS r {_COUNTED.format(of='r')}"
    )


def _totals_sql(contract: Contract, numbers: Sequence[Field], others: Sequence[Field]) -> str:
    """SQL of the lines that are printed totals: in the ledger their numbers stand below one another."""
    columns = [f"CAST(NULL AS {field.type.sql}) AS {field.column}" for field in others]
    columns += [f"{_of_total('printed_value', field)} AS {field.column}" for field in numbers]
    columns += [f"{_of_total('printed_text', field)} AS {_written(field)}" for field in numbers]
    columns += [f"{_of_total('printed_step', field)} AS {_given_step(field)}" for field in numbers]
    return (
        f"SELECT {_OF_DELIVERY}, t.sheet, t.row_no, t.covers, coalesce(max(t.row_label), max(t.label)) AS line_key, "
        f"{_WRONG_TOTALS}, {', '.join(columns)} FROM ledger.control_total AS t "
        f"{_COUNTED.format(of='t')} AND d.source = {quoted(contract.name)} GROUP BY {_OF_DELIVERY_GROUPED}, t.sheet, "
        "t.row_no, t.covers"
    )


_OF_DELIVERY_GROUPED: Final = _OF_DELIVERY.replace(" AS delivery_status", "")


def _of_total(column: str, field: Field) -> str:
    return f"max(t.{column}) FILTER (WHERE t.column_name = {quoted(field.name)})"


def _written(field: Field) -> str:
    """The column of the lines with a number's text as it was written, without its unit."""
    return identifier(f"{field.name}__written")


def _given_step(field: Field) -> str:
    """The column of the lines with the step that the reader gave to a number of a total."""
    return identifier(f"{field.name}__given")


def _label_sql(contract: Contract) -> str:
    """SQL of what a row is called: the cells of its key as they are written."""
    parts = []
    for field in label_fields(contract):
        parts.append(f"coalesce(r.as_written[{quoted(field.name)}], CAST(r.{field.column} AS VARCHAR))")
    return f"trim(concat_ws(' ', {', '.join(parts)}))" if parts else "''"


def _value_sql(field: Field) -> str:
    """SQL of a number, in the type that totals have: a blank is zero only where the contract says so."""
    value = f"CAST(r.{field.column} AS DECIMAL(38, 6))"
    return f"coalesce({value}, 0)" if field.blank == "zero" else value


def _written_sql(field: Field) -> str:
    """SQL of a number's text: as it was written, else as it is."""
    value = f"CAST(r.{field.column} AS VARCHAR)"
    if field.type is FieldType.NUMBER:
        value = f"rtrim(rtrim({value}, '0'), '.')"
    return f"CASE WHEN r.{field.column} IS NOT NULL THEN coalesce(r.as_written[{quoted(field.name)}], {value}) END"


def _text_sql(field: Field) -> str:
    """SQL of a number's text as people read it, with its unit: 3.5 under 受理（万件） is 3.5万 件."""
    written = _written(field)
    unit = field.unit or ""
    behind = unit if unit in PER_CENT or not unit else f" {unit}"
    scale = f"CASE {_scale_sql(field)} WHEN 1e3 THEN '千' WHEN 1e4 THEN '万' WHEN 1e8 THEN '亿' ELSE '' END"
    is_bare = f"regexp_matches({written}, '[0-9０-９]$')"
    return f"CASE WHEN {is_bare} THEN {written} || {scale} || {quoted(behind)} ELSE {written} END"


def _digits_sql(field: Field) -> str:
    """SQL of a number's text with the digits and points of ASCII."""
    return f"translate({_written(field)}, {quoted(_FULL_WIDTH[0])}, {quoted(_FULL_WIDTH[1])})"


def _scale_sql(field: Field) -> str:
    """SQL of what a text is multiplied by: 23100 of 2.31万 by 10,000, the fraction 0.93 of 93% by a hundredth."""
    digits = f"regexp_extract({_digits_sql(field)}, '[0-9][0-9, ]*(\\.[0-9]+)?')"
    number = f"TRY_CAST(regexp_replace({digits}, '[, ]', '', 'g') AS DOUBLE)"
    return (
        f"CASE WHEN {number} > 0 AND {field.column} <> 0 "
        f"THEN pow(10, round(log10(abs(CAST({field.column} AS DOUBLE)) / {number}))) ELSE 1 END"
    )


def _step_sql(field: Field) -> str:
    """SQL of the step to which a number is printed, as `cells.numbers.printed_step` finds it for totals.

    What the contract rounds has no finer step: 93.47826 is kept as 93.48, and judged to 0.01.
    """
    decimals = f"length(regexp_extract({_digits_sql(field)}, '[0-9]*\\.([0-9]+)', 1))"
    kept = 0 if field.type is FieldType.INTEGER else _KEPT_DECIMALS
    finest = field.decimals if field.decimals is not None else kept
    step = f"CAST(pow(10, -{decimals}) * {_scale_sql(field)} AS DECIMAL(38, 12))"
    return f"greatest(coalesce({_given_step(field)}, {step}), CAST(1e-{finest} AS DECIMAL(38, 12)))"
