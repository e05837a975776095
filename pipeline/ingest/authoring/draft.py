"""Drafts a contract from an export that none describes, every guess marked; judging the guesses is for people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Literal

import yaml

from pipeline.common.cell_marks import unmarked
from pipeline.contracts import Contract, FieldType
from pipeline.contracts.labels import label_key
from pipeline.ingest.authoring.guess import (
    TypeGuess,
    ascii_name,
    is_identifier,
    is_prose,
    is_rate,
    type_of,
    unit_of,
    usable,
)
from pipeline.ingest.authoring.peek import Peek, peek
from pipeline.ingest.cells.code_lists import CodeLists, read_code_lists
from pipeline.ingest.cells.dates import Context, parse_moment
from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.drift import counts_rows
from pipeline.ingest.recognise.period import Heading, read_heading
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.header import Header, Row, find_header, flatten, written_labels
from pipeline.ingest.tables.rows import RowKind, classify
from pipeline.privacy.guess import personal_kind
from pipeline.privacy.masking import shown
from pipeline.settings import Settings

TOTALS = {
    "小计": "group",
    "合计": "table",
    "总计": "table",
    "今年累计": "year",
    "本年累计": "year",
    "全年累计": "year",
}
_HEADER_ROWS = 40
_MAX_LEVELS = 4
_DISTINCT = 1_000
_CODE_LIMIT = 80
_CODE_SHARE = 0.6
_KEY_CANDIDATES = 10
_KEY_COLUMNS = 3
_BLANK_SHARE = 0.2
_NUMBERED = frozenset({"序号", "no", "no.", "#", "编号序"})
_DAY_WORDS = ("受理", "accept", "creat", "open", "登记", "发生", "申请", "日期", "date")
_UNIT_LENGTH = 3
_LONGEST_LABEL = 40
_NO_YEAR = Context()
_PERIOD = re.compile(r"[(（]?\d{4}\s*年.*$|\d{4}-\d{1,2}.*$|模拟数据.*$")


@dataclass(frozen=True)
class DraftColumn:
    """One column as guessed: what the contract's line will say, and why."""

    place: int
    title: str
    name: str
    guess: TypeGuess
    unit: str | None = None
    personal: Literal["drop", "hmac"] | None = None
    codes: str | None = None
    free_text: bool = False
    is_additive: bool = True
    fill_down: bool = False
    is_never_blank: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A contract's name, its YAML, and how many guesses it holds."""

    name: str
    text: str
    rows_seen: int = 0
    guesses: int = field(default=0)


@dataclass(frozen=True)
class _Found:
    """The table of the file: its sheet, header, paths of titles, data rows, and what stands around it."""

    sheet: Sheet
    header: Header
    titles: tuple[str, ...]
    rows: tuple[Row, ...]
    totals: tuple[str, ...]
    summed: frozenset[int]
    heading: Heading
    title: str


def draft_contract(path: Path, settings: Settings, name: str | None = None) -> Draft:
    """A contract for the table in `path`, valid at once, in which each guess is a comment `# 猜测：…`.

    Raises RefusedFileError where the file cannot be read or holds no table, or where `name` is no column-like name.
    """
    if name is not None and usable(name) != name:
        raise RefusedFileError(f"名称 {name} 不能用作合同名；请用小写英文字母、数字和下划线，如 complaint_log")
    seen = peek(path, settings)
    found = _find(seen)
    codes = read_code_lists(settings.reference_dir)
    columns = guess_columns(found.titles, found.rows, codes, seen.is_text, found.summed)
    chosen = name or _name_of(found.title) or _name_of(path.stem) or "new_export"
    text = _written(chosen, path, seen, found, columns)
    Contract.model_validate(yaml.safe_load(text))
    return Draft(chosen, text, len(found.rows), text.count("# 猜测："))


