"""Which deliveries go back to their departments, and where their copies stand; the copies belong in marked_copy."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.atomic_files import replaced
from pipeline.common.private_files import private_folder
from pipeline.common.tables import has_table
from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.match import recognise_again
from pipeline.ingest.sheets.open_file import open_file
from pipeline.present.sender.bad_lines import bad_lines
from pipeline.present.sender.cover import COVER
from pipeline.present.sender.marked_copy import marked_copy
from pipeline.present.sender.problems import Problem, ReturnedDelivery
from pipeline.present.sender.uncopied import UncopiedError
from pipeline.present.sender.words import words_for_sender
from pipeline.quality.findings.places import Place, read_places
from pipeline.reporting_calendar import ReportingCalendar, load_calendar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

__all__ = ["COVER", "FOLDER", "send_back"]

FOLDER: Final = "退回"
# Problems that are told of one delivery, and rows of one finding that a steward sent back.
MOST_PROBLEMS: Final = 50_000
MOST_ROWS: Final = 200
DELIVERIES: Final = """
SELECT delivery_id, source, file_name, week_id FROM ledger.delivery AS d
WHERE status = 'current' AND list_contains($weeks, week_id) AND (
    EXISTS (SELECT 1 FROM quarantine.cell AS q WHERE q.delivery_id = d.delivery_id)
    OR EXISTS (SELECT 1 FROM ledger.control_total AS t WHERE t.delivery_id = d.delivery_id AND t.difference <> 0)
    OR list_contains($decided, d.delivery_id))
ORDER BY week_id, source, delivery_id
"""
# What a steward sent back: the weeks' findings, whose places say file, sheet and rows.
SENT_BACK: Final = """
SELECT w.places, f.cell, w.evidence, d.reason,
    (SELECT string_agg(m.words, '；' ORDER BY m.said_at, m.delivery_id, m.row_no)
        FROM quality.comment AS m WHERE m.finding_id = f.finding_id) AS comments FROM quality.finding AS f
JOIN quality.finding_week AS w ON w.finding_id = f.finding_id
LEFT JOIN quality.decision AS d ON d.decision_id = f.decision_id
WHERE f.status = 'sent_back' AND list_contains(?, w.week_id) ORDER BY f.finding_id, w.week_id
"""
PROBLEMS: Final = """
WITH problem AS (
    SELECT sheet, row_no, column_name, value, reason, message FROM quarantine.cell WHERE delivery_id = $id
    UNION ALL
    SELECT sheet, row_no, column_name, rtrim(rtrim(CAST(printed_value AS VARCHAR), '0'), '.'), 'control_total',
        '“' || label || '”印为 ' || rtrim(rtrim(CAST(printed_value AS VARCHAR), '0'), '.') || '，各行之和为 '
        || rtrim(rtrim(CAST(computed_value AS VARCHAR), '0'), '.')
        || CASE WHEN EXISTS (FROM quarantine.cell WHERE delivery_id = $id AND row_disposition = 'quarantined')
            THEN '（不含读不进的行）；请先更正这些行，再核对合计或明细' ELSE '；请核对合计或明细' END
    FROM ledger.control_total WHERE delivery_id = $id AND difference <> 0
)
SELECT *, count(*) OVER () AS problems FROM problem ORDER BY sheet, row_no, column_name LIMIT $most
"""


def send_back(
    con: DuckDBPyConnection,
    settings: Settings,
    week_ids: Sequence[str],
    contracts: Mapping[str, Contract],
    on_left_out: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write `review/<week_id>/退回/…` for each delivery of these weeks with bad cells or totals; returns the files.

    In: `ledger.delivery`, `quarantine.cell`, `ledger.control_total`, the findings that a steward sent back with their
    places, and the archived originals. A table on sheets comes back as .xlsx with a first sheet 退回说明, a delimited
    text as the bad lines with 行号 and 原因. Personal columns, and those that the contract does not read, are emptied;
    text that a spreadsheet would run is stored as text. A delivery of which no copy can be made is told to
    `on_left_out` in one sentence, and the rest goes on.
    """
    calendar = load_calendar(settings.calendar_overrides, settings.week_rule, settings.calendar_years)
    written: list[Path] = []
    for delivery in _returned_deliveries(con, week_ids, contracts):
        try:
            written.append(_write(delivery, settings, calendar, contracts))
        except Exception as error:  # whatever is wrong with one original, the others go back
            if on_left_out:
                on_left_out(_left_out(delivery, error))
    return written


def _left_out(delivery: ReturnedDelivery, error: Exception) -> str:
    why = f"原件读不了（{type(error).__name__}）"
    if isinstance(error, RefusedFileError | UncopiedError):
        why = str(error)
    name = f"“{delivery.file_name}”（第 {delivery.week_id} 期）"
    return f"{name}没有生成退回副本：{why.rstrip('。')}；请另行告知报送单位"


