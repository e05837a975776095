"""Finds the one cell that a steward means, and reads the value that he writes for it as its contract does.

In: what was written into 更正行号, 更正列 and 更正为. Out: a Cell and a value, or a sentence what to write. Which cells
one line of the workbook means is said in `pipeline.quality.desk.meant`; what a correction then does is in
`pipeline.quality.desk.corrections`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.contracts import Contract, Field
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.reasons import MESSAGES
from pipeline.privacy.masking import mask_free_text
from pipeline.quality.desk.decisions import DecisionError
from pipeline.quality.findings.places import Place
from pipeline.reporting_calendar.week_ids import read_week_id

if TYPE_CHECKING:
    import duckdb

# 周报.xlsx!明细!7: file, sheet and row.
SEPARATOR: Final = "!"
_MOST_PARTS: Final = 3
# No sheet has a row number of ten digits.
_MOST_DIGITS: Final = 9


@dataclass(frozen=True)
class Cell:
    """One value of one row: where it stands, the row's primary key, and what the source holds there.

    One that could not be read `is_unread`, whether its row is in quarantine or was loaded without it: `keys` say then
    where it stands in its file, and `value` is what people may see of it.
    """

    contract: Contract
    field: Field
    week_id: str
    delivery_id: str
    sheet: str
    row_no: int
    keys: Mapping[str, str | None]
    value: str | None
    is_unread: bool = False

    @property
    def words(self) -> str:
        """The cell as people name it: 大厅巡查 2023-04-17、工作纪律 的问题数; 巡查.xlsx!四月!7 的问题数."""
        separator = SEPARATOR if self.is_unread else "、"
        row = separator.join(map(str, self.keys.values()))
        return f"{self.contract.title} {row} 的{self.field.title}"


class LoadedSheet(NamedTuple):
    """A sheet from which rows of a week were loaded or quarantined."""

    delivery_id: str
    source: str
    sheet: str
    file_name: str

    @property
    def words(self) -> str:
        """文件!工作表, as a steward writes it before a row number."""
        return f"{self.file_name}{SEPARATOR}{self.sheet}"


def find_cell(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    week_id: str,
    places: Sequence[Place],
    row: str | None,
    column: str | None,
) -> Cell:
    """Returns the cell that a steward means: `row` is 7, 表!7 or 文件!表!7, `column` a header or a field's name.

    Where the finding itself stands in exactly one row, `row` may be empty. Raises DecisionError with what to write.
    """
    sheet, row_no = _row_meant(con, week_id, places, row)
    return cell_at(con, contracts, week_id, sheet, row_no, column)


def cell_at(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    week_id: str,
    sheet: LoadedSheet,
    row_no: int,
    column: str | None,
) -> Cell:
    """Returns the cell of a row that is loaded, or one that could not be read.

    `column` may be empty where one cell alone of the row could not be read. Raises DecisionError with what to write.
    """
    contract = contracts.get(sheet.source)
    if contract is None or not contract.primary_key:
        raise DecisionError(f"{sheet.source} 没有登记主键，不能更正单个格子；请选“退回”")
    if contract.unpivot is not None:
        raise DecisionError(f"{contract.title}是宽表，一行有好几个数，不能更正单个格子；请选“退回”")
    unread = _unread_cells(con, sheet, row_no)
    only_unread = next(iter(unread)) if len(unread) == 1 else None
    field = _field_meant(contract, column or only_unread)
    if field.name in unread:
        return _unread_cell(contract, field, week_id, sheet, row_no, unread[field.name])
    columns = ", ".join(f"CAST({column} AS VARCHAR)" for column in (*contract.key_columns, field.column))
    values = con.execute(
        f"SELECT {columns} FROM raw.{sheet.source} WHERE delivery_id = ? AND sheet = ? AND row_no = ?",
        [sheet.delivery_id, sheet.sheet, row_no],
    ).fetchone()
    if values is None:
        raise DecisionError(_not_loaded_words(contract, sheet, row_no, unread))
    *key_values, value = values
    keys = dict(zip(contract.primary_key, key_values, strict=True))
    return Cell(contract, field, week_id, sheet.delivery_id, sheet.sheet, row_no, keys, value)


def _unread_cells(con: duckdb.DuckDBPyConnection, sheet: LoadedSheet, row_no: int) -> dict[str, str | None]:
    """Returns the cells of a row that could not be read: field → what people may see of it."""
    rows = con.execute(
        "SELECT column_name, value FROM quarantine.cell WHERE delivery_id = ? AND sheet = ? AND row_no = ?"
        " AND column_name <> '' ORDER BY column_name",
        [sheet.delivery_id, sheet.sheet, row_no],
    ).fetchall()
    return dict(rows)


def _unread_cell(
    contract: Contract, field: Field, week_id: str, sheet: LoadedSheet, row_no: int, value: str | None
) -> Cell:
    keys = {"文件": sheet.file_name, "工作表": sheet.sheet, "行": str(row_no)}
    return Cell(contract, field, week_id, sheet.delivery_id, sheet.sheet, row_no, keys, value, is_unread=True)


def _not_loaded_words(contract: Contract, sheet: LoadedSheet, row_no: int, unread: Mapping[str, str | None]) -> str:
    titles = {known.name: known.title for known in contract.fields}
    causes = "、".join(titles.get(name, name) for name in unread)
    advice = f"读不懂的是 {causes}，请更正那一列" if causes else "没有可更正的值；请选“退回”"
    return f"「{sheet.sheet}」第 {row_no} 行没有载入（隔离或搁置），{advice}"


def _row_meant(
    con: duckdb.DuckDBPyConnection, week_id: str, places: Sequence[Place], row: str | None
) -> tuple[LoadedSheet, int]:
    """The sheet and the number of the row: 表!7 is row 7 of the sheet 表."""
    written = row or _only_row(places)
    parts = written.replace("！", SEPARATOR).split(SEPARATOR)
    *names, number = map(str.strip, parts)
    number = number.removeprefix("第").removesuffix("行").strip()
    is_number = number.isdecimal() and len(number) <= _MOST_DIGITS
    if not is_number or len(names) >= _MOST_PARTS:
        raise DecisionError(f"更正行号写作“{row}”，无法识别；请写 7、工作表!7 或 文件名!工作表!7")
    candidates = _candidates(con, week_id, places, names)
    if len(candidates) != 1:
        raise DecisionError(
            f"更正行号写作“{row or number}”，{_which(con, week_id, candidates)}；请写成 文件名!工作表!{number}"
        )
    return candidates[0], int(number)


def _only_row(places: Sequence[Place]) -> str:
    """The number of the one row that a finding stands in; raises DecisionError where it stands in more, or in none."""
    if len(places) != 1 or not places[0].is_one_row:
        raise DecisionError("选了“更正”但没有写明行号；请写文件中的行号，如 7、工作表!7 或 文件名!工作表!7")
    return places[0].rows


def _candidates(
    con: duckdb.DuckDBPyConnection, week_id: str, places: Sequence[Place], names: Sequence[str]
) -> list[LoadedSheet]:
    """Sheets of the week's deliveries that fit the names before the row: those of the finding where there are none."""
    of_finding = {(place.delivery_id, place.sheet) for place in places}
    candidates = []
    for sheet in _loaded_sheets(con, week_id):
        match names:
            case []:
                fits = (sheet.delivery_id, sheet.sheet) in of_finding
            case [name]:
                # 明细!7 names a sheet, 周报.xlsx!7 a file.
                fits = name in (sheet.sheet, sheet.file_name)
            case _:
                fits = [sheet.file_name, sheet.sheet] == list(names)
        if fits:
            candidates.append(sheet)
    return candidates