def write_draft(path: Path, settings: Settings, name: str | None, out: Path | None) -> tuple[Draft, Path]:
    """Draft a contract and write it to `out` (a file or folder; by default `<name>.yaml` here).

    A file is never replaced, and it has to be named like the contract. Raises RefusedFileError.
    """
    if name is None and out is not None and out.suffix == ".yaml":
        name = out.stem
    draft = draft_contract(path, settings, name)
    target = (out / f"{draft.name}.yaml") if out is not None and out.is_dir() else out or Path(f"{draft.name}.yaml")
    if target.stem != draft.name:
        raise RefusedFileError(f"{target.name} 与合同名 {draft.name} 不一致；请用 --name {target.stem} 或改 --out")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(draft.text)
    except FileExistsError as error:
        raise RefusedFileError(f"{target} 已存在，没有覆盖；请用 --out 换一个位置，或先移走它") from error
    except OSError as error:
        raise RefusedFileError(f"{target} 写不了（{error.strerror}）；请用 --out 换一个位置") from error
    return draft, target


def _name_of(text: str) -> str | None:
    """A contract's name from a title; digits alone say nothing."""
    name = ascii_name(re.sub(r"[^A-Za-z_一-鿿]+", "_", text).strip("_"))[0]
    return name if name and re.match("[a-z]{2}", name) else None


def _find(seen: Peek) -> _Found:
    """The largest table among the sheets."""
    tables = [table for sheet in seen.sheets if (table := _table_of(sheet))]
    if not tables:
        raise RefusedFileError("没有找到表头：前 40 行中没有一行像是列名；请确认文件里有表格，或先删去无关内容")
    return max(tables, key=lambda table: len(table.rows) * sum(map(bool, table.titles)))


def _table_of(sheet: Sheet) -> _Found | None:
    provisional = provisional_contract(sheet.rows)
    header = find_header(sheet.rows, provisional) if provisional else None
    if provisional is None or header is None:
        return None
    top = header.top
    titles = _titles(sheet.rows[top : top + header.levels])
    kinds = classify(sheet.rows, header, provisional)
    rows = tuple(row for row, kind in zip(sheet.rows, kinds, strict=True) if kind is RowKind.DATA)
    marks = [row for row, kind in zip(sheet.rows, kinds, strict=True) if kind is RowKind.TOTAL]
    totals = tuple(label for label in TOTALS if any(_has(row, label) for row in marks))
    lines = [cell for row in sheet.rows[:top] for cell in row if cell]
    titles = tuple(title or _place_title(at, rows) for at, title in enumerate(titles))
    summed = frozenset(place for place in range(len(titles)) if _is_summed(place, rows, marks))
    return _Found(sheet, header, titles, rows, totals, summed, read_heading(lines), _title(lines))


def _place_title(at: int, rows: Sequence[Row]) -> str:
    """What contracts call a column of data without a name: 第 4 列; nothing where it only counts the rows."""
    cells = [cell.strip() for row in rows if (cell := _at(row, at)) and _is_filled(cell)]
    return f"第 {at + 1} 列" if len(cells) * 2 > len(rows) and not counts_rows(cells) else ""


def _is_summed(place: int, rows: Sequence[Row], marks: Sequence[Row]) -> bool:
    """Whether a printed total adds up the column, so that its numbers are counted with whatever its name is."""
    printed = {number for row in marks if (number := parse_number(_at(row, place) or "")) is not None}
    return bool(printed) and sum(parse_number(_at(row, place) or "") or 0 for row in rows) in printed


def _has(row: Row, label: str) -> bool:
    return any(cell and "".join(cell.split()).rstrip(":：").endswith(label) for cell in row)


def provisional_contract(rows: Sequence[Row]) -> Contract | None:
    """A contract of texts only for the first table that looks like one, so that its rows can be told apart; or None."""
    place = locate_header(rows)
    return _provisional(_titles(rows[place[0] : place[0] + place[1]])) if place else None


def _provisional(titles: Sequence[str]) -> Contract:
    fields = [{"name": f"column_{place}", "title": title} for place, title in enumerate(titles, 1) if title]
    totals = [{"label": label, "covers": covers} for label, covers in TOTALS.items()]
    return Contract.model_validate(
        {
            "name": "draft",
            "title": "draft",
            "version": 1,
            "delivery": {"kind": "weekly"},
            "layout": {"totals": totals},
            "fields": fields,
        }
    )


