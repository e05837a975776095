"""Writes rows and links as metadata of Dagster's UI; which rows are worth showing is the caller's choice."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import dagster as dg

from pipeline.settings import Settings

# Words, because a server without a font of pictograms shows boxes for coloured dots.
COLOURS = {"green": "绿", "yellow": "黄", "red": "红"}
_LONGEST_CELL = 80


def markdown_table(rows: Sequence[Mapping[str, object]], *, is_whole: bool = False) -> dg.MarkdownMetadataValue:
    """Writes rows as one Markdown table, in the order of the first row's columns; a word where there are none.

    Long cells are cut, unless the table `is_whole`.
    """
    return dg.MetadataValue.md(table_text(rows, is_whole=is_whole) if rows else "（无）")


def table_text(rows: Sequence[Mapping[str, object]], *, is_whole: bool = False) -> str:
    """Writes the text of such a table, for a description."""
    columns = list(rows[0])
    longest = sys.maxsize if is_whole else _LONGEST_CELL
    lines = [_line(columns), _line(["---"] * len(columns))]
    lines += [_line([_cell(row.get(column), longest) for column in columns]) for row in rows]
    return "\n".join(lines)


def page_links(settings: Settings, week: str) -> dict[str, dg.MetadataValue[Any]]:
    """Returns metadata that lead to the quality page of a week.

    Dagster's server serves no files of ours and a browser opens none from its pages: a path to copy leads to the
    steward's own page, which is there whether or not the week is released, and a link only to a site that is served.
    """
    page: dict[str, dg.MetadataValue[Any]] = {"检查页": dg.MetadataValue.path(settings.review / week / "quality.html")}
    if not settings.site_url:
        return page
    return {**page, "网页上的检查": dg.MetadataValue.url(f"{settings.site_url.rstrip('/')}/quality/{week}.html")}


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: object, longest: int) -> str:
    match value:
        case None:
            return ""
        case Decimal() if value == value.to_integral_value():
            text = str(value.to_integral_value())
        case Decimal():
            text = str(value.normalize())
        case datetime():
            text = value.isoformat(" ", "seconds")
        case date():
            text = value.isoformat()
        case _:
            text = str(value)
    text = text.replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= longest else text[: longest - 1] + "…"
