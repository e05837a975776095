"""One page of the site and the frame around all of them: navigation, files beside it, how it becomes HTML.

The kinds of pages are in `pipeline.present.site.pages`, the shared files in `pipeline.present.site.files`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pipeline.present.charts import Panel
from pipeline.present.shared.rows import MISSING, grouped, percent, reported, signed_change, signed_percent
from pipeline.present.site.files import TEMPLATES, Files

if TYPE_CHECKING:
    from jinja2 import Environment

# Entries of the navigation in its order: section, words, and the page that it leads to.
NAVIGATION: Final = (
    ("week", "本期一览", "index.html"),
    ("department", "部门", "department/index.html"),
    ("quality", "数据质量", "quality/index.html"),
    ("archive", "历期", "archive.html"),
    ("method", "口径与算法", "method.html"),
    ("search", "查找", "search.html"),
)


@dataclass(frozen=True)
class Page:
    """A page to be: where it lies below the site, its template, and what the template shows.

    `content` is asked for only when the page must be written: `made_from` lists all that it depends on besides the
    program, and a page made from the same stays as it is. `section` names its entry of the navigation. `beside` are
    scripts with data that are written before the page: their name, which lies beside the first page, and their bytes.
    `made_once` are scripts whose name says what they are made from: their bytes are asked for only where no file of
    that name stands.
    """

    path: str
    template: str
    section: str
    title: str
    made_from: Sequence[object]
    content: Callable[[], dict[str, Any]] = field(repr=False)
    beside: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    made_once: Mapping[str, Callable[[], bytes]] = field(default_factory=dict, repr=False)

    @property
    def root(self) -> str:
        """The way from the page's folder up to the site's: empty, or `../`."""
        return "../" * self.path.count("/")


@dataclass(frozen=True)
class Frame:
    """What every page carries: the navigation's entries (section, words, path), the label, the files beside it."""

    sections: tuple[tuple[str, str, str], ...]
    label: str | None
    files: Files


def frame_of(pages: Sequence[Page], label: str | None, files: Files) -> Frame:
    """Returns the frame of these pages; a section whose page is not among them has no entry in the navigation."""
    paths = {page.path for page in pages}
    entries = []
    for section, words, path in NAVIGATION:
        if path in paths:
            entries.append((section, words, path))
    return Frame(tuple(entries), label, files)


def render(page: Page, frame: Frame, made_from: str) -> str:
    """Renders the page as HTML; `made_from` is the mark by which the next build knows what it was made from."""
    template = environment().get_template(page.template)
    return template.render(**page.content(), page=page, frame=frame, made_from=made_from)


@cache
def environment() -> Environment:
    """Returns Jinja for the site's templates: everything is escaped, an unknown name is an error.

    There is one, for it keeps the templates that it has compiled: compiling takes longer than rendering.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"grouped": grouped, "percent": percent, "reported": reported, "signed": signed_percent}
    environment.filters |= {"change": signed_change}
    environment.filters |= {"day": day_words, "moment": moment_words}
    environment.globals["figure_json"] = lambda panel: Markup(_figure_json(panel))  # noqa: S704
    return environment


def _figure_json(panel: Panel) -> str:
    """The figure for a script element: JSON in which no `<` can end the element or open another."""
    figure = json.loads(panel.figure.to_json())
    plain = json.dumps({"data": figure["data"], "layout": figure["layout"]}, ensure_ascii=False, sort_keys=True)
    return plain.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def day_words(value: date | None) -> str:
    """Writes a day as the weekly does: 2023-04-17 gives `4 月 17 日`."""
    if value is None:
        return MISSING
    return f"{value.month} 月 {value.day} 日"


def moment_words(value: datetime | None) -> str:
    """Writes a moment to the minute: `2023-04-28 09:00`."""
    if value is None:
        return MISSING
    return value.strftime("%Y-%m-%d %H:%M")
