"""All kinds of pages: one function each, from the published file to pages. A new kind of page is added here.

The functions are in `pipeline.present.site.pages`; charts have a registry of their own, in `pipeline.present.charts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from pipeline.present.site.page import Page
from pipeline.present.site.pages.archive import archive_pages
from pipeline.present.site.pages.definitions import definition_pages
from pipeline.present.site.pages.department import department_pages
from pipeline.present.site.pages.method import method_pages
from pipeline.present.site.pages.provenance import provenance_pages
from pipeline.present.site.pages.quality import quality_pages
from pipeline.present.site.pages.quality_scores import score_pages
from pipeline.present.site.pages.search import search_pages
from pipeline.present.site.pages.week import week_pages
from pipeline.present.site.published import Published

Maker = Callable[[Published], Iterable[Page]]

MAKERS: Final[tuple[Maker, ...]] = (
    week_pages,
    department_pages,
    archive_pages,
    provenance_pages,
    quality_pages,
    score_pages,
    method_pages,
    definition_pages,
    search_pages,
)
