"""Takes out of `raw` what the typed pass of a CSV loaded though it is no data: blank rows, notes, totals.

Records that the pass rejected are judged in `csv_rejects`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipeline.common.characters import is_blank
from pipeline.common.quoting import identifier, quoted
from pipeline.contracts import Field, FieldType
from pipeline.ingest.load.csv_rows.csv_seals import unsealed
from pipeline.ingest.load.csv_rows.typed_pass import CHUNK, TypedPass, is_stored, kind_of_words
from pipeline.ingest.reasons import Disposition
from pipeline.ingest.tables.csv_table import SHEET
from pipeline.ingest.tables.rows import RowKind


def set_blank_rows_aside(typed_pass: TypedPass) -> None:
    """Removes rows of nothing but delimiters and blanks, of which spreadsheets leave thousands below a table."""
    rows = typed_pass.rows
    fields = typed_pass.contract.stored_fields
    # A required field is hardly ever empty: tested first, it decides at once for nearly all rows.
    required = (field for field in fields if field.constraints.required)
    decisive = next(required, fields[0])
    conditions = [_says_nothing_sql(field, typed_pass.marks_of_nothing) for field in (decisive, *fields)]
    with rows.step():
        deleted = typed_pass.con.execute(
            f"DELETE FROM {rows.table} WHERE {rows.mine} AND {' AND '.join(conditions)}"
        ).fetchone()
    count = int(deleted[0]) if deleted else 0
    typed_pass.account.add(SHEET, Disposition.SET_ASIDE, RowKind.BLANK.value, count)


def _says_nothing_sql(field: Field, marks: Collection[str]) -> str:
    """Returns SQL that is true where a field is NULL, blank, or one of the marks of nothing."""
    if field.type is not FieldType.STRING:
        return f"{field.column} IS NULL"
    conditions = [f"{field.column} IS NULL", is_blank(field.column)]
    conditions += [f"{field.column} = {quoted(mark)}" for mark in marks]  # IN would not let DuckDB skip rows
    return f"({' OR '.join(conditions)})"


def set_words_aside(typed_pass: TypedPass) -> None:
    """Removes notes, signatures and totals below the records, which a spreadsheet pads with delimiters.

    They lack the moment that every case has. Where more rows than a few thousand lack it, they are no notes.
    """
    moment = typed_pass.required_moment
    if moment is None:
        return
    kinds = _kinds_of_rows_without(moment, typed_pass)
    if not kinds:
        return
    rows = typed_pass.rows
    numbers = ", ".join(map(str, kinds))
    is_word = f"{rows.mine} AND row_no IN ({numbers})"
    with rows.step():
        typed_pass.con.execute(f"DELETE FROM {rows.table} WHERE {is_word}")
    for kind in kinds.values():
        typed_pass.account.add(SHEET, Disposition.SET_ASIDE, kind.value)


def _kinds_of_rows_without(moment: str, typed_pass: TypedPass) -> Mapping[int, RowKind]:
    """Returns by row number what each loaded row is that lacks the required moment and is a note or a total."""
    rows, columns = typed_pass.rows, typed_pass.header.columns
    stored = [(column.index, column.field.name) for column in columns if is_stored(column.field)]
    cells = ", ".join(f"CAST({identifier(name)} AS VARCHAR)" for _, name in stored)
    records = typed_pass.con.execute(
        f"SELECT row_no, {cells} FROM {rows.table} WHERE {rows.mine} AND {identifier(moment)} IS NULL LIMIT {CHUNK + 1}"
    ).fetchall()
    kinds: dict[int, RowKind] = {}
    if len(records) > CHUNK:
        return kinds
    for row_no, *texts in records:
        row: list[str | None] = [None] * len(columns)
        for (index, _), text in zip(stored, texts, strict=True):
            row[index] = text and unsealed(text)
        kind = kind_of_words(typed_pass, row)
        if kind is not None:
            kinds[row_no] = kind
    return kinds