def locate_header(rows: Sequence[Row]) -> tuple[int, int] | None:
    """Top row and number of levels of the first row that looks like column names, without any contract; or None."""
    width = max((sum(map(_is_filled, row)) for row in rows[: _HEADER_ROWS + 20]), default=0)
    for top, row in enumerate(rows[:_HEADER_ROWS]):
        filled = [cell for cell in row if _is_filled(cell)]
        if len(filled) >= max(width / 2, 2) and all(_is_label(cell) for cell in filled):
            return _with_groups(rows, top, _levels(rows, top))
    return None


def _with_groups(rows: Sequence[Row], top: int, levels: int) -> tuple[int, int]:
    """The header and the row of group names above it, where that one tells equal names below apart."""
    above = [cell for cell in rows[top - 1] if _is_filled(cell)] if top and levels < _MAX_LEVELS else []
    if not above or not all(_is_label(cell) for cell in above):
        return top, levels
    alone = set(flatten(rows[top : top + levels]))
    grouped = set(flatten(rows[top - 1 : top + levels]))
    return (top - 1, levels + 1) if len(grouped) > len(alone) else (top, levels)


def _levels(rows: Sequence[Row], top: int) -> int:
    """How many rows the header takes: until every column has a path of its own, while names go on."""
    for levels in range(1, _MAX_LEVELS + 1):
        paths = [path for path in flatten(rows[top : top + levels]) if path]
        gaps = len(paths) < max(len(row) for row in rows[top : top + levels])
        if not gaps and len(set(paths)) == len(paths):
            return levels
        below = rows[top + levels] if top + levels < len(rows) else ()
        if not _goes_on(rows[top], below):
            return levels if levels > 1 and len(set(paths)) == len(paths) else 1
    return 1


def _goes_on(above: Row, below: Row) -> bool:
    """Whether a row holds the next level of names: only names, and none under a name that stands for itself."""
    filled = [cell for cell in below if _is_filled(cell)]
    leaves_some = any(_is_filled(cell) and not _is_filled(_at(below, place)) for place, cell in enumerate(above))
    return bool(filled) and leaves_some and all(_is_label(cell) for cell in filled)


def _at(row: Row, place: int) -> str | None:
    return row[place] if place < len(row) else None


def _is_filled(cell: str | None) -> bool:
    return cell is not None and cell.strip() != ""


def _is_label(cell: str | None) -> bool:
    text = (cell or "").strip()
    is_value = parse_number(text) is not None or parse_moment(text, _NO_YEAR) is not None
    limit = _LONGEST_LABEL * (3 if text.isascii() else 1)
    return 0 < len(text) <= limit and not is_value and not re.search(r"[:：].|。", text)


def _titles(levels: Sequence[Row]) -> tuple[str, ...]:
    """The shortest part of each header path, from its end, that no other column shares; "" for nameless columns."""
    written = written_labels(levels)
    paths = flatten(levels)
    titles = []
    for path in paths:
        endings = [path[start:] for start in range(len(path) - 1, -1, -1)]
        alone = (one for one in endings if sum(other[-len(one) :] == one for other in paths) == 1)
        titles.append("/".join(written[part] for part in next(alone, path)))
    return tuple(titles)


def _title(lines: Sequence[str]) -> str:
    """The first line's words without issue and period: 省本级投诉登记表（2023年第15期） → 省本级投诉登记表."""
    first = next((line for line in lines if re.search(r"[^\W\d_]{2}", line) and line.strip()[-1] not in ":："), "")
    first = re.sub(r"^\s*(数据库|表名|标题|报表名称|title)\s*[:：]\s*", "", first, flags=re.IGNORECASE)
    bare = re.sub(r"[（(][^（）()]*\d[^（）()]*[)）]\s*$", "", _PERIOD.sub("", " ".join(first.split())))
    return shown(bare.strip(" （(")) or ""


