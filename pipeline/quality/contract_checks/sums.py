"""Checks of fields of one line that add up, or stand for stock and flow: `parts`, `within`, `balance` and `flow`.

A blank is unknown, and never zero. What a total only repeats of its rows is not told again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pipeline.contracts import Contract, Field
from pipeline.contracts.check_words import Balance, Flow, Parts, Within
from pipeline.ingest.load.printed_lines import NOTED, ROW, view_of
from pipeline.quality.contract_checks.compose import (
    GROSS,
    LINE,
    PLACE,
    Draft,
    Says,
    plain_number,
    slack,
    text,
    title,
    title_sql,
    value,
)
from pipeline.quality.contract_checks.good_lines import BROKEN_LINE, WEEK_BEFORE, At, line_sql
from pipeline.quality.contract_checks.periods import chain_of

Fields = Mapping[str, Field]
# A total repeats the difference of the rows that it adds up: they tell it.
_TOLD: Final = (
    "told AS (SELECT *, "
    "coalesce(sum(difference) FILTER (WHERE covers = '{row}') OVER (PARTITION BY delivery_id, sheet), 0) "
    "AS of_rows FROM measured)"
)
# So is what follows from a total that is no sum of its rows: `ledger.control_total` tells that.
_IS_NEWS: Final = "(covers = '{row}' OR (difference {than} of_rows AND wrong_totals = 0))"


def sum_checks(contract: Contract) -> Iterator[Draft]:
    """Yields the checks of the words under `checks:` that join fields of one line."""
    fields = {field.name: field for field in contract.stored_fields}
    checks = contract.checks
    for place, parts in enumerate(checks.parts):
        yield from _parts(contract, fields, parts, _name("parts", parts.whole, place, [p.whole for p in checks.parts]))
    for place, within in enumerate(checks.within):
        name = _name("within", within.part, place, [w.part for w in checks.within])
        yield within_check(contract, fields, within, name)
    for place, balance in enumerate(checks.balance):
        name = _name("balance", balance.closing, place, [b.closing for b in checks.balance])
        yield from _balance(contract, fields, balance, name)
        if balance.continues:
            yield _continues(contract, fields, balance, name.replace("balance_", "continues_", 1))
    for place, flow in enumerate(checks.flow):
        yield _flow(contract, fields, flow, _name("flow", flow.out, place, [f.out for f in checks.flow]))


def _name(word: str, field: str, place: int, all_of_word: list[str]) -> str:
    """Returns the name of a check: parts_completed, or parts_completed_2 where several words judge one field."""
    is_alone = all_of_word.count(field) == 1
    return f"{word}_{field}" if is_alone else f"{word}_{field}_{place + 1}"


def _told() -> str:
    return _TOLD.format(row=ROW)


def _is_news(than: str = "<>") -> str:
    return _IS_NEWS.format(row=ROW, than=than)


def gross_pair(near: Draft, gross_says: Says, example_sql: str, example_says: str) -> Iterator[Draft]:
    """Yields a check of small differences, which warns, and its sibling that is critical from a tenth on.

    The query of `near` has `{small}` where the size of the difference counts.
    """
    share = f"moved * 100 {{sign}} abs(whole_value) * {GROSS.sql}"
    pair = replace(near, thresholds=(*near.thresholds, GROSS))
    yield replace(pair, query=near.query.replace("{small}", share.format(sign="<")))
    yield replace(
        pair,
        name=f"{near.name}_near",
        query=near.query.replace("{small}", share.format(sign=">=")),
        says=gross_says,
        severity="critical",
        example_sql=example_sql,
        example_says=example_says,
    )


def _sum_sql(fields: Iterable[Field]) -> str:
    return " + ".join(f"coalesce({value(field)}, 0)" for field in fields)


def _slack_sql(fields: Iterable[Field]) -> str:
    return " + ".join(f"coalesce({slack(field)}, 0)" for field in fields)


def _listed_sql(fields: Iterable[Field], between: str = "、") -> str:
    """Returns SQL of fields and what is printed in them: 网上 30112 件、窗口 14820 件."""
    shown = [f"{title_sql(field)} || ' ' || coalesce({text(field)}, '空白')" for field in fields]
    return f" || '{between}' || ".join(shown)


def _blanks_sql(fields: Iterable[Field]) -> str:
    return " OR ".join(f"{value(field)} IS NULL" for field in fields)


def _parts_query(whole: Field, of: Sequence[Field]) -> str:
    return f"""
        WITH {LINE},
        measured AS (
            SELECT
                {PLACE}, wrong_totals, {text(whole)} AS printed, {value(whole)} AS whole_value,
                {_sum_sql(of)} AS computed_value, {value(whole)} - ({_sum_sql(of)}) AS difference,
                {_slack_sql([whole, *of])} AS unsure, {_blanks_sql(of)} AS has_blanks, {_listed_sql(of)} AS listed
            FROM line
            WHERE {value(whole)} IS NOT NULL
        ),
        {_told()},
        wrong AS (
            SELECT *, abs(difference) AS moved, CASE WHEN difference > 0 THEN '少' ELSE '多' END AS direction
            FROM told
            -- A blank part may be any number: only too much is wrong then.
            WHERE abs(difference) > unsure AND (NOT has_blanks OR difference < 0) AND {_is_news()}
        )
        SELECT {PLACE}, printed, {plain_number("computed_value")} AS computed, listed, direction,
            {plain_number("moved")} AS off_by, moved, whole_value, computed_value, difference
        FROM wrong
        WHERE {{small}}
    """


def _parts(contract: Contract, fields: Fields, parts: Parts, name: str) -> Iterator[Draft]:
    whole, of = fields[parts.whole], [fields[part] for part in parts.of]
    query = _parts_query(whole, of)
    parts_zh = "、".join(map(title, of))
    says = Says(
        title_zh=f"{title(whole)}等于各部分之和",
        title_en=f"{whole.name} is the sum of its parts",
        notes=(
            f"{title(whole)}要等于{parts_zh}之和；有一部分没有填的，只在已填的超过它时指出",
            f"{whole.name} is the sum of {', '.join(parts.of)}; a blank part may be any number",
        ),
        fix_zh=f"请核对{title(whole)}和各部分，更正后重新报送",
        fault_zh=f"{{line_label}}的{title(whole)}印为 {{printed}}，各部分之和为 {{computed}}，{{direction}} {{off_by}}",
        evidence_zh="{listed}；{file_name} 工作表「{sheet}」第 {row_no} 行",
    )
    gross = replace(
        says,
        title_zh=f"{title(whole)}与各部分之和相差不到一成",
        title_en=f"{whole.name} is near the sum of its parts",
        notes=(
            f"{title(whole)}与{parts_zh}之和差到一成以上，不是零星的出入，先核对再用",
            f"{whole.name} is a tenth or more away from the sum of {', '.join(parts.of)}",
        ),
    )
    half: dict[str, float | None] = {**dict.fromkeys(parts.of, 0), of[0].name: 50, of[1].name: 50}
    near = Draft(
        name=name,
        query=query,
        says=says,
        figures=("moved", "whole_value", "computed_value", "difference"),
        cell=whole.name,
        example_sql=line_sql(contract, {**half, whole.name: 104}),
        example_says=f"{BROKEN_LINE}的{title(whole)}印为 104",
        dimension="一致性",
        level=1,
    )
    example = line_sql(contract, {**half, whole.name: 200})
    yield from gross_pair(near, gross, example, f"{BROKEN_LINE}的{title(whole)}印为 200")


def within_check(contract: Contract, fields: Fields, within: Within, name: str) -> Draft:
    """Returns the check that one field of a line is not above another one."""
    part, whole = fields[within.part], fields[within.whole]
    query = f"""
        WITH {LINE},
        measured AS (
            SELECT
                {PLACE}, wrong_totals, {text(part)} AS part, {text(whole)} AS whole, {value(part)} AS part_value,
                {value(whole)} AS whole_value, greatest({value(part)} - {value(whole)}, 0) AS difference,
                {_slack_sql([part, whole])} AS unsure
            FROM line
            WHERE {value(part)} IS NOT NULL AND {value(whole)} IS NOT NULL
        ),
        {_told()}
        SELECT {PLACE}, part, whole, {plain_number("difference")} AS off_by, difference AS moved, part_value, \
            whole_value
        FROM told
        WHERE difference > unsure AND {_is_news(">")}
    """
    says = Says(
        title_zh=f"{title(part)}不超过{title(whole)}",
        title_en=f"{part.name} is within {whole.name}",
        notes=(
            f"{title(part)}是{title(whole)}的一部分，不会比它大；一件多次计入的，请写明",
            f"{part.name} is a part of {whole.name} and cannot be above it",
        ),
        fix_zh=f"请核对{title(part)}和{title(whole)}，更正后重新报送；确有一件多次计入的，写明原因",
        fault_zh=f"{{line_label}}的{title(part)} {{part}}，比{title(whole)} {{whole}}多 {{off_by}}",
    )
    return Draft(
        name=name,
        query=query,
        says=says,
        figures=("moved", "part_value", "whole_value"),
        cell=part.name,
        example_sql=line_sql(contract, {part.name: 5, whole.name: 4}),
        example_says=f"{BROKEN_LINE}的{title(part)} 5",
        dimension="一致性",
        level=1,
    )


def _balance(contract: Contract, fields: Fields, balance: Balance, name: str) -> Iterator[Draft]:
    opening, closing = fields[balance.opening], fields[balance.closing]
    came, went = [fields[one] for one in balance.in_], [fields[one] for one in balance.out]
    given, left = [opening, *came], [*went, closing]
    query = f"""
        WITH {LINE},
        measured AS (
            SELECT
                {PLACE}, wrong_totals, {_sum_sql(given)} AS given_value, {_sum_sql(left)} AS whole_value,
                {_sum_sql(given)} - ({_sum_sql(left)}) AS difference, {_slack_sql([*given, *left])} AS unsure,
                {_listed_sql(given, "加")} AS given_listed, {_listed_sql(left, "加")} AS left_listed
            FROM line
            WHERE NOT ({_blanks_sql([*given, *left])})
        ),
        {_told()},
        wrong AS (
            SELECT *, abs(difference) AS moved FROM told WHERE abs(difference) > unsure AND {_is_news()}
        )
        SELECT {PLACE}, given_listed, left_listed, {plain_number("given_value")} AS given,
            {plain_number("whole_value")} AS left_over, {plain_number("moved")} AS off_by, moved, given_value,
            whole_value, difference
        FROM wrong
        WHERE {{small}}
    """
    given_zh, left_zh = "加".join(map(title, given)), "加".join(map(title, left))
    says = Says(
        title_zh=f"{given_zh}等于{left_zh}",
        title_en=f"Stock and flow agree in {closing.name}",
        notes=(
            f"{given_zh}要等于{left_zh}：进来的不是办了，就是还在办；有一项没有填的不比较",
            f"{balance.opening} + {' + '.join(balance.in_)} = {' + '.join(balance.out)} + {balance.closing}",
        ),
        fix_zh="请核对这几项数，更正后重新报送",
        fault_zh="{line_label}：{given_listed}为 {given}，{left_listed}为 {left_over}，相差 {off_by}",
    )
    gross = replace(
        says,
        title_zh=f"{given_zh}与{left_zh}相差不到一成",
        title_en=f"Stock and flow nearly agree in {closing.name}",
        notes=(
            f"{given_zh}与{left_zh}差到一成以上，不是零星的出入，先核对再用",
            f"{balance.opening} and what came in are a tenth or more away from what went out and {balance.closing}",
        ),
    )
    calm: dict[str, float | None] = {field.name: 0 for field in (*given, *left)}
    near = Draft(
        name=name,
        query=query,
        says=says,
        figures=("moved", "given_value", "whole_value", "difference"),
        cell=closing.name,
        example_sql=line_sql(contract, {**calm, opening.name: 104, closing.name: 100}),
        example_says=f"{title(opening)} 104",
        dimension="一致性",
        level=1,
    )
    example = line_sql(contract, {**calm, opening.name: 200, closing.name: 100})
    yield from gross_pair(near, gross, example, f"{title(opening)} 200")


def _continues(contract: Contract, fields: Fields, balance: Balance, name: str) -> Draft:
    opening, closing = fields[balance.opening], fields[balance.closing]
    query = f"""
        WITH {LINE},
        earlier AS (
            SELECT week_id, covers, line_key, max({value(closing)}) AS before_value, max({text(closing)}) AS before, \
                max({slack(closing)}) AS before_slack
            FROM {view_of(contract.name)} WHERE delivery_status = 'current' GROUP BY week_id, covers, line_key \
                HAVING count(*) = 1
        ),
        measured AS (
            SELECT l.*, e.before_value, e.before, {value(opening, "l.")} - e.before_value AS difference,
                {slack(opening, "l.")} + e.before_slack AS unsure
            FROM line l
            JOIN {chain_of(contract)} w ON w.week_id = l.week_id
            JOIN earlier e ON e.week_id = w.previous_week_id AND e.covers = l.covers AND e.line_key = l.line_key
        ),
        {_told()}
        SELECT {PLACE}, {text(opening)} AS printed, before, {plain_number("abs(difference)")} AS off_by,
            abs(difference) AS moved, {value(opening)} AS printed_value, before_value
        FROM told
        WHERE abs(difference) > unsure AND {_is_news()}
    """
    says = Says(
        title_zh=f"{title(opening)}接上期的{title(closing)}",
        title_en=f"{opening.name} is what the week before carried out",
        notes=(
            f"本期的{title(opening)}要等于上期报送的{title(closing)}；上期没有报送的不比较",
            f"{opening.name} equals {closing.name} of the week before; without that week nothing is compared",
        ),
        fix_zh=f"请核对两期的{title(closing)}和{title(opening)}，更正后重新报送",
        fault_zh=(
            f"{{line_label}}的{title(opening)}印为 {{printed}}，上期的{title(closing)}是 {{before}}，相差 {{off_by}}"
        ),
    )
    example = [
        line_sql(contract, {closing.name: 20}, At(week=WEEK_BEFORE)),
        line_sql(contract, {opening.name: 30}),
    ]
    return Draft(
        name=name,
        query=query,
        says=says,
        figures=("moved", "printed_value", "before_value"),
        cell=opening.name,
        example_sql="\n".join(example),
        example_says=f"{BROKEN_LINE}的{title(opening)}印为 30",
        dimension="一致性",
        level=2,
    )


def _flow(contract: Contract, fields: Fields, flow: Flow, name: str) -> Draft:
    came, went = fields[flow.in_], fields[flow.out]
    opening = fields[flow.opening] if flow.opening else None
    stock, stock_text = (value(opening), text(opening)) if opening else ("0", "''")
    notes = ["message", fields[flow.note].column] if flow.note else ["message"]
    carried = " OR ".join(f"({note} LIKE '%含%结转%' AND {note} NOT LIKE '%不含%')" for note in notes)
    query = f"""
        WITH {LINE},
        measured AS (
            SELECT
                {PLACE}, wrong_totals, {text(came)} AS came, {text(went)} AS went, \
                    {value(went)} - {value(came)} AS difference,
                coalesce({stock}, 0) AS stock_value, {stock_text} AS stock, {_slack_sql([came, went])} AS unsure,
                coalesce({carried}, false) AS says_carried, {value(came)} AS came_value, \
                    {value(went)} AS went_value
            FROM line
            WHERE {value(came)} IS NOT NULL AND {value(went)} IS NOT NULL
        ),
        {_told()}
        SELECT {PLACE}, came, went, {plain_number("difference")} AS off_by, difference AS moved, stock, stock_value,
            says_carried, came_value, went_value,
            CASE WHEN says_carried THEN '备注或表下注明含往期结转' ELSE '往期结转 ' || stock || '，足以解释' END AS why
        FROM told
        WHERE difference > unsure AND {_is_news(">")}
    """
    opening_zh = title(opening) if opening else "往期结转"
    says = Says(
        title_zh=f"{title(went)}不超过{title(came)}",
        title_en=f"{went.name} does not exceed {came.name}",
        notes=(
            f"{title(went)}比{title(came)}多的要有说明：往期受理、本期办结的计入前者，不计入后者；"
            f"{opening_zh}够多的算已解释",
            f"More {went.name} than {came.name} needs a reason: what was carried in and went out now",
        ),
        fix_zh=f"请核对{title(went)}和{title(came)}；多出的是往期结转的，写明结转多少",
        fault_zh=f"{{line_label}}的{title(went)} {{went}}，比{title(came)} {{came}}多 {{off_by}}",
    )
    numbers: dict[str, float | None] = {came.name: 4, went.name: 7}
    if opening is not None:
        numbers[opening.name] = 3
    explained = {"sql": "stock_value >= moved OR says_carried", "how_zh": "{why}"}
    return Draft(
        name=name,
        query=query,
        says=says,
        figures=("moved", "came_value", "went_value"),
        cell=went.name,
        explained_when=explained,
        example_sql=line_sql(contract, numbers, At(message="" if opening else f"{NOTED}含上年结转")),
        example_says=f"{BROKEN_LINE}的{title(went)} 7",
        dimension="一致性",
        level=1,
    )
