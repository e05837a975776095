"""The chart tables as files for dashboards: `data/<chart>.csv`, `.json` and `.metadata.json` below the site.

`data/index.json` lists them.

In: `charts.*` and `docs.*` of the published file. Out: files whose names and columns stay: columns are only added.
Elsewhere: CSV files of everything published, in `pipeline.release.published.spreadsheets`; pages, in `site.pages`.

The files are made for programs that are neither DuckDB nor Excel, DataEase and FineBI above all. These guess the type
of a column from its cells and read a CSV line by line, so a number stays a number (a withheld one is empty, and the
column `pending` names it), no cell has a line break, and no header is quoted.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.atomic_files import temporary_name
from pipeline.common.quoting import identifier, quoted
from pipeline.common.spreadsheet_text import neutralised_sql
from pipeline.common.tables import single_number
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.site.files import write_if_new
from pipeline.release.published.chart_sheets import row_order
from pipeline.release.published.papers.field_types import schema_type
from pipeline.release.revisions.masks import WHOLE_ROW, WithheldCell, shown_cells

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.present.site.published import Published

FOLDER: Final = "data"
SUFFIXES: Final = (".csv", ".json", ".metadata.json")
INDEX: Final = "index.json"
# The byte order mark makes Excel and WPS read Chinese as UTF-8; DataEase takes it away by itself.
MARK: Final = "\ufeff".encode()
PENDING_COLUMN: Final = "pending"
PENDING_WORDS: Final = {
    "name": PENDING_COLUMN,
    "type": "string",
    "title": "待核实的列，空格分开；空为没有",
    "titleEn": "columns whose values are withheld in this row, null where none is",
    "unit": None,
}


@dataclass(frozen=True)
class ChartTable:
    """A chart table to be written: its columns as `docs."column"` has them, the rows that are shown, its order.

    `rows` is the SELECT of all rows with the column `pending` behind the week. `withheld` is what the shown revisions
    do not print of this table.
    """

    name: str
    description: str
    columns: tuple[Row, ...]
    rows: str
    order: str
    withheld: tuple[WithheldCell, ...]

    @property
    def title(self) -> str:
        """The Chinese line of its description."""
        return self.description.partition("\n")[0]


def write_data_files(folder: Path, published: Published, program: str) -> None:
    """Brings `data/` below the site's `folder` to the state of the published file.

    Where nothing was published since, nothing is asked; of a chart whose rows, words and withheld cells are those of
    the last time, nothing is written. `program` is a digest of what writes them. A file that is no longer made is
    removed. Rows after the latest issue are left out.
    """
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    index = target / INDEX
    publication = _digest(program, published.content, _issue_words(published), published.label)
    if _made_from(index) == publication and _has_all(target):
        return
    tables = chart_tables(published)
    written = {index}
    for table in tables:
        paths = _paths_of(target, table.name)
        written.update(paths)
        _bring_up_to_date(published, table, paths, program)
    _sweep(target, written)
    listed = [{"name": table.name, "title": table.title, **_file_names(table.name)} for table in tables]
    write_if_new(index, _json_bytes({"charts": listed, "madeFrom": publication}))


def _paths_of(target: Path, name: str) -> list[Path]:
    return [target / f"{name}{suffix}" for suffix in SUFFIXES]


def _file_names(name: str) -> dict[str, str]:
    return {"csv": f"{name}.csv", "json": f"{name}.json", "metadata": f"{name}.metadata.json"}


def _has_all(target: Path) -> bool:
    """Whether the folder has the files that its index names, and no other."""
    charts = json.loads((target / INDEX).read_text(encoding="utf-8"))["charts"]
    named = {target / INDEX}
    for chart in charts:
        named.update(_paths_of(target, chart["name"]))
    return set(target.iterdir()) == named


def remove_data_files(folder: Path) -> None:
    """Removes all of them: where every issue was withdrawn, nothing is shown."""
    target = folder / FOLDER
    if target.is_dir():
        _sweep(target, set())


def _sweep(folder: Path, written: set[Path]) -> None:
    for path in sorted(set(folder.iterdir()) - written):
        path.unlink()


def chart_tables(published: Published) -> list[ChartTable]:
    """Returns every table of `charts` that the published file has, by name, with the rows up to the latest issue."""
    con = published.con
    withheld = shown_cells(con)
    tables = []
    for row in fetch(con, "SELECT table_name, description FROM docs.\"table\" WHERE schema_name = 'charts' ORDER BY 1"):
        name = row["table_name"]
        cells = tuple(cell for cell in withheld if cell.table_name == f"charts.{name}")
        tables.append(_chart_table(published, name, row["description"] or "", cells))
    return tables


def _chart_table(published: Published, name: str, description: str, withheld: tuple[WithheldCell, ...]) -> ChartTable:
    con = published.con
    columns = fetch(
        con,
        'SELECT column_name, data_type, label_zh, label_en, unit FROM docs."column"'
        " WHERE schema_name = 'charts' AND table_name = ? ORDER BY position",
        [name],
    )
    names = [column["column_name"] for column in columns]
    is_by_week = "week_id" in names
    # The first column is the week; what is behind it may grow, so the words on withheld cells stand before.
    first, *others = map(identifier, names)
    picks = ", ".join([first, f"{_pending_sql(names, withheld)} AS {PENDING_COLUMN}", *others])
    shown = f"week_id <= {quoted(published.week_id)}" if is_by_week else "true"
    database = identifier(_database(con))
    return ChartTable(
        name=name,
        description=description,
        columns=tuple(columns),
        rows=f"SELECT {picks} FROM charts.{identifier(name)} WHERE {shown}",
        order=row_order(con, database, name, names),
        withheld=withheld,
    )


def _database(con: DuckDBPyConnection) -> str:
    row = con.execute("SELECT current_database()").fetchone()
    return str(row[0]) if row else "memory"


def _pending_sql(names: list[str], withheld: tuple[WithheldCell, ...]) -> str:
    """Returns SQL of the names of a row's withheld columns: `value value_ytd`, null where there is none."""
    conditions: dict[str, dict[str, None]] = {}
    for cell in withheld:
        if cell.column_name in names:
            conditions.setdefault(cell.column_name, {})[cell.condition] = None
    if not conditions:
        return "CAST(NULL AS VARCHAR)"
    cases = []
    for column in sorted(conditions, key=names.index):
        condition = " OR ".join(f"({text})" for text in conditions[column])
        cases.append(f"CASE WHEN {condition} THEN {quoted(column)} END")
    return f"nullif(concat_ws(' ', {', '.join(cases)}), '')"


