"""Accepts a name of a department that no list knows, as another name of one that the lists know.

In: a finding whose cells have such a name, and what the steward wrote into 更正为. Out: a line of the hall's own list
`names/department_alias.csv` in its home, with the columns of the list that comes with the program; both are read
together. Rows that were in quarantine for the name are read again by the next load, for the lists changed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.atomic_files import write_text
from pipeline.common.characters import visible
from pipeline.contracts import Contract
from pipeline.hall.files_in_force import Files
from pipeline.ingest.recognise.aliases import department_ids
from pipeline.ingest.recognise.likeness import nearest
from pipeline.quality.desk.decisions import DecisionError
from pipeline.quality.findings.places import PLACES_SQL, Place, bound_places
from pipeline.reporting_calendar.week_ids import read_week_id

if TYPE_CHECKING:
    import duckdb

LIST: Final = "department_alias.csv"
HEADER: Final = ("alias", "department_id", "valid_from", "valid_to", "reason")
# Departments are the code list of this name in contracts.
_DEPARTMENT: Final = "department"
_SEPARATOR: Final = "="
_UNKNOWN: Final = f"""
WITH {PLACES_SQL}
SELECT DISTINCT d.source, q.column_name, q.value FROM quarantine.cell AS q
INNER JOIN ledger.current_delivery AS d USING (delivery_id)
INNER JOIN place AS p ON p.delivery_id = q.delivery_id AND p.sheet = q.sheet
    AND q.row_no BETWEEN p.first_row_no AND p.last_row_no
WHERE q.reason = 'unknown_code' ORDER BY ALL
"""


def unknown_name(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], places: Sequence[Place]) -> str:
    """Returns the name that a finding is about. Raises DecisionError where it is about something else."""
    found = con.execute(_UNKNOWN, bound_places(places)).fetchall()
    names = {value for source, column, value in found if value and _is_department(contracts.get(source), column)}
    if len(names) != 1:
        raise DecisionError("只有“部门名称不在名录中”的问题可以登记名称；其他写错的请选“更正”或“退回”")
    return str(names.pop())


def _is_department(contract: Contract | None, column: str) -> bool:
    if contract is None:
        return False
    return any(field.name == column and field.codes == _DEPARTMENT for field in contract.fields)


def accept_name(
    lists: Sequence[Files], names: Path, alias: str, stands_for: str | None, week_id: str, reason: str
) -> str:
    """Writes the line that makes `alias` a name of the department called `stands_for`; returns `alias=name`.

    `lists` are the places of all lists, `names` that of the home among them. The name holds from the first day of the
    week's year on. Raises DecisionError where no department is called so.
    """
    if not stands_for or not stands_for.strip():
        raise DecisionError(f"选了“登记名称”但没有写它是哪个部门；请在“更正为”写明“{alias}”在部门名录中的名称")
    known = department_ids(lists)
    name = visible(stands_for).strip()
    department_id = known.get(name)
    if department_id is None:
        near = nearest([name], known)
        advice = f"名录中最接近的是“{near.name}”" if near else "名录中没有相近的名称"
        raise DecisionError(f"“{name}”不在部门名录中，{advice}；请在“更正为”写名录中的名称，新设的部门请先登入名录")
    year, _ = read_week_id(week_id)
    line = (alias, department_id, date(year, 1, 1).isoformat(), "", reason)
    kept = [known_line for known_line in _own_lines(names) if known_line[0] != alias]
    _write(names, [*kept, line])
    return f"{alias}{_SEPARATOR}{name}"


def forget_name(names: Path, accepted: str) -> None:
    """Takes back what `accept_name` returned: 省住建厅=住房城乡建设厅. A name that is not there is no fault."""
    alias, _, _ = accepted.partition(_SEPARATOR)
    lines = _own_lines(names)
    kept = [line for line in lines if line[0] != alias]
    if kept != lines:
        _write(names, kept)


def _own_lines(names: Path) -> list[tuple[str, ...]]:
    path = names / LIST
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [tuple(str(row[column]) for column in HEADER) for row in csv.DictReader(file)]


def _write(names: Path, lines: Sequence[tuple[str, ...]]) -> None:
    names.mkdir(exist_ok=True)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *lines])
    write_text(names / LIST, text.getvalue())
