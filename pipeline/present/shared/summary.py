"""The weekly's figures as one table, for the terminal and the site; read from `charts.*`, computed nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.present.shared.rows import Row, fetch, grouped

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WINDOW = "综窗办件"
AUTHORIZATION = "进驻及授权"
TRAINING = "业务培训"
ITEMS = "事项受理办结"
MEASURES = ("consulted", "accepted", "issued", "transferred")
STATUSES = ("stationed", "authorized", "not_authorized")
GROUPS = ("licensing", "public_service", "other_nine")


@dataclass(frozen=True)
class SummaryRow:
    """One line of the weekly's figures: this week, year to date, change in percent against the issue before.

    `flag` is a short warning of the chart table, `note` what a reader needs to know beside the number, `key` the row's
    key in its chart table.
    """

    section: str
    label: str
    unit: str
    value: int | None
    value_ytd: int | None = None
    change_pct: Decimal | None = None
    flag: str | None = None
    note: str | None = None
    key: str = ""


def week_summary(con: DuckDBPyConnection, week_id: str) -> list[SummaryRow]:
    """All figures of one issue in the order of the printed weekly; empty where the charts do not know the week.

    In: `charts.window_weekly` (week_id, measure), `charts.authorization_status` (week_id, status),
    `charts.training_weekly` (week_id), `charts.item_ytd` (week_id, power_group, measure).
    """
    return [*_window(con, week_id), *_authorization(con, week_id), *_training(con, week_id), *_items(con, week_id)]


def _window(con: DuckDBPyConnection, week_id: str) -> list[SummaryRow]:
    found = fetch(con, "SELECT * FROM charts.window_weekly WHERE week_id = ?", [week_id])
    rows = {row["measure"]: row for row in found}
    return [
        SummaryRow(
            WINDOW,
            row["measure_label"],
            row["unit"],
            row["value"],
            row["value_ytd"],
            row["change_pct"],
            row["flag"],
            window_note(row),
            key=measure,
        )
        for measure, row in ((measure, rows[measure]) for measure in MEASURES if measure in rows)
    ]


def window_note(row: Row) -> str | None:
    """How far a flagged counter is from its mean, in words."""
    if not row["flag"] or not row["mean_to_date"] or row["value"] is None:
        return None
    ratio = Decimal(row["value"]) / Decimal(str(row["mean_to_date"]))
    return f"今年以来周均 {grouped(round(Decimal(str(row['mean_to_date'])), 1))}，本周为其 {ratio:.1f} 倍"


def _authorization(con: DuckDBPyConnection, week_id: str) -> list[SummaryRow]:
    found = fetch(con, "SELECT * FROM charts.authorization_status WHERE week_id = ?", [week_id])
    rows = {row["status"]: row for row in found}
    return [
        SummaryRow(
            AUTHORIZATION,
            row["status_label"],
            "个",
            row["departments"],
            # Forty names beside a number help nobody; the few that are missing are what the weekly prints.
            note=row["department_names"] if status == "not_authorized" else None,
            key=status,
        )
        for status, row in ((status, rows[status]) for status in STATUSES if status in rows)
    ]


def _training(con: DuckDBPyConnection, week_id: str) -> list[SummaryRow]:
    parts = (("trainees", "综窗人员", "名"), ("main_items", "主项", "个"), ("sessions", "培训", "次"))
    return [
        SummaryRow(
            TRAINING,
            label,
            unit,
            row[column],
            note=row["department_names"] if column == "sessions" else None,
            key=column,
        )
        for row in fetch(con, "SELECT * FROM charts.training_weekly WHERE week_id = ?", [week_id])
        for column, label, unit in parts
    ]


def _items(con: DuckDBPyConnection, week_id: str) -> list[SummaryRow]:
    found = fetch(con, "SELECT * FROM charts.item_ytd WHERE week_id = ?", [week_id])
    rows = {(row["power_group"], row["measure"]): row for row in found}
    keys = [(group, measure) for group in GROUPS for measure in ("accepted", "completed")]
    return [
        SummaryRow(
            ITEMS,
            f"{row['power_group_label']} {row['measure_label']}",
            "件",
            row.get("value"),
            row["value_ytd"],
            flag=row["flag"],
            note=item_note(row),
            key=f"{row['power_group']}/{row['measure']}",
        )
        for row in (rows[key] for key in keys if key in rows)
    ]


def item_note(row: Row) -> str | None:
    """Why more was completed than accepted, in words with numbers; None where it was not."""
    excess, carried = row["excess_over_accepted"], row["carried_over"]
    if row["measure"] != "completed" or excess is None or excess <= 0:
        return None
    words = f"办结超出受理 {grouped(excess)} 件"
    return words if carried is None else f"{words}；办结中有往年受理的 {grouped(carried)} 件"