def _bring_up_to_date(published: Published, table: ChartTable, paths: list[Path], program: str) -> None:
    """Writes the files of a chart unless they are there and the last one, the metadata, was made from the same."""
    # Sum and xor of hashes do not depend on the order of the rows.
    rows = published.con.execute(
        f"SELECT count(*), bit_xor(hash(t)), sum(CAST(hash(t) AS HUGEINT)) FROM ({table.rows}) AS t"
    ).fetchone()
    made_from = _digest(program, table, rows, _issue_words(published), published.label)
    has_all = all(path.is_file() for path in paths)
    if not has_all or _made_from(paths[-1]) != made_from:
        _write_table(published, table, paths, made_from)


def _digest(*inputs: object) -> str:
    return hashlib.sha256(repr(inputs).encode()).hexdigest()


def _made_from(path: Path) -> str | None:
    """The digest that a JSON file of ours says it was made from; None where it is not there or says nothing."""
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    digest = content.get("madeFrom")
    return str(digest) if digest else None


def _json_bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _write_table(published: Published, table: ChartTable, paths: list[Path], made_from: str) -> None:
    con = published.con
    csv_path, json_path, metadata_path = paths
    rows = f"SELECT * FROM ({table.rows}) ORDER BY {table.order}"
    csv_rows = f"SELECT {_csv_picks(table)} FROM ({rows})"
    csv_body = _copied(con, csv_rows, csv_path, r"FORMAT csv, HEADER true, NEW_LINE '\r\n'")
    write_if_new(csv_path, MARK + csv_body)
    write_if_new(json_path, _copied(con, rows, json_path, "FORMAT json, ARRAY true"))
    write_if_new(metadata_path, _json_bytes(_metadata(published, table, made_from)))


