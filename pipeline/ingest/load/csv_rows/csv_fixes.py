"""Corrects the texts that the typed pass of a CSV loaded: each distinct text is read once, and its rows rewritten.

A text stands for itself unless a pattern, a code list or a mark says that it may mean something else. What may name
a person comes sealed by `csv_seals`, and is masked here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import filterfalse

from pipeline.common.characters import BLANKS, INVISIBLE
from pipeline.common.quoting import identifier, quoted
from pipeline.contracts import Field, FieldType
from pipeline.ingest.cells.damage import DAMAGED
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load.csv_rows.csv_seals import is_sealed, unsealed
from pipeline.ingest.load.csv_rows.typed_pass import TypedPass
from pipeline.ingest.load.fixes import (
    LOADED,
    QUARANTINED,
    REFUSED,
    Fix,
    as_written_sql,
    fix_joins,
    read_fixes,
    write_fixes,
)
from pipeline.ingest.refusals.load import LoadRefusal
from pipeline.ingest.tables.csv_table import SHEET

# What may read as something else than it says: every text that `read_text` strips, refuses or takes for missing.
# A text without these stands for itself, unless a code list, a pattern or missing values of its own say otherwise.
SUSPECT = (
    # a blank, an apostrophe ('0101), ="0101", #N/A or a reader's mark at the beginning
    rf"^[{BLANKS}'=#\x{{fdd0}}-\x{{fdd5}}\x01]"
    # a blank or a quotation mark at the end, characters that nobody sees anywhere
    rf"|[{BLANKS}\x22]$|[{INVISIBLE}]"
    # question marks in place of words; 5.1E+17, 5.1e17
    rf"|{DAMAGED}|[eE]\+|\.\p{{Nd}}+[eE]"
)
# 510000-20230417-000001, A/2023_15: nothing in it is suspect.
_PLAIN = "[0-9A-Za-z][0-9A-Za-z/_-]*"


def fix_texts(typed_pass: TypedPass) -> None:
    """Reads each distinct text of the stored columns once, notes its problems and rewrites the rows that change.

    Raises RefusedFileError where the contract refuses the file for a value that cannot be read.
    """
    patched = []
    for field in typed_pass.contract.stored_fields:
        fixes = _fixes_of(typed_pass, field)
        _refuse_unreadable(fixes, field)
        if fixes:
            write_fixes(typed_pass.con, field.name, field.type.sql, fixes)
            _note_problems(typed_pass, field.name)
            patched.append(field.name)
    if patched:
        _take_along(typed_pass)
        _rewrite_rows(typed_pass, patched)


def _refuse_unreadable(fixes: Sequence[Fix], field: Field) -> None:
    for fix in fixes:
        if fix.disposition == REFUSED:
            raise RefusedFileError(
                LoadRefusal.COLUMN_UNREADABLE,
                place=RefusalPlace(sheet=SHEET, column=field.title),
                found=fix.shown,
                column=field.title,
                reason=fix.reason,
            )


def _fixes_of(typed_pass: TypedPass, field: Field) -> list[Fix]:
    """Returns a Fix for each distinct text of a column that reads differently from what it says."""
    texts = _doubtful_texts(typed_pass, field)
    plain = filterfalse(is_sealed, texts)
    fixes = read_fixes(typed_pass.reader, field, plain)
    sealed_texts = filter(is_sealed, filter(None, texts))
    fixes += [_fix_of_sealed(typed_pass.reader, field, text) for text in sealed_texts]
    return fixes


def _fix_of_sealed(reader: RowReader, field: Field, text: str) -> Fix:
    """Returns the Fix of a sealed text: that of the text within, which may be loaded as it was written."""
    original = unsealed(text)
    for fix in read_fixes(reader, field, [original]):
        return fix._replace(text=text)
    return Fix(text, original, None, None, keep=False, disposition=LOADED)


def _doubtful_texts(typed_pass: TypedPass, field: Field) -> list[str | None]:
    """Returns the distinct texts of a field that may read as something else than they say."""
    name = field.name
    texts = f"SELECT {field.column} AS t FROM {typed_pass.rows.table} WHERE {typed_pass.rows.mine}"
    if field.type is not FieldType.STRING:
        # A timestamp is exact as DuckDB has read it; only its absence may be a fault.
        if not field.constraints.required:
            return []
        return _column_of(typed_pass, f"SELECT t FROM ({texts}) WHERE t IS NULL LIMIT 1")
    if field.codes or field.constraints.pattern:
        return _column_of(typed_pass, f"SELECT DISTINCT t FROM ({texts})")
    doubtful = is_doubtful("t", typed_pass.contract.missing_of(field), field.constraints.required)
    if name in typed_pass.contract.primary_key:
        # A key is hardly ever repeated: making its texts distinct first would cost more.
        return _column_of(typed_pass, f"SELECT DISTINCT t FROM ({texts}) WHERE {doubtful}")
    # In two statements, or the test is pushed below the DISTINCT and made for every row.
    typed_pass.con.execute(f"CREATE OR REPLACE TEMP TABLE distinct_text AS SELECT DISTINCT t FROM ({texts})")
    found = _column_of(typed_pass, f"SELECT t FROM distinct_text WHERE {doubtful}")
    typed_pass.con.execute("DROP TABLE distinct_text")
    return found


def _column_of(typed_pass: TypedPass, query: str) -> list[str | None]:
    """Returns the only column of a query's result."""
    return [text for (text,) in typed_pass.con.execute(query).fetchall()]


