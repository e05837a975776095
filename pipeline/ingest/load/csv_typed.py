"""The fast way of a CSV into `raw`: one typed pass by DuckDB, distinct texts read once, rejected lines explained."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from pipeline.common.cell_marks import MARKS
from pipeline.common.characters import BLANKS, INVISIBLE, is_blank, visible
from pipeline.common.quoting import quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.cells.damage import DAMAGED
from pipeline.ingest.cells.row_reader import RowReader
from pipeline.ingest.cells.typed_row import CellProblem, TypedRow
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.load.fixes import REFUSED, Fix, read_fixes, write_fixes
from pipeline.ingest.load.incoming import add_problems, add_rows
from pipeline.ingest.load.ledger import Account
from pipeline.ingest.load.pending import PendingRows
from pipeline.ingest.tables.csv_table import ENDS, SHEET
from pipeline.ingest.tables.header import Header, Row
from pipeline.ingest.tables.rows import RowJudge, RowKind
from pipeline.ingest.text.lines import irregular_lines, lines_at, sampled, starts_of
from pipeline.ingest.text.transcode import TextFile
from pipeline.privacy.masking import mask_free_text

if TYPE_CHECKING:
    import duckdb

    from pipeline.ingest.text.lines import Numbers


CHUNK = 20_000
# DuckDB writes what it reads at once as row groups of this many rows, of which the last is smaller. Where that one is
# less than half full, a checkpoint joins it with the next ones, which costs as much as writing them; three quarters
# leave room for rows that are longer or shorter here and there.
_ROW_GROUP = 122_880
_WELL_FULL = 0.75
_SMALLEST_BUFFER, _BUFFER, _LARGEST_BUFFER = 32 << 20, 64 << 20, 96 << 20
# A text of a free-text field on its way through DuckDB: what was masked, and what by chance begins like a mark.
_MASKED, _AS_IT_IS = "\x01m", "\x01e"
_MASK = "zhoubao_mask"
# What may read as something else than it says: every text that `read_text` strips, refuses or takes for missing.
# A text without these stands for itself, unless a code list, a pattern or missing values of its own say otherwise.
SUSPECT = (
    rf"^[{BLANKS}'=#\x{{fdd0}}-\x{{fdd3}}\x01]|[{BLANKS}\x22]$|[{INVISIBLE}]"
    rf"|{DAMAGED}|[eE]\+|\.\p{{Nd}}+[eE]"
)


class UnaccountedError(Exception):
    """The lines of a text and the records of the typed pass do not add up; the text is to be read one by one."""


@dataclass(frozen=True)
class TypedPass:
    """What a typed pass needs to know: where rows go, the table's header, and who reads what the pass leaves over."""

    rows: PendingRows
    header: Header
    reader: RowReader
    account: Account
    above: Sequence[Row] = ()

    @cached_property
    def judge(self) -> RowJudge:
        """Tells notes and totals from data among the records that are read one by one."""
        return RowJudge(self.above, self.header, self.contract)

    @cached_property
    def required_moment(self) -> str | None:
        """The timestamp that every record has."""
        return _required_moment(self.contract)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The warehouse."""
        return self.rows.con

    @property
    def contract(self) -> Contract:
        """What the columns are."""
        return self.rows.contract


@dataclass(frozen=True)
class _Rejected:
    """Records that the typed pass rejected: their first physical line (ascending) and how many lines they have."""

    lines: Numbers
    spans: Numbers


def is_typed(contract: Contract, header: Header) -> bool:
    """Whether DuckDB can read all stored fields exactly in one pass: texts, and timestamps of one pinned pattern.

    Without a timestamp a header that is repeated further down would pass for a row, as would totals and cells that are
    merged downwards.
    """
    if any(one.fill_down for one in contract.fields) or (contract.layout.totals and not _required_moment(contract)):
        return False
    if not any(one.field and one.field.type is FieldType.DATETIME for one in header.columns):
        return False
    # DuckDB reads one pattern a file; two would leave the second to its own notations, which may swap day and month.
    if len({pattern for one in contract.stored_fields for pattern in one.formats}) > 1:
        return False
    return all(
        (one.type is FieldType.STRING and one.personal is None)
        or (one.type is FieldType.DATETIME and len(one.formats) == 1)
        for one in contract.stored_fields
    )


def _required_moment(contract: Contract) -> str | None:
    """The timestamp that no record lacks, but every total and note; None where the contract has none."""
    fields = (one for one in contract.stored_fields if one.type is FieldType.DATETIME and one.constraints.required)
    return next((one.name for one in fields), None)


def load_part(this: TypedPass, part: TextFile, lines_above: int, lines_before: int) -> Numbers:
    """Append one part of a text to `raw`; what it rejects goes to `incoming` or to the problems.

    `lines_above` are skipped in this part, `lines_before` stand in earlier ones. Returns the lines of the text that
    hold none of the appended rows, ascending; the rows have no number yet. Raises UnaccountedError.
    """
    import duckdb
    import numpy as np

    try:
        loaded, rejected, positions = _insert(this, part, lines_above)
    except duckdb.InvalidInputException as error:  # such as line ends of several kinds
        raise UnaccountedError(part.path.name) from error
    lines = lines_at(part.path, positions)
    if loaded + len(rejected) == part.physical_lines - lines_above and np.array_equal(lines, rejected):
        found, skipped = _Rejected(lines, np.ones(len(lines), dtype=np.int64)), lines
    else:
        found, skipped = _among_irregular(this, part, lines, lines_above, loaded)
    _explain(this, part.path, found, lines_before)
    return skipped + lines_before


def finish(this: TypedPass) -> None:
    """After the last part: rows of nothing and of words out, every distinct text read once, explained rows in."""
    _set_blank_rows_aside(this)
    _set_words_aside(this)
    patched = _patches(this)
    if patched:
        _take_along(this)
        _rewrite(this, patched)
    _move_incoming(this)


@contextmanager
def masking(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A function that masks persons' numbers in free text before anything of it reaches the warehouse file."""
    con.create_function(_MASK, _masked, ["VARCHAR"], "VARCHAR")
    try:
        yield
    finally:
        con.remove_function(_MASK)


