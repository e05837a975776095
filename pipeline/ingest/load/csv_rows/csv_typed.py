"""Brings a CSV into `raw` the fast way: one typed pass by DuckDB, and then what that pass leaves over.

Elsewhere: for which contracts in `typed_pass`, rejected lines in `csv_rejects`, notes and blank rows in
`csv_set_aside`, texts that read differently in `csv_fixes`; other texts are loaded by `csv_file`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.load.csv_rows.csv_fixes import fix_texts
from pipeline.ingest.load.csv_rows.csv_rejects import Rejected, among_irregular, explain
from pipeline.ingest.load.csv_rows.csv_seals import sealed_sql, watched_sql
from pipeline.ingest.load.csv_rows.csv_set_aside import set_blank_rows_aside, set_words_aside
from pipeline.ingest.load.csv_rows.harmless_words import harmless_words
from pipeline.ingest.load.csv_rows.typed_pass import TypedPass, UnaccountedError, always_missing
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.tables.csv_table import SHEET
from pipeline.ingest.text.lines import lines_at, sampled
from pipeline.ingest.text.transcode import TextFile

if TYPE_CHECKING:
    from pipeline.ingest.text.lines import Numbers

# DuckDB writes what it reads at once as row groups of this many rows, of which the last is smaller. Where that one is
# less than half full, a checkpoint joins it with the next ones, which costs as much as writing them; three quarters
# leave room for rows that are longer or shorter here and there.
_ROW_GROUP = 122_880
_WELL_FULL = 0.75
_SAMPLED_BYTES = 8 << 20
_SMALLEST_BUFFER, _BUFFER, _LARGEST_BUFFER = 32 << 20, 64 << 20, 96 << 20


def load_part(typed_pass: TypedPass, part: TextFile, lines_above: int, lines_before: int) -> Numbers:
    """Appends one part of a text to `raw`; what it rejects goes to `incoming` or to the problems.

    `lines_above` are skipped in this part, `lines_before` stand in earlier ones. Returns the lines of the text that
    hold none of the appended rows, ascending; the rows have no number yet. Raises UnaccountedError.
    """
    import duckdb
    import numpy as np

    try:
        loaded, rejected_lines, positions = _insert(typed_pass, part, lines_above)
    except duckdb.InvalidInputException as error:  # such as line ends of several kinds
        raise UnaccountedError(part.path.name) from error
    lines = lines_at(part.path, positions)
    is_accounted = loaded + len(rejected_lines) == part.physical_lines - lines_above
    if is_accounted and np.array_equal(lines, rejected_lines):
        rejected, skipped = Rejected.single_lines(lines), lines
    else:
        rejected, skipped = among_irregular(typed_pass, part, lines, lines_above, loaded)
    explain(typed_pass, part.path, rejected, lines_before)
    return skipped + lines_before


def finish(typed_pass: TypedPass) -> None:
    """Does what waits for the last part: removes blank rows and notes, corrects texts, adds the explained rows."""
    set_blank_rows_aside(typed_pass)
    set_words_aside(typed_pass)
    fix_texts(typed_pass)
    move_incoming(typed_pass.rows)


def _insert(typed_pass: TypedPass, part: TextFile, lines_above: int) -> tuple[int, Numbers, Numbers]:
    """Appends what fits; returns how many rows, and lines and byte positions of the others, as the reader has them."""
    import numpy as np

    con, rows, contract = typed_pass.con, typed_pass.rows, typed_pass.contract
    columns = {f"c{column.index}": _fast_type(column.field) for column in typed_pass.header.columns}
    _look_at_words(typed_pass, part, lines_above)
    names = ", ".join(field.column for field in contract.stored_fields)
    read = (
        f"read_csv($path, header = false, skip = {lines_above}, auto_detect = false, delim = $delimiter, quote = '\"', "
        f"escape = '\"', columns = {columns}, nullstr = {_marks_in(part.path, contract)}, store_rejects = true, "
        f"buffer_size = {buffer_size(part)}{_timestamp_option(contract)})"
    )
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    loaded = con.execute(
        f"INSERT INTO {rows.table} (delivery_id, sheet, {names}) "
        f"SELECT '{rows.delivery_id}', '{SHEET}', {_stored_fields_from(typed_pass, read)}",
        {"path": str(part.path), "delimiter": contract.csv.delimiter},
    ).fetchall()
    rejects = con.execute(
        "SELECT min(line)::BIGINT AS line, line_byte_position::BIGINT AS position "
        "FROM reject_errors GROUP BY line_byte_position ORDER BY line_byte_position"
    ).fetchnumpy()
    con.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    lines = np.asarray(rejects["line"], dtype=np.int64)
    positions = np.asarray(rejects["position"], dtype=np.int64)
    return int(loaded[0][0]), lines, positions


def _look_at_words(typed_pass: TypedPass, part: TextFile, lines_above: int) -> None:
    """Finds once for all parts of a text the words that name nobody."""
    if typed_pass.harmless:
        return
    contract = typed_pass.contract
    types = {f"c{column.index}": "VARCHAR" for column in typed_pass.header.columns}
    first_rows = (
        f"read_csv({quoted(str(part.path))}, header = false, skip = {lines_above}, auto_detect = false, "
        f"delim = {quoted(contract.csv.delimiter)}, quote = '\"', escape = '\"', columns = {types}, "
        f"ignore_errors = true, buffer_size = {_SAMPLED_BYTES})"
    )
    words = harmless_words(typed_pass.con, contract, typed_pass.cells_of_fields, first_rows, part.physical_lines)
    typed_pass.harmless.update(words)


def _fast_type(field: Field | None) -> str:
    """Returns the type in which DuckDB reads a column; a column without a field is read and dropped."""
    if field is not None and field.type is FieldType.DATETIME:
        return "TIMESTAMP"
    return "VARCHAR"


def _timestamp_option(contract: Contract) -> str:
    """Returns the option of read_csv that pins the one pattern of all timestamps: %Y-%m-%d %H:%M:%S."""
    for field in contract.stored_fields:
        if field.formats:
            return f", timestampformat = '{field.formats[0]}'"
    return ""


def _stored_fields_from(typed_pass: TypedPass, source: str) -> str:
    """Returns what follows SELECT: the stored fields and their FROM.

    A field without a column is NULL, what may name persons is sealed.
    """
    contract = typed_pass.contract
    columns = typed_pass.cells_of_fields
    dropped = []
    for column in typed_pass.header.columns:
        if column.field is not None and column.field.personal == "drop":
            dropped.append(f"c{column.index}")
    moment = columns.get(typed_pass.required_moment or "")
    watched = watched_sql(source, contract, columns, moment, dropped, typed_pass.harmless)
    selected = []
    for field in contract.stored_fields:
        if field.name in columns:
            selected.append(sealed_sql(contract, field, columns[field.name], moment, dropped))
        else:
            selected.append("NULL")
    return f"{', '.join(selected)} FROM {watched}"


def _marks_in(path: Path, contract: Contract) -> list[str]:
    """Returns the marks of nothing that stand in some cell of a sample: comparing each text with each mark costs time.

    Marks that the sample missed are found among the distinct texts, as what else does not stand for itself.
    """
    ends_of_cells = re.compile(rf'["\r\n{re.escape(contract.csv.delimiter)}]')
    cells: set[str] = set()
    for piece in sampled(path):
        text = piece.decode("utf-8", "replace")
        cells.update(ends_of_cells.split(text))
    marks = cells.intersection(always_missing(contract))
    return sorted({"", *marks})


def buffer_size(part: TextFile) -> int:
    """Returns bytes to read at once so that the last row group of each reading is well filled, if rows are alike.

    Among the possible numbers of readings it takes the one whose last row group is nearest to three quarters full,
    and then the one whose size is nearest to 64 MB.
    """
    size = part.path.stat().st_size
    row_groups = part.physical_lines / _ROW_GROUP

    def rank(readings: int) -> tuple[float, float]:
        fullness = row_groups / readings % 1
        return round(abs(fullness - _WELL_FULL), 1), abs(size / readings - _BUFFER)

    fewest = max(size // _LARGEST_BUFFER, 1)
    most = max(size // _SMALLEST_BUFFER, 1)
    best = min(range(fewest, most + 1), key=rank)
    return max(size // best + 1, _SMALLEST_BUFFER)


def move_incoming(rows: PendingRows) -> None:
    """Adds the rows that were read one by one to the others."""
    fields = [field.column for field in rows.contract.stored_fields]
    columns = ", ".join(["sheet", "row_no", *fields, "as_written"])
    with rows.step():
        rows.con.execute(
            f"INSERT INTO {rows.table} (delivery_id, {columns}) SELECT '{rows.delivery_id}', {columns} FROM incoming"
        )
    rows.con.execute("DELETE FROM incoming")
