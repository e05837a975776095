"""Checks against other weeks and earlier exports: `band`, `history` and `copies`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.check_rules import is_count
from pipeline.contracts.model import DATED, NUMERIC
from pipeline.ingest.load.printed_lines import ROW, label_fields, shown_fields, view_of
from pipeline.quality.contract_checks.compose import (
    PLACE,
    Draft,
    Says,
    Threshold,
    text,
    title,
    value,
)
from pipeline.quality.contract_checks.good_lines import BROKEN_LINE, LAST_WEEK, NAMES, WEEK_BEFORE, At, line_sql
from pipeline.quality.contract_checks.periods import days_of
from pipeline.quality.contract_checks.reporting import says_nothing_sql, unread_rows

_WEEKS: Final = Threshold("weeks_at_least", 4, "不到四期的，还说不上往常是多少")
_FACTOR: Final = Threshold(
    "gross_factor", 10, "真实的高峰、淡季在几倍以内；到十倍，多半是多录一位、重复计数或只报了一部分"
)
_COUNTED: Final = Threshold("counted_at_least", 10, "不到十件的，几件之差就会成倍")
_TWO_DIGITS: Final = Threshold("two_digits", 10, "个位数相同常是巧合，两位以上的数才算")
_COUNTS: Final = Threshold("counts_at_least", 3, "三个两位以上的数逐一相同，不会是巧合")
_MOST: Final = Threshold("most_pct", 90, "平常的两期之间，相同的行不到三成；到九成就是同一份表")


def past_checks(contract: Contract) -> Iterator[Draft]:
    """Yields the checks of a contract against its own past."""
    fields = {field.name: field for field in contract.stored_fields}
    checks = contract.checks
    if checks.band is not None:
        for name in checks.band.of:
            yield from _band(contract, fields[name], [fields[by] for by in checks.band.by])
    if checks.history is not None:
        by = contract.primary_key if checks.history.by == "primaryKey" else checks.history.by
        yield from _history(contract, [fields[name] for name in by])
    if checks.copies:
        yield from _copies(contract)


def _band_query(contract: Contract, field: Field, by: Sequence[Field]) -> str:
    """Returns the query for weeks outside of the band of the past ones; `{size}` stands where it matters how far."""
    keys = "".join(f", {one.column}" for one in by)
    same = "".join(f" AND p.{one.column} IS NOT DISTINCT FROM v.{one.column}" for one in by)
    own = "".join(f", v.{one.column}" for one in by)
    label = " || ' ' || ".join(f"coalesce(CAST(b.{one.column} AS VARCHAR), '空白')" for one in by) or "''"
    return f"""
        WITH checked AS (SELECT DISTINCT week_id, source FROM {{batch}}),
        counted AS ({days_of(contract, "is_working_day")}),
        span AS (SELECT week_id, greatest(days, 1) AS days FROM counted),
        volume AS (
            SELECT l.week_id{keys}, min(l.file_name) AS file_name, sum({value(field)}) AS volume, \
                CAST(sum({value(field)}) AS DOUBLE) / max(coalesce(s.days, 1)) AS per_day, \
                bool_and({says_nothing_sql(contract, "l.")}) AS says_nothing
            FROM {view_of(contract.name)} l LEFT JOIN span s ON s.week_id = l.week_id
            WHERE l.delivery_status = 'current' AND l.covers = '{ROW}' GROUP BY l.week_id{keys} \
                HAVING count(*) = count({value(field)})
        ),
        past AS (
            SELECT v.week_id, c.source, v.file_name{own}, v.volume, v.per_day, p.per_day AS past_per_day, \
                median(p.per_day) OVER (PARTITION BY v.week_id{own}) AS median
            FROM volume v JOIN checked c ON c.week_id = v.week_id JOIN volume p ON p.week_id < v.week_id{same}
            -- Who says that there was nothing has said why it is less.
            WHERE NOT v.says_nothing
        ),
        band AS (
            SELECT week_id, source, file_name{keys}, volume, per_day, count(*) AS weeks_used, \
                max(median) AS median, 3.5 * 1.4826 * median(abs(past_per_day - median)) AS spread
            FROM past GROUP BY week_id, source, file_name{keys}, volume, per_day HAVING count(*) >= {_WEEKS.sql}
        )
        SELECT b.week_id, b.source, b.file_name, {label} AS line_label, b.volume, round(b.per_day, 1) AS per_day, \
            round(b.median, 1) AS median, b.weeks_used,
            CASE WHEN b.median = 0 THEN '往期都没有' WHEN b.per_day >= b.median \
                THEN '是往期的 ' || CAST(CAST(round(b.per_day / b.median, 1) AS DECIMAL(18, 1)) AS VARCHAR) || ' 倍'
                ELSE '只有往期的 ' || CAST(CAST(round(100 * b.per_day / b.median, 1) AS DECIMAL(18, 1)) \
                    AS VARCHAR) || '%' END AS compared,
            abs(b.per_day - b.median) AS moved
        FROM band b
        WHERE (b.per_day > greatest(b.median + b.spread, b.median * 2.5) OR b.per_day < least(b.median - b.spread, \
            b.median / 2.5))
            AND greatest(b.volume, b.median) >= {_COUNTED.sql} AND {{size}}
    """


def _band(contract: Contract, field: Field, by: Sequence[Field]) -> Iterator[Draft]:
    query = _band_query(contract, field, by)
    is_gross = f"(b.per_day >= b.median * {_FACTOR.sql} OR b.per_day * {_FACTOR.sql} <= b.median)"
    past = [(f"2022-{40 + number}", 20.0 + number % 2) for number in range(5)]
    for is_far in (False, True):
        suffix, factor, number = ("_in_proportion", "差不到十倍", 900) if is_far else ("_in_band", "在往常的范围内", 90)
        # The week before, in which nothing happened, would be far below the others as well.
        example = [f"DELETE FROM {view_of(contract.name)} WHERE week_id = '{WEEK_BEFORE}';"]
        example += [line_sql(contract, {field.name: one}, At(week=week)) for week, one in past]
        example.append(line_sql(contract, {field.name: number}))
        yield Draft(
            name=f"{field.name[:45]}{suffix}",
            query=query.replace("{size}", is_gross if is_far else f"NOT {is_gross}"),
            severity="critical" if is_far else "warning",
            category="数量异常",
            says=Says(
                title_zh=f"{title(field)}与往期{factor}",
                title_en=f"{field.name} {'in proportion to' if is_far else 'within the band of'} the past weeks",
                notes=(
                    f"{title(field)}与往期中位数相差过大，可能是真实的高峰，也可能是重复或错录，"
                    "要有人确认；按每个工作日比较",
                    f"{field.name} far from the median of the past weeks, per working day: a peak, "
                    "a duplicate or a slip",
                ),
                fix_zh="请确认：确实这么多或这么少的写明原因，录入有误的更正后重新报送",
                fault_zh=f"{'{line_label}' if by else ''}{title(field)}本期 {{volume}}，{{compared}}",
                evidence_zh="每个工作日 {per_day}；前 {weeks_used} 期每个工作日的中位数为 {median}",
            ),
            keys=("week_id", "source", "file_name", "line_label"),
            cause=("week_id", "line_label"),
            figures=("moved", "volume", "per_day", "median"),
            thresholds=(_WEEKS, _FACTOR, _COUNTED),
            example_sql="\n".join(example),
            example_says=f"{title(field)}本期 {number}",
            dimension="准确性",
            level=2,
        )


def _history(contract: Contract, by: Sequence[Field]) -> Iterator[Draft]:
    key_names = {field.name for field in by}
    for field in shown_fields(contract):
        if field.name not in key_names and not field.free_text:
            yield _changed_value(contract, by, field)
    yield _changed_keys(contract, by)


def _as_text(field: Field, of: str) -> str:
    """Returns SQL of a value as it was printed: 空白 where there was none."""
    shown = text(field, of) if field.type in NUMERIC else f"CAST({of}{field.column} AS VARCHAR)"
    return f"coalesce({shown}, '空白')"


def _pairs_sql(by: Sequence[Field]) -> str:
    return " AND ".join(f"n.{field.column} IS NOT DISTINCT FROM o.{field.column}" for field in by)


def _changed_value(contract: Contract, by: Sequence[Field], field: Field) -> Draft:
    query = f"""
        WITH line AS (SELECT * FROM {{batch}} WHERE covers = '{ROW}')
        SELECT {", ".join(f"n.{name.strip()}" for name in PLACE.split(","))}, {_as_text(field, "o.")} AS before, \
            {_as_text(field, "n.")} AS after,
            o.file_name AS file_before
        FROM line n
        JOIN line o ON o.superseded_by = n.delivery_id AND {_pairs_sql(by)}
        WHERE n.delivery_status = 'current' AND o.delivery_status = 'superseded' AND o.{field.column} IS DISTINCT \
            FROM n.{field.column}
    """
    numbers: tuple[dict[str, float | None], dict[str, float | None]] = ({}, {})
    texts: tuple[dict[str, str], dict[str, str]] = ({}, {})
    if field.type in NUMERIC:
        numbers = ({field.name: 3}, {field.name: 8})
    else:
        texts = ({field.name: "旧"}, {field.name: "新"})
    delivery = f"{contract.name}-{LAST_WEEK}"
    first = line_sql(contract, numbers[0], At(delivery="before", superseded_by=delivery), texts=texts[0])
    example = [first, line_sql(contract, numbers[1], texts=texts[1])]
    if field.type in DATED or field.type is FieldType.BOOLEAN:
        moved = "DATE '2023-01-10'" if field.type in DATED else "true"
        example.append(f"UPDATE {view_of(contract.name)} SET {field.column} = {moved} WHERE delivery_id = 'before';")
    return Draft(
        name=f"kept_{field.name}",
        query=query,
        says=Says(
            title_zh=f"重新报送的没有改{title(field)}",
            title_en=f"A later export keeps {field.name}",
            notes=(
                f"同一期重新报送时，{title(field)}改了的逐行列出，改前改后都写明：是更正就说明，是误改就改回",
                f"A later export of the same week tells each row of which it changes {field.name}",
            ),
            fix_zh="请说明为什么改；误改的更正后重新报送",
            fault_zh=f"{{line_label}}的{title(field)}由 {{before}} 改为 {{after}}",
            evidence_zh="先报的是{file_before}，改在{file_name} 工作表「{sheet}」第 {row_no} 行",
        ),
        category="来源数据",
        example_sql="\n".join(example),
        example_says=f"{BROKEN_LINE}的{title(field)}由",
        dimension="一致性",
        level=2,
        holds="nothing",
    )


def _changed_keys(contract: Contract, by: Sequence[Field]) -> Draft:
    query = f"""
        WITH line AS (SELECT * FROM {{batch}} WHERE covers = '{ROW}'),
        pair AS (
            SELECT DISTINCT n.delivery_id AS new_id, o.delivery_id AS old_id, n.file_name AS file_after FROM line n
            JOIN line o ON o.superseded_by = n.delivery_id
            WHERE n.delivery_status = 'current' AND o.delivery_status = 'superseded'
        ),
        lost AS (
            SELECT o.*, p.file_after, '去掉了' AS change_zh FROM line o JOIN pair p ON p.old_id = o.delivery_id
            LEFT JOIN line n ON n.delivery_id = p.new_id AND {_pairs_sql(by)} WHERE n.delivery_id IS NULL
        ),
        added AS (
            SELECT n.*, p.file_after, '新加了' AS change_zh FROM line n JOIN pair p ON p.new_id = n.delivery_id
            LEFT JOIN line o ON o.delivery_id = p.old_id AND {_pairs_sql(by)} WHERE o.delivery_id IS NULL
        )
        SELECT {PLACE}, file_after, change_zh FROM lost
        UNION ALL
        SELECT {PLACE}, file_after, change_zh FROM added
    """
    delivery = f"{contract.name}-{LAST_WEEK}"
    # The two good rows were in the earlier export, too, beside one that is lost.
    before = [
        line_sql(contract, {}, At(delivery="before", superseded_by=delivery, row_no=row_no, name=name))
        for row_no, name in enumerate((*NAMES, BROKEN_LINE), start=5)
    ]
    return Draft(
        name="kept_rows",
        query=query,
        says=Says(
            title_zh="重新报送的没有增减行",
            title_en="A later export keeps its rows",
            notes=(
                "同一期重新报送时，多了、少了的行逐一列出：是补报就说明，是漏了就补上",
                "A later export of the same week tells each row that it adds or leaves out",
            ),
            fix_zh="请说明为什么增减；漏了的补上后重新报送",
            fault_zh="重新报送的{change_zh}{line_label}",
            evidence_zh="重新报送的是{file_after}，这一行在{file_name} 工作表「{sheet}」第 {row_no} 行",
        ),
        category="来源数据",
        cause=("week_id", "line_label", "change_zh"),
        keys=("week_id", "source", "file_name", "sheet", "row_no", "line_label", "change_zh"),
        example_sql="\n".join(before),
        example_says=f"重新报送的去掉了{BROKEN_LINE}",
        dimension="完整性",
        level=2,
        holds="nothing",
    )


def _copies(contract: Contract) -> Iterator[Draft]:
    days: list[Field] = []
    names: list[Field] = []
    for label in label_fields(contract):
        kind = days if label.type in DATED else names
        kind.append(label)
    counts = list(filter(_is_compared_by(contract), shown_fields(contract)))
    yield _copied(contract, counts, names, next(iter(days), None))


def _is_compared_by(contract: Contract) -> Callable[[Field], bool]:
    """Returns which fields two weeks are compared by: those that `copies` names, else all counts of the week itself."""
    chosen = contract.checks.copies
    if isinstance(chosen, tuple):
        return lambda field: field.name in chosen
    return lambda field: is_count(field) and field.cumulative is None


def _copied(contract: Contract, counts: Sequence[Field], names: Sequence[Field], day: Field | None) -> Draft:
    """Rows of two weeks, or of two days where each has rows of its own, with the same counts."""
    span = day.column if day else "week_id"
    same = "".join(f" AND e.{field.column} IS NOT DISTINCT FROM c.{field.column}" for field in (*names, *counts))
    weighty = " + ".join(f"CASE WHEN c.{field.column} >= {_TWO_DIGITS.sql} THEN 1 ELSE 0 END" for field in counts)
    total = " + ".join(f"coalesce(c.{field.column}, 0)" for field in counts)
    filled = " + ".join(f"coalesce({field.column}, 0)" for field in counts)
    what = "日" if day else "期"
    query = f"""
        WITH line AS (SELECT *, CAST({span} AS VARCHAR) AS span FROM {{batch}} WHERE delivery_status = 'current' \
            AND covers = '{ROW}' AND {filled} > 0),
        counted AS (SELECT week_id, span, count(*) AS rows_reported FROM line GROUP BY week_id, span),
        earlier AS (SELECT *, CAST({span} AS VARCHAR) AS span FROM {view_of(contract.name)} \
            WHERE delivery_status = 'current' AND covers = '{ROW}'),
        {unread_rows(contract)},
        same AS (
            SELECT c.week_id, c.source, c.file_name, c.delivery_id, c.sheet, min(c.row_no) AS row_no, c.span, \
                e.span AS same_as, min(e.week_id) AS week_before, count(*) AS rows_copied,
                sum({weighty}) AS counts_copied, sum({total}) AS moved
            FROM line c
            JOIN earlier e ON e.span < c.span{same}
            GROUP BY c.week_id, c.source, c.file_name, c.delivery_id, c.sheet, c.span, e.span
        )
        SELECT s.week_id, s.source, s.file_name, s.delivery_id, s.sheet, min(s.row_no) AS row_no, s.span, \
            max(s.same_as) AS same_as,
            max(s.rows_copied) AS rows_copied, n.rows_reported, max(s.moved) AS moved
        FROM same s
        JOIN counted n ON n.week_id = s.week_id AND n.span = s.span
        LEFT JOIN unread u ON u.week_id = s.week_before
        -- Of a row whose earlier counts are in quarantine nobody knows whether it was copied.
        WHERE s.counts_copied >= {_COUNTS.sql} \
            AND s.rows_copied * 100 >= (n.rows_reported - coalesce(u.names, 0)) * {_MOST.sql}
        GROUP BY s.week_id, s.source, s.file_name, s.delivery_id, s.sheet, s.span, n.rows_reported
    """
    numbers: dict[str, float | None] = {field.name: 21 + place for place, field in enumerate(counts)}
    example = _copied_lines(contract, numbers, day)
    return Draft(
        name="not_copied",
        query=query,
        severity="critical" if day is None else "warning",
        says=Says(
            title_zh=f"没有两{what}的数完全相同",
            title_en="No two days have the same counts" if day else "No two weeks have the same counts",
            notes=(
                f"几乎每一行的数都与以前某一{what}相同，多半是把那一{what}的表又报了一次；没有业务的行不算",
                "Nearly every row has the counts of an earlier day or week: its table was sent once more",
            ),
            fix_zh=f"请核对，按这一{what}的数重新报送；确实相同的写明",
            fault_zh="{span}的 {rows_reported} 行里有 {rows_copied} 行的数与 {same_as} 完全相同，是复制的",
        ),
        category="数量异常",
        keys=("week_id", "source", "file_name", "span", "same_as"),
        cause=("week_id",),
        figures=("moved", "rows_copied", "rows_reported"),
        thresholds=(_TWO_DIGITS, _COUNTS, _MOST),
        example_sql=example,
        example_says="的数与",
        dimension="准确性",
        level=2,
    )


def _copied_lines(contract: Contract, numbers: dict[str, float | None], day: Field | None) -> str:
    """Four rows of one week, and the same four of the next; where rows have a day, each week has its own."""
    statements = []
    for week in (WEEK_BEFORE, LAST_WEEK):
        for row_no in range(20, 24):
            statements.append(line_sql(contract, numbers, At(week=week, row_no=row_no, name=f"甲{row_no}")))
    if day is not None:
        for week, date in ((WEEK_BEFORE, "2023-01-04"), (LAST_WEEK, "2023-01-10")):
            statements.append(
                f"UPDATE {view_of(contract.name)} SET {day.column} = DATE {quoted(date)} "
                f"WHERE week_id = {quoted(week)} AND row_no >= 20;"
            )
    return "\n".join(statements)