def _masked(text: str) -> str:
    masked = mask_free_text(text)
    if masked != text:
        return _MASKED + masked
    return _AS_IT_IS + text if text.startswith("\x01") else text


def _insert(this: TypedPass, part: TextFile, lines_above: int) -> tuple[int, Numbers, Numbers]:
    """Append what fits; returns how many rows, and lines and byte positions of the others, as the reader has them."""
    import numpy as np

    columns = {f"c{column.index}": _fast_type(column.field) for column in this.header.columns}
    formats = {one.formats[0] for one in this.contract.stored_fields if one.formats}
    options = f", timestampformat = '{formats.pop()}'" if formats else ""
    names = ", ".join(one.name for one in this.contract.stored_fields)
    this.con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    loaded = this.con.execute(
        f"""
        INSERT INTO {this.rows.table} (delivery_id, sheet, {names})
        SELECT '{this.rows.delivery_id}', '{SHEET}', {_selected(this)}
        FROM read_csv(
            $path, header = false, skip = {lines_above}, auto_detect = false, delim = $delimiter, quote = '"',
            escape = '"', columns = {columns}, nullstr = {_marks_in(part.path, this.contract)},
            store_rejects = true, buffer_size = {_buffer_size(part)}{options})
        """,
        {"path": str(part.path), "delimiter": this.contract.csv.delimiter},
    ).fetchall()
    found = this.con.execute(
        "SELECT min(line)::BIGINT AS line, line_byte_position::BIGINT AS position "
        "FROM reject_errors GROUP BY line_byte_position ORDER BY line_byte_position"
    ).fetchnumpy()
    this.con.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    line, position = (np.asarray(found[name], dtype=np.int64) for name in ("line", "position"))
    return int(loaded[0][0]), line, position


