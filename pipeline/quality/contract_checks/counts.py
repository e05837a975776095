"""The check that needs no word: a count is never below zero, unless its contract has a `minimum` of its own."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.contracts import Contract
from pipeline.contracts.check_rules import counts_from_zero
from pipeline.ingest.load.printed_lines import ROW, shown_fields
from pipeline.quality.contract_checks.compose import LINE, PLACE, Draft, Says, text, title, title_sql, value
from pipeline.quality.contract_checks.good_lines import BROKEN_LINE, line_sql


def count_checks(contract: Contract) -> Iterator[Draft]:
    """Yields the check that no count of a row is below zero, where a contract has counts without a `minimum`.

    Totals are left out: where their rows are no sums of them, `ledger.control_total` tells so.
    """
    shown = shown_fields(contract)
    counts = [field for field in counts_from_zero(contract) if field in shown]
    if not counts:
        return
    below = " OR ".join(f"{value(field)} < 0" for field in counts)
    listed = ", ".join(
        f"CASE WHEN {value(field)} < 0 THEN {title_sql(field)} || ' ' || {text(field)} END" for field in counts
    )
    query = f"""
        WITH {LINE}
        SELECT {PLACE}, concat_ws('、', {listed}) AS listed
        FROM line
        WHERE covers = '{ROW}' AND ({below})
    """
    counted_zh = "、".join(map(title, counts))
    first = counts[0]
    yield Draft(
        name="counts_not_negative",
        query=query,
        says=Says(
            title_zh="件数不小于零",
            title_en="No count is below zero",
            notes=(
                f"{counted_zh}是数出来的，不会小于零；确实可以为负的（如冲销），请负责导出格式的人登记最小值",
                f"{', '.join(field.name for field in counts)} are counted: none is below zero, unless the field has a "
                "minimum of its own",
            ),
            fix_zh="请核对是否多打了负号，或把差额填进了件数，更正后重新报送",
            fault_zh="{line_label}的{listed}，件数不会小于零",
        ),
        example_sql=line_sql(contract, {first.name: -3}),
        example_says=f"{BROKEN_LINE}的{title(first)} -3",
        dimension="规范性",
        level=1,
    )
