"""Checks of fields that are computed of others: `rate`, `share`, `average` and `change`.

Each is recomputed from the numbers that the line prints, and may differ by one unit of the last printed place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.contracts import Contract, Field
from pipeline.contracts.check_rules import is_count
from pipeline.contracts.check_words import (
    GROUP,
    PREVIOUS,
    PRINTED_TOTAL,
    TABLE,
    WORKING_DAYS,
    Average,
    Change,
    Rate,
    Share,
)
from pipeline.ingest.cells.units import PER_CENT
from pipeline.ingest.load.printed_lines import ROW, view_of
from pipeline.quality.contract_checks.compose import (
    LINE,
    PLACE,
    PLACE_ZH,
    Draft,
    Says,
    Threshold,
    plain_number,
    slack,
    step,
    text,
    title,
    title_sql,
    value,
)
from pipeline.quality.contract_checks.good_lines import BROKEN_LINE, WEEK_BEFORE, At, line_sql
from pipeline.quality.contract_checks.periods import calendar_of, chain_of, days_of

Fields = Mapping[str, Field]
# A share of a total is printed as 100%, or as the sum of the rounded shares above it: 99.9% or 100.1%.
ROUNDED: Final = Threshold("rounded_shares", 0.1, "各行的占比四舍五入后相加，会是 99.9% 到 100.1%，不是错")
_MOST_HINTS: Final = 3
_PER_MILLE: Final = frozenset({"‰"})


def ratio_checks(contract: Contract) -> Iterator[Draft]:
    """Yields the checks of the words on fields that are rates, shares, averages and changes."""
    fields = {field.name: field for field in contract.stored_fields}
    for field in contract.fields:
        if field.rate is not None:
            yield _rate(contract, fields, field, field.rate)
            yield _rate_of_nothing(contract, fields, field, field.rate)
        if field.share is not None:
            yield from _shares(contract, fields, field, field.share)
        if field.average is not None:
            yield _average(contract, fields, field, field.average)
        if field.change is not None:
            yield _change(contract, fields, field, field.change)


def factor(field: Field) -> int:
    """Returns what a fraction is multiplied by to be compared with a field: per cents are kept as 93.5."""
    if field.unit in PER_CENT:
        return 100
    return 1000 if field.unit in _PER_MILLE else 1


def ratio_text(field: Field, ratio: str) -> str:
    """Returns SQL of a computed ratio in the way of the field: 94.55%, or 0.95 where it prints fractions."""
    number = f"CAST(CAST(round({ratio}, 2) AS DECIMAL(38, 2)) AS VARCHAR)"
    if field.unit in PER_CENT | _PER_MILLE:
        return f"{number} || '{field.unit}'"
    as_per_cent = f"CAST(CAST(round(100 * {ratio}, 2) AS DECIMAL(38, 2)) AS VARCHAR) || '%'"
    return f"CASE WHEN {text(field)} LIKE '%\\%' ESCAPE '\\' THEN {as_per_cent} ELSE {number} END"


def _rate(contract: Contract, fields: Fields, field: Field, rate: Rate) -> Draft:
    part, whole = fields[rate.of], fields[rate.per]
    times = factor(field)
    computed = f"{times} * {value(part)} / nullif({value(whole)}, 0)"
    unsure = f"{times} * ({slack(part)} + {value(part)} / {value(whole)} * {slack(whole)}) / {value(whole)}"
    query = f"""
        WITH {LINE},
        measured AS (
            SELECT
                {PLACE},
                {value(field)} AS printed_value, {text(field)} AS printed, {text(part)} AS part, {text(whole)} AS whole,
                {value(part)} AS part_value, {value(whole)} AS whole_value, {computed} AS computed_value,
                {ratio_text(field, computed)} AS computed,
                {step(field)} AS allowed,
                {unsure} AS unsure
            FROM line
            WHERE {value(field)} IS NOT NULL AND {value(part)} IS NOT NULL AND {value(whole)} > 0
        )
        SELECT {PLACE}, printed, part, whole, computed, printed_value, part_value, whole_value,
            round(computed_value, 4) AS computed_value
        FROM measured
        WHERE round(abs(printed_value - computed_value), 9) > round(allowed + unsure, 9)
    """
    says = Says(
        title_zh=f"{title(field)}由本行的件数算得",
        title_en=f"{field.name} is the rate of its own counts",
        notes=(
            f"印出的{title(field)}要等于本行的{title(part)}除以{title(whole)}，可以差印出的末位一个单位",
            f"The printed {field.name} is {rate.of} over {rate.per} of its own line, to one unit of the last place",
        ),
        fix_zh=f"请核对{title(field)}和两个件数，更正后重新报送",
        fault_zh=(
            f"{{line_label}}的{title(field)}印为 {{printed}}，"
            f"{title(part)} {{part}}除以{title(whole)} {{whole}}为 {{computed}}"
        ),
    )
    return Draft(
        name=f"rate_{field.name}",
        query=query,
        says=says,
        figures=("printed_value", "computed_value", "part_value", "whole_value"),
        cell=field.name,
        example_sql=line_sql(contract, {part.name: 3, whole.name: 4, field.name: 0.5 * times}),
        example_says=f"{BROKEN_LINE}的{title(field)}印为",
        dimension="一致性",
        level=1,
    )


def _rate_of_nothing(contract: Contract, fields: Fields, field: Field, rate: Rate) -> Draft:
    """Returns the check of rates that are printed though there is nothing to divide by.

    Where nothing happened, halls print 0%, 100% or a dash: 0 of 0 is any of these. 300% or 88% of nothing is none, and
    neither is any rate of 3 of 0. A whole that is blank in all rows is asked for once a column by `blank: unknown`.
    """
    part, whole = fields[rate.of], fields[rate.per]
    is_usual = f"coalesce({value(part)}, 0) = 0 AND {value(field)} IN (0, {factor(field)})"
    query = f"""
        WITH {LINE},
        known AS (SELECT *, count({value(whole)}) OVER (PARTITION BY delivery_id, sheet) AS wholes FROM line)
        SELECT {PLACE}, {text(field)} AS printed, coalesce({text(part)}, '空白') AS part,
            coalesce({text(whole)}, '空白') AS whole, {value(field)} AS printed_value, {value(part)} AS part_value,
            {value(whole)} AS whole_value
        FROM known
        WHERE {value(field)} IS NOT NULL AND NOT ({is_usual})
            AND ({value(whole)} = 0 OR ({value(whole)} IS NULL AND wholes > 0 AND covers = '{ROW}'))
    """
    says = Says(
        title_zh=f"{title(field)}有件数可除",
        title_en=f"{field.name} has something to be divided by",
        notes=(
            f"{title(whole)}为零或没有填时算不出{title(field)}：零除以零可印 0%、100% 或短横，别的数都说明漏填或填错",
            f"Where {rate.per} is zero or blank there is no {field.name}: 0 of 0 is printed as 0 %, 100 % or a dash",
        ),
        fix_zh=f"请核对{title(whole)}是否漏填；确实没有的，{title(field)}请留空或写短横",
        fault_zh=(
            f"{{line_label}}的{title(field)}印为 {{printed}}，而{title(whole)}为 {{whole}}、"
            f"{title(part)}为 {{part}}，算不出比率"
        ),
    )
    return Draft(
        name=f"rate_of_nothing_{field.name}",
        query=query,
        says=says,
        figures=("printed_value", "part_value", "whole_value"),
        cell=field.name,
        example_sql=line_sql(contract, {part.name: 0, whole.name: 0, field.name: 3 * factor(field)}),
        example_says=f"{BROKEN_LINE}的{title(field)}印为",
        dimension="一致性",
        level=1,
    )


def _shares(contract: Contract, fields: Fields, field: Field, share: Share) -> Iterator[Draft]:
    yield _share(contract, fields, field, share)
    if share.within == TABLE:
        yield _share_of_other_total(contract, fields, field, share)


def _share_window(share: Share, fields: Fields) -> str:
    """Returns SQL of the rows whose sum is the whole."""
    table = "delivery_id, sheet"
    if share.within in (TABLE, PRINTED_TOTAL):
        return table
    if share.within == GROUP:
        return f"{table}, group_no"
    return f"{table}, {fields[share.within].column}"


def _whole_zh(share: Share, fields: Fields) -> str:
    """Returns what a share is taken of, as people say it."""
    known = {TABLE: "全表各行之和", GROUP: "本组各行之和", PRINTED_TOTAL: "印出的合计"}
    return known[share.within] if share.within in known else f"同一{title(fields[share.within])}各行之和"


def _share_query(fields: Fields, field: Field, share: Share) -> str:
    """Returns the query for shares that are none of their whole, with words for the total that fits."""
    part = fields[share.of]
    times, n, s = factor(field), value(part), value(field)
    is_row = f"covers = '{ROW}'"
    computed = f"{times} * {n} / nullif(whole, 0)"
    others = [other for other in fields.values() if is_count(other) and other.name != part.name][:_MOST_HINTS]
    sums_of_others = "".join(f", {_sum_of_rows(other)} AS other_{place}" for place, other in enumerate(others))
    whole = "CASE WHEN is_known THEN summed ELSE printed_total END"
    if share.within == PRINTED_TOTAL:
        whole = "coalesce(printed_total, CASE WHEN is_known THEN summed END)"
    elif share.within != TABLE:
        whole = "CASE WHEN is_known THEN summed END"
    # Shares of other wholes are printed on rows alone: a subtotal has none, or that of the table.
    covered = "'row', 'group', 'table'" if share.within in (TABLE, PRINTED_TOTAL) else "'row'"
    return f"""
        WITH {LINE},
        held AS (SELECT DISTINCT delivery_id FROM quarantine.cell WHERE row_disposition = 'quarantined'),
        summed AS (
            SELECT *, sum({n}) FILTER (WHERE {is_row}) OVER own AS summed,
                count(*) FILTER (WHERE {is_row} AND {n} IS NULL) OVER own = 0
                    AND delivery_id NOT IN (SELECT delivery_id FROM held) AS is_known,
                max({n}) FILTER (WHERE covers = 'table') OVER sheet_of AS printed_total, \
                    {_sum_of_rows(part)} AS summed_table,
                sum({n}) FILTER (WHERE {is_row}) OVER (PARTITION BY delivery_id, sheet, \
                    group_no) AS summed_group{sums_of_others}
            FROM line
            WINDOW own AS (PARTITION BY {_share_window(share, fields)}), sheet_of AS (PARTITION BY delivery_id, sheet)
        ),
        measured AS (
            SELECT *, CASE WHEN covers = 'table' THEN {n} ELSE {whole} END AS whole,
                CASE WHEN {is_row} THEN {step(field)} ELSE greatest({step(field)}, {ROUNDED.sql}) END AS allowed
            FROM summed WHERE {s} IS NOT NULL AND covers IN ({covered})
        ),
        wrong AS (SELECT *, {_hint_sql(field, part, share, others)} AS hint FROM measured
            WHERE round(abs({s} - {computed}), 9) > round(allowed + {times} * {slack(part)} / nullif(whole, 0), 9))
        SELECT {PLACE}, CASE WHEN hint IS NULL THEN line_label ELSE '' END AS told_of, {text(field)} AS printed,
            {text(part)} AS part, {plain_number("whole")} AS whole, {ratio_text(field, computed)} AS computed,
            coalesce(hint, '占别的合计也都不符') AS hint, {s} AS printed_value, round({computed}, 4) AS computed_value
        FROM wrong
    """


def _share(contract: Contract, fields: Fields, field: Field, share: Share) -> Draft:
    part = fields[share.of]
    times = factor(field)
    whole_zh = _whole_zh(share, fields)
    says = Says(
        title_zh=f"{title(field)}按{whole_zh}计算",
        title_en=f"{field.name} is a share of the right total",
        notes=(
            f"印出的{title(field)}要等于本行的{title(part)}除以{whole_zh}，可以差印出的末位一个单位；"
            "常见的错误是除了别的合计",
            f"The printed {field.name} is {share.of} over the whole ({share.within}); a usual slip takes another total",
        ),
        fix_zh=f"请按{whole_zh}重新计算{title(field)}后报送；合计本身有误的，先更正合计",
        fault_zh=(
            f"{{line_label}}的{title(field)}印为 {{printed}}，"
            f"{title(part)} {{part}}占{whole_zh} {{whole}} 的 {{computed}}"
        ),
        evidence_zh=f"{{hint}}；{PLACE_ZH}",
    )
    # One row with a third of the whole that says a half.
    example = [
        line_sql(contract, {part.name: 1, field.name: times / 2}),
        line_sql(contract, {part.name: 2}, At(row_no=10)),
        line_sql(contract, {part.name: 3}, At(row_no=11, covers="table", name="合计")),
    ]
    return Draft(
        name=f"share_{field.name}",
        query=_share_query(fields, field, share),
        says=says,
        cause=("week_id", "sheet", "told_of"),
        figures=("printed_value", "computed_value"),
        cell=field.name,
        thresholds=(ROUNDED,),
        example_sql="\n".join(example),
        example_says=f"{BROKEN_LINE}的{title(field)}印为",
        dimension="一致性",
        level=1,
    )


def _sum_of_rows(field: Field) -> str:
    """Returns SQL of a field's sum over the rows of the sheet."""
    return f"sum({value(field)}) FILTER (WHERE covers = '{ROW}') OVER sheet_of"


