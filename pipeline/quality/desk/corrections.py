"""Corrections: one value of one row, laid over `raw` for all that read it; `raw` itself is never touched.

A correction says: where the source holds `from_value`, read `to_value`. It acts only while that is so. What the source
holds now decides its status at every run: active, obsolete (the source says what the correction says) or failed (the
source says something else, or the row is gone); the last two are findings of their own. So the tables depend on the
deliveries and the decisions alone, in whatever order they came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import insert_rows
from pipeline.contracts import Contract, Field
from pipeline.ingest.cells.code_lists import CodeLists
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.reasons import MESSAGES
from pipeline.privacy.masking import mask_free_text
from pipeline.quality.desk.decisions import DecisionError
from pipeline.quality.findings.places import Place

if TYPE_CHECKING:
    import duckdb

SCHEMA: Final = "corrected"
SEPARATOR: Final = "!"


@dataclass(frozen=True)
class Cell:
    """One value of one loaded row: where it stands, the row's primary key, and what the source holds there."""

    contract: Contract
    field: Field
    week_id: str
    delivery_id: str
    sheet: str
    row_no: int
    keys: Mapping[str, str | None]
    value: str | None

    @property
    def words(self) -> str:
        """The cell as people name it: 综窗办件周报 2023-04-17、综合窗口 的咨询."""
        row = "、".join(str(value) for value in self.keys.values())
        return f"{self.contract.title} {row} 的{self.field.title}"


@dataclass(frozen=True)
class Correction:
    """A value that is read as another one. Key: correction_id. `keys` is the JSON of the row's primary key."""

    correction_id: str
    source: str
    keys: str
    column_name: str
    from_value: str | None
    to_value: str
    reason: str
    decided_by: str
    decided_at: datetime
    week_id: str
    status: str
    finding_id: str
    observed: str | None
    note: str


@dataclass(frozen=True)
class CorrectedCell:
    """Where an active correction acts among the deliveries that count. Key: correction_id, delivery_id."""

    correction_id: str
    source: str
    week_id: str
    delivery_id: str
    sheet: str
    row_no: int
    column_name: str
    to_value: str


def find_cell(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    week_id: str,
    places: Sequence[Place],
    row: str | None,
    column: str | None,
) -> Cell:
    """The cell that a steward means: `row` is 7, 表!7 or 文件!表!7, `column` a header or a field's name.

    Where the finding itself stands in exactly one row, `row` may be empty. Raises DecisionError with what to write.
    """
    delivery_id, source, sheet, row_no = _row_meant(con, week_id, places, row)
    contract = contracts.get(source)
    if contract is None or not contract.primary_key:
        raise DecisionError(f"{source} 没有登记主键，不能更正单个格子；请选“退回”")
    field = _field_meant(contract, column)
    names = ", ".join(f"CAST({name} AS VARCHAR)" for name in (*contract.primary_key, field.name))
    found = con.execute(
        f"SELECT {names} FROM raw.{source} WHERE delivery_id = ? AND sheet = ? AND row_no = ?",
        [delivery_id, sheet, row_no],
    ).fetchone()
    if found is None:
        raise DecisionError(
            f"「{sheet}」第 {row_no} 行没有载入（隔离或搁置），没有可更正的值；请选“退回”，或先登记代码"
        )
    keys = dict(zip(contract.primary_key, found, strict=False))
    return Cell(contract, field, week_id, delivery_id, sheet, row_no, keys, found[-1])


