"""Keeps beside the warehouse what a look between two runs needs: which exports have arrived, which waivers end.

A sensor must not open the warehouse: its reading would keep a run from writing. So each run leaves this file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pipeline.common.atomic_files import write_text
from pipeline.common.private_files import private_folder
from pipeline.quality.codes import DATED_SQL, WORDS_OF_KIND
from pipeline.quality.schema import create_tables

if TYPE_CHECKING:
    import duckdb

    from pipeline.settings import Settings

FILE: Final = "known.json"
_WAIVED: Final = f"""
SELECT f.finding_id, f.title, coalesce(f.owner_department, f.owner), f.until, d.kind
FROM quality.finding AS f LEFT JOIN quality.decision AS d ON d.decision_id = f.decision_id
WHERE f.status IN {DATED_SQL} AND f.until IS NOT NULL ORDER BY f.finding_id
"""


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
    """Reads what the open warehouse knows now, from ledger.current_delivery and quality.finding, before any check too.

    Makes the tables of quality where they are missing.
    """
    create_tables(con)
    arrived = con.execute("SELECT DISTINCT source, week_id FROM ledger.current_delivery").fetchall()
    waived = con.execute(_WAIVED).fetchall()
    waivers = tuple(
        Waiver(finding_id, title, owner, until, WORDS_OF_KIND.get(kind, WORDS_OF_KIND["accept"]))
        for finding_id, title, owner, until, kind in waived
    )
    return Known(frozenset((str(source), str(week)) for source, week in arrived), waivers)


def write_known(settings: Settings, known: Known) -> None:
    """Replaces the file of this home in one step."""
    private_folder(settings.notices)
    waivers = [{**vars(waiver), "until": waiver.until.isoformat()} for waiver in known.waivers]
    content = {"arrived": sorted(known.arrived), "waivers": waivers}
    write_text(settings.notices / FILE, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def read_known(settings: Settings) -> Known | None:
    """Reads what the last run knew; None where runs of an earlier version left nothing, so that nobody can tell."""
    try:
        text = (settings.notices / FILE).read_text("utf-8")
    except FileNotFoundError:
        is_new_home = not settings.warehouse_path.exists()
        return Known() if is_new_home else None
    content = json.loads(text)
    arrived = frozenset((source, week) for source, week in content["arrived"])
    return Known(arrived, tuple(_read_waiver(entry) for entry in content["waivers"]))


def _read_waiver(entry: Mapping[str, str]) -> Waiver:
    return Waiver(
        finding_id=entry["finding_id"],
        title=entry["title"],
        owner=entry["owner"],
        until=date.fromisoformat(entry["until"]),
        label=entry["label"],
    )