def _hint_sql(field: Field, part: Field, share: Share, others: Sequence[Field]) -> str:
    """Returns SQL of words for the other total of which a printed share is one; NULL where none fits."""
    candidates = []
    if share.within != TABLE:
        candidates.append(("summed_table", f"'与占各行之和 ' || {plain_number('summed_table')} || ' 的比重相符'"))
    if share.within != PRINTED_TOTAL:
        candidates.append(("printed_total", f"'与占印出的合计 ' || {plain_number('printed_total')} || ' 的比重相符'"))
    if share.within != GROUP:
        candidates.append(("summed_group", "'与占本组小计的比重相符'"))
    candidates += [
        (f"other_{place}", f"'与占' || {title_sql(other)} || '之和的比重相符'") for place, other in enumerate(others)
    ]
    cases = [
        f"WHEN abs({value(field)} - {factor(field)} * {value(part)} / nullif({total}, 0)) <= {step(field)} THEN {words}"
        for total, words in candidates
    ]
    return f"CASE {' '.join(cases)} END"


def _share_of_other_total(contract: Contract, fields: Fields, field: Field, share: Share) -> Draft:
    part = fields[share.of]
    times, n, s = factor(field), value(part), value(field)
    fits = f"abs({s} - {times} * {n} / nullif({{total}}, 0)) <= {step(field)}"
    query = f"""
        WITH {LINE},
        total AS (
            SELECT {PLACE}, {n} AS printed_total, {text(part)} AS printed, {slack(part)} AS unsure FROM line
            WHERE covers = 'table' AND {n} IS NOT NULL
        ),
        reported AS (SELECT *, sum({n}) OVER (PARTITION BY delivery_id, sheet) AS summed FROM line \
            WHERE covers = '{ROW}'),
        shares AS (
            SELECT r.delivery_id, r.sheet, max(r.summed) AS summed, count(*) AS shares,
                count(*) FILTER (WHERE {fits.format(total="r.summed")}) AS of_sum,
                count(*) FILTER (WHERE {fits.format(total="t.printed_total")}) AS of_total
            FROM reported r
            JOIN total t ON t.delivery_id = r.delivery_id AND t.sheet = r.sheet
            WHERE {s} IS NOT NULL
            GROUP BY r.delivery_id, r.sheet
        )
        SELECT {", ".join(f"t.{name.strip()}" for name in PLACE.split(","))}, t.printed, \
            t.printed_total AS printed_value,
            s.summed AS computed_value, {plain_number("s.summed")} AS computed, abs(t.printed_total - s.summed) AS moved
        FROM total t
        JOIN shares s ON s.delivery_id = t.delivery_id AND s.sheet = t.sheet
        WHERE abs(t.printed_total - s.summed) > t.unsure AND s.of_sum = s.shares AND s.of_total < s.shares
    """
    says = Says(
        title_zh=f"{title(field)}与印出的合计是同一个合计",
        title_en=f"{field.name} and the printed total rest on one total",
        notes=(
            f"印出的{title(part)}合计与各行之和不同，而{title(field)}是按各行之和算的：两个合计有一个是错的",
            f"The printed total of {share.of} differs from the rows, "
            "and the shares follow the rows: one of them is wrong",
        ),
        fix_zh="请核对印出的合计：是漏了行，还是合计写错，更正后重新报送",
        fault_zh=f"{{line_label}}的{title(part)}印为 {{printed}}，{title(field)}却是按各行之和 {{computed}} 算的",
    )
    example = [
        line_sql(contract, {part.name: 1, field.name: times / 4}),
        line_sql(contract, {part.name: 3, field.name: times * 0.75}, At(row_no=10)),
        line_sql(contract, {part.name: 9}, At(row_no=11, covers="table", name="合计")),
    ]
    return Draft(
        name=f"total_of_{field.name}",
        query=query,
        says=says,
        figures=("moved", "printed_value", "computed_value"),
        example_sql="\n".join(example),
        example_says=f"合计的{title(part)}印为 9",
        dimension="一致性",
        level=1,
    )