def _row_meant(
    con: duckdb.DuckDBPyConnection, week_id: str, places: Sequence[Place], row: str | None
) -> tuple[str, str, str, int]:
    """delivery_id, source, sheet and row number."""
    parts = [part.strip() for part in (row or "").replace("！", SEPARATOR).split(SEPARATOR)] if row else []
    if not parts:
        if len(places) != 1 or places[0].first_row_no is None or places[0].first_row_no != places[0].last_row_no:
            raise DecisionError("选了“更正”但没有写明行号；请写文件中的行号，如 7、工作表!7 或 文件名!工作表!7")
        parts = [str(places[0].first_row_no)]
    number = parts[-1].removeprefix("第").removesuffix("行").strip()
    if not number.isdecimal() or len(number) > 9 or len(parts) > 3:
        raise DecisionError(f"更正行号写作“{row}”，无法识别；请写 7、工作表!7 或 文件名!工作表!7")
    candidates = _candidates(con, week_id, places, parts[:-1])
    if len(candidates) != 1:
        raise DecisionError(
            f"更正行号写作“{row or number}”，{_which(con, week_id, candidates)}；请写成 文件名!工作表!{number}"
        )
    delivery_id, source, sheet, _ = candidates[0]
    return delivery_id, source, sheet, int(number)


Sheet = tuple[str, str, str, str]
"""delivery_id, source, sheet, file_name."""


def _candidates(
    con: duckdb.DuckDBPyConnection, week_id: str, places: Sequence[Place], named: Sequence[str]
) -> list[Sheet]:
    """Sheets of the week's deliveries that fit the names before the row: those of the finding where there are none."""
    sheets = _sheets(con, week_id)
    if not named:
        own = {(place.delivery_id, place.sheet) for place in places}
        return [one for one in sheets if (one[0], one[2]) in own]
    return [one for one in sheets if set(named) <= {one[2], one[3]} and (len(named) == 1 or named[0] == one[3])]


def _sheets(con: duckdb.DuckDBPyConnection, week_id: str) -> list[Sheet]:
    # What stands for itself alone (a workbook of decisions) holds nothing that could be corrected.
    rows: list[Sheet] = con.execute(
        "SELECT DISTINCT d.delivery_id, d.source, a.sheet, d.file_name FROM ledger.current_delivery AS d "
        "JOIN ledger.row_account AS a ON a.delivery_id = d.delivery_id AND a.disposition = 'loaded' "
        "WHERE d.week_id = ? AND d.scope <> d.delivery_id ORDER BY ALL",
        [week_id],
    ).fetchall()
    return rows


def _which(con: duckdb.DuckDBPyConnection, week_id: str, candidates: Sequence[Sheet]) -> str:
    """Why the sheet is not clear: which ones there are."""
    names = "、".join(f"{one[3]}!{one[2]}" for one in candidates or _sheets(con, week_id))
    return f"有 {len(candidates)} 张表符合（{names}）" if candidates else f"{week_id} 期有效的报送中是这些表：{names}"


def _field_meant(contract: Contract, column: str | None) -> Field:
    wanted = (column or "").strip()
    stored = [one for one in contract.stored_fields if one.personal is None]
    for one in stored:
        if wanted and wanted in (one.name, *one.all_labels):
            return one
    titles = "、".join(one.title for one in stored)
    what = f"更正列写作“{wanted}”，{contract.title}中没有这一列" if wanted else "选了“更正”但没有写明是哪一列"
    raise DecisionError(f"{what}；可写：{titles}")


def value_to_read(cell: Cell, text: str | None, codes: CodeLists) -> str:
    """The new value of a cell, read by its contract as an export would be. Raises DecisionError where it cannot be."""
    if not text or not text.strip():
        raise DecisionError("选了“更正”但没有写“更正为”的值；请写明后再放回")
    if mask_free_text(text) != text:
        raise DecisionError("“更正为”中有身份证号或手机号；系统不保存个人信息，请去掉")
    year = int(cell.week_id[:4])
    reading = RowReader(cell.contract, codes, Context(year), b"").cell(cell.field, text)
    if reading.value is None or reading.reason:
        why = MESSAGES.get(reading.reason or "", "无法识别")
        raise DecisionError(f"“更正为”写作“{text}”，{cell.field.title}{why}")
    return reading.value


def same_value(con: duckdb.DuckDBPyConnection, field: Field, one: str | None, other: str | None) -> bool:
    """Whether two texts are one value of the field's type."""
    kind = field.type.sql
    row = con.execute(
        f"SELECT TRY_CAST(? AS {kind}) IS NOT DISTINCT FROM TRY_CAST(? AS {kind})", [one, other]
    ).fetchone()
    return bool(row and row[0])


