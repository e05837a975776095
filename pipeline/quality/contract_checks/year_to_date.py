"""Checks of `cumulative`: the week is within the year to date, which goes on from the one before and never falls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.contracts import Contract, Field
from pipeline.contracts.check_words import Within
from pipeline.ingest.load.printed_lines import ROW, view_of
from pipeline.quality.contract_checks.compose import LINE, PLACE, Draft, Says, plain_number, slack, text, title, value
from pipeline.quality.contract_checks.good_lines import BROKEN_LINE, WEEK_BEFORE, At, line_sql
from pipeline.quality.contract_checks.periods import calendar_of
from pipeline.quality.contract_checks.sums import gross_pair, within_check

Fields = Mapping[str, Field]


def year_to_date_checks(contract: Contract) -> Iterator[Draft]:
    """Yields the checks of the fields that add up over the year."""
    fields = {field.name: field for field in contract.stored_fields}
    for field in contract.fields:
        if field.cumulative is None:
            continue
        week = fields[field.cumulative.of]
        within = Within(part=week.name, whole=field.name)
        yield within_check(contract, fields, within, f"week_within_{field.name}")
        if field.cumulative.along == "rows":
            yield from _along_rows(contract, field, week)
        else:
            yield from _along_weeks(contract, field, week)


def _says(field: Field, week: Field, *, before_zh: str, is_gross: bool) -> Says:
    notes = (
        f"{title(field)}要等于{before_zh}的{title(field)}加本期的{title(week)}，只增不减，一月重新起算；前一份有误、这一份已补正的不再提",
        f"{field.name} is the one before plus {week.name}; it never falls and starts anew in January",
    )
    name_zh = f"{title(field)}等于{before_zh}累计加{title(week)}"
    if is_gross:
        name_zh = f"{title(field)}与{before_zh}累计加{title(week)}相差不到一成"
        notes = (
            f"{title(field)}与{before_zh}累计加{title(week)}差到一成以上，不是零星的出入，先核对再用",
            f"{field.name} is a tenth or more away from the one before plus {week.name}",
        )
    return Says(
        title_zh=name_zh,
        title_en=f"{field.name} nearly continues" if is_gross else f"{field.name} continues",
        notes=notes,
        fix_zh=f"请核对{title(week)}和前后两份的{title(field)}，更正后重新报送",
        fault_zh=f"{{line_label}}的{title(field)}印为 {{printed}}，{{reason}}，相差 {{off_by}}",
    )


def _along_weeks(contract: Contract, field: Field, week: Field) -> Iterator[Draft]:
    ytd, n = value(field), value(week)
    before_zh = "CASE WHEN issue_before = issue_no - 1 THEN '上期' ELSE '第 ' || issue_before || ' 期' END"
    added_zh = f"'累计 ' || before || '加{title(week)} ' || coalesce(week_text, '空白') || '为 '"
    sum_zh = f"{before_zh} || {added_zh} || {plain_number('expected')}"
    first_zh = f"'今年第 1 期的累计应与{title(week)} ' || week_text || '相同'"
    query = f"""
        WITH checked AS (SELECT DISTINCT week_id FROM {{batch}}),
        line AS (
            SELECT {PLACE.replace("week_id", "l.week_id")}, line_key, w.year, w.issue_no, {ytd} AS ytd, \
                {text(field)} AS printed, {n} AS week_value,
                {text(week)} AS week_text, {slack(field)} + coalesce({slack(week)}, 0) AS unsure, count(*) \
                    OVER (PARTITION BY l.week_id, covers, line_key) AS lines
            FROM {view_of(contract.name)} l JOIN {calendar_of(contract)} w ON w.week_id = l.week_id
            WHERE delivery_status = 'current' AND {ytd} IS NOT NULL AND covers IN ('{ROW}', 'group', 'table')
        ),
        chain AS (
            SELECT *, lag(ytd) OVER own AS before_value, lag(printed) OVER own AS before, lag(issue_no) \
                OVER own AS issue_before, lag(unsure) OVER own AS unsure_before
            FROM line WHERE lines = 1 WINDOW own AS (PARTITION BY covers, line_key, year ORDER BY issue_no)
        ),
        measured AS (SELECT *, CASE WHEN issue_no = 1 THEN week_value ELSE before_value + coalesce(week_value, 0) \
            END AS expected FROM chain),
        compared AS (SELECT *, ytd - expected AS difference, lag(ytd - expected) OVER (PARTITION BY covers, line_key, \
            year ORDER BY issue_no) AS told,
            sum(ytd - expected) FILTER (WHERE covers = '{ROW}') OVER (PARTITION BY week_id, delivery_id, \
                sheet) AS of_rows FROM measured)
        SELECT c.week_id, {PLACE.replace("week_id, ", "")}, printed, CASE WHEN issue_no = 1 THEN {first_zh} \
            ELSE {sum_zh} END AS reason,
            {plain_number("abs(difference)")} AS off_by, abs(difference) AS moved, ytd AS printed_value, \
                expected AS whole_value
        FROM compared c JOIN checked k ON k.week_id = c.week_id
        WHERE abs(difference) > unsure + coalesce(unsure_before, 0) AND difference <> -coalesce(told, 0)
            AND (covers = '{ROW}' OR difference <> coalesce(of_rows, 0))
            -- After a week that is missing, or of which nobody knows the figures, the year to date may grow, \
                and never fall.
            AND (difference < 0 OR (week_value IS NOT NULL AND (issue_no = 1 OR issue_before = issue_no - 1)))
            AND {{small}}
    """
    numbers: dict[str, float | None] = {week.name: 30, field.name: 131}
    example = [line_sql(contract, {week.name: 100, field.name: 100}, At(week=WEEK_BEFORE)), line_sql(contract, numbers)]
    gross = [line_sql(contract, {week.name: 100, field.name: 100}, At(week=WEEK_BEFORE))]
    gross.append(line_sql(contract, {**numbers, field.name: 300}))
    near = Draft(
        name=f"cumulative_{field.name}",
        query=query,
        says=_says(field, week, before_zh="上期", is_gross=False),
        figures=("moved", "printed_value", "whole_value"),
        cell=field.name,
        example_sql="\n".join(example),
        example_says=f"{BROKEN_LINE}的{title(field)}印为 131",
        dimension="一致性",
        level=2,
    )
    gross_says = _says(field, week, before_zh="上期", is_gross=True)
    yield from gross_pair(near, gross_says, "\n".join(gross), f"{BROKEN_LINE}的{title(field)}印为 300")


def _along_rows(contract: Contract, field: Field, week: Field) -> Iterator[Draft]:
    ytd, n = value(field), value(week)
    query = f"""
        WITH {LINE},
        reported AS (
            SELECT *, lag({ytd}) OVER above AS before_value, lag({text(field)}) OVER above AS before, \
                lag({slack(field)}) OVER above AS unsure_before
            FROM line WHERE covers = '{ROW}' AND {ytd} IS NOT NULL WINDOW above AS (PARTITION BY delivery_id, sheet, \
                group_no ORDER BY row_no)
        ),
        measured AS (SELECT *, before_value + coalesce({n}, 0) AS expected, \
            {ytd} - before_value - coalesce({n}, 0) AS difference FROM reported),
        compared AS (
            SELECT *, lag(difference) OVER (PARTITION BY delivery_id, sheet, group_no ORDER BY row_no) AS told, \
                {slack(field)} + coalesce({slack(week)}, 0) + unsure_before AS unsure
            FROM measured
        )
        SELECT {PLACE}, {text(field)} AS printed, \
            '上一行的累计 ' || before || '加{title(week)} ' || coalesce({text(week)}, \
            '空白') || '为 ' || {plain_number("expected")} AS reason,
            {plain_number("abs(difference)")} AS off_by, abs(difference) AS moved, {ytd} AS printed_value, \
                expected AS whole_value
        FROM (SELECT *, expected AS whole_value, abs(difference) AS moved FROM compared) c
        -- In January it starts anew: the year to date is that of the week alone.
        WHERE abs(difference) > unsure AND difference <> -coalesce(told, 0) AND NOT ({ytd} < before_value \
            AND {ytd} = coalesce({n}, -1))
            AND (difference < 0 OR {n} IS NOT NULL) AND {{small}}
    """
    first = line_sql(contract, {week.name: 100, field.name: 100}, At(row_no=9, name="一"))
    small = line_sql(contract, {week.name: 30, field.name: 131}, At(row_no=10))
    large = line_sql(contract, {week.name: 30, field.name: 300}, At(row_no=10))
    near = Draft(
        name=f"cumulative_{field.name}",
        query=query,
        says=_says(field, week, before_zh="上一行", is_gross=False),
        figures=("moved", "printed_value", "whole_value"),
        cell=field.name,
        # The rows above in which nothing happened give no year to date to go on from.
        example_sql="\n".join([_without_rows_above(contract), first, small]),
        example_says=f"{BROKEN_LINE}的{title(field)}印为 131",
        dimension="一致性",
        level=1,
    )
    gross_says = _says(field, week, before_zh="上一行", is_gross=True)
    example = "\n".join([_without_rows_above(contract), first, large])
    yield from gross_pair(near, gross_says, example, f"{BROKEN_LINE}的{title(field)}印为 300")


def _without_rows_above(contract: Contract) -> str:
    return f"DELETE FROM {view_of(contract.name)} WHERE week_id = '2023-02';"