@dataclass(frozen=True)
class _Span:
    """What an average is taken over: SQL of the number and of its text, words for it, and the CTEs that give it.

    `other` is SQL of another number that is right as well: the days printed beside those counted.
    """

    number: str
    shown: str
    words: str
    other: str
    lines: str = "spanned AS (SELECT * FROM line),"


_DAYS_OF_WEEKS: Final = """counted AS ({days}),
        period AS (SELECT DISTINCT delivery_id, period_start, period_end FROM line),
        printed AS (
            SELECT p.delivery_id, count(*) FILTER (WHERE {is_counted}) AS days_printed FROM period p
            JOIN core.calendar_day c ON c.day BETWEEN p.period_start AND p.period_end GROUP BY p.delivery_id
        ),
        spanned AS (
            SELECT l.*, c.days, p.days_printed FROM line l JOIN counted c ON c.week_id = l.week_id
            LEFT JOIN printed p ON p.delivery_id = l.delivery_id
        ),"""


def _span(contract: Contract, fields: Fields, average: Average) -> _Span:
    over = average.over
    if isinstance(over, int):
        return _Span(str(over), f"' {over}'", "", str(over))
    if over in fields:
        number = value(fields[over])
        return _Span(number, text(fields[over]), f"{title(fields[over])} ", number)
    is_counted = "is_working_day" if over == WORKING_DAYS else "day IS NOT NULL"
    words = "工作日 " if over == WORKING_DAYS else "天数 "
    lines = _DAYS_OF_WEEKS.format(is_counted=is_counted, days=days_of(contract, is_counted))
    return _Span("days", "CAST(days AS VARCHAR)", words, "days_printed", lines)


