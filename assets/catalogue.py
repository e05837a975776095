"""What Dagster shows of the SQL models, kept between loads; reading and building them is pipeline.warehouse's."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.common.digests import digest
from pipeline.settings import Settings

CACHE = "models.json"


@dataclass(frozen=True)
class ModelFacts:
    """One SQL model without its syntax tree. `columns` are (name, type or empty, description) in order.

    `sql_digest` is what the builder's fingerprint of the model begins with.
    """

    name: str
    file: str
    sql: str
    description: str
    columns: Sequence[tuple[str, str, str]]
    depends_on: Sequence[str]
    materialized: str
    grain: Sequence[str]
    sql_digest: str


def model_facts(settings: Settings) -> list[ModelFacts]:
    """Returns all models in building order.

    Parsing SQL takes longer than everything else that definitions need, so the facts are kept in `dagster_home` under
    a digest of the SQL files, of the contracts and lists that measures come of, and of the code that reads them.
    Raises ModelError for a file that cannot be a model.
    """
    cache = settings.dagster_home / CACHE
    content = _digest_of_files([*settings.models, *settings.contracts, *settings.reference])
    kept = _read(cache)
    if kept.get("digest") == content:
        return [ModelFacts(**entry) for entry in kept["models"]]
    facts = _parse(settings)
    _write(cache, {"digest": content, "models": [asdict(fact) for fact in facts]})
    return facts


def _parse(settings: Settings) -> list[ModelFacts]:
    from pipeline.warehouse.measures import hall_models

    return [
        ModelFacts(
            name=model.name,
            file=model.file,
            sql=model.sql,
            description=model.description,
            columns=[(column.name, column.type, column.description) for column in model.columns],
            depends_on=model.depends_on,
            materialized=model.materialized,
            grain=model.grain,
            sql_digest=digest([model.sql]),
        )
        for model in hall_models(settings)
    ]


def _digest_of_files(files: Iterable[Path]) -> str:
    readers = (Path(__file__).parent.parent / "pipeline" / "warehouse").rglob("*.py")
    content = hashlib.sha256()
    for path in [Path(__file__), *sorted(readers), *files]:
        content.update(f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes() + b"\0")
    return content.hexdigest()


def _read(cache: Path) -> dict[str, Any]:
    try:
        kept = json.loads(cache.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(cache: Path, content: dict[str, Any]) -> None:
    """Writes the file whole or not at all; a folder that cannot be written only means parsing again."""
    with suppress(OSError):
        cache.parent.mkdir(parents=True, exist_ok=True)
        draft = cache.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        draft.replace(cache)