def make_correction(
    cell: Cell, to_value: str, correction_id: str, finding_id: str, reason: str, who: str, when: datetime
) -> Correction:
    """A correction of a cell; `record` keeps it."""
    held = "空" if cell.value is None else _short(cell.value)
    return Correction(
        correction_id=correction_id,
        source=cell.contract.name,
        keys=json.dumps(dict(cell.keys), ensure_ascii=False),
        column_name=cell.field.name,
        from_value=cell.value,
        to_value=to_value,
        reason=reason,
        decided_by=who,
        decided_at=when,
        week_id=cell.week_id,
        status="active",
        finding_id=finding_id,
        observed=cell.value,
        note=f"{cell.words}由 {held} 更正为 {_short(to_value)}（{reason}）",
    )


def _short(number: str) -> str:
    """12.500000 as 12.5."""
    return number.rstrip("0").rstrip(".") if "." in number and number.replace(".", "", 1).isdecimal() else number


def record(con: duckdb.DuckDBPyConnection, correction: Correction) -> None:
    """Append a correction; an earlier one of the same cell is replaced by it. Inside the caller's transaction."""
    con.execute(
        "UPDATE quality.correction SET status = 'replaced' WHERE source = ? AND week_id = ? AND keys = ? "
        "AND column_name = ? AND status <> 'withdrawn'",
        [correction.source, correction.week_id, correction.keys, correction.column_name],
    )
    insert_rows(con, "quality.correction", Correction, [correction])


def withdraw(con: duckdb.DuckDBPyConnection, finding_id: str) -> None:
    """Take back the corrections of a finding, or the one that it is about: they act no more, and stay on record."""
    con.execute(
        "UPDATE quality.correction SET status = 'withdrawn' WHERE finding_id = ? OR correction_id = ?",
        [finding_id, told_of(con, finding_id)],
    )


def told_of(con: duckdb.DuckDBPyConnection, finding_id: str) -> str | None:
    """The correction that a finding is about: one that acts no more. None for any other finding."""
    row = con.execute(
        "SELECT keys FROM quality.finding WHERE finding_id = ? AND table_name = 'quality.correction'", [finding_id]
    ).fetchone()
    return str(json.loads(row[0])[0]["correction_id"]) if row else None


