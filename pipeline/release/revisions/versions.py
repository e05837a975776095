"""Says what a release was made from: the version of the code, the contracts and the deliveries.

Nothing here depends on git or on the clock. How two releases differ in this is in `delivery_changes`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.package_version import package_version
from pipeline.common.tables import has_column, has_table
from pipeline.hall.files_in_force import FilesInForce

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings


_PIPELINE: Final = Path(__file__).resolve().parents[2]
# All code that lays out published files: what release writes, what it writes with, what reads models and lineage.
LAYOUT_CODE: Final = (
    FilesInForce((_PIPELINE / "release",), "**/*.py"),
    FilesInForce((_PIPELINE / "common",), "**/*.py"),
    FilesInForce((_PIPELINE / "warehouse",), "**/*.py"),
    FilesInForce((_PIPELINE / "state_tables",), "*.py"),
    FilesInForce((_PIPELINE / "contracts",), "*.py"),
)


def code_version(settings: Settings) -> str:
    """Returns `<version>+<12 hex>`: the package's version and a hash of all SQL, contracts and reference lists.

    The same definitions give the same version on any machine; a comment changed in the SQL changes it too.
    """
    definitions = [settings.models, settings.contracts, settings.reference]
    if settings.names_dir.is_dir():
        definitions.append(FilesInForce((settings.names_dir,), "*.csv"))
    return f"{package_version()}+{hash_of_files(definitions)}"


def layout_version(settings: Settings) -> str:
    """Returns 12 hex that change with the code that lays out the published files and with the checks they describe."""
    return hash_of_files([*LAYOUT_CODE, settings.expectations])


def catalogue_hash(settings: Settings) -> str:
    """Returns 12 hex that change with what this hall says of itself in `catalogue.xlsx`, and of its exports."""
    exports = sorted((name, words.model_dump_json()) for name, words in settings.exports.items())
    hall = (settings.issuer, settings.catalogue.model_dump_json(), exports)
    return hashlib.sha256(repr(hall).encode()).hexdigest()[:12]


def hash_of_files(kinds: Iterable[FilesInForce]) -> str:
    """Returns 12 hex of the SHA-256 over names and bytes of the files in force of each kind.

    Raises FileNotFoundError where a kind has no file: the hash of nothing would never change.
    """
    digest = hashlib.sha256()
    for files in kinds:
        folder = files.folder_of_program
        paths = files.by_name()
        if not paths:
            raise FileNotFoundError(f"{folder} has no file {files.pattern}: its version cannot be known.")
        for name, path in paths.items():
            digest.update(_named_bytes(f"{folder.name}/{name}", path))
    return digest.hexdigest()[:12]


def _named_bytes(name: str, path: Path) -> bytes:
    """Returns the file's name and content, a zero byte behind each, so that no two sets of files run together."""
    return name.encode() + b"\0" + path.read_bytes() + b"\0"


def deliveries_behind(con: DuckDBPyConnection, week_id: str) -> list[dict[str, Any]]:
    """Returns the current deliveries of the issue's year up to the issue, ordered by week, source and id.

    Reads `ledger.delivery` (delivery_id). Empty where the warehouse has no ledger.
    """
    if not has_table(con, "ledger", "delivery"):
        return []
    rows = con.execute(
        "SELECT delivery_id, source, week_id, file_name, strftime(as_of, '%Y-%m-%d %H:%M:%S'),"
        f" {_reader_version(con)} FROM ledger.delivery WHERE status = 'current' AND week_id <= ?"
        " AND week_id IN (SELECT w.week_id FROM core.report_week AS w"
        " JOIN core.report_week AS i ON i.year = w.year WHERE i.week_id = ?)"
        " ORDER BY week_id, source, delivery_id",
        [week_id, week_id],
    ).fetchall()
    names = ("delivery_id", "source", "week_id", "file_name", "as_of", "reader_version")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _reader_version(con: DuckDBPyConnection) -> str:
    """Returns SQL for the reader's version of a delivery; version 1 left no mark."""
    if has_column(con, "ledger", "delivery", "reader_version"):
        return "coalesce(reader_version, 1)"
    return "1"


def contract_versions(settings: Settings) -> str:
    """Returns the version of each source's contract as JSON ordered by source."""
    from pipeline.contracts import load_contracts

    contracts = load_contracts(settings.contracts)
    versions = {name: contracts[name].version for name in sorted(contracts)}
    return json.dumps(versions)