def _average(contract: Contract, fields: Fields, field: Field, average: Average) -> Draft:
    part = fields[average.of]
    span = _span(contract, fields, average)
    query = f"""
        WITH {LINE},
        {span.lines}
        measured AS (
            SELECT
                {PLACE}, {value(field)} AS printed_value, {text(field)} AS printed,
                {value(part)} AS part_value, {text(part)} AS part, {span.shown} AS days,
                {value(part)} / nullif({span.number}, 0) AS computed_value, \
                    {value(part)} / nullif({span.other}, 0) AS other_value,
                {step(field)} + ({slack(part)}) / nullif({span.number}, 0) AS allowed
            FROM spanned
            WHERE {value(field)} IS NOT NULL AND {value(part)} IS NOT NULL AND {span.number} > 0
        )
        SELECT {PLACE}, printed, part, days, {plain_number("computed_value")} AS computed, printed_value, part_value,
            round(computed_value, 4) AS computed_value
        FROM measured
        WHERE round(abs(printed_value - computed_value), 9) > round(allowed, 9)
            AND coalesce(round(abs(printed_value - other_value), 9) > round(allowed, 9), true)
    """
    says = Says(
        title_zh=f"{title(field)}由本行的{title(part)}算得",
        title_en=f"{field.name} is the average of its own counts",
        notes=(
            f"印出的{title(field)}要等于本行的{title(part)}除以{span.words or average.over}，可以差印出的末位一个单位",
            f"The printed {field.name} is {average.of} over {average.over}, to one unit of the last place",
        ),
        fix_zh=f"请核对{title(field)}和{title(part)}，更正后重新报送",
        fault_zh=(
            f"{{line_label}}的{title(field)}印为 {{printed}}，"
            f"{title(part)} {{part}}除以{span.words}{{days}} 为 {{computed}}"
        ),
    )
    numbers: dict[str, float | None] = {part.name: 30, field.name: 40}
    if isinstance(average.over, str) and average.over in fields:
        numbers[average.over] = 2
    return Draft(
        name=f"average_{field.name}",
        query=query,
        says=says,
        figures=("printed_value", "computed_value", "part_value"),
        cell=field.name,
        example_sql=line_sql(contract, numbers),
        example_says=f"{BROKEN_LINE}的{title(field)}印为 40",
        dimension="一致性",
        level=1,
    )