def _copied(con: DuckDBPyConnection, rows: str, path: Path, options: str) -> bytes:
    """Returns what DuckDB writes for these rows: a million take it half a second, and Python ten times that."""
    temporary = temporary_name(path)
    try:
        con.execute(f"COPY ({rows}) TO {quoted(str(temporary))} ({options})")
        return temporary.read_bytes()
    finally:
        temporary.unlink(missing_ok=True)


def _csv_picks(table: ChartTable) -> str:
    """Returns the columns as a CSV has them: no line breaks, nothing that a spreadsheet runs, the shortest numbers.

    DataEase takes a cell `0.0` for text, and with it the whole column: 12.50 is 12.5, and 0.00 is 0.
    """
    first, *others = [_csv_pick(column["column_name"], column["data_type"]) for column in table.columns]
    return ", ".join([first, PENDING_COLUMN, *others])


def _csv_pick(column: str, sql_type: str) -> str:
    name = identifier(column)
    if sql_type == "VARCHAR":
        in_one_line = rf"regexp_replace({name}, '[\r\n]+', ' ', 'g')"
        return f"{neutralised_sql(in_one_line)} AS {name}"
    has_decimals = sql_type.startswith("DECIMAL") and not sql_type.endswith(",0)")
    if has_decimals:
        return f"rtrim(rtrim(CAST({name} AS VARCHAR), '0'), '.') AS {name}"
    return name


def _metadata(published: Published, table: ChartTable, made_from: str) -> dict[str, Any]:
    """What a program or a person has to know of the two files; keys are as in JSON, meanings in Chinese and English."""
    english = table.description.partition("\n")[2]
    first, *others = map(_column_words, table.columns)
    key = fetch(
        published.con,
        "SELECT column_name FROM docs.\"key\" WHERE schema_name = 'charts' AND table_name = ? ORDER BY position",
        [table.name],
    )
    return {
        "name": table.name,
        "title": table.title,
        "titleEn": english,
        "dataLabel": published.label,
        "issue": _issue_words(published),
        **_file_names(table.name),
        "rows": single_number(published.con, f"SELECT count(*) FROM ({table.rows})"),
        "primaryKey": [row["column_name"] for row in key],
        "columns": [first, PENDING_WORDS, *others],
        "withheld": [_withheld_words(cell) for cell in table.withheld],
        "madeFrom": made_from,
    }


def _column_words(column: Row) -> dict[str, Any]:
    return {
        "name": column["column_name"],
        "type": schema_type(column["data_type"]),
        "title": column["label_zh"],
        "titleEn": column["label_en"],
        "unit": column["unit"],
    }


def _issue_words(published: Published) -> dict[str, Any]:
    """The latest issue, up to which the rows go."""
    issue = published.issues[0]
    as_of = issue["as_of"]
    return {
        "weekId": issue["week_id"],
        "revision": issue["revision"],
        "asOf": as_of.isoformat() if as_of else None,
    }


def _withheld_words(cell: WithheldCell) -> dict[str, Any]:
    """One withheld cell or, where the column is null, rows that are left out altogether."""
    column = None if cell.column_name == WHOLE_ROW else cell.column_name
    return {"weekId": cell.week_id, "column": column, "keys": json.loads(cell.keys), "note": cell.note}