def refresh(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Compare every correction with what its source holds now, and lay the active ones over `raw`.

    Writes quality.correction (status, observed), quality.corrected_cell and the views `corrected.<source>`, each only
    where it changes. Costs nothing where there is no correction. Inside the caller's transaction.
    """
    rows = con.execute(
        "SELECT correction_id, source, keys, column_name, from_value, to_value, week_id, status, observed "
        "FROM quality.correction WHERE status NOT IN ('withdrawn', 'replaced') ORDER BY correction_id"
    ).fetchall()
    cells: list[CorrectedCell] = []
    for identity, source, keys, column, held, wanted, week_id, status, observed in rows:
        contract = contracts.get(source)
        field = next((one for one in contract.stored_fields if one.name == column), None) if contract else None
        found = _rows_now(con, source, field, json.loads(keys), week_id) if field else []
        now_status, now_held, acting = _verdict(con, field, found, held, wanted)
        if (now_status, now_held) != (status, observed):
            con.execute(
                "UPDATE quality.correction SET status = ?, observed = ? WHERE correction_id = ?",
                [now_status, now_held, identity],
            )
        cells += [CorrectedCell(identity, source, week_id, *place, column, wanted) for place in acting]
    _write_cells(con, cells)
    for source in sorted({cell.source for cell in cells}):
        _lay_over(con, contracts[source])


def _rows_now(
    con: duckdb.DuckDBPyConnection, source: str, field: Field, keys: Mapping[str, str | None], week_id: str
) -> list[tuple[Any, ...]]:
    """delivery_id, sheet, row_no and value of the rows with these keys in the week's deliveries that count."""
    same = " AND ".join(f"CAST(r.{name} AS VARCHAR) IS NOT DISTINCT FROM ?" for name in keys)
    return con.execute(
        f"SELECT r.delivery_id, r.sheet, r.row_no, CAST(r.{field.name} AS VARCHAR) FROM raw.{source} AS r "
        "JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id "
        f"WHERE d.week_id = ? AND {same} ORDER BY ALL",
        [week_id, *keys.values()],
    ).fetchall()


def _verdict(
    con: duckdb.DuckDBPyConnection,
    field: Field | None,
    found: Sequence[tuple[Any, ...]],
    held: str | None,
    wanted: str,
) -> tuple[str, str | None, list[tuple[str, str, int]]]:
    """Status, the value that the source holds now, and the rows that the correction acts on."""
    if field is None or not found:
        return "failed", None, []
    acting = [(row[0], row[1], row[2]) for row in found if same_value(con, field, row[3], held)]
    if acting:
        return "active", held, acting
    is_fixed = all(same_value(con, field, row[3], wanted) for row in found)
    return ("obsolete" if is_fixed else "failed"), found[0][3], []


def _write_cells(con: duckdb.DuckDBPyConnection, cells: Sequence[CorrectedCell]) -> None:
    known = con.execute("SELECT * FROM quality.corrected_cell ORDER BY ALL").fetchall()
    wanted = sorted(tuple(vars(cell).values()) for cell in cells)
    if known != wanted:
        con.execute("DELETE FROM quality.corrected_cell")
        insert_rows(con, "quality.corrected_cell", CorrectedCell, cells)


def _lay_over(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """`corrected.<source>`: raw with its corrected cells. Models read it in the place of raw while there are any."""
    columns = [
        str(row[0])
        for row in con.execute(
            "SELECT DISTINCT column_name FROM quality.corrected_cell WHERE source = ? ORDER BY 1", [contract.name]
        ).fetchall()
    ]
    types = {one.name: one.type.sql for one in contract.stored_fields}
    names = [row[0] for row in con.execute(f"DESCRIBE raw.{contract.name}").fetchall()]
    picks = ", ".join(
        f"CASE WHEN c_{name}.row_no IS NULL THEN r.{name} ELSE CAST(c_{name}.to_value AS {types[name]}) END AS {name}"
        if name in columns
        else f"r.{name}"
        for name in names
    )
    joins = " ".join(
        f"LEFT JOIN quality.corrected_cell AS c_{name} ON c_{name}.source = '{contract.name}' "
        f"AND c_{name}.column_name = '{name}' AND c_{name}.delivery_id = r.delivery_id AND c_{name}.sheet = r.sheet "
        f"AND c_{name}.row_no = r.row_no"
        for name in columns
    )
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    con.execute(
        f"CREATE OR REPLACE VIEW {SCHEMA}.{contract.name} AS SELECT {picks} FROM raw.{contract.name} AS r {joins}"
    )


def notes_of_week(con: duckdb.DuckDBPyConnection, week_id: str) -> list[str]:
    """The corrections that act in a week, one sentence each, for the weekly and the site."""
    rows = con.execute(
        "SELECT note FROM quality.correction WHERE week_id = ? AND status = 'active' "
        "ORDER BY decided_at, correction_id",
        [week_id],
    ).fetchall()
    return [str(note) for (note,) in rows]


def broken_words(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Corrections that act no more because their source has changed, a sentence each: what became of it, what to do."""
    rows = con.execute(
        "SELECT week_id, note, status = 'obsolete', observed, to_value FROM quality.correction "
        "WHERE status IN ('obsolete', 'failed') ORDER BY week_id, decided_at, correction_id"
    ).fetchall()
    return [
        f"{week_id} 期的更正{_became(is_fixed, observed, wanted)}：{note}。请在问题清单中"
        + ("选“撤回”，去掉这条更正。" if is_fixed else "选“撤回”去掉它，或重新决定。")
        for week_id, note, is_fixed, observed, wanted in rows
    ]


def _became(is_fixed: bool, observed: str | None, wanted: str) -> str:
    if is_fixed:
        return f"不再需要，来源已改为 {_short(wanted)}"
    return f"不再生效，来源现在是 {'空' if observed is None else _short(observed)}"
