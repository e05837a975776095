"""A look at one file as the loader would take it, leaving no trace; how it is shown belongs to the command line."""

from __future__ import annotations

import codecs
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.common.cell_marks import NUMBER_MARK, unmarked
from pipeline.contracts import Contract, FieldType
from pipeline.contracts.labels import label_key
from pipeline.ingest.authoring.draft import provisional_contract
from pipeline.ingest.authoring.peek import Peek, peek
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.drift import drift_of
from pipeline.ingest.recognise.split_sheet import best_fit, cut
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.find import find_tables
from pipeline.ingest.tables.header import Header, Table, find_header
from pipeline.ingest.tables.rows import RowKind, kinds_of
from pipeline.ingest.text.utf16 import wide_by_zeros
from pipeline.privacy.guess import personal_kind
from pipeline.privacy.masking import mask_line, mask_number, shown, signed_places
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.inbox.loader import FileEvent

DROPPED = "［不入库］"
DIGESTED = "［只存摘要］"
GUESSED = "［疑似个人信息］"
UNNAMED = "［没有表头，不显示］"
PICTURE_ROWS = 18
_ROWS = 2_000
_HEAD_BYTES = 2 << 20
_WHOLE_SECONDS = 2.0
_COUNT_SECONDS = 1.0
_BLOCK = 4 << 20
_CELL = 40
_LINE = 120
_SAMPLE = 200
# No number of a person or a telephone is as short.
_SHORT_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?")
MISALIGNED = "［列数与表头不同，不显示］"
_NAMES = (RowKind.TITLE.value, RowKind.HEADER.value, RowKind.REPEATED_HEADER.value, RowKind.NUMBERING.value)


@dataclass(frozen=True)
class Candidate:
    """A contract beside the file: how many of its columns are there, and what differs, in words."""

    name: str
    title: str
    fields: int
    matched: int
    has_title: bool
    is_complete: bool
    reasons: tuple[str, ...]

    @property
    def rank(self) -> tuple[float, ...]:
        """The loader's own order, and below it the share of known columns."""
        return (self.is_complete, self.has_title, self.matched, self.matched / max(self.fields, 1))


@dataclass(frozen=True)
class Export:
    """One export in the file: its contract, the week, the rows that would be loaded, or why it would be refused."""

    source: str
    title: str
    week_id: str
    rows: int
    refusal: str = ""


@dataclass(frozen=True)
class HeaderLine:
    """How one header maps: its column, what is written there, the field, its type, and a remark."""

    source: str
    sheet: str
    place: int
    written: str
    name: str
    type: str
    remark: str


@dataclass(frozen=True)
class PictureRow:
    """One of the first rows of a sheet: its number, its kind, and its cells, persons left out."""

    row_no: int
    kind: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class SheetLook:
    """One sheet: its rows by kind, its first rows, and how many columns the picture leaves out."""

    name: str
    rows: int
    kinds: Mapping[str, int]
    picture: tuple[PictureRow, ...]
    note: str = ""


@dataclass(frozen=True)
class Problem:
    """Cells that the loader would not take: column, message, how many, an example, and how many rows are lost so."""

    column: str
    message: str
    cells: int
    example: str
    lost_rows: int


@dataclass(frozen=True)
class TotalLine:
    """A printed total that differs from the sum of its rows."""

    sheet: str
    row_no: int
    label: str
    column: str
    printed: str
    computed: str
    difference: str


