"""All kinds of pages: one function each, from the published file to pages. A new kind of page is added here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from pipeline.present.site.archive import archive_pages
from pipeline.present.site.department import department_pages
from pipeline.present.site.method import method_pages
from pipeline.present.site.page import Page
from pipeline.present.site.provenance import provenance_pages
from pipeline.present.site.published import Published
from pipeline.present.site.quality import quality_pages
from pipeline.present.site.week import week_pages

Maker = Callable[[Published], Iterable[Page]]

MAKERS: Final[tuple[Maker, ...]] = (
    week_pages,
    department_pages,
    archive_pages,
    provenance_pages,
    quality_pages,
    method_pages,
)