def _change_query(contract: Contract, field: Field, part: Field, change: Change) -> str:
    """Returns the query for changes that do not follow from the two weeks."""
    times = factor(field)
    is_relative = times > 1
    difference = f"({value(part)} - before_value)"
    computed = f"{times} * {difference} / nullif(abs(before_value), 0)" if is_relative else difference
    unsure = f"{slack(part)} + before_slack"
    if is_relative:
        both = f"{slack(part)} + before_slack * {value(part)} / nullif(before_value, 0)"
        unsure = f"{times} * ({both}) / nullif(abs(before_value), 0)"
    shown = ratio_text(field, computed) if is_relative else plain_number(computed)
    if change.against == PREVIOUS:
        chain = chain_of(contract)
        week = f"JOIN {chain} w ON w.week_id = l.week_id JOIN earlier e ON e.week_id = w.previous_week_id"
    else:
        calendar = calendar_of(contract)
        week = (
            f"JOIN {calendar} w ON w.week_id = l.week_id JOIN {calendar} p ON p.year = w.year - 1 "
            "AND p.issue_no = w.issue_no JOIN earlier e ON e.week_id = p.week_id"
        )
    return f"""
        WITH {LINE},
        earlier AS (
            SELECT week_id, covers, line_key, max({value(part)}) AS before_value, max({text(part)}) AS before, \
                max({slack(part)}) AS before_slack
            FROM {view_of(contract.name)} WHERE delivery_status = 'current' GROUP BY week_id, covers, line_key \
                HAVING count(*) = 1
        ),
        compared AS (
            SELECT l.*, e.before_value, e.before, e.before_slack FROM line l
            {week} AND e.covers = l.covers AND e.line_key = l.line_key
        ),
        measured AS (
            SELECT
                {PLACE}, before, before_value, {value(field)} AS printed_value, {text(field)} AS printed,
                {text(part)} AS part, {value(part)} AS part_value, {computed} AS computed_value, {shown} AS computed,
                {step(field)} + {unsure} AS allowed
            FROM compared
            WHERE {value(field)} IS NOT NULL AND {value(part)} IS NOT NULL AND before_value IS NOT NULL
        )
        SELECT {PLACE}, printed, part, before, computed, printed_value, round(computed_value, 4) AS computed_value
        FROM measured
        WHERE round(abs(printed_value - computed_value), 9) > round(allowed, 9)
    """