@dataclass
class Inspection:
    """Everything that a look found; `verdict` is a sentence where the loader would refuse the file."""

    file_name: str
    path: str
    size_bytes: int
    container: str = ""
    encoding: str = ""
    delimiter: str = ""
    lines: int | None = None
    verdict: str = ""
    exports: tuple[Export, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    headers: tuple[HeaderLine, ...] = ()
    sheets: tuple[SheetLook, ...] = ()
    account: tuple[tuple[str, str, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    totals: tuple[TotalLine, ...] = ()
    seen_bytes: int | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def is_loadable(self) -> bool:
        """Whether the loader would take the file, with every export in it."""
        return not self.verdict

    @property
    def source(self) -> str:
        """The contract of the first export that would be loaded."""
        return next((one.source for one in self.exports if not one.refusal), "")

    @property
    def week_id(self) -> str:
        """The week of the first export that would be loaded."""
        return next((one.week_id for one in self.exports if not one.refusal), "")


def inspect_file(
    path: Path, settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]
) -> Inspection:
    """What `path` is and what the loader would make of it; nothing of the home is read, locked or changed.

    The loader itself runs on a private copy, in memory; of a text file that
    would take seconds only its first 2 MB are read.
    """
    found = Inspection(path.name, str(path), path.stat().st_size if path.is_file() else 0)
    try:
        seen = peek(path, settings, _ROWS)
    except RefusedFileError as error:
        found.verdict = str(error)
        return found
    found.container, found.encoding, found.delimiter = seen.kind, seen.encoding, seen.delimiter
    if not seen.is_text:
        seen = replace(seen, sheets=tuple(piece for sheet in seen.sheets for piece in cut(sheet, contracts, calendar)))
    found.candidates = tuple(sorted(_candidates(seen, contracts), key=lambda one: one.rank, reverse=True))
    _try_loading(path, settings, calendar, contracts, found, may_cut=seen.is_text and not seen.is_packed)
    known = [contracts[one.source] for one in found.exports if one.source in contracts]
    nearest = _best(found, contracts)
    _look_at_rows(seen, known or ([nearest] if nearest else []), found)
    signers = _signers(seen) if found.problems else frozenset()
    found.problems = tuple(_without_names(one, signers) for one in found.problems)
    return found


def _signers(seen: Peek) -> frozenset[str]:
    """Names beside 制表人 or the like, which a line of signatures without a colon brings into the columns of data."""
    rows = [[unmarked(cell) for cell in row] for sheet in seen.sheets for row in sheet.rows]
    return frozenset((row[place] or "").strip() for row in rows for place in signed_places(row))


def _without_names(problem: Problem, names: frozenset[str]) -> Problem:
    quoted = next((name for name in names if f"“{name}”" in problem.message), "")
    message = problem.message.replace(f"“{quoted}”", f"“{GUESSED}”") if quoted else problem.message
    return replace(problem, message=message, example=GUESSED if problem.example in names else problem.example)


def _best(found: Inspection, contracts: Mapping[str, Contract]) -> Contract | None:
    """The contract whose header is there, though the file would be refused; None where none comes near."""
    best = found.candidates[0] if found.candidates else None
    return contracts[best.name] if best and best.matched * 2 >= best.fields else None


def _candidates(seen: Peek, contracts: Mapping[str, Contract]) -> Iterator[Candidate]:
    for contract in contracts.values():
        looks = [look for sheet in seen.sheets if (look := _candidate(sheet, contract))]
        if looks:
            yield max(looks, key=lambda one: one.rank)


def _candidate(sheet: Sheet, contract: Contract) -> Candidate | None:
    header = find_header(sheet.rows, contract)
    fields = len(contract.fields)
    if header is None:
        matched = _labels_seen(sheet, contract)
        why = (f"{fields} 列中只见到 {matched} 列的表头",)
        return Candidate(contract.name, contract.title, fields, matched, False, False, why) if matched else None
    above = " ".join(cell for row in sheet.rows[: header.top] for cell in row if cell)
    words = [word for word in contract.title_words if word in above]
    reasons = [f"{fields} 列中有 {header.matched} 列", *(f"标题有“{word}”" for word in words)]
    reasons += list(drift_of(header, contract))[:2]
    return Candidate(
        contract.name, contract.title, fields, header.matched, bool(words), header.is_complete, tuple(reasons)
    )


def _labels_seen(sheet: Sheet, contract: Contract) -> int:
    rows = sheet.rows[: contract.layout.header_search_rows]
    cells = {label_key(cell) for row in rows for cell in row if cell}
    return sum(any(label_key(label.split("/")[-1]) in cells for label in one.all_labels) for one in contract.fields)


def _try_loading(
    path: Path,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    found: Inspection,
    *,
    may_cut: bool,
) -> None:
    """Load a large text's head first, and the whole of it only where that is a matter of seconds."""
    is_large = may_cut and found.size_bytes > _HEAD_BYTES
    seconds = _load_copy(path, settings, calendar, contracts, found, _HEAD_BYTES if is_large else None)
    if not is_large or found.verdict:
        return
    if seconds * found.size_bytes / _HEAD_BYTES < _WHOLE_SECONDS:
        _load_copy(path, settings, calendar, contracts, found, None)
    else:
        found.lines = _lines(path)


def _load_copy(
    path: Path,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    found: Inspection,
    limit: int | None,
) -> float:
    """Load a copy of the file, or of its first bytes, in memory; returns the seconds that the loader took."""
    import duckdb

    from pipeline.ingest.inbox.loader import make_loader
    from pipeline.ingest.inbox.run import load_inbox

    with _private_home(settings) as home, duckdb.connect() as con:
        _copy(path, home.inbox / (path.name.lstrip(".") or "file"), found, limit)
        con.execute(f"SET threads = {settings.threads}; SET memory_limit = '{settings.memory_limit}'")
        con.execute("SET temp_directory = ?", [str(home.home / "spill")])
        events = load_inbox(make_loader(con, home, calendar, contracts)).events
        found.exports = tuple(_export(event, contracts) for event in events)
        found.verdict = "；".join(one.refusal for one in found.exports if one.refusal)
        _read_outcome(con, contracts, found)
        return sum(event.seconds for event in events)


def _export(event: FileEvent, contracts: Mapping[str, Contract]) -> Export:
    title = contracts[event.source].title if event.source in contracts else ""
    refusal = "" if event.outcome == "loaded" else event.message
    return Export(event.source, title, event.week_id, event.rows, refusal)


@contextmanager
def _private_home(settings: Settings) -> Iterator[Settings]:
    """A home of its own, for one look; removed with everything in it."""
    with tempfile.TemporaryDirectory(prefix="zhoubao-inspect-", ignore_cleanup_errors=True) as folder:
        home = settings.model_copy(update={"home": Path(folder)})
        home.inbox.mkdir(parents=True)
        yield home


def _copy(path: Path, target: Path, found: Inspection, limit: int | None) -> None:
    found.seen_bytes = None
    if limit is None:
        shutil.copyfile(path, target)
    else:
        with path.open("rb") as file:
            head = file.read(limit)
        head = head[: _end_of_line(head)]
        target.write_bytes(head)
        found.seen_bytes = len(head)
    shutil.copystat(path, target)
    target.chmod(0o600)


def _end_of_line(head: bytes) -> int:
    """Where the last whole line of the bytes ends; all of them where there is no line feed."""
    marked = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(head[:2])
    mark = "\n".encode(marked or wide_by_zeros(head) or "utf-8")
    cut = head.rfind(mark)
    while cut > 0 and cut % len(mark):
        cut = head.rfind(mark, 0, cut)
    return len(head) if cut < 0 else cut + len(mark)


def _lines(path: Path) -> int | None:
    """The physical lines of a large file, counted, or estimated from what a second suffices for."""
    began, lines, done = time.monotonic(), 0, 0
    size = path.stat().st_size
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            lines += block.count(b"\n")
            done += len(block)
            if time.monotonic() - began > _COUNT_SECONDS:
                return round(lines * size / done)
    return lines


def _read_outcome(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], found: Inspection) -> None:
    sources = [contracts[one.source] for one in found.exports if one.source in contracts]
    titles = {one.name: one.title for contract in reversed(sources) for one in contract.fields}
    found.account = tuple(
        con.execute(
            "SELECT disposition, reason, sum(row_count)::BIGINT FROM ledger.row_account GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    )
    cells = con.execute(
        "SELECT column_name, message, count(*), min(value), count(*) FILTER (row_disposition = 'quarantined') "
        "FROM quarantine.cell GROUP BY ALL ORDER BY 3 DESC, 1, 2"
    ).fetchall()
    found.problems = tuple(
        Problem(titles.get(name, name or "（整行）"), message, count, shown(value, _CELL) or "", lost)
        for name, message, count, value, lost in cells
    )
    totals = con.execute(
        "SELECT sheet, row_no, label, column_name, printed_value, computed_value, difference "
        "FROM ledger.control_total WHERE difference <> 0 ORDER BY ALL"
    ).fetchall()
    found.totals = tuple(
        TotalLine(
            sheet, row, label, titles.get(name, name), *(f"{value:,f}".rstrip("0").rstrip(".") for value in three)
        )
        for sheet, row, label, name, *three in totals
    )


def _look_at_rows(seen: Peek, contracts: Sequence[Contract], found: Inspection) -> None:
    """The rows of each sheet by the one of `contracts` that fits it best: those of the file's exports."""
    looks, lines = [], []
    for sheet in seen.sheets:
        fit = best_fit(sheet.rows, contracts)
        contract = fit.contract if fit else next(iter(contracts), None)
        looks.append(_sheet_look(sheet, fit.header if fit else None, contract, seen))
        if fit:
            lines += list(_header_lines(sheet, fit.header, fit.contract))
    found.sheets, found.headers = tuple(looks), tuple(lines)


def _sheet_look(sheet: Sheet, header: Header | None, contract: Contract | None, seen: Peek) -> SheetLook:
    note = "" if header or contract is None else "没有合同所述的表，整张搁置"
    if header is None:
        contract = provisional_contract(sheet.rows)
        header = find_header(sheet.rows, contract) if contract else None
    kinds = [""] * len(sheet.rows)
    tables = find_tables(sheet.rows, contract) if header is not None and contract is not None else ()
    if contract is not None and tables:
        kinds = [kind.value for table in tables for kind in kinds_of(sheet.rows, table, contract)]
    note = note if seen.is_whole else f"只看了前 {len(sheet.rows):,} 行"
    hidden = [(range(table.first, table.last), _hidden_cells(sheet, table)) for table in tables]
    hidden.append((range(len(sheet.rows)), _all_hidden(sheet)))
    width = len(header.columns) if header and seen.is_text else None
    picture = []
    for place in _places(kinds):
        mine = next(cells for rows, cells in hidden if place in rows)
        cells = _cells(sheet.rows[place], kinds[place], mine, width)
        picture.append(PictureRow(sheet.rows_above + place + 1, kinds[place], cells))
    return SheetLook(sheet.name, len(sheet.rows), Counter(kind for kind in kinds if kind), tuple(picture), note)


def _places(kinds: Sequence[str]) -> list[int]:
    """The first rows, and after them the first of each kind that they do not hold yet."""
    places = list(range(min(len(kinds), PICTURE_ROWS)))
    seen = {kinds[place] for place in places}
    for place, kind in enumerate(kinds):
        if kind not in seen and kind != RowKind.BLANK:
            seen.add(kind)
            places.append(place)
    return sorted(set(places))


def _all_hidden(sheet: Sheet) -> dict[int, str]:
    """What hides every cell of a sheet on which no table is known."""
    return {place: UNNAMED for place in range(max((len(row) for row in sheet.rows), default=0))}


def _hidden_cells(sheet: Sheet, table: Table) -> dict[int, str]:
    """Columns of a table whose cells are never shown, with the mark that stands for them: by contract, or by guess."""
    header = table.header
    marks = {"drop": DROPPED, "hmac": DIGESTED}
    hidden = {}
    below = sheet.rows[header.below : table.last][:_SAMPLE]
    for column in header.columns:
        if column.field is not None and column.field.personal:
            hidden[column.index] = marks[column.field.personal]
            continue
        cells = (row[column.index] for row in below if column.index < len(row))
        texts = tuple(dict.fromkeys(cell for cell in cells if cell))
        title = column.field.title if column.field else column.label
        if not (column.field and column.field.codes) and personal_kind(title, texts)[0]:
            hidden[column.index] = GUESSED
    return hidden


def _cells(row: Sequence[str | None], kind: str, hidden: Mapping[int, str], width: int | None) -> tuple[str, ...]:
    """The cells as they may be shown; a line whose fields have shifted could show a person anywhere."""
    if kind == RowKind.DATA and width is not None and len(row) != width:
        return (MISALIGNED,)
    cells = []
    signed = signed_places([unmarked(cell) for cell in row])
    limit = _LINE if kind in (RowKind.TITLE, RowKind.NOTE) else _CELL
    for place, cell in enumerate(row):
        is_number = hidden.get(place) == UNNAMED and _SHORT_NUMBER.fullmatch((cell or "").strip())
        is_open = kind in _NAMES or place not in hidden or not cell or not cell.strip() or is_number
        cells.append(GUESSED if place in signed else _open(cell, limit) if is_open else hidden[place])
    return tuple(cells)


def _open(cell: str | None, limit: int) -> str:
    """A cell of a column that may be shown, without the persons that may stand in any line."""
    bare = unmarked(cell) or ""
    if cell and cell.startswith(NUMBER_MARK) and bare.isdigit():
        bare = str(mask_number(int(bare)))
    return shown(mask_line(bare, GUESSED), limit) or ""


def _header_lines(sheet: Sheet, header: Header, contract: Contract) -> Iterator[HeaderLine]:
    ignored = {label_key(label) for label in contract.ignored_labels}
    for column in header.columns:
        written, field_ = column.written, column.field
        if field_ is None:
            what = "不需要的列" if column.label in ignored else "合同中没有" if column.label else "没有表头，不读"
            yield HeaderLine(contract.name, sheet.name, column.index, written or column.label, "", "", what)
            continue
        remarks = [{"drop": DROPPED, "hmac": DIGESTED}.get(field_.personal or "", "")]
        remarks += [f"单位 {field_.unit}"] if field_.unit else []
        remarks += [f"代码表 {field_.codes}"] if field_.codes else []
        remarks += [f"按{column.scale}换算"] if column.scale else []
        kind = "" if field_.personal == "drop" else _TYPES[field_.type]
        yield HeaderLine(
            contract.name,
            sheet.name,
            column.index,
            written or column.label,
            field_.name,
            kind,
            "，".join(filter(None, remarks)),
        )
    for lost in header.missing:
        remark = "缺少（必需）" if lost.constraints.required else "没有这一列"
        yield HeaderLine(contract.name, sheet.name, -1, lost.title, lost.name, _TYPES[lost.type], remark)


_TYPES = {
    FieldType.STRING: "文字",
    FieldType.INTEGER: "整数",
    FieldType.NUMBER: "数字",
    FieldType.DATE: "日期",
    FieldType.DATETIME: "日期时间",
}
