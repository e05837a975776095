"""Building the site: all pages of the registry, written where something is new.

What the pages show is in `pipeline.present.site.pages`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.private_files import shared_files
from pipeline.present.site.data_files import remove_data_files, write_data_files
from pipeline.present.site.digests import digest_of, program_digest
from pipeline.present.site.files import sweep_files, write_files, write_if_new
from pipeline.present.site.outer.edition import remove_outer_edition, write_outer_edition
from pipeline.present.site.page import Frame, Page, frame_of, render
from pipeline.present.site.published import NothingShownError, open_published
from pipeline.present.site.registry import MAKERS

if TYPE_CHECKING:
    from pipeline.settings import Settings

SITE: Final = "site"
HOME: Final = "index.html"
# <meta name="made-from" content="0123…"> stands in the first lines of a page; no more of an old page is read.
MARK: Final = re.compile(rb'<meta name="made-from" content="([0-9a-f]{64})">')
MARK_WITHIN: Final = 2_000


@shared_files()
def build_site(settings: Settings) -> Path:
    """Brings `published/site/` to the state of `published/metrics.duckdb`; returns the path of its first page.

    Reads that file only, read-only. A page that was made from the same, by the same program, is left alone; the others
    are replaced in one step each, and pages that are no longer made are removed: all of them where every issue was
    withdrawn. Raises FileNotFoundError where nothing has been published yet.
    """
    folder = settings.published / SITE
    try:
        _build(folder, settings)
    except NothingShownError:
        _sweep_pages(folder, [])
        remove_data_files(folder)
        remove_outer_edition(settings.published)
    return folder / HOME


def _build(folder: Path, settings: Settings) -> None:
    with open_published(settings) as published:
        pages = [page for make in MAKERS for page in make(published)]
        files = write_files(folder)
        frame = frame_of(pages, published.label, files)
        # Pages lead to them.
        write_data_files(folder, published, program_digest())
        if settings.disclosure.outer:
            write_outer_edition(published, program_digest(), settings.disclosure.threshold)
        else:
            remove_outer_edition(settings.published)
        for page in pages:
            _write_page(folder, page, frame)
    _sweep_pages(folder, pages)
    sweep_files(folder, files)


def _write_page(folder: Path, page: Page, frame: Frame) -> None:
    path = folder / page.path
    for name, body in page.beside.items():
        write_if_new(folder / name, body)
    for name, make_body in page.made_once.items():
        if not (folder / name).is_file():
            write_if_new(folder / name, make_body())
    made_from = _made_from(page, frame)
    if _mark_of(path) != made_from:
        write_if_new(path, render(page, frame, made_from).encode())


def _made_from(page: Page, frame: Frame) -> str:
    of_frame = (frame.sections, frame.label, frame.files)
    return digest_of(program_digest(), page.path, page.title, *of_frame, tuple(page.made_from))


def _mark_of(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        mark = MARK.search(stream.read(MARK_WITHIN))
    return mark[1].decode() if mark else None


def _sweep_pages(folder: Path, pages: Sequence[Page]) -> None:
    made = {folder / page.path for page in pages}
    for page in pages:
        made |= {folder / name for name in (*page.beside, *page.made_once)}
    written = {*folder.rglob("*.html"), *folder.glob("*.js")}
    for path in sorted(written - made):
        path.unlink()
