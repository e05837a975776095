"""The static site: what the published file says of its latest issue, as one page; it reads nothing else.

No request leaves the page: plotly.js lies beside it, and its Content-Security-Policy forbids the rest.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.figures import Panel, panels
from pipeline.present.findings import check_counts, week_findings
from pipeline.present.rows import Row, fetch, grouped, signed_percent
from pipeline.present.tables import AUTHORIZATION, ITEMS, TRAINING, WINDOW, week_summary
from pipeline.release.files import replaced
from pipeline.release.publish import DATABASE
from pipeline.release.versions import has_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from jinja2 import Environment

    from pipeline.settings import Settings

SITE: Final = "site"
PAGE: Final = "index.html"
TEMPLATES: Final = Path(__file__).with_name("templates")
MOTION: Final = "推进情况"


def build_site(settings: Settings) -> Path:
    """Write `published/site/index.html` and the script beside it; returns the page's path.

    Reads `published/metrics.duckdb` only, read-only. The script's name carries its hash and it is written before the
    page, each in one step, so a reader never sees a page without its script. An unchanged page is not written again.
    Raises FileNotFoundError where nothing has been published yet.
    """
    import duckdb

    database = settings.published / DATABASE
    if not database.is_file():
        raise FileNotFoundError(f"{database} does not exist: release an issue first, then build the site.")
    with duckdb.connect(
        str(database), read_only=True, config={"memory_limit": settings.memory_limit, "threads": settings.threads}
    ) as con:
        content = page_content(con)
    folder = settings.published / SITE
    script = _write_script(folder)
    page = folder / PAGE
    _write_if_new(page, render_page(content, script).encode())
    for stale in set(folder.glob("plotly-*.min.js")) - {folder / script}:
        stale.unlink()
    return page


def page_content(con: DuckDBPyConnection) -> dict[str, Any]:
    """Everything the page shows, as plain values, from a connection to the published file (or one with its schemas).

    Raises ValueError where no issue has been released.
    """
    issues = _issues(con)
    if not issues:
        raise ValueError("No issue has been released: release.issue is empty. Release a week first.")
    week_id = max(issue["week_id"] for issue in issues)
    sections: dict[str, list[dict[str, Any]]] = {WINDOW: [], AUTHORIZATION: [], TRAINING: [], ITEMS: []}
    for row in week_summary(con, week_id):
        sections[row.section].append({name: getattr(row, name) for name in row.__dataclass_fields__})
    return {
        "issue": next(issue for issue in issues if issue["week_id"] == week_id),
        "issues": issues,
        "window": sections[WINDOW],
        "authorization": sections[AUTHORIZATION],
        "training": sections[TRAINING],
        "items": _by_group(con, week_id),
        "activities": _activities(con, week_id),
        "inspections": fetch(
            con,
            "SELECT * FROM charts.inspection_weekly WHERE week_id = ? ORDER BY sort_order, inspection_item",
            [week_id],
        ),
        "findings": week_findings(con, week_id),
        "checks": check_counts(con, week_id),
        "deliveries": _deliveries(con, week_id),
        "differences": _differences(con, week_id),
        "panels": {panel.key: panel for panel in panels(con, week_id)},
        "label": _label(con),
    }


def _issues(con: DuckDBPyConnection) -> list[Row]:
    rows = fetch(
        con,
        "SELECT i.* EXCLUDE (deliveries), w.year, w.issue_no, w.total_issue_no, w.period_start, w.period_end,"
        " w.coverage_start, w.coverage_end, w.calendar_status FROM release.issue AS i"
        " LEFT JOIN docs.report_week AS w USING (week_id)"
        " ORDER BY week_id DESC, revision DESC",
    )
    latest: dict[str, Row] = {}
    for row in rows:
        latest.setdefault(row["week_id"], row)
    return list(latest.values())


def _by_group(con: DuckDBPyConnection, week_id: str) -> list[dict[str, Any]]:
    from pipeline.present.tables import GROUPS, item_note

    rows = fetch(con, "SELECT * FROM charts.item_ytd WHERE week_id = ? ORDER BY measure", [week_id])
    groups = []
    for group in GROUPS:
        measures = [row | {"note": item_note(row)} for row in rows if row["power_group"] == group]
        if measures:
            groups.append({"id": group, "label": measures[0]["power_group_label"], "measures": measures})
    return groups


def _activities(con: DuckDBPyConnection, week_id: str) -> dict[str, list[Row]]:
    grouped_rows: dict[str, list[Row]] = {}
    for row in fetch(con, "SELECT * FROM charts.activity WHERE week_id = ? ORDER BY seq", [week_id]):
        grouped_rows.setdefault(row["category"], []).append(row)
    return grouped_rows


def _deliveries(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    if not has_table(con, "docs", "delivery"):
        return []
    return fetch(con, "SELECT * FROM docs.delivery WHERE week_id = ? ORDER BY source, as_of, delivery_id", [week_id])


def _differences(con: DuckDBPyConnection, week_id: str) -> list[Row]:
    return fetch(
        con,
        "SELECT * FROM release.revision_diff WHERE week_id = $1 AND revision ="
        " (SELECT max(revision) FROM release.issue WHERE week_id = $1) ORDER BY metric, keys",
        [week_id],
    )


def _label(con: DuckDBPyConnection) -> str | None:
    if not has_table(con, "docs", "publication"):
        return None
    rows = fetch(con, "SELECT value FROM docs.publication WHERE name = 'data_label'")
    return str(rows[0]["value"]) if rows else None


def render_page(content: dict[str, Any], script: str) -> str:
    """The page as HTML: `content` as page_content gives it, `script` the name of plotly's file beside the page."""
    template = _environment().get_template("index.html.j2")
    return template.render(**content, script=script, motion=MOTION)


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "grouped": grouped,
        "signed": signed_percent,
        "day": _day,
        "moment": _moment,
    }
    environment.globals["source"] = lambda name: Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704
    environment.globals["figure_json"] = lambda panel: Markup(_figure_json(panel))  # noqa: S704
    return environment


def _figure_json(panel: Panel) -> str:
    """The figure for a script element: JSON in which no `<` can end the element or open another."""
    figure = json.loads(panel.figure.to_json())
    plain = json.dumps({"data": figure["data"], "layout": figure["layout"]}, ensure_ascii=False, sort_keys=True)
    return plain.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _day(value: date | None) -> str:
    return f"{value.month} 月 {value.day} 日" if value else "—"


def _moment(value: datetime | None) -> str:
    return value.strftime("%Y-%m-%d %H:%M") if value else "—"


def _write_script(folder: Path) -> str:
    from plotly.offline import get_plotlyjs

    body = get_plotlyjs().encode()
    name = f"plotly-{hashlib.sha256(body).hexdigest()[:12]}.min.js"
    _write_if_new(folder / name, body)
    return name


def _write_if_new(path: Path, body: bytes) -> None:
    if path.is_file() and path.read_bytes() == body:
        return
    with replaced(path) as temporary:
        temporary.write_bytes(body)
