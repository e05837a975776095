"""A delivery's copy for its department, each bad cell coloured and explained; what is bad, ingest decides."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.grid import Sheet, read_sheets
from pipeline.ingest.layout import Header, find_header
from pipeline.ingest.personal import mask_free_text
from pipeline.ingest.stacked import best_fit, cut
from pipeline.present.excel import add_sheet, write_cell
from pipeline.quality.places import read_places
from pipeline.release.cells import neutralise
from pipeline.release.files import replaced
from pipeline.release.versions import has_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from pipeline.settings import Settings

FOLDER: Final = "退回"
COVER: Final = "退回说明"
AUTHOR: Final = "周报"
NOT_LOADED: Final = "［个人信息，已删除］"
LISTED: Final = 2_000
LOOKED_AT: Final = 200
DELIVERIES: Final = """
SELECT delivery_id, source, file_name, week_id, container, encoding FROM ledger.delivery AS d
WHERE status = 'current' AND list_contains($weeks, week_id) AND (
    EXISTS (SELECT 1 FROM quarantine.cell AS q WHERE q.delivery_id = d.delivery_id)
    OR EXISTS (SELECT 1 FROM ledger.control_total AS t WHERE t.delivery_id = d.delivery_id AND t.difference <> 0)
    OR list_contains($decided, d.delivery_id))
ORDER BY week_id, source, delivery_id
"""
# What a steward sent back: the weeks' findings, whose places say file, sheet and rows.
SENT_BACK: Final = """
SELECT w.places, f.cell, w.evidence, d.reason FROM quality.finding AS f
JOIN quality.finding_week AS w ON w.finding_id = f.finding_id
LEFT JOIN quality.decision AS d ON d.decision_id = f.decision_id
WHERE f.status = 'sent_back' AND list_contains(?, w.week_id) ORDER BY f.finding_id, w.week_id
"""
PROBLEMS: Final = """
SELECT sheet, row_no, column_name, value, message FROM quarantine.cell WHERE delivery_id = $id
UNION ALL
SELECT sheet, row_no, column_name, CAST(CAST(printed_value AS DECIMAL(38, 2)) AS VARCHAR),
    '“' || label || '”印为 ' || rtrim(rtrim(CAST(printed_value AS VARCHAR), '0'), '.') || '，各行之和为 '
    || rtrim(rtrim(CAST(computed_value AS VARCHAR), '0'), '.') || '；请核对合计或明细'
FROM ledger.control_total WHERE delivery_id = $id AND difference <> 0
ORDER BY 1, 2, 3
"""


@dataclass(frozen=True)
class Problem:
    """One bad cell: where it stands (row_no is the physical row, 1-based), what it held, and what to do."""

    sheet: str
    row_no: int
    column_name: str
    value: str | None
    message: str


@dataclass(frozen=True)
class Returned:
    """A delivery that goes back: its identity in the ledger and its problems."""

    delivery_id: str
    source: str
    file_name: str
    week_id: str
    container: str
    encoding: str
    problems: tuple[Problem, ...]


def send_back(
    con: DuckDBPyConnection, settings: Settings, week_ids: Sequence[str], contracts: Mapping[str, Contract]
) -> list[Path]:
    """Write `review/<week_id>/退回/…` for each delivery of these weeks with bad cells or totals; returns the files.

    In: `ledger.delivery`, `quarantine.cell`, `ledger.control_total`, the findings that a steward sent back with their
    places, and the archived originals. A workbook comes back
    as .xlsx with a first sheet 退回说明, a CSV as the bad lines with 行号 and 原因. Personal columns are emptied, and
    text that a spreadsheet would run is stored as text. An original that the archive no longer keeps is left out.
    """
    written = []
    for one in _returned(con, week_ids):
        contract = contracts.get(one.source)
        original = next(settings.archive.glob(f"{one.source}/{one.week_id}/{one.delivery_id}.*"), None)
        if contract is not None and original is not None:
            written.append(_write(one, contract, contracts, original, settings.review / one.week_id / FOLDER))
    return written


def _returned(con: DuckDBPyConnection, week_ids: Sequence[str]) -> list[Returned]:
    found = []
    decided = _sent_back(con, week_ids)
    asked = {"weeks": list(week_ids), "decided": list(decided)}
    for delivery_id, *facts in con.execute(DELIVERIES, asked).fetchall():
        problems = con.execute(PROBLEMS, {"id": delivery_id}).fetchall()
        source, file_name, week_id, container, encoding = facts
        marks = (*(Problem(*problem) for problem in problems), *decided.get(delivery_id, ()))
        found.append(Returned(delivery_id, source, file_name, week_id, container, encoding, marks))
    return found


def _sent_back(con: DuckDBPyConnection, week_ids: Sequence[str]) -> dict[str, list[Problem]]:
    """What a steward sent back, by delivery: a problem for each row, with the evidence and the steward's reason."""
    if not has_table(con, "quality", "decision") or not has_table(con, "quality", "review_answer"):
        return {}
    found: dict[str, list[Problem]] = {}
    for places, cell, evidence, reason in con.execute(SENT_BACK, [list(week_ids)]).fetchall():
        words = f"{evidence}；退回理由：{reason}" if reason else evidence
        for place in read_places(places):
            first, last = place.first_row_no or 1, min(place.last_row_no or 1, (place.first_row_no or 1) + LOOKED_AT)
            marks = [Problem(place.sheet or "", row_no, cell or "", None, words) for row_no in range(first, last + 1)]
            found.setdefault(place.delivery_id or "", []).extend(marks)
    return found


