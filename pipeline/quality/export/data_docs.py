"""Great Expectations' own pages about the checks of the released weeks, beside the site: `published/data_docs/`.

In: suites and the warehouse. Out: pages with rules and counts, no value of a row, that load nothing from the internet.
Elsewhere: our pages about quality, which name cause and place, in `pipeline.present.site.pages`.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from pipeline.common.private_files import shared_files
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.export.gx_context import CHECKPOINT, export_gx, open_context

if TYPE_CHECKING:
    from pipeline.settings import Settings

# Beside `site/`, whose own pages are swept when they are made anew.
FOLDER: Final = "data_docs"


@dataclass(frozen=True)
class DataDocs:
    """The first page, and how many checks some week breaks."""

    path: Path
    checked: int
    failed: int


def write_data_docs(settings: Settings, weeks: Sequence[str], suites: Sequence[TableSuite]) -> DataDocs:
    """Runs the checkpoint of an export over `weeks` and puts its pages in the place of those of before.

    Raises what `export_gx` raises.
    """
    settings.work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.work) as temporary:
        folder = Path(temporary) / "export"
        export_gx(settings, weeks, suites, folder)
        with open_context(folder) as context:
            outcome = context.checkpoints.get(CHECKPOINT).run()
            context.build_data_docs()
        results = [result for of_suite in outcome.run_results.values() for result in of_suite.results]
        target = settings.published / FOLDER
        _replace(target, folder / "gx" / "uncommitted" / "data_docs")
    failed = [result for result in results if not result.success]
    return DataDocs(target / "index.html", len(results), len(failed))


def _replace(target: Path, made: Path) -> None:
    """Puts the pages in the place of those of before, which are gone for no longer than it takes to rename a folder."""
    draft = target.with_name(f".{target.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    with shared_files():
        shutil.copytree(made, draft, copy_function=shutil.copyfile)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
