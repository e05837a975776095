"""Says which cells one line of the workbook corrects, and to what: one cell, several of one finding, or all alike.

Three ways to fill in a line: row, column and value; no row, where all cells of the finding that could not be read say
the same and become the same, whether their rows are in quarantine or loaded without them; `行=值` for each of them,
parted by semicolons or line breaks. One cell is found in `pipeline.quality.desk.cells`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.contracts import Contract
from pipeline.quality.desk.cells import SEPARATOR, Cell, LoadedSheet, cell_at, find_cell
from pipeline.quality.desk.decisions import DecisionError
from pipeline.quality.desk.workbook_rows import FindingInWeek, Row
from pipeline.quality.findings.places import PLACES_SQL, Place, bound_places

if TYPE_CHECKING:
    import duckdb

# 7=198, 四月!7＝198, 巡查.xlsx!四月!第7行=198; A=B is a value.
_PAIR: Final = re.compile(r"\s*(?P<row>(?:[^=＝]+[!！])?\s*第?\d{1,9}行?)\s*[=＝]\s*(?P<value>.+?)\s*", re.DOTALL)
_BETWEEN_PAIRS: Final = re.compile(r"[;；\n]")
_MOST_NAMED: Final = 3
# The cells of the finding's reason that are on record in this week, in whatever export; `failing` are those of its
# places, and of its columns and reasons where its keys say these.
_ALIKE: Final = f"""
WITH {PLACES_SQL},
failing AS (
    SELECT DISTINCT q.reason, q.value, q.column_name, d.source FROM quarantine.cell AS q
    INNER JOIN ledger.current_delivery AS d USING (delivery_id)
    INNER JOIN place AS p ON p.delivery_id = q.delivery_id AND p.sheet = q.sheet
        AND q.row_no BETWEEN p.first_row_no AND p.last_row_no
    WHERE d.week_id = $week AND q.column_name <> ''
        AND (len($causes::VARCHAR[]) = 0 OR list_contains($causes::VARCHAR[], q.column_name || '/' || q.reason))
)
SELECT q.delivery_id, d.source, q.sheet, d.file_name, q.row_no, q.column_name, q.value FROM quarantine.cell AS q
INNER JOIN ledger.current_delivery AS d USING (delivery_id)
INNER JOIN failing AS f ON f.reason = q.reason AND f.value IS NOT DISTINCT FROM q.value
    AND (q.reason = 'unknown_code' OR (f.column_name = q.column_name AND f.source = d.source))
WHERE d.week_id = $week
ORDER BY d.file_name, q.sheet, q.row_no, q.column_name
"""


class Meant(NamedTuple):
    """A cell and the text that a steward wrote for it."""

    cell: Cell
    text: str | None


def cells_meant(
    con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], week_id: str, finding: FindingInWeek, row: Row
) -> list[Meant]:
    """Returns the cells that a line corrects, each with its new text. Raises DecisionError with what to write."""
    pairs = pairs_of(row.value) if row.row_meant is None else []
    if pairs:
        return [_one(con, contracts, week_id, finding.places, row, number, text) for number, text in pairs]
    has_one_row = len(finding.places) == 1 and finding.places[0].is_one_row
    if row.row_meant is None and not has_one_row:
        cells = _cells_alike(con, contracts, week_id, finding)
        if cells:
            return [Meant(cell, row.value) for cell in cells]
    return [_one(con, contracts, week_id, finding.places, row, row.row_meant, row.value)]


def pairs_of(text: str | None) -> list[tuple[str, str]]:
    """Returns the rows and values of `7=198；9=12`; nothing where the text is no such list."""
    pairs = []
    for part in _BETWEEN_PAIRS.split(text or ""):
        if not part.strip():
            continue
        found = _PAIR.fullmatch(part)
        if found is None:
            return []
        pairs.append((found["row"].strip(), found["value"]))
    return pairs


def _one(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    week_id: str,
    places: Sequence[Place],
    row: Row,
    number: str | None,
    text: str | None,
) -> Meant:
    return Meant(find_cell(con, contracts, week_id, places, number, row.column_meant), text)


def _cells_alike(
    con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], week_id: str, finding: FindingInWeek
) -> list[Cell]:
    """Returns the cells that could not be read and that the finding is about, where they all say the same.

    Raises DecisionError where they say different things: one value cannot be right for all.
    """
    parameters = {"week": week_id, "causes": _causes(finding.keys), **bound_places(finding.places)}
    found = con.execute(_ALIKE, parameters).fetchall()
    values = {value for *_, value in found}
    if len(values) > 1:
        raise DecisionError(_different_words(found))
    cells = []
    for delivery_id, source, sheet, file_name, row_no, column, _ in found:
        of_file = LoadedSheet(delivery_id, source, sheet, file_name)
        cells.append(cell_at(con, contracts, week_id, of_file, row_no, column))
    return cells


def _causes(keys: str) -> list[str]:
    """Returns the columns of a finding with their reasons: issues/not_a_number; none where its keys are others."""
    causes = set()
    for key in json.loads(keys):
        if "column_name" in key and "reason" in key:
            causes.add(f"{key['column_name']}/{key['reason']}")
    return sorted(causes)


def _different_words(found: Sequence[tuple[str, str, str, str, int, str, str | None]]) -> str:
    """这个问题有 3 个格子，原值不同（四月!7“一百九十八”、…）；…"""
    named = []
    for _, _, sheet, _, row_no, _, value in found[:_MOST_NAMED]:
        named.append(f"{sheet}{SEPARATOR}{row_no}“{value or ''}”")
    words = "、".join(named)
    return (
        f"这个问题有 {len(found)} 个格子，原值不同（{words}{'…' if len(found) > _MOST_NAMED else ''}）；"
        "请在“更正为”中逐行写 行号=值，用分号隔开，如 7=198；9=12"
    )
