"""Writes a drafted contract as YAML: what is sure stands alone, what is guessed carries a comment `# 猜测：…`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import yaml

from pipeline.contracts import FieldType
from pipeline.contracts.labels import label_key
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.header_guess import TOTALS
from pipeline.ingest.authoring.drafting.keys import KeyGuess
from pipeline.ingest.authoring.drafting.measure_lines import measure_guesses
from pipeline.ingest.authoring.drafting.plan import DraftPlan
from pipeline.ingest.authoring.drafting.proposals.proposal import Proposal
from pipeline.ingest.authoring.drafting.table_guess import TableGuess
from pipeline.ingest.authoring.drafting.wide_guess import WideGuess
from pipeline.privacy.masking import shown

GUESS_MARK = "# 猜测："
_USUAL_DELIMITERS = ("", ",")
# Words of the columns whose days tell the week, the best first.
_DAY_WORDS = ("受理", "accept", "creat", "open", "登记", "发生", "申请", "日期", "date")
# 件, 人次, 平方米
_UNIT_LENGTH = 3
_LABELS_SHOWN = 3
# Such an export lists all that there is, not what happened in a week.
_REGISTER_TITLE = re.compile("台账|目录|名录|清单")
# An option is written only where it differs from what contracts assume.
_IF_TRUE = {True: "true", False: ""}
_UNLESS_TRUE = {True: "", False: "false"}


def contract_text(plan: DraftPlan, remarks: Sequence[str] = ()) -> str:
    """The contract's YAML, valid at once; `remarks` are sentences that stand as comments at its head.

    Example of a line: `  - {name: channel, title: 渠道, codes: channel}  # 猜测：写法取自代码表 channel`
    """
    table = plan.table
    lines = [
        "# yaml-language-server: $schema=contract.schema.json",
        f"# 由 zhoubao contract draft 起草，看了 {len(table.rows):,} 行；凡“猜测”处请核对，核对后删去注释。",
        "# 个人信息只能猜到一部分：请逐列确认，含个人信息的列写 personal: drop。",
        *(f"# {_on_one_line(remark)}" for remark in (*remarks, *plan.mends)),
        f"name: {plan.name}",
        _title_line(table, plan.file_stem, plan.name),
        "version: 1",
        _delivery_line(plan),
    ]
    if table.title:
        lines.append(f"titleWords: [{_scalar(table.title)}]{_mark('标题里有这些字就认作这种导出')}")
    if plan.delimiter not in _USUAL_DELIMITERS:
        lines.append(f"csv: {{delimiter: {_quoted(plan.delimiter)}}}")
    lines += _unpivot_lines(plan.wide)
    lines += _key_lines(plan.key)
    lines += _ignored_lines(plan.row_numbers, table, plan.wide.sums if plan.wide else ())
    lines += _layout_lines(table)
    lines.append("fields:")
    on_fields = [found for found in plan.proposals if found.is_on_field]
    for column in plan.fields:
        own = [found for found in on_fields if found.field == column.name]
        lines.append(_field_line(column, plan.key.columns, table.heading.unit, own))
    lines += _check_lines([found for found in plan.proposals if not found.is_on_field])
    lines += _measure_lines(plan)
    return "\n".join(lines) + "\n"


def _on_one_line(remark: str) -> str:
    """A sentence as it may stand in a comment: a line break would end it."""
    return " ".join(remark.split())


def _mark(*notes: str) -> str:
    """The comment that marks a guess; "" where there is nothing to say."""
    text = "；".join(filter(None, notes))
    return f"  {GUESS_MARK}{text}" if text else ""


def _title_line(table: TableGuess, file_stem: str, name: str) -> str:
    if table.title:
        return f"title: {_scalar(table.title)}"
    return f"title: {_scalar(shown(file_stem) or name)}{_mark('取自文件名')}"


def _delivery_line(plan: DraftPlan) -> str:
    kind, why = _delivery_kind(plan)
    names_week = plan.table.heading.issue or plan.table.heading.span
    day = None if names_week else _day_field(plan.fields)
    if day is None:
        return f"delivery: {{kind: {kind}}}{_mark(why)}"
    mark = _mark(why, "标题没有写明期号和统计时间，按这一列最晚的一天定周")
    return f"delivery: {{kind: {kind}, weekFrom: {day.name}}}{mark}"


def _delivery_kind(plan: DraftPlan) -> tuple[str, str]:
    """What a week's export is beside the last one's, and why: later states of cases, all that there is, or news."""
    if plan.key.restates:
        return "restating", f"同一编号以后会再来更正，{plan.key.evidence}"
    if plan.wide is not None or _REGISTER_TITLE.search(plan.table.title):
        return "snapshot", "每份都是全部状态"
    if not plan.key.columns:
        return "weekly", "每份只报一周，没有主键，以后的更正无法对上这一行"
    return "weekly", "每份只报一周"


def _day_field(columns: Sequence[DraftColumn]) -> DraftColumn | None:
    """The column whose days tell the week: the first of the best word, or the first of all."""
    dated = list(filter(_tells_day, columns))
    dated.sort(key=_rank_of_day)
    return dated[0] if dated else None


def _tells_day(column: DraftColumn) -> bool:
    is_moment = column.guess.type in (FieldType.DATE, FieldType.DATETIME)
    return is_moment and not column.personal


def _rank_of_day(column: DraftColumn) -> int:
    """The position of the first word of `_DAY_WORDS` that a title holds; behind all where it holds none."""
    title = column.title.lower()
    for rank, word in enumerate(_DAY_WORDS):
        if word in title:
            return rank
    return len(_DAY_WORDS)


def _unpivot_lines(wide: WideGuess | None) -> list[str]:
    """How a wide table is turned into records: one for each row and labelled column."""
    if wide is None:
        return []
    shown_labels = "、".join(wide.labelled[:_LABELS_SHOWN])
    and_more = f"等 {len(wide.labelled)} 列" if len(wide.labelled) > _LABELS_SHOWN else ""
    mark = _mark(f"宽表：{shown_labels}{and_more}，每一列变为一条记录")
    return [f"unpivot: {{labels: {wide.labels}, into: {wide.into.name}, value: {wide.value.name}}}{mark}"]


def _key_lines(key: KeyGuess) -> list[str]:
    if not key.columns:
        why = f"（{key.evidence}）" if key.evidence else ""
        return [
            f"{GUESS_MARK}三列以内没有找到能区分各行的主键{why}，重复的行将无法辨认；若有，请写 primaryKey: [字段名]"
        ]
    lines = [f"primaryKey: [{', '.join(key.columns)}]{_mark(key.evidence)}"]
    if key.latest:
        lines.append(f"latestBy: {key.latest}{_mark('同一主键以这一列最晚的为准')}")
    return lines


def _ignored_lines(row_numbers: Sequence[DraftColumn], table: TableGuess, sums: Sequence[str]) -> list[str]:
    repeated = _repeated_titles(table)
    labels = [column.title for column in row_numbers]
    labels += [*repeated, *sums]
    if not labels:
        return []
    note = "只是行号"
    if repeated:
        note = f"表头“{'、'.join(repeated)}”出现不止一次，只读第一列"
    elif sums:
        note = f"“{'、'.join(sums)}”由其他列相加得出，装载会重复计算"
    return [f"ignoredLabels: [{', '.join(map(_scalar, labels))}]{_mark(note)}"]


def _repeated_titles(table: TableGuess) -> list[str]:
    """Titles that more than one column has, in whatever spelling."""
    titles = list(filter(None, table.titles))
    counts = Counter(map(label_key, titles))
    return sorted({title for title in titles if counts[label_key(title)] > 1})


def _layout_lines(table: TableGuess) -> list[str]:
    if not table.totals:
        return []
    mark = _mark("合计行，核对后不装载")
    rows = [f"    - {{label: {label}, covers: {TOTALS[label]}}}{mark}" for label in table.totals]
    return ["layout:", "  totals:", *rows]


def _check_lines(proposals: Sequence[Proposal]) -> list[str]:
    """The words under `checks:`, each with its evidence; what the file contradicts stands there as a comment alone."""
    written = [found for found in proposals if not found.is_doubted]
    doubted = [f"{GUESS_MARK}{_on_one_line(found.note)}" for found in proposals if found.is_doubted]
    if not written:
        return doubted
    lines = ["checks:"]
    for word in dict.fromkeys(found.word for found in written):
        lines.append(f"  {word}:")
        of_word = [found for found in written if found.word == word]
        lines += [f"    - {found.said}{_mark(_on_one_line(found.note))}" for found in of_word]
    return [*lines, *doubted]


def _measure_lines(plan: DraftPlan) -> list[str]:
    """The figures that may be counted, as comments; a wide table is counted by other columns once it is turned."""
    guesses = [] if plan.wide is not None else measure_guesses(plan.name, plan.fields, plan.proposals)
    if not guesses:
        return []
    lines = [f"# - {found.line}{_mark(found.why)}" for found in guesses]
    return ["# 要让这些数进网页和周报：删去下面各行开头的“# ”，不要的行整行删去。", "# measures:", *lines]


def _field_line(column: DraftColumn, key: Sequence[str], title_unit: str | None, proposals: Sequence[Proposal]) -> str:
    """A field of the contract; `title_unit` is the unit that a line above the table names."""
    parts = {"name": column.name, "title": _scalar(column.title)}
    notes = list(column.notes)
    if column.guess.type is not FieldType.STRING:
        parts["type"] = column.guess.type.value
    if column.guess.formats:
        parts["format"] = _quoted(column.guess.formats[0])
    parts |= _options(column, title_unit)
    if column.unit is None and "unit" in parts:
        notes.append("单位取自标题")
    if column.name in key and column.is_never_blank:
        parts["constraints"] = "{required: true}"
    parts |= {found.word: found.said for found in proposals if not found.is_doubted}
    notes += [_on_one_line(found.note) for found in proposals]
    body = ", ".join(f"{name}: {value}" for name, value in parts.items())
    return f"  - {{{body}}}{_mark(*notes)}"


def _options(column: DraftColumn, title_unit: str | None) -> Mapping[str, str]:
    """What the contract says of the column beyond name and type; an option that says nothing is left out."""
    unit = column.unit or _unit_from_title(column, title_unit)
    zero_values = ", ".join(map(_scalar, column.guess.zero_values))
    options = {
        "unit": _scalar(unit) if unit else "",
        "decimals": "" if column.guess.decimals is None else str(column.guess.decimals),
        "zeroValues": f"[{zero_values}]" if zero_values else "",
        "additive": _UNLESS_TRUE[column.is_additive],
        "personal": column.personal,
        "codes": column.codes,
        "freeText": _IF_TRUE[column.free_text],
        "fillDown": _IF_TRUE[column.fill_down],
    }
    return {name: value for name, value in options.items() if value}


def _unit_from_title(column: DraftColumn, title_unit: str | None) -> str | None:
    """The unit above the table, for columns that count something; a long one is a remark."""
    is_count = column.guess.type is FieldType.INTEGER and column.is_additive
    if not is_count or title_unit is None:
        return None
    is_unit = len(title_unit) <= _UNIT_LENGTH
    return title_unit if is_unit else None


def _scalar(text: str) -> str:
    """The text as it may stand inside a flow mapping of YAML: 受理 stays, `a, b` and `yes` get quotes."""
    return yaml.safe_dump([text], default_flow_style=True, allow_unicode=True, width=10_000).strip()[1:-1]


def _quoted(text: str) -> str:
    r"""The text in double quotes: `%Y-%m-%d %H:%M`, and a tab as `\t`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'