def is_doubtful(text: str, missing: Collection[str] = (), is_required: bool = False) -> str:
    """Returns SQL that is true of every text of a plain field that does not stand for itself, and of few others.

    Most keys are out of doubt by one simple pattern, before the one that knows all that is suspect is tried.
    """
    is_plain = f"regexp_full_match({text}, {quoted(_PLAIN)})"
    conditions = [f"(NOT {is_plain} AND regexp_matches({text}, {quoted(SUSPECT)}))"]
    conditions += [f"{text} = {quoted(mark)}" for mark in sorted(missing)]
    if is_required:
        conditions.append(f"{text} IS NULL")
    return " OR ".join(conditions)


def _note_problems(typed_pass: TypedPass, name: str) -> None:
    """Notes the problems of one column, and excludes the rows that they send to quarantine, each once."""
    rows = typed_pass.rows
    column = identifier(name)
    mine = f"(SELECT row_no, {column} FROM {rows.table} WHERE {rows.mine})"
    fixed_rows = f"FROM {mine} r JOIN fix_{name} f ON r.{column} IS NOT DISTINCT FROM f.text"
    typed_pass.con.execute(
        "INSERT INTO cell_problem (incoming_rowid, sheet, row_no, column_name, reason, value, row_disposition) "
        f"SELECT r.row_no, '{SHEET}', r.row_no, '{name}', f.reason, f.shown, f.disposition "
        f"{fixed_rows} WHERE f.reason IS NOT NULL"
    )
    typed_pass.con.execute(
        "INSERT INTO excluded (incoming_rowid, sheet, row_no, disposition, reason) "
        f"SELECT r.row_no, '{SHEET}', r.row_no, '{QUARANTINED}', f.reason {fixed_rows} "
        f"WHERE f.disposition = '{QUARANTINED}' AND r.row_no NOT IN "
        "(SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)"
    )


def _take_along(typed_pass: TypedPass) -> None:
    """Marks the other problems of a row that one cell sends to quarantine: they go there with it."""
    typed_pass.con.execute(
        f"UPDATE cell_problem SET row_disposition = '{QUARANTINED}' WHERE incoming_rowid IN "
        "(SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)"
    )


def _rewrite_rows(typed_pass: TypedPass, patched: Sequence[str]) -> None:
    """Replaces the rows with a text that reads differently by corrected ones; all others stay as they are.

    Those that go to quarantine stay sealed until `accept` takes them out: nothing of them is written in clear.
    """
    con, rows = typed_pass.con, typed_pass.rows
    names = [field.name for field in typed_pass.contract.stored_fields]
    values = [_corrected(name) if name in patched else f"r.{identifier(name)}" for name in names]
    is_changed = " OR ".join(f"f_{name}.keep IS NOT NULL" for name in patched)
    is_loaded = "r.row_no NOT IN (SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE changed AS "
        f"SELECT r.row_no, {', '.join(values)}, {as_written_sql(patched)} AS as_written "
        f"FROM (SELECT * FROM {rows.table} WHERE {rows.mine}) r {fix_joins('r', patched)} "
        f"WHERE ({is_changed}) AND {is_loaded}"
    )
    columns = ", ".join(["row_no", *map(identifier, names), "as_written"])
    is_changed_row = f"{rows.mine} AND row_no IN (SELECT row_no FROM changed)"
    with rows.step():
        con.execute(f"DELETE FROM {rows.table} WHERE {is_changed_row}")
        con.execute(
            f"INSERT INTO {rows.table} (delivery_id, sheet, {columns}) "
            f"SELECT '{rows.delivery_id}', '{SHEET}', {columns} FROM changed"
        )
    con.execute("DROP TABLE changed")
    for name in patched:
        con.execute(f"DROP TABLE fix_{name}")


def _corrected(name: str) -> str:
    """Returns SQL of a column's value: that of its Fix where there is one, else the text as it stands."""
    column = identifier(name)
    return f"CASE WHEN f_{name}.keep IS NULL THEN r.{column} ELSE f_{name}.value END AS {column}"
