"""What a look between two runs needs: which exports have arrived, which waivers end; kept beside the warehouse.

A sensor must not open the warehouse: its reading would keep a run from writing. So each run leaves this file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pipeline.common.atomic_files import write_text
from pipeline.quality.findings.states import WORDS_OF_KIND
from pipeline.quality.schema import create_tables

if TYPE_CHECKING:
    import duckdb

    from pipeline.settings import Settings

FILE: Final = "known.json"


@dataclass(frozen=True)
class Waiver:
    """A finding that somebody accepted, postponed or sent back until a day. Key: finding_id; `label` says which."""

    finding_id: str
    title: str
    owner: str
    until: date
    label: str


@dataclass(frozen=True)
class Known:
    """`arrived` holds (source, week_id) of every delivery that counts."""

    arrived: frozenset[tuple[str, str]] = frozenset()
    waivers: tuple[Waiver, ...] = ()


def known_of(con: duckdb.DuckDBPyConnection) -> Known:
    """What the open warehouse knows now, from ledger.current_delivery and quality.finding, also before any check."""
    create_tables(con)
    arrived = con.execute("SELECT DISTINCT source, week_id FROM ledger.current_delivery").fetchall()
    waived = con.execute(
        "SELECT f.finding_id, f.title, coalesce(f.owner_department, f.owner), f.until, d.kind "
        "FROM quality.finding AS f LEFT JOIN quality.decision AS d ON d.decision_id = f.decision_id "
        "WHERE f.status IN ('waived', 'sent_back') AND f.until IS NOT NULL ORDER BY f.finding_id"
    ).fetchall()
    waivers = tuple(
        Waiver(finding_id, title, owner, until, WORDS_OF_KIND.get(kind, WORDS_OF_KIND["accept"]))
        for finding_id, title, owner, until, kind in waived
    )
    return Known(frozenset((str(source), str(week)) for source, week in arrived), waivers)


def write_known(settings: Settings, known: Known) -> None:
    """Replace the file of this home in one step."""
    settings.notices.mkdir(parents=True, exist_ok=True, mode=0o700)
    waivers = [{**vars(waiver), "until": waiver.until.isoformat()} for waiver in known.waivers]
    content = {"arrived": sorted(known.arrived), "waivers": waivers}
    write_text(settings.notices / FILE, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def read_known(settings: Settings) -> Known | None:
    """What the last run knew; None where runs of an earlier version left nothing, so that nobody can tell."""
    try:
        content = json.loads((settings.notices / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None if settings.warehouse_path.exists() else Known()
    waivers = (Waiver(**{**entry, "until": date.fromisoformat(entry["until"])}) for entry in content["waivers"])
    return Known(frozenset((source, week) for source, week in content["arrived"]), tuple(waivers))