def _change(contract: Contract, fields: Fields, field: Field, change: Change) -> Draft:
    part = fields[change.of]
    week_zh = "上期" if change.against == PREVIOUS else "去年同期"
    says = Says(
        title_zh=f"{title(field)}由{week_zh}的数算得",
        title_en=f"{field.name} is the change against the other week",
        notes=(
            f"印出的{title(field)}要与{week_zh}报送的{title(part)}相符，可以差印出的末位一个单位；"
            f"{week_zh}没有报送的不比较",
            f"The printed {field.name} follows from {change.of} of this and of the other week ({change.against})",
        ),
        fix_zh=f"请核对{title(field)}和两期的{title(part)}，更正后重新报送",
        fault_zh=(
            f"{{line_label}}的{title(field)}印为 {{printed}}，"
            f"{title(part)}由{week_zh} {{before}}到本期 {{part}}应为 {{computed}}"
        ),
    )
    week_of_example = WEEK_BEFORE if change.against == PREVIOUS else "2022-02"
    example = [
        line_sql(contract, {part.name: 20}, At(week=week_of_example)),
        line_sql(contract, {part.name: 30, field.name: 7}),
    ]
    if change.against == "year_ago":
        example.insert(0, "INSERT INTO core.report_week (week_id, year, issue_no) VALUES ('2022-02', 2022, 2);")
    return Draft(
        name=f"change_{field.name}",
        query=_change_query(contract, field, part, change),
        says=says,
        figures=("printed_value", "computed_value"),
        cell=field.name,
        example_sql="\n".join(example),
        example_says=f"{BROKEN_LINE}的{title(field)}印为 7",
        dimension="一致性",
        level=2,
    )