def _loaded_sheets(con: duckdb.DuckDBPyConnection, week_id: str) -> list[LoadedSheet]:
    # What stands for itself alone (a workbook of decisions) holds nothing that could be corrected.
    rows = con.execute(
        "SELECT DISTINCT d.delivery_id, d.source, a.sheet, d.file_name FROM ledger.current_delivery AS d "
        "JOIN ledger.row_account AS a ON a.delivery_id = d.delivery_id AND a.disposition <> 'set_aside' "
        "WHERE d.week_id = ? AND d.scope <> d.delivery_id ORDER BY ALL",
        [week_id],
    ).fetchall()
    return [LoadedSheet(*row) for row in rows]


def _which(con: duckdb.DuckDBPyConnection, week_id: str, candidates: Sequence[LoadedSheet]) -> str:
    """Why the sheet is not clear: which ones there are."""
    if candidates:
        names = "、".join(sheet.words for sheet in candidates)
        return f"有 {len(candidates)} 张表符合（{names}）"
    names = "、".join(sheet.words for sheet in _loaded_sheets(con, week_id))
    return f"{week_id} 期有效的报送中是这些表：{names}"


def _field_meant(contract: Contract, column: str | None) -> Field:
    written = (column or "").strip()
    fields = correctable_fields(contract)
    titles = "、".join(map(attrgetter("title"), fields))
    if not written:
        raise DecisionError(f"选了“更正”但没有写明是哪一列；可写：{titles}")
    for field in fields:
        if written in (field.name, *field.all_labels):
            return field
    raise DecisionError(f"更正列写作“{written}”，{contract.title}中没有这一列；可写：{titles}")


def correctable_fields(contract: Contract) -> list[Field]:
    """Returns the fields that a correction may name: those that are kept, and hold nothing personal."""
    return [field for field in contract.stored_fields if field.personal is None]


def value_to_read(cell: Cell, text: str | None, codes: CodeLists) -> str:
    """Reads the new value of a cell by its contract, as an export would be.

    Raises DecisionError where it cannot be read, or where it has personal data in it.
    """
    if not text or not text.strip():
        raise DecisionError("选了“更正”但没有写“更正为”的值；请写明后再放回")
    if mask_free_text(text) != text:
        raise DecisionError("“更正为”中有身份证号或手机号；系统不保存个人信息，请去掉")
    # The year of the week, for a day that is written without one: 2023 of 2023-15.
    year, _ = read_week_id(cell.week_id)
    reading = RowReader(cell.contract, codes, Context(year), b"").cell(cell.field, text)
    if reading.value is None or reading.reason:
        why = MESSAGES.get(reading.reason or "", "无法识别")
        raise DecisionError(f"“更正为”写作“{text}”，{cell.field.title}{why}")
    return reading.value


def same_value(con: duckdb.DuckDBPyConnection, field: Field, left: str | None, right: str | None) -> bool:
    """Says whether two texts are one value of the field's type: 3 and 3.000000 are one decimal."""
    sql_type = field.type.sql
    row = con.execute(
        f"SELECT TRY_CAST(? AS {sql_type}) IS NOT DISTINCT FROM TRY_CAST(? AS {sql_type})", [left, right]
    ).fetchone()
    return bool(row and row[0])
