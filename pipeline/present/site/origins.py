"""Where a figure comes from: its metric, the files and rows behind it, its checks and findings, its revisions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.findings import read_keys
from pipeline.present.shared.rows import Row, fetch
from pipeline.present.shared.summary import AUTHORIZATION, ITEMS, TRAINING, WINDOW, SummaryRow
from pipeline.present.trace.places import metric_places
from pipeline.present.trace.steps import Step, steps_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CASE_TABLES: Final = (
    "charts.case_balance",
    "core.case_version",
    "marts.case_balance",
    "marts.case_position",
    "marts.case_stock",
    "marts.weekly_metric",
    "staging.case_detail",
)
# Checks on what was read know the source by name; their tables hold the rows of all sources.
READING_TABLES: Final = frozenset({"quarantine.cell", "ledger.control_total", "ledger.delivery"})


@dataclass(frozen=True)
class Origin:
    """One figure of an issue and how to find what it was made from.

    `anchor` names it on the page; `released` and `keys` find it in `release.figure`, `metric` and `power_group` in
    `marts.provenance`, `tables` and `source` the checks that concern it. Sums over weeks make sense only for a flow.
    """

    anchor: str
    label: str
    unit: str
    value: int | None
    value_ytd: int | None
    metric: str
    source: str
    tables: tuple[str, ...]
    released: str | None = None
    keys: dict[str, str] = field(default_factory=dict)
    power_group: str | None = None
    is_flow: bool = True


def origin_of(row: SummaryRow) -> Origin:
    """The origin of a figure of the weekly's summary."""
    return _ORIGINS[row.section](row)


def _base(row: SummaryRow, metric: str, source: str, tables: tuple[str, ...]) -> Origin:
    return Origin(anchor_of(row), row.label, row.unit, row.value, row.value_ytd, metric, source, tables)


def _window(row: SummaryRow) -> Origin:
    tables = ("charts.window_weekly", "core.window_count", "staging.window_weekly", "marts.volume_band")
    base = _base(row, f"window_{row.key}", "window_weekly", tables)
    return replace(base, released="window_weekly.value", keys={"measure": row.key})


def _authorization(row: SummaryRow) -> Origin:
    tables = ("charts.authorization_status", "core.authorization", "staging.department_register")
    base = _base(row, f"departments_{row.key}", "department_register", tables)
    return replace(base, released="authorization_status.departments", keys={"status": row.key}, is_flow=False)


def _training(row: SummaryRow) -> Origin:
    tables = ("charts.training_weekly", "core.training", "staging.training_log")
    base = _base(row, f"training_{row.key}", "training_log", tables)
    # People and main items are counted once a week, so their weeks do not add up to a year.
    return replace(base, released=f"training_weekly.{row.key}", is_flow=row.key == "sessions")


def _items(row: SummaryRow) -> Origin:
    group, measure = row.key.split("/")
    base = _base(row, f"case_{measure}", "case_detail", ("charts.item_ytd", *CASE_TABLES))
    keys = {"power_group": group, "measure": measure}
    return replace(base, released="item_ytd.value", keys=keys, power_group=group)


_ORIGINS: Final[dict[str, Callable[[SummaryRow], Origin]]] = {
    WINDOW: _window,
    AUTHORIZATION: _authorization,
    TRAINING: _training,
    ITEMS: _items,
}


def anchor_of(row: SummaryRow) -> str:
    """The name of a figure's place on the provenance page: `window-consulted`, `items-licensing-accepted`."""
    prefix = {WINDOW: "window", AUTHORIZATION: "authorization", TRAINING: "training", ITEMS: "items"}[row.section]
    return f"{prefix}-{row.key.replace('/', '-')}"


def case_origins(con: DuckDBPyConnection, week_id: str) -> list[Origin]:
    """All cases together: accepted, completed, closed; what charts of channels, time limits and departments rest on."""
    rows = fetch(
        con,
        "SELECT metric, value, value_ytd FROM marts.weekly_metric WHERE week_id = ? AND department_id = 'ALL'"
        " AND power_type = 'ALL' AND channel = 'ALL' AND metric IN ('case_accepted', 'case_completed', 'case_closed')",
        [week_id],
    )
    found = {row["metric"]: row for row in rows}
    labels = (("case_accepted", "全部受理"), ("case_completed", "全部办结"), ("case_closed", "全部结束"))
    return [
        Origin(
            f"cases-{metric.removeprefix('case_')}", label, "件", int(found[metric]["value"]),
            int(found[metric]["value_ytd"]), metric, "case_detail", CASE_TABLES,
        )
        for metric, label in labels
        if metric in found
    ]  # fmt: skip


def places(con: DuckDBPyConnection, week_id: str, origin: Origin, *, is_ytd: bool = False) -> list[Row]:
    """The deliveries and sheets behind a figure, as `metric_places`: of the week, or of its year up to it."""
    keys = {"power_group": origin.power_group} if origin.power_group else {}
    return metric_places(con, week_id, origin.metric, "ytd" if is_ytd else "week", keys)


def steps(con: DuckDBPyConnection, origin: Origin) -> list[Step]:
    """The tables from the figure's chart to the files, those that have SQL; empty for a figure of no chart."""
    if origin.released is None or not has_table(con, "docs", "figure_step"):
        return []
    table, column = origin.released.split(".")
    return [step for step in steps_of(con, table, [column], origin.keys) if step.sql]


def revisions(con: DuckDBPyConnection, week_id: str, origin: Origin) -> list[Row]:
    """The figure in each release of the issue: revision, released_at, value, value_ytd."""
    if origin.released is None:
        return []
    keys = json.dumps(dict(sorted(origin.keys.items())), ensure_ascii=False, separators=(",", ":"))
    return fetch(
        con,
        "SELECT f.revision, i.released_at, f.value, f.value_ytd FROM release.figure AS f"
        " JOIN release.issue AS i ON i.week_id = f.week_id AND i.revision = f.revision"
        " WHERE f.week_id = ? AND f.metric = ? AND f.keys = ? ORDER BY f.revision",
        [week_id, origin.released, keys],
    )


def findings_of(findings: Iterable[Row], origin: Origin) -> list[Row]:
    """Those of a week's findings (as `week_findings` gives them) that concern this figure."""
    return [row for row in findings if _concerns(row, origin)]


def _concerns(finding: Row, origin: Origin) -> bool:
    wanted = {**origin.keys, "metric": origin.metric, "source": origin.source}
    rows = key_rows(finding)
    if finding["table_name"] in READING_TABLES:
        return any(row.get("source") == origin.source for row in rows)
    if finding["table_name"] not in origin.tables:
        return False
    return not rows or any(all(row[name] == value for name, value in wanted.items() if name in row) for row in rows)


def key_rows(finding: Row) -> list[dict[str, Any]]:
    """The failing keys of a finding (as `week_findings` gives it)."""
    return read_keys(finding["key_rows"])


def checks_of(con: DuckDBPyConnection, week_id: str, origin: Origin) -> list[Row]:
    """How many checks ran on each table that the figure goes through, and how many failed, in the issue's week."""
    if not has_table(con, "quality", "check_result"):
        return []
    return fetch(
        con,
        "SELECT table_name, count(*) AS checks, count(*) FILTER (status <> 'passed') AS failed"
        " FROM quality.check_result WHERE week_id = ? AND list_contains(?, table_name)"
        " GROUP BY ALL ORDER BY table_name",
        [week_id, list(origin.tables)],
    )
