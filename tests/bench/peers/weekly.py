"""The peers' weekly command: dlt loads the exports that are new, dbt or SQLMesh builds and tests what follows of them.

Run as `python weekly.py HOME dbt|sqlmesh DAY`, with the exports in `HOME/inbox`, the lists and the calendar in
`HOME/reference`, the contracts in `HOME/contracts` and the project in `HOME/project`. Where nothing is new, the latter
is not even imported. DAY is the day of the run: SQLMesh does what has become due since the last one.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.update(RUNTIME__DLTHUB_TELEMETRY="false", RUNTIME__LOG_LEVEL="ERROR", NORMALIZE__WORKERS="1")

import dlt
import pyarrow as pa
import yaml
from exports import read_export
from pyarrow import parquet

HALL = "510000"


@dlt.resource(name="inbox")
def new_files(home: Path) -> Iterator[Any]:
    """Yields the rows of every list and export that this state has not seen, each under the name of its table.

    Lists are only added: another calendar or list of codes would be a new home.
    """
    seen = dlt.current.resource_state().setdefault("files", {})
    for path in sorted((home / "reference").iterdir()):
        if _is_new(path, seen):
            yield _for_table(path.stem, parquet.read_table(path))
    new = [path for path in sorted((home / "inbox").iterdir()) if _is_new(path, seen)]
    if not new:
        return
    contracts = {}
    for path in (home / "contracts").glob("*.yaml"):
        contracts[path.stem] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    deliveries = []
    loaded_at = datetime.now(UTC).replace(tzinfo=None)
    for path in new:
        export = read_export(path, contracts, HALL)
        deliveries.append({**export.delivery, "loaded_at": loaded_at})
        if len(export.rows):
            yield _for_table(export.table, export.rows)
    yield _for_table("delivery", pa.Table.from_pylist(deliveries))


def _for_table(name: str, rows: pa.Table) -> Any:
    """Marks rows for a table of that name. Without its hint a time of day would be stored as one of UTC."""
    times = [field.name for field in rows.schema if pa.types.is_timestamp(field.type)]
    columns: Any = {column: {"data_type": "timestamp", "timezone": False} for column in times}
    return dlt.mark.with_hints(rows, dlt.mark.make_hints(table_name=name, columns=columns), create_table_variant=True)


def _is_new(path: Path, seen: dict[str, float]) -> bool:
    """Whether a file is new or was written again; notes that it has been seen."""
    written = path.stat().st_mtime
    if seen.get(path.name) == written:
        return False
    seen[path.name] = written
    return True


def load(home: Path) -> bool:
    """Loads what is new into the schema `raw`; returns whether there was anything."""
    target = dlt.destinations.duckdb(str(home / "warehouse.duckdb"))
    pipeline = dlt.pipeline("exports", destination=target, dataset_name="raw", pipelines_dir=str(home / "dlt"))
    pipeline.run(new_files(home), write_disposition="append")
    counts = pipeline.last_trace.last_normalize_info.row_counts
    return any(not table.startswith("_dlt") for table in counts)


def build_with_dbt(home: Path, day: str) -> bool:
    """Builds all models and runs all tests; returns whether everything could be run."""
    from dbt.cli.main import dbtRunner

    os.environ["PEERS_WAREHOUSE"] = str(home / "warehouse.duckdb")
    folder = str(home / "project")
    words = ["--quiet", "build", "--project-dir", folder, "--profiles-dir", folder]
    return dbtRunner().invoke(words).success


def build_with_sqlmesh(home: Path, day: str) -> bool:
    """Plans the project where it has no state yet, else runs what is due on `day`; returns whether all of it ran."""
    os.environ["SQLMESH__DISABLE_ANONYMIZED_ANALYTICS"] = "true"
    from sqlmesh import Context

    # It would print the SQL of every audit that finds rows.
    logging.getLogger("sqlmesh").setLevel(logging.ERROR)
    has_state = (home / "project" / "state.duckdb").exists()
    context = Context(paths=str(home / "project"))
    if has_state:
        return context.run(execution_time=day).is_success
    context.plan(auto_apply=True, no_prompts=True, execution_time=day)
    return True


BUILDS = {"dbt": build_with_dbt, "sqlmesh": build_with_sqlmesh}


def main() -> None:
    home, tool, day = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    began = time.perf_counter()
    has_news = load(home)
    print(f"dlt {time.perf_counter() - began:.1f} s", flush=True)
    if not has_news:
        return
    began = time.perf_counter()
    is_built = BUILDS[tool](home, day)
    print(f"{tool} {time.perf_counter() - began:.1f} s", flush=True)
    if not is_built:
        sys.exit(f"{tool} failed")


if __name__ == "__main__":
    main()
