"""Checks of what is there at all: `blank: unknown`, and `reporters` with their word for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.contracts.check_rules import is_count
from pipeline.contracts.check_words import PREVIOUS, Reporters
from pipeline.contracts.model import NUMERIC
from pipeline.ingest.load.printed_lines import ROW, shown_fields, view_of
from pipeline.quality.checks.standards import Level
from pipeline.quality.contract_checks.compose import LINE, PLACE, Draft, Says, text, title, value
from pipeline.quality.contract_checks.good_lines import BROKEN_LINE, LAST_WEEK, WEEK_BEFORE, At, line_sql
from pipeline.quality.contract_checks.periods import chain_of

# Where more are missing than rows are in quarantine, nobody knows which of them stand there.
_ABSENT: Final = (
    "CASE WHEN u.names IS NULL THEN '本期没有报送' ELSE '本期没有读到' END AS reason, "
    "coalesce('；有 ' || u.names || ' 行被隔离，可能在其中', '') AS hint"
)


def reporting_checks(contract: Contract) -> Iterator[Draft]:
    """Yields the checks of blanks, of those who have to report, and of those who report nothing and something."""
    for field in shown_fields(contract):
        if field.blank == "unknown":
            yield _blank(contract, field)
    reporters = contract.checks.reporters
    if reporters is None:
        return
    named = next(field for field in contract.stored_fields if field.name == reporters.field)
    yield _missing_since_before(contract, named) if reporters.from_ == PREVIOUS else _missing(contract, named)
    counts = [field for field in shown_fields(contract) if is_count(field)]
    if reporters.none and counts and _word_of_nothing(contract, reporters):
        yield _nothing_and_something(contract, reporters, named, counts)


def says_nothing_sql(contract: Contract, of: str = "") -> str:
    """Returns SQL that holds for a row with the word for nothing in one of its texts or counts: 水利厅 无业务."""
    reporters = contract.checks.reporters
    if reporters is None or reporters.none is None:
        return "false"
    word = quoted(reporters.none)
    says = []
    for field in shown_fields(contract):
        if field.type is FieldType.STRING:
            says.append(f"coalesce({of}{field.column} = {word}, false)")
        elif field.type in NUMERIC and reporters.none in field.zero_values:
            # Its number is zero by then: what it was written as tells it from any other zero.
            says.append(f"coalesce({text(field, of)} = {word}, false)")
    return f"({' OR '.join(says)})" if says else "false"


def _blank(contract: Contract, field: Field) -> Draft:
    is_blank = f"{value(field)} IS NULL" if field.type is not FieldType.STRING else f"coalesce({value(field)}, '') = ''"
    query = f"""
        WITH {LINE},
        reported AS (
            SELECT *, {is_blank} AS is_blank, count(*) OVER (PARTITION BY week_id) AS lines
            FROM line
            WHERE covers = '{ROW}' AND NOT {says_nothing_sql(contract)}
        ),
        counted AS (SELECT *, count(*) OVER (PARTITION BY week_id) AS blanks FROM reported WHERE is_blank)
        SELECT {PLACE}, blanks, lines, CASE WHEN blanks = lines THEN '整列' ELSE '有 ' || blanks || ' 行' END AS extent
        FROM counted
    """
    says = Says(
        title_zh=f"{title(field)}没有空白",
        title_en=f"{field.name} is filled in",
        notes=(
            f"零不等于空白：没有的写零，{title(field)}空白的不知道是零还是漏填；一列问一次，不逐行问",
            f"A zero is not a blank: where {field.name} is empty it may be forgotten; asked once a column",
        ),
        fix_zh=f"请补填{title(field)}；确为零的写零，不报送这一列的说明一声",
        fault_zh=f"{title(field)}{{extent}}没有填，如{{line_label}}，不知道是零还是漏填",
    )
    return Draft(
        name=f"filled_{field.name}",
        query=query,
        says=says,
        category="报送完整性",
        cause=("week_id",),
        figures=("blanks",),
        cell=field.name,
        example_sql=line_sql(contract, {}, texts={field.name: ""}),
        example_says=f"{title(field)}有 1 行没有填",
        dimension="完整性",
        level=1,
    )


def _folded(name: str) -> str:
    """Returns SQL of a name as names are compared: 南　城 is 南城, 开发区（１） is 开发区(1)."""
    plain = f"translate(CAST({name} AS VARCHAR), '０１２３４５６７８９（）', '0123456789()')"
    return f"upper(regexp_replace({plain}, '[\\s\u00a0\u3000]', '', 'g'))"


def unread_rows(contract: Contract) -> str:
    """Returns the common table of how many rows of each week are in quarantine: who reported there did report."""
    return f"""unread AS (
            SELECT d.week_id, count(DISTINCT (q.delivery_id, q.sheet, q.row_no)) AS names FROM quarantine.cell q \
                JOIN ledger.delivery d ON d.delivery_id = q.delivery_id
            WHERE d.status = 'current' AND d.source = {quoted(contract.name)} AND q.row_disposition = 'quarantined' \
                GROUP BY d.week_id
        )"""


def _missing(contract: Contract, named: Field) -> Draft:
    query = f"""
        WITH {LINE},
        week AS (SELECT l.week_id, l.source, min(l.file_name) AS file_name FROM line l GROUP BY l.week_id, l.source),
        there AS (
            SELECT DISTINCT l.week_id, a.department_id FROM line l JOIN core.report_week w ON w.week_id = l.week_id
            JOIN core.department_alias a ON {_folded("a.alias")} = {_folded(f"l.{named.column}")} \
                AND w.coverage_end BETWEEN a.valid_from AND a.valid_to
        ),
        unknown AS (
            SELECT l.week_id, count(DISTINCT l.{named.column}) AS names FROM line l JOIN core.report_week w \
                ON w.week_id = l.week_id
            LEFT JOIN core.department_alias a ON {_folded("a.alias")} = {_folded(f"l.{named.column}")} \
                AND w.coverage_end BETWEEN a.valid_from AND a.valid_to
            WHERE l.covers = '{ROW}' AND a.alias IS NULL GROUP BY l.week_id
        ),
        {unread_rows(contract)},
        missing AS (
            SELECT w.week_id, w.source, w.file_name, d.department_name AS reporter, count(*) \
                OVER (PARTITION BY w.week_id) AS missing
            FROM week w CROSS JOIN core.department d
            LEFT JOIN there t ON t.week_id = w.week_id AND t.department_id = d.department_id WHERE t.week_id IS NULL
        )
        -- While a name is not known, or a row is in quarantine, those who seem to be missing may stand there.
        SELECT m.week_id, m.source, m.file_name, m.reporter, {_ABSENT} FROM missing m
        LEFT JOIN unread u ON u.week_id = m.week_id LEFT JOIN unknown n ON n.week_id = m.week_id
        WHERE m.missing > coalesce(u.names, 0) + coalesce(n.names, 0)
    """
    example = f"DELETE FROM {view_of(contract.name)} WHERE week_id = '{LAST_WEEK}' AND {named.column} = '交通运输厅';"
    return _missing_draft(contract, named, query, example, "交通运输厅", who_zh="名单上的部门", who_en="department")


def _missing_since_before(contract: Contract, named: Field) -> Draft:
    query = f"""
        WITH {LINE},
        week AS (SELECT l.week_id, l.source, min(l.file_name) AS file_name FROM line l GROUP BY l.week_id, l.source),
        before AS (
            SELECT w.week_id, w.source, w.file_name, e.{named.column} AS reporter
            FROM week w
            JOIN {chain_of(contract)} u ON u.week_id = w.week_id
            JOIN {view_of(contract.name)} e ON e.week_id = u.previous_week_id AND e.delivery_status = 'current' \
                AND e.covers = '{ROW}'
            GROUP BY w.week_id, w.source, w.file_name, e.{named.column}
        ),
        {unread_rows(contract)},
        missing AS (
            SELECT b.week_id, b.source, b.file_name, CAST(b.reporter AS VARCHAR) AS reporter, count(*) \
                OVER (PARTITION BY b.week_id) AS missing
            FROM before b
            LEFT JOIN line l ON l.week_id = b.week_id AND {_folded(f"l.{named.column}")} = {_folded("b.reporter")}
            WHERE l.week_id IS NULL AND b.reporter IS NOT NULL
        )
        -- While rows are in quarantine, those who seem to be missing may stand there.
        SELECT m.week_id, m.source, m.file_name, m.reporter, {_ABSENT} FROM missing m
        LEFT JOIN unread u ON u.week_id = m.week_id
        WHERE m.missing > coalesce(u.names, 0)
    """
    example = line_sql(contract, {}, At(week=WEEK_BEFORE))
    if named.type is not FieldType.STRING:
        example = f"DELETE FROM {view_of(contract.name)} WHERE week_id = '{LAST_WEEK}';"
    return _missing_draft(contract, named, query, example, BROKEN_LINE, who_zh="上期报送过的", who_en="reporter before")


def _missing_draft(
    contract: Contract, named: Field, query: str, example: str, says: str, *, who_zh: str, who_en: str
) -> Draft:
    words = contract.checks.reporters.none if contract.checks.reporters else None
    nothing = f"；没有的也报一行“{words}”" if words else ""
    # Those of the week before are known from another delivery of the same source.
    is_from_before = contract.checks.reporters is not None and contract.checks.reporters.from_ == PREVIOUS
    level: Level = 2 if is_from_before else 1
    return Draft(
        name="everybody_reported",
        query=query,
        says=Says(
            title_zh=f"{title(named)}一个不少",
            title_en=f"Every {who_en} is there",
            notes=(
                f"{who_zh}每期都要在表里{nothing}：没有这一行就是漏报",
                f"Every {who_en} has a line in each week; without it nothing was reported",
            ),
            fix_zh=f"请补报{nothing}",
            fault_zh="{reporter}{reason}",
            evidence_zh="{file_name}里没有{reporter}的行{hint}",
        ),
        category="报送完整性",
        keys=("week_id", "source", "reporter"),
        cause=("week_id", "reporter"),
        department="reporter" if named.codes == "department" else None,
        example_sql=example,
        example_says=f"{says}本期没有报送",
        dimension="完整性",
        level=level,
    )


def _nothing_and_something(contract: Contract, reporters: Reporters, named: Field, counts: list[Field]) -> Draft:
    total = " + ".join(f"coalesce({value(field, 'o.')}, 0)" for field in counts)
    query = f"""
        WITH {LINE},
        nothing AS (SELECT * FROM line WHERE covers = '{ROW}' AND {says_nothing_sql(contract)})
        SELECT
            {", ".join(f"n.{name.strip()}" for name in PLACE.split(","))}, \
                CAST(n.{named.column} AS VARCHAR) AS reporter,
            min(o.row_no) AS other_row, CAST(sum({total}) AS BIGINT) AS cases
        FROM nothing n
        JOIN line o ON o.delivery_id = n.delivery_id AND o.covers = '{ROW}' AND o.{named.column} = n.{named.column}
            AND NOT {says_nothing_sql(contract, "o.")}
        GROUP BY ALL
        HAVING sum({total}) > 0
    """
    return Draft(
        name="nothing_stands_alone",
        query=query,
        says=Says(
            title_zh=f"写“{reporters.none}”的没有别的数",
            title_en="Who reports nothing has no other figures",
            notes=(
                f"同一{title(named)}既写“{reporters.none}”又有数，有一行是多的",
                f"Who writes the word for nothing and has figures too has a line too many ({reporters.field})",
            ),
            fix_zh="请删去多余的一行后重新报送",
            fault_zh=f"{{reporter}}写“{reporters.none}”，第 {{other_row}} 行却有数",
        ),
        category="报送完整性",
        keys=("week_id", "source", "file_name", "sheet", "row_no", "reporter"),
        cause=("week_id", "reporter"),
        figures=("cases",),
        department="reporter" if named.codes == "department" else None,
        example_sql="\n".join(
            [
                line_sql(contract, {counts[0].name: 8}),
                line_sql(contract, {}, At(row_no=10), texts=_word_of_nothing(contract, reporters)),
            ]
        ),
        example_says=f"写“{reporters.none}”，第 9 行却有数",
        dimension="一致性",
        level=1,
    )


def _word_of_nothing(contract: Contract, reporters: Reporters) -> dict[str, str]:
    """The word for nothing in a text beside the name of who reports; empty where there is no other text."""
    texts = [field.name for field in shown_fields(contract) if field.type is FieldType.STRING]
    others = [name for name in texts if name != reporters.field]
    return {others[0]: reporters.none or ""} if others else {}