def _returned_deliveries(
    con: DuckDBPyConnection, week_ids: Sequence[str], contracts: Mapping[str, Contract]
) -> list[ReturnedDelivery]:
    """The deliveries of these weeks that have problems, ordered by week, source and id."""
    decided = _problems_sent_back(con, week_ids)
    parameters = {"weeks": list(week_ids), "decided": list(decided)}
    deliveries: list[ReturnedDelivery] = []
    for delivery_id, source, file_name, week_id in con.execute(DELIVERIES, parameters).fetchall():
        bad_cells, count = _bad_cells(con, delivery_id, contracts.get(source))
        sent_back = decided.get(delivery_id, [])
        problems = (*bad_cells, *sent_back)
        total = count + len(sent_back)
        deliveries.append(ReturnedDelivery(delivery_id, source, file_name, week_id, problems, total))
    return deliveries


def _bad_cells(con: DuckDBPyConnection, delivery_id: str, contract: Contract | None) -> tuple[list[Problem], int]:
    """The bad cells and totals of a delivery in the order of its sheets, rows and columns, and how many there are."""
    fields = {} if contract is None else {field.name: field for field in contract.fields}
    order = {name: position for position, name in enumerate(fields)}
    rows = con.execute(PROBLEMS, {"id": delivery_id, "most": MOST_PROBLEMS}).fetchall()
    problems: list[Problem] = []
    for sheet, row_no, name, value, reason, message, _ in rows:
        words = words_for_sender(reason, message, value, fields.get(name))
        problems.append(Problem(sheet, row_no, name, value, words))
    problems.sort(key=lambda problem: (problem.sheet, problem.row_no, order.get(problem.column_name, -1)))
    return problems, rows[0][-1] if rows else 0


def _problems_sent_back(con: DuckDBPyConnection, week_ids: Sequence[str]) -> dict[str, list[Problem]]:
    """What a steward sent back, by delivery: a problem for each row, with the evidence and the steward's reason."""
    if not _has_desk(con):
        return {}
    problems: dict[str, list[Problem]] = {}
    for places, cell, evidence, reason, comments in con.execute(SENT_BACK, [list(week_ids)]).fetchall():
        words = f"{evidence}；退回理由：{reason}" if reason else evidence
        words += f"；留言：{comments}" if comments else ""
        for row_span in read_places(places):
            of_delivery = problems.setdefault(row_span.delivery_id or "", [])
            of_delivery.extend(_problems_of_span(row_span, cell or "", words))
    return problems


def _has_desk(con: DuckDBPyConnection) -> bool:
    """Whether anybody has decided anything in this warehouse yet."""
    if not has_table(con, "quality", "decision"):
        return False
    return has_table(con, "quality", "review_answer")


def _problems_of_span(row_span: Place, column_name: str, words: str) -> list[Problem]:
    """A problem for each row of a span, of a long one for the first rows."""
    sheet = row_span.sheet or ""
    return [Problem(sheet, row_no, column_name, None, words) for row_no in _rows_of(row_span)]


def _rows_of(row_span: Place) -> range:
    first = row_span.first_row_no or 1
    last = row_span.last_row_no or 1
    return range(first, min(last, first + MOST_ROWS - 1) + 1)


def _write(
    delivery: ReturnedDelivery,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
) -> Path:
    contract = contracts.get(delivery.source)
    if contract is None:
        raise UncopiedError(f"没有它的合同“{delivery.source}”")
    archived = settings.archive.glob(f"{delivery.source}/{delivery.week_id}/{delivery.delivery_id}.*")
    original = next(archived, None)
    if original is None:
        raise UncopiedError("归档中已没有它的原件")
    folder = settings.review / delivery.week_id / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    private_folder(settings.work)
    target = folder / f"{contract.title}_{delivery.week_id}_{delivery.delivery_id[:8]}"
    with tempfile.TemporaryDirectory(prefix="returned-", dir=settings.work) as private:
        private_settings = settings.model_copy(update={"home": Path(private)})
        return _write_copy(delivery, original, private_settings, calendar, contracts, target)


def _write_copy(
    delivery: ReturnedDelivery,
    original: Path,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
    target: Path,
) -> Path:
    """The copy of an original as it is read today, whatever it is packed in."""
    export = recognise_again(original, settings, calendar, contracts, delivery.file_name)
    with open_file(original, settings) as opened:
        if export.csv_table is not None:
            target = target.with_name(f"{target.name}_问题行.csv")
            text = bad_lines(export, export.csv_table, opened.path, delivery.problems_by_row())
            with replaced(target) as temporary:
                temporary.write_text(text, "utf-8-sig")
            return target
        target = target.with_name(f"{target.name}_退回.xlsx")
        book = marked_copy(delivery, export, opened.path)
        with replaced(target) as temporary:
            book.save(temporary)
        return target