def _buffer_size(part: TextFile) -> int:
    """Bytes to read at once so that the last row group of each reading is well filled, if rows are alike in length."""
    size, groups = part.path.stat().st_size, part.physical_lines / _ROW_GROUP

    def rank(readings: int) -> tuple[float, float]:
        return round(abs(groups / readings % 1 - _WELL_FULL), 1), abs(size / readings - _BUFFER)

    readings = range(max(size // _LARGEST_BUFFER, 1), max(size // _SMALLEST_BUFFER, 1) + 1)
    return max(size // min(readings, key=rank) + 1, _SMALLEST_BUFFER)


def _always_missing(contract: Contract) -> list[str]:
    """What stands for nothing in every field: one such list serves the whole file."""
    own = (contract.missing_of(one) for one in contract.stored_fields)
    return sorted({"", *frozenset.intersection(*own)})


def _marks_in(path: Path, contract: Contract) -> list[str]:
    """The marks of nothing that stand in some cell of a sample: comparing each text with each mark costs time.

    Marks that the sample missed are found among the distinct texts, as what else does not stand for itself.
    """
    ends = re.compile(rf'["\r\n{re.escape(contract.csv.delimiter)}]')
    cells = {cell for piece in sampled(path) for cell in ends.split(piece.decode("utf-8", "replace"))}
    return sorted({"", *cells.intersection(_always_missing(contract))})


def _selected(this: TypedPass) -> str:
    places = {column.field.name: f"c{column.index}" for column in this.header.columns if column.field}
    return ", ".join(
        _unmasked_never(places[one.name]) if one.free_text and one.name in places else places.get(one.name, "NULL")
        for one in this.contract.stored_fields
    )


def _unmasked_never(column: str) -> str:
    # Identity and mobile numbers hold eleven digits in a row; the test is cheap where a text is shorter than that.
    return (
        f"CASE WHEN length({column}) >= 11 AND regexp_matches({column}, '\\p{{Nd}}{{11}}') "
        f"OR {column} < chr(2) THEN {_MASK}({column}) ELSE {column} END"
    )


def _fast_type(field: Field | None) -> str:
    return "TIMESTAMP" if field and field.type is FieldType.DATETIME else "VARCHAR"


def _among_irregular(
    this: TypedPass, part: TextFile, lines: Numbers, lines_above: int, loaded: int
) -> tuple[_Rejected, Numbers]:
    """The rejected records and all lines that hold no loaded row, where lines are blank or records span several."""
    import numpy as np

    irregular = irregular_lines(part.path, lines_above)
    none_begins = irregular.both
    rejected = _first_after(lines, irregular.blank)
    is_accounted = loaded + len(rejected) + len(none_begins) == part.physical_lines - lines_above
    if irregular.is_open or not is_accounted or np.intersect1d(rejected, none_begins).size:
        raise UnaccountedError(part.path.name)
    this.account.add(SHEET, "set_aside", "blank", len(irregular.blank))
    found = _Rejected(rejected, _spans(rejected, irregular.inside))
    return found, np.sort(np.concatenate([none_begins, rejected]))


def _first_after(lines: Numbers, blank: Numbers) -> Numbers:
    """The lines themselves, or the next ones that are not blank: the reader counts blank lines to what follows them."""
    import numpy as np

    for place in np.flatnonzero(np.isin(lines, blank)):
        after = int(np.searchsorted(blank, lines[place]))
        while after < len(blank) and blank[after] == lines[place]:
            lines[place] += 1
            after += 1
    return lines


def _spans(lines: Numbers, inside: Numbers) -> Numbers:
    """How many physical lines the records take that begin on `lines`."""
    import numpy as np

    spans = np.ones(len(lines), dtype=np.int64)
    for place, line in enumerate(lines):
        after = int(np.searchsorted(inside, line + 1))
        while after < len(inside) and inside[after] == line + spans[place]:
            spans[place] += 1
            after += 1
    return spans


def _explain(this: TypedPass, path: Path, rejected: _Rejected, lines_before: int) -> None:
    rows: list[TypedRow] = []
    problems: list[CellProblem] = []
    with path.open("rb") as file:
        starts = starts_of(path, rejected.lines)
        for line, start, span in zip(rejected.lines, starts, rejected.spans, strict=True):
            file.seek(int(start))
            # Bytes that do not decode begin the load again, from a copy that marks them if they are few.
            record = [file.readline().decode("utf-8") for _ in range(int(span))]
            cells = _cells(record, this.contract.csv.delimiter)
            read_record(this, cells, lines_before + int(line), rows, problems)
            if len(rows) + len(problems) >= CHUNK:
                flush(this, rows, problems)
    flush(this, rows, problems)


def _cells(record: list[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(record, delimiter=delimiter), [])
    except csv.Error as error:  # a cell too long for one
        raise UnaccountedError(str(error)) from error


def flush(this: TypedPass, rows: list[TypedRow], problems: list[CellProblem]) -> None:
    """Write what was read one by one and empty the lists."""
    add_rows(this.con, this.contract, rows)
    add_problems(this.con, problems)
    rows.clear()
    problems.clear()


def read_record(
    this: TypedPass, cells: list[str], line: int, rows: list[TypedRow], problems: list[CellProblem]
) -> None:
    """One record, read cell by cell: a typed row, its problems, or a row for the account that is no data."""
    if all(_says_nothing(cell) for cell in cells):
        this.account.add(SHEET, "set_aside", "blank")
        return
    words = _kind_of_words(this, cells)
    if words:
        this.account.add(SHEET, "set_aside", words.value)
        return
    if len(cells) != len(this.header.columns):
        counts = f"应有 {len(this.header.columns)} 列，实有 {len(cells)} 列"
        problems.append(CellProblem(SHEET, line, "", "wrong_column_count", counts, "quarantined"))
        return
    if this.header.is_repeated_by(cells):
        this.account.add(SHEET, "set_aside", RowKind.REPEATED_HEADER.value)
        return
    texts = {column.field.name: cells[column.index] or None for column in this.header.columns if column.field}
    nothing = _always_missing(this.contract)
    if all(_says_nothing(texts.get(one.name), nothing) for one in this.contract.stored_fields):
        this.account.add(SHEET, "set_aside", "blank")
        return
    typed, found = this.reader.row(SHEET, line, texts)
    problems.extend(found)
    if typed is not None:
        rows.append(typed)


def _says_nothing(text: str | None, nothing: Collection[str] = ()) -> bool:
    return not text or not visible(text).strip(ENDS).strip() or text in nothing


def _set_blank_rows_aside(this: TypedPass) -> None:
    """Rows of nothing but delimiters and blanks, of which spreadsheets leave thousands below a table."""
    fields = this.contract.stored_fields
    first = next((one for one in fields if one.constraints.required), fields[0])
    marks = _always_missing(this.contract)
    nothing = " AND ".join(_is_nothing(one, marks) for one in (first, *fields))
    with this.rows.step():
        gone = this.con.execute(f"DELETE FROM {this.rows.table} WHERE {this.rows.mine} AND {nothing}").fetchone()
    this.account.add(SHEET, "set_aside", "blank", int(gone[0]) if gone else 0)


def _set_words_aside(this: TypedPass) -> None:
    """Notes, signatures and totals below the records, which a spreadsheet pads with delimiters."""
    moment = this.required_moment
    if moment is None:
        return
    places = [(column.index, column.field.name) for column in this.header.columns if _is_stored(column.field)]
    cells = ", ".join(f"CAST({name} AS VARCHAR)" for _, name in places)
    found = this.con.execute(
        f"SELECT row_no, {cells} FROM {this.rows.table} WHERE {this.rows.mine} AND {moment} IS NULL LIMIT {CHUNK + 1}"
    ).fetchall()
    aside: dict[int, RowKind] = {}
    for row_no, *texts in found if len(found) <= CHUNK else ():
        row: list[str | None] = [None] * len(this.header.columns)
        for (at, _), text in zip(places, texts, strict=True):
            row[at] = text
        kind = _kind_of_words(this, row)
        if kind:
            aside[row_no] = kind
    if not aside:
        return
    with this.rows.step():
        this.con.execute(
            f"DELETE FROM {this.rows.table} WHERE {this.rows.mine} AND list_contains(?, row_no)", [list(aside)]
        )
    for kind in aside.values():
        this.account.add(SHEET, "set_aside", kind.value)


def _kind_of_words(this: TypedPass, cells: Sequence[str | None]) -> RowKind | None:
    """Whether a record is a note or a total: one that lacks the moment that each case has, or columns."""
    moment = this.required_moment
    if moment is None:
        return None
    row = [
        None if not _is_stored(column.field) else cell for column, cell in zip(this.header.columns, cells, strict=False)
    ]
    at = next((column.index for column in this.header.columns if column.field and column.field.name == moment), -1)
    is_whole = len(cells) == len(this.header.columns)
    if is_whole and not _says_nothing(row[at], _always_missing(this.contract)):
        return None
    if this.judge.is_note(row):
        return RowKind.NOTE
    return RowKind.TOTAL if this.judge.total(row) else None


def _is_stored(field: Field | None) -> TypeGuard[Field]:
    return field is not None and field.personal != "drop"


def _is_nothing(field: Field, marks: Collection[str]) -> str:
    if field.type is not FieldType.STRING:
        return f"{field.name} IS NULL"
    is_mark = "".join(f" OR {field.name} = {quoted(mark)}" for mark in marks)  # IN would not let DuckDB skip rows
    return f"({field.name} IS NULL OR {is_blank(field.name)}{is_mark})"


def _patches(this: TypedPass) -> list[str]:
    """Read each distinct text of the string columns once; those that read differently get a row in `fix_<column>`."""
    patched = []
    for one in this.contract.stored_fields:
        fixes = _fixes(this, one)
        refused = next((fix for fix in fixes if fix.disposition == REFUSED), None)
        if refused:
            raise RefusedFileError(f"“{one.title}”中有读不进的值（{refused.reason}）；请修正后重新导出")
        if fixes:
            write_fixes(this.con, one.name, one.type.sql, fixes)
            _note(this, one.name)
            patched.append(one.name)
    return patched


def _fixes(this: TypedPass, field: Field) -> list[Fix]:
    texts = _doubtful_texts(this, field)
    fixes = read_fixes(this.reader, field, (text for text in texts if not _is_marked(field, text)))
    for text in texts:
        if text is not None and _is_marked(field, text):
            fixes += _marked_fix(this.reader, field, text)
    return fixes


def _is_marked(field: Field, text: str | None) -> bool:
    return field.free_text and text is not None and text.startswith("\x01")


def _marked_fix(reader: RowReader, field: Field, text: str) -> list[Fix]:
    found = read_fixes(reader, field, [text[len(_MASKED) :]])
    if text.startswith(_AS_IT_IS):
        bare = found[0] if found else Fix(None, text[len(_AS_IT_IS) :], None, None, False, "loaded")
        return [bare._replace(text=text)]
    if found and found[0].reason:
        return [found[0]._replace(text=text, shown=None, keep=False)]
    value = found[0].value if found else text[len(_MASKED) :]
    return [Fix(text, value, "personal_data_masked", None, False, "loaded")]


def _doubtful_texts(this: TypedPass, field: Field) -> list[str | None]:
    """The distinct texts of a field that may read as something else than they say."""
    where = f"FROM {this.rows.table} WHERE {this.rows.mine}"
    name = field.name
    if field.type is not FieldType.STRING:
        nothing = f"SELECT NULL {where} AND {name} IS NULL LIMIT 1"
        return [text for (text,) in this.con.execute(nothing).fetchall()] if field.constraints.required else []
    if field.codes or field.constraints.pattern:
        return [text for (text,) in this.con.execute(f"SELECT DISTINCT {name} {where}").fetchall()]
    doubtful = is_doubtful("t", this.contract.missing_of(field), field.constraints.required)
    if name in this.contract.primary_key:  # hardly ever repeated: making them distinct first would cost more
        found = this.con.execute(f"SELECT DISTINCT t FROM (SELECT {name} AS t {where}) WHERE {doubtful}").fetchall()
    else:
        # In two statements, or the test is pushed below the DISTINCT and made for every row.
        this.con.execute(f"CREATE OR REPLACE TEMP TABLE distinct_text AS SELECT DISTINCT {name} AS t {where}")
        found = this.con.execute(f"SELECT t FROM distinct_text WHERE {doubtful}").fetchall()
        this.con.execute("DROP TABLE distinct_text")
    return [text for (text,) in found]


def is_doubtful(text: str, missing: Collection[str] = (), is_required: bool = False) -> str:
    """SQL that is true of every text of a plain field that does not stand for itself, and of few others.

    What is told by single characters comes first: most keys are out of doubt before the pattern is tried.
    """
    inside = " OR ".join(f"contains({text}, '{mark}')" for mark in "?+.")
    last = f"{text}[-1] < '#'"  # blanks and the quotation mark
    first = f"{text} < '0' OR {text} >= '{{' OR ({text} >= ':' AND {text} < 'A')"
    is_odd = f"{first} OR {last} OR {inside} OR strlen({text}) <> length({text})"
    doubtful = f"(({is_odd}) AND regexp_matches({text}, {quoted(SUSPECT)}))"
    own = "".join(f" OR {text} = {quoted(one)}" for one in sorted(missing))
    return doubtful + own + (f" OR {text} IS NULL" if is_required else "")


def _note(this: TypedPass, name: str) -> None:
    mine = f"(SELECT row_no, {name} FROM {this.rows.table} WHERE {this.rows.mine})"
    rows = f"FROM {mine} r JOIN fix_{name} f ON r.{name} IS NOT DISTINCT FROM f.text"
    this.con.execute(
        f"INSERT INTO cell_problem SELECT r.row_no, '{SHEET}', r.row_no, '{name}', f.reason, f.shown, f.disposition "
        f"{rows} WHERE f.reason IS NOT NULL"
    )
    this.con.execute(
        f"INSERT INTO excluded SELECT r.row_no, '{SHEET}', r.row_no, 'quarantined', f.reason {rows} "
        "WHERE f.disposition = 'quarantined' AND r.row_no NOT IN "
        "(SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)"
    )


def _take_along(this: TypedPass) -> None:
    """A row that one cell sends to quarantine takes its other cells' problems along."""
    this.con.execute(
        "UPDATE cell_problem SET row_disposition = 'quarantined' WHERE incoming_rowid IN "
        "(SELECT incoming_rowid FROM excluded WHERE incoming_rowid IS NOT NULL)"
    )


def _rewrite(this: TypedPass, patched: list[str]) -> None:
    """Put rows with a text that reads differently in again, changed; all others stay as they are."""
    names = [one.name for one in this.contract.stored_fields]
    fields = ", ".join(
        f"CASE WHEN f_{name}.keep IS NULL THEN r.{name} ELSE f_{name}.value END AS {name}"
        if name in patched
        else f"r.{name}"
        for name in names
    )
    joins = " ".join(
        f"LEFT JOIN fix_{name} f_{name} ON r.{name} IS NOT DISTINCT FROM f_{name}.text" for name in patched
    )
    changed = " OR ".join(f"f_{name}.keep IS NOT NULL" for name in patched)
    this.con.execute(
        f"CREATE OR REPLACE TEMP TABLE changed AS SELECT r.row_no, {fields}, {_as_written(patched)} AS as_written "
        f"FROM (SELECT * FROM {this.rows.table} WHERE {this.rows.mine}) r {joins} WHERE {changed}"
    )
    with this.rows.step():
        this.con.execute(
            f"DELETE FROM {this.rows.table} WHERE {this.rows.mine} AND row_no IN (SELECT row_no FROM changed)"
        )
        columns = ", ".join(["row_no", *names, "as_written"])
        this.con.execute(
            f"INSERT INTO {this.rows.table} (delivery_id, sheet, {columns}) "
            f"SELECT '{this.rows.delivery_id}', '{SHEET}', {columns} FROM changed"
        )
    for table in ("changed", *(f"fix_{name}" for name in patched)):
        this.con.execute(f"DROP TABLE {table}")


def _as_written(patched: list[str]) -> str:
    entries = ", ".join(
        f"CASE WHEN f_{name}.keep THEN {{'k': '{name}', 'v': ltrim(r.{name}::VARCHAR, '{MARKS}')}} END"
        for name in patched
    )
    any_kept = " OR ".join(f"coalesce(f_{name}.keep, false)" for name in patched)
    return f"CASE WHEN {any_kept} THEN map_from_entries(list_filter([{entries}], lambda x: x IS NOT NULL)) END"


def _move_incoming(this: TypedPass) -> None:
    """Rows that were read one by one join the others."""
    columns = ", ".join(["sheet", "row_no", *(one.name for one in this.contract.stored_fields), "as_written"])
    with this.rows.step():
        this.con.execute(
            f"INSERT INTO {this.rows.table} (delivery_id, {columns}) "
            f"SELECT '{this.rows.delivery_id}', {columns} FROM incoming"
        )
    this.con.execute("DELETE FROM incoming")
