"""What a release was made from: the code's version and the deliveries; nothing here depends on git or the clock."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.common.tables import has_table
from pipeline.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings


def code_version(settings: Settings) -> str:
    """`<version>+<12 hex>`: the package's version and a hash of all SQL, contracts and reference lists.

    The same definitions give the same version on any machine; a comment changed in the SQL changes it too.
    """
    digest = hashlib.sha256()
    for folder, pattern in (
        (settings.sql_dir, "**/*.sql"),
        (settings.contracts_dir, "*.yaml"),
        (settings.reference_dir, "*.csv"),
    ):
        for path in sorted(folder.glob(pattern)):
            digest.update(_named_bytes(folder, path))
    return f"{_package_version()}+{digest.hexdigest()[:12]}"


def layout_version(settings: Settings) -> str:
    """12 hex that change with the code that lays out the published files, and with the checks that they describe."""
    digest = hashlib.sha256()
    release = Path(__file__).resolve().parents[1]
    for folder, pattern in (
        (release, "**/*.py"),
        (release.with_name("common"), "*.py"),
        (settings.expectations_dir, "*.yaml"),
    ):
        for path in sorted(folder.glob(pattern)):
            digest.update(_named_bytes(folder, path))
    return digest.hexdigest()[:12]


def _named_bytes(folder: Path, path: Path) -> bytes:
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    return name.encode() + b"\0" + path.read_bytes() + b"\0"


def _package_version() -> str:
    # Halls run the project from its folder without installing it, so there is no package metadata to ask.
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def deliveries_behind(con: DuckDBPyConnection, week_id: str) -> list[dict[str, Any]]:
    """The current deliveries of the issue's year up to the issue, ordered by week, source and id.

    Reads `ledger.delivery` (delivery_id). Empty where the warehouse has no ledger.
    """
    if not has_table(con, "ledger", "delivery"):
        return []
    rows = con.execute(
        "SELECT delivery_id, source, week_id, file_name, strftime(as_of, '%Y-%m-%d %H:%M:%S')"
        " FROM ledger.delivery WHERE status = 'current' AND week_id <= ? AND left(week_id, 4) = left(?, 4)"
        " ORDER BY week_id, source, delivery_id",
        [week_id, week_id],
    ).fetchall()
    return [dict(zip(("delivery_id", "source", "week_id", "file_name", "as_of"), row, strict=True)) for row in rows]


def contract_versions(settings: Settings) -> str:
    """The version of each source's contract, as JSON ordered by source."""
    from pipeline.contracts import load_contracts

    contracts = load_contracts(settings.contracts_dir)
    return json.dumps({name: contracts[name].version for name in sorted(contracts)})


def change_reason(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str:
    """Why an issue is released (again), in Chinese: new and withdrawn deliveries, or a changed definition.

    `before` and `after` hold `deliveries` (JSON text) and `code_version`.
    """
    if before is None:
        return "首次发布"
    reasons = [words for _, words in delivery_changes(before, after)]
    reasons += [words for words in [code_change(before, after)] if words]
    return "；".join(dict.fromkeys(reasons)) or "交付与口径未变，数字有变"


def delivery_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(source, in words) of every delivery that came or went between two releases, ordered by source and week.

    A delivery that takes the place of another of its source and week is one change.
    """
    old = {entry["delivery_id"]: entry for entry in json.loads(before["deliveries"])}
    new = {entry["delivery_id"]: entry for entry in json.loads(after["deliveries"])}
    places: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for entries, other, side in ((new, old, 0), (old, new, 1)):
        for key in sorted(entries.keys() - other.keys()):
            entry = entries[key]
            places.setdefault((entry["source"], entry["week_id"]), ([], []))[side].append(entry["file_name"])
    return [(source, _words(*names)) for (source, _), names in sorted(places.items())]


def _words(came: list[str], went: list[str]) -> str:
    if came and went:
        return f"新交付 {'、'.join(came)}（取代 {'、'.join(went)}）"
    return f"新交付 {'、'.join(came)}" if came else f"不再采用 {'、'.join(went)}"


def code_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """In words that the definitions have changed, or None."""
    if before["code_version"] == after["code_version"]:
        return None
    return f"程序或口径由 {before['code_version']} 变为 {after['code_version']}"