def guess_columns(
    titles: Sequence[str],
    rows: Sequence[Row],
    codes: CodeLists,
    is_text_file: bool,
    summed: Collection[int] = (),
) -> tuple[DraftColumn, ...]:
    """What each named column seems to be; a column that repeats another's title is left out.

    `summed` are the places of columns that a printed total adds up.
    """
    columns: list[DraftColumn] = []
    taken: set[str] = set()
    for place, title in enumerate(titles):
        key = label_key(title)
        if not title or key in taken:
            continue
        taken.add(key)
        cells = [_at(row, place) for row in rows]
        column = _column(place, title, cells, codes, is_text_file, place in summed)
        columns.append(replace(column, name=_unused(column.name, {one.name for one in columns}, place)))
    return tuple(columns) if is_text_file else _with_fill_down(columns, rows)


def _with_fill_down(columns: Sequence[DraftColumn], rows: Sequence[Row]) -> tuple[DraftColumn, ...]:
    """The leading columns of a sheet are merged downwards where they leave gaps; further right a gap is a blank."""
    marked = list(columns)
    for number, one in enumerate(columns):
        if label_key(one.title) in _NUMBERED:
            continue
        if one.personal or not _is_merged([_at(row, one.place) for row in rows]):
            break
        marked[number] = replace(
            one, fill_down=True, is_never_blank=True, notes=(*one.notes, "上下合并的单元格，向下填充")
        )
    return tuple(marked)


def _unused(name: str, taken: Iterable[str], place: int) -> str:
    """The name itself, or a plain number where another column has it: a name with a number would seem to mean one."""
    return f"field_{place + 1}" if name in set(taken) else name


def _column(
    place: int, title: str, cells: Sequence[str | None], codes: CodeLists, is_text_file: bool, is_summed: bool
) -> DraftColumn:
    counted = Counter((unmarked(cell) or "").strip() for cell in cells if cell and cell.strip())
    texts = [text for text, _ in counted.most_common(_DISTINCT)]
    blanks = len(cells) - sum(counted.values())
    name, is_whole = ascii_name(title)
    notes = [] if name and is_whole else ["英文名请改"]
    personal, why = personal_kind(title, texts)
    column = DraftColumn(place, title, name if name and is_whole else f"field_{place + 1}", TypeGuess(FieldType.STRING))
    if personal:
        return replace(column, personal=personal, notes=(*notes, why))
    guess = type_of(title, texts, is_text_file, is_summed)
    column = replace(column, guess=guess, unit=unit_of(title), is_never_blank=bool(cells) and not blanks)
    notes += _type_notes(guess, texts)
    if guess.type in (FieldType.INTEGER, FieldType.NUMBER) and is_rate(title, texts, is_summed):
        return replace(column, is_additive=False, notes=(*notes, "比率或平均，不能相加"))
    if guess.type is not FieldType.STRING:
        return replace(column, notes=tuple(notes))
    codes_name, unknown = _codes_of(texts, codes)
    lacking = f"，{len(unknown)} 种写法不在其中，如“{_in_comment(unknown[0])}”" if unknown else ""
    notes += [f"写法取自代码表 {codes_name}{lacking}"] if codes_name else []
    free = codes_name is None and is_prose(title, texts)
    notes += ["自由文字，遮盖其中的身份证号和手机号"] if free else []
    return replace(column, codes=codes_name, free_text=free, notes=tuple(notes))


def _type_notes(guess: TypeGuess, texts: Sequence[str]) -> list[str]:
    if not texts:
        return ["这一列都是空的，类型未知"]
    kind = {"integer": "整数", "number": "数字", "date": "日期", "datetime": "日期时间"}.get(guess.type.value)
    notes = [f"{len(texts) - len(guess.misfits)} 种值像{kind}"] if kind else []
    notes += [guess.doubt] if guess.doubt else []
    if guess.misfits:
        examples = "、".join(f"“{_in_comment(text)}”" for text in guess.misfits[:2])
        notes.append(f"{len(guess.misfits)} 种值读不进，如{examples}")
    return notes


def _in_comment(text: str) -> str:
    return (shown(text, 20) or "").replace("\n", " ")


def _is_merged(cells: Sequence[str | None]) -> bool:
    blanks = sum(not _is_filled(cell) for cell in cells)
    return bool(cells) and _is_filled(cells[0]) and blanks / len(cells) >= _BLANK_SHARE and blanks < len(cells) - 1


