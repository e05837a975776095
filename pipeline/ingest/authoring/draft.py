"""Drafts a contract from an export that none describes; the guesses are made in drafting, and judged by people."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline.common.system_errors import reason_of
from pipeline.contracts import Contract
from pipeline.ingest.authoring.drafting.column_names import contract_name, usable
from pipeline.ingest.authoring.drafting.columns import guess_columns
from pipeline.ingest.authoring.drafting.contract_yaml import GUESS_MARK, contract_text
from pipeline.ingest.authoring.drafting.table_guess import largest_table
from pipeline.ingest.authoring.peek import peek
from pipeline.ingest.cells.code_lists import read_code_lists
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.refusals.authoring import AuthoringRefusal
from pipeline.settings import Settings

_LAST_NAME = "new_export"


@dataclass(frozen=True)
class Draft:
    """A contract's name, its YAML, and how many rows were seen and guesses made."""

    name: str
    text: str
    rows_seen: int = 0
    guesses: int = 0


def draft_contract(path: Path, settings: Settings, name: str | None = None) -> Draft:
    """A contract for the table in `path`, valid at once, in which each guess is a comment `# 猜测：…`.

    Raises RefusedFileError where the file cannot be read or holds no table, or where `name` is no column-like name.
    """
    if name is not None and usable(name) != name:
        raise RefusedFileError(AuthoringRefusal.BAD_CONTRACT_NAME, found=name, name=name)
    seen = peek(path, settings)
    table = largest_table(seen.sheets)
    codes = read_code_lists(settings.reference_dir)
    columns = guess_columns(
        table.titles,
        table.rows,
        codes,
        is_text_file=seen.is_text,
        summed=table.summed,
    )
    chosen = name or contract_name(table.title) or contract_name(path.stem) or _LAST_NAME
    text = contract_text(
        chosen,
        file_stem=path.stem,
        table=table,
        columns=columns,
        delimiter=seen.delimiter,
    )
    Contract.model_validate(yaml.safe_load(text))
    return Draft(
        name=chosen,
        text=text,
        rows_seen=len(table.rows),
        guesses=text.count(GUESS_MARK),
    )


def write_draft(path: Path, settings: Settings, name: str | None, out: Path | None) -> tuple[Draft, Path]:
    """Draft a contract and write it to `out` (a file or folder; by default `<name>.yaml` here).

    A file is never replaced, and it has to be named like the contract. Raises RefusedFileError.
    """
    if name is None and out is not None and out.suffix == ".yaml":
        name = out.stem
    draft = draft_contract(path, settings, name)
    target = _target(draft.name, out)
    if target.stem != draft.name:
        raise RefusedFileError(
            AuthoringRefusal.NAME_DIFFERS_FROM_FILE,
            expected=f"{draft.name}.yaml",
            found=target.name,
            file=target.name,
            name=draft.name,
            stem=target.stem,
        )
    place = RefusalPlace(target.name)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(draft.text)
    except FileExistsError as error:
        raise RefusedFileError(AuthoringRefusal.CONTRACT_EXISTS, place=place, path=target) from error
    except OSError as error:
        # What was begun would stand in the way of the next draft, and is not one of anybody else: "x" made it.
        with suppress(OSError):
            target.unlink(missing_ok=True)
        raise RefusedFileError(
            AuthoringRefusal.CANNOT_WRITE, place=place, path=target, reason=reason_of(error)
        ) from error
    return draft, target


def _target(name: str, out: Path | None) -> Path:
    """Where a draft is written: `out` itself, or `<name>.yaml` in the folder `out` or here."""
    file_name = f"{name}.yaml"
    if out is None:
        return Path(file_name)
    return out / file_name if out.is_dir() else out