def _write(one: Returned, contract: Contract, contracts: Mapping[str, Contract], original: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{contract.title}_{one.week_id}_{one.delivery_id[:8]}"
    if one.container == "csv":
        target = folder / f"{name}_问题行.csv"
        with replaced(target) as temporary:
            temporary.write_text(_bad_lines(one, contract, original), "utf-8-sig")
        return target
    target = folder / f"{name}_退回.xlsx"
    book = _workbook(one, contract, contracts, original)
    with replaced(target) as temporary:
        book.save(temporary)
    return target


def _bad_lines(one: Returned, contract: Contract, original: Path) -> str:
    """The bad lines of a CSV with their number and reasons, without personal columns."""
    reasons: dict[int, list[str]] = {}
    for problem in one.problems:
        reasons.setdefault(problem.row_no, []).append(problem.message)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    header: Header | None = None
    above: list[list[str | None]] = []
    for number, cells in _records(original, one.encoding, contract):
        if header is None:
            above.append([cell or None for cell in cells])
            header = find_header(above, contract)
            if header is not None:
                labels = [cells[at] if at < len(cells) else "" for at in _kept(header)]
                writer.writerow(["行号", "原因", *labels])
        elif number in reasons:
            kept = [cells[at] if at < len(cells) else "" for at in _kept(header)]
            words = "；".join(dict.fromkeys(reasons[number]))
            writer.writerow([number, words, *(neutralise(mask_free_text(cell)) for cell in kept)])
    return text.getvalue()


def _records(original: Path, encoding: str, contract: Contract) -> Iterator[tuple[int, list[str]]]:
    with original.open(encoding=encoding or "utf-8", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=contract.csv.delimiter)
        begins = 1
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1


def _kept(header: Header) -> list[int]:
    return [column.index for column in header.columns if column.field is None or column.field.personal is None]


def _workbook(one: Returned, contract: Contract, contracts: Mapping[str, Contract], original: Path) -> Workbook:
    """The sheets that hold the contract's table, and of these its rows: what else is there may name persons."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = AUTHOR
    for name, rows, looks in _visible_sheets(original, one.container):
        pieces = _pieces(name, rows, contract, contracts)
        if not pieces:
            continue
        sheet = book.create_sheet(name[:31])
        for piece, header in pieces:
            _copy_rows(sheet, rows, piece, header)
        _mark(sheet, pieces[0][1], [problem for problem in one.problems if problem.sheet == name])
        _copy_looks(sheet, looks)
    _cover(book, one, contract)
    return book


def _pieces(
    name: str, rows: Sequence[Sequence[Any]], contract: Contract, contracts: Mapping[str, Contract]
) -> list[tuple[Sheet, Header]]:
    """The rows of the sheet that belong to the contract, each piece with its header."""
    whole = Sheet(name, [[_text(value) for value in row] for row in rows])
    fits = ((piece, best_fit(piece.rows[:LOOKED_AT], contracts.values())) for piece in cut(whole, contracts))
    return [(piece, fit.header) for piece, fit in fits if fit and fit.contract.name == contract.name]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _copy_looks(sheet: Worksheet, looks: Worksheet | None) -> None:
    """Merged titles and column widths, so that the department knows its own table again."""
    if looks is None:
        return
    for letter, dimension in looks.column_dimensions.items():
        sheet.column_dimensions[letter].width = dimension.width
    for merged in looks.merged_cells.ranges:
        sheet.merge_cells(merged.coord)


def _visible_sheets(original: Path, container: str) -> Iterator[tuple[str, list[list[Any]], Worksheet | None]]:
    """Names, rows, and the sheet itself where it is .xlsx, whose columns keep their letters; others as the loader.

    Hidden sheets are left out: nobody who looks at the copy would see what goes back with it.
    """
    if container not in ("xlsx", "xlsm"):
        for sheet in read_sheets(original):
            if not sheet.is_hidden:
                yield sheet.name, [list(row) for row in sheet.rows], None
        return
    from openpyxl import load_workbook

    try:
        source = load_workbook(original, data_only=True, keep_links=False)
    except Exception as error:
        raise RefusedFileError("归档的工作簿打不开，无法生成退回副本；请手工退回原件") from error
    for worksheet in source.worksheets:
        if worksheet.sheet_state == "visible":
            yield worksheet.title, [[cell.value for cell in row] for row in worksheet.iter_rows()], worksheet


def _copy_rows(sheet: Worksheet, rows: Sequence[Sequence[Any]], piece: Sheet, header: Header) -> None:
    personal = {column.index for column in header.columns if column.field and column.field.personal}
    first, below = piece.rows_above, piece.rows_above + header.below
    for number, row in enumerate(rows[first : first + len(piece.rows)], start=first + 1):
        for at, value in enumerate(row):
            if value is None:
                continue
            is_personal = at in personal and number > below
            shown = NOT_LOADED if is_personal else mask_free_text(value) if isinstance(value, str) else value
            write_cell(sheet, number, at + 1, shown)


def _mark(sheet: Worksheet, header: Header, problems: Sequence[Problem]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    places = {column.field.name: column.index + 1 for column in header.columns if column.field}
    for problem in problems:
        cell = sheet.cell(problem.row_no, places.get(problem.column_name, 1))
        cell.fill = PatternFill("solid", fgColor="F8CBC4")
        earlier = cell.comment.text + "\n" if cell.comment else ""
        cell.comment = Comment(earlier + problem.message, AUTHOR, width=320, height=120)


def _cover(book: Workbook, one: Returned, contract: Contract) -> None:
    from openpyxl.styles import Font

    titles = {field.name: field.title for field in contract.fields}
    rows = [
        (bad.sheet, bad.row_no, titles.get(bad.column_name, bad.column_name), bad.value, bad.message)
        for bad in one.problems[:LISTED]
    ]
    sheet = add_sheet(book, COVER, ["工作表", "行", "列", "原值（已遮盖）", "问题与处理办法"], rows)
    sheet.insert_rows(1, 3)
    sheet["A1"].font = Font(bold=True, size=16)
    write_cell(sheet, 1, 1, f"{contract.title}（{one.week_id} 期）退回说明")
    write_cell(
        sheet, 2, 1, f"来源文件：{one.file_name}。下列 {len(one.problems)} 处读不进或对不上，已在各表中标红并加批注。"
    )
    write_cell(sheet, 3, 1, "请在平台或原表中更正后重新导出报送；本副本中的个人信息已删除，请勿直接用它报送。")
    sheet.freeze_panes = "A5"
    sheet.auto_filter.ref = f"A4:E{4 + len(rows)}"
    sheet.print_title_rows = "1:4"
    book.move_sheet(sheet, -len(book.worksheets) + 1)
    book.active = 0