def _codes_of(texts: Sequence[str], codes: CodeLists) -> tuple[str | None, tuple[str, ...]]:
    """The reference list that most of the different labels come from, and the labels that it lacks."""
    if not 1 <= len(texts) <= _CODE_LIMIT:
        return None, ()
    shares = {name: sum(text in known for text in texts) / len(texts) for name, known in codes.items()}
    best = max(shares, key=lambda name: (shares[name], -len(codes[name])), default=None)
    if best is None or shares[best] < _CODE_SHARE:
        return None, ()
    return best, tuple(text for text in texts if text not in codes[best])


def smallest_key(columns: Sequence[DraftColumn], rows: Sequence[Row]) -> tuple[str, ...]:
    """The fewest columns whose values tell all rows apart, identifiers first; () where three do not suffice."""
    fit = [one for one in columns if _may_be_key(one)]
    fit.sort(key=lambda one: (not is_identifier(one.title), one.place))
    values = {one.name: _filled_values(one, rows) for one in fit}
    whole = [one.name for one in fit if all(values[one.name])][:_KEY_CANDIDATES]
    for size in range(1, _KEY_COLUMNS + 1):
        for names in combinations(whole, size):
            if len(set(zip(*(values[name] for name in names), strict=True))) == len(rows):
                return names
    return ()


def _may_be_key(column: DraftColumn) -> bool:
    is_measure = column.guess.type in (FieldType.INTEGER, FieldType.NUMBER)
    return column.personal != "drop" and not column.free_text and not is_measure


def _filled_values(column: DraftColumn, rows: Sequence[Row]) -> list[str]:
    values: list[str] = []
    for row in rows:
        text = (_at(row, column.place) or "").strip()
        values.append(text or (values[-1] if column.fill_down and values else ""))
    return values


def _written(name: str, path: Path, seen: Peek, found: _Found, columns: Sequence[DraftColumn]) -> str:
    """The YAML: what is sure stands alone, what is guessed carries its comment."""
    numbered = [one for one in columns if label_key(one.title) in _NUMBERED]
    kept = [one for one in columns if one not in numbered]
    key = smallest_key(kept, found.rows)
    if not key and numbered:
        numbered, kept = (
            [],
            [replace(one, guess=TypeGuess(FieldType.STRING)) if one in numbered else one for one in columns],
        )
        key = smallest_key(kept, found.rows)
    lines = [
        "# yaml-language-server: $schema=contract.schema.json",
        f"# 由 zhoubao contract draft 起草，看了 {len(found.rows):,} 行；凡“猜测”处请核对，核对后删去注释。",
        "# 个人信息只能猜到一部分：请逐列确认，含个人信息的列写 personal: drop。",
        f"name: {name}",
        f"title: {_scalar(found.title or shown(path.stem) or name)}" + ("" if found.title else _mark("取自文件名")),
        "version: 1",
        _delivery_line(kept, key, found, path),
        *_title_words(found),
        *([f"csv: {{delimiter: {_quoted(seen.delimiter)}}}"] if seen.delimiter not in ("", ",") else []),
        *_key_lines(kept, key, found),
        *_ignored(numbered, found),
        *_layout(found),
        "fields:",
        *(_field_line(one, key, found.heading.unit) for one in kept),
    ]
    return "\n".join(lines) + "\n"


def _mark(*notes: str) -> str:
    said = "；".join(note for note in notes if note)
    return f"  # 猜测：{said}" if said else ""


def _delivery_line(columns: Sequence[DraftColumn], key: Sequence[str], found: _Found, path: Path) -> str:
    is_log = len(key) == 1 and _latest_by(columns) is not None
    kind = "restating" if is_log else "snapshot" if re.search("台账|目录|名录|清单", found.title) else "weekly"
    why = {"restating": "同一编号以后会再来更正", "snapshot": "每份都是全部状态", "weekly": "每份只报一周"}[kind]
    day = None if found.heading.issue or found.heading.span else _day_field(columns)
    from_day = f", weekFrom: {day.name}" if day else ""
    also = "标题没有写明期号和统计时间，按这一列最晚的一天定周" if day else ""
    return f"delivery: {{kind: {kind}{from_day}}}{_mark(why, also)}"


def _day_field(columns: Sequence[DraftColumn]) -> DraftColumn | None:
    dated = [one for one in columns if one.guess.type in (FieldType.DATE, FieldType.DATETIME) and not one.personal]
    ranked = [one for word in _DAY_WORDS for one in dated if word in one.title.lower()]
    return next(iter([*ranked, *dated]), None)


def _title_words(found: _Found) -> list[str]:
    return [f"titleWords: [{_scalar(found.title)}]{_mark('标题里有这些字就认作这种导出')}"] if found.title else []


def _key_lines(columns: Sequence[DraftColumn], key: Sequence[str], found: _Found) -> list[str]:
    if not key:
        return ["# 猜测：三列以内没有找到能区分各行的主键，重复的行将无法辨认；若有，请写 primaryKey: [字段名]"]
    lines = [f"primaryKey: [{', '.join(key)}]{_mark(f'在看过的 {len(found.rows):,} 行中不重复')}"]
    latest = _latest_by(columns)
    return [*lines, f"latestBy: {latest.name}{_mark('同一主键以这一列最晚的为准')}"] if latest else lines


def _latest_by(columns: Sequence[DraftColumn]) -> DraftColumn | None:
    dated = (one for one in columns if one.guess.type is FieldType.DATETIME and one.personal is None)
    return next((one for one in dated if re.search("更新|修改|updat|modif", one.title.lower())), None)


def _ignored(numbered: Sequence[DraftColumn], found: _Found) -> list[str]:
    counts = Counter(label_key(title) for title in found.titles if title)
    repeated = sorted({title for title in found.titles if counts[label_key(title)] > 1})
    labels = [*(one.title for one in numbered), *repeated]
    note = f"表头“{'、'.join(repeated)}”出现不止一次，只读第一列" if repeated else "只是行号"
    return [f"ignoredLabels: [{', '.join(map(_scalar, labels))}]{_mark(note)}"] if labels else []


def _layout(found: _Found) -> list[str]:
    if not found.totals:
        return []
    rows = [
        f"    - {{label: {label}, covers: {TOTALS[label]}}}{_mark('合计行，核对后不装载')}" for label in found.totals
    ]
    return ["layout:", "  totals:", *rows]


def _field_line(column: DraftColumn, key: Sequence[str], unit: str | None) -> str:
    parts = {"name": column.name, "title": _scalar(column.title)}
    notes = list(column.notes)
    if column.guess.type is not FieldType.STRING:
        parts["type"] = column.guess.type.value
    if column.guess.formats:
        parts["format"] = _quoted(column.guess.formats[0])
    parts |= _words(column, unit)
    if column.unit is None and "unit" in parts:
        notes.append("单位取自标题")
    if column.name in key and column.is_never_blank:
        parts["constraints"] = "{required: true}"
    body = ", ".join(f"{key}: {value}" for key, value in parts.items())
    return f"  - {{{body}}}{_mark(*notes)}"


def _words(column: DraftColumn, unit: str | None) -> Mapping[str, str]:
    is_count = column.guess.type is FieldType.INTEGER and column.is_additive
    own_unit = column.unit or (unit if is_count and unit and len(unit) <= _UNIT_LENGTH else None)
    options = {
        "unit": _scalar(own_unit) if own_unit else "",
        "zeroValues": f"[{', '.join(map(_scalar, column.guess.zero_values))}]" if column.guess.zero_values else "",
        "additive": "" if column.is_additive else "false",
        "personal": column.personal or "",
        "codes": column.codes or "",
        "freeText": "true" if column.free_text else "",
        "fillDown": "true" if column.fill_down else "",
    }
    return {key: value for key, value in options.items() if value}


def _scalar(text: str) -> str:
    """The text as it may stand inside a flow mapping of YAML."""
    return yaml.safe_dump([text], default_flow_style=True, allow_unicode=True, width=10_000).strip()[1:-1]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'
