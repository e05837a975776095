"""Finds a table without any contract: the first rows that look like column names; tables.header needs a contract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import filterfalse, repeat, zip_longest

from pipeline.contracts import Contract
from pipeline.contracts.labels import OTHER_PERIOD
from pipeline.ingest.authoring.drafting.row_cells import filled_text, is_filled
from pipeline.ingest.cells.dates import Context, parse_moment
from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.tables.headers.paths import Row, flatten, spanned_texts, written_labels

# What rows of totals are called, and what they add up.
TOTALS = {
    "小计": "group",
    "合计": "table",
    "总计": "table",
    "今年累计": "year",
    "本年累计": "year",
    "全年累计": "year",
}
_HEADER_ROWS = 40
# The rows below the last possible header that tell how wide the table is.
_ROWS_BELOW = 20
_MAX_LEVELS = 4
_LONGEST_LABEL = 40
# Latin letters take three times the characters of Chinese for the same words.
_LATIN_STRETCH = 3
_NO_YEAR = Context()
# 2021, 2023-04, 2023-04-17: a period above the column of its values
_PERIOD_LABEL = re.compile(r"(?:19|20)\d\d(?:[-/.]\d{1,2}){0,2}")
_DIGITS = re.compile(r"\d+")
_FEWEST_PERIODS = 2
# 本周, 上周, 去年同期, 累计; 环比; 占比(%); 小计; 网上: of what, the group above says
_SAYS_NO_MEASURE = re.compile(
    r"(?:[本上当今去全]?(?:年度?|季度?|月|周|期|日)|累计|同期|以来|年初至今)+数?|同比|环比|增[长减幅]|占比|比重|小计|合计|总计|总数|"
    "网上|线上|线下|现场|窗口|自助|电话|移动端|其他|其它|数量|件数|人次"
)
# 填报单位：大厅 is a line above the table, 来了三趟。 a sentence; neither is the name of a column. 其中：网上 is one.
_NO_LABEL = re.compile(r"(?<!其中)[:：].|。")


def provisional_contract(rows: Sequence[Row]) -> Contract | None:
    """A contract of texts only for the first table that looks like one, so that its rows can be told apart; or None."""
    header = locate_header(rows)
    if header is None:
        return None
    top, levels = header
    titles = column_titles(rows[top : top + levels])
    return Contract.model_validate(
        {
            "name": "draft",
            "title": "draft",
            "version": 1,
            "delivery": {"kind": "weekly"},
            "layout": {"totals": [{"label": label, "covers": covers} for label, covers in TOTALS.items()]},
            "fields": [{"name": f"column_{number}", "title": title} for number, title in enumerate(titles, 1) if title],
        }
    )


def locate_header(rows: Sequence[Row]) -> tuple[int, int] | None:
    """Top row (from 0) and number of levels of the first rows that look like column names; None where none do."""
    searched = rows[: _HEADER_ROWS + _ROWS_BELOW]
    # Titles above the table fill fewer cells than its header does.
    width = max((sum(map(is_filled, row)) for row in searched), default=0)
    least = max(width / 2, 2)
    for top, row in enumerate(rows[:_HEADER_ROWS]):
        is_wide_enough = sum(map(is_filled, row)) >= least
        if not is_wide_enough or _is_one_text(row):
            continue
        if _holds_only_labels(row):
            header = (top, _count_levels(rows, top))
            # Groups may have groups above them: 本年累计 | (受理, 办结) | (网上, 窗口).
            while (grown := _with_groups_above(rows, *header)) != header:
                header = grown
            return header
        # Among rows that all do so, they are data: 甲 | 2019 | 2021.
        neighbours = [*rows[max(top - 1, 0) : top], *rows[top + 1 : top + 2]]
        if _names_periods(row) and not any(map(_names_periods, neighbours)):
            return top, 1
    return None


def _is_one_text(row: Row) -> bool:
    """Whether all filled cells say the same: a merged title that an exporter wrote into every cell it spans."""
    return len(set(_filled_texts(row))) == 1


def _filled_texts(row: Row) -> list[str]:
    """The texts of a row's filled cells, without blanks around them."""
    texts = map(filled_text, repeat(row), range(len(row)))
    return list(filter(None, texts))


def _names_periods(row: Row) -> bool:
    """Whether a row names columns and, in order, the periods of others: 单位 | 2021 | 2022 | 2023."""
    texts = _filled_texts(row)
    periods = list(filter(_PERIOD_LABEL.fullmatch, texts))
    others = list(filterfalse(_PERIOD_LABEL.fullmatch, texts))
    if len(periods) < _FEWEST_PERIODS:
        return False
    names_columns = len(others) > 0 and all(map(_is_label, others))
    return names_columns and _are_in_order(periods)


def _are_in_order(periods: Sequence[str]) -> bool:
    """Whether periods go up or down by their numbers, without a repetition: 2023-9 before 2023-10."""
    numbers = list(map(_numbers_in, periods))
    distinct = sorted(set(numbers))
    backwards = distinct[::-1]
    return numbers in (distinct, backwards)


def _numbers_in(period: str) -> tuple[int, ...]:
    """2023-10 → (2023, 10)."""
    return tuple(map(int, _DIGITS.findall(period)))


def column_titles(levels: Sequence[Row]) -> tuple[str, ...]:
    """The shortest part of each header path, from its end, that no other column shares; "" for nameless columns.

    受理 | (本周, 累计) and 办结 | (本周, 累计) → 受理/本周, 受理/累计, 办结/本周, 办结/累计; 窗口 stays 窗口.
    A group that names a period is never left out, as a load never does: 本年累计 | (受理, 办结) → 本年累计/受理. Nor is
    the group of a part that only says when, how or that it sums up: 来电 | (本周, 小计) → 来电/本周, 来电/小计.
    """
    paths = flatten(levels)
    titles = []
    for texts, path in zip(spanned_texts(levels), paths, strict=True):
        # Each column by its own spelling: 小计(A) and 小计(B) have one key.
        written = written_labels([[text] for text in texts])
        parts = _distinct_ending(path, paths)
        titles.append("/".join(map(written.__getitem__, parts)))
    return tuple(titles)


def _distinct_ending(path: tuple[str, ...], paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    for size in range(1, len(path) + 1):
        ending = path[-size:]
        owners = sum(other_path[-size:] == ending for other_path in paths)
        names_period_above = any(map(OTHER_PERIOD.search, path[:-size]))
        names_measure = any(_SAYS_NO_MEASURE.fullmatch(part) is None for part in ending)
        if owners == 1 and names_measure and not names_period_above:
            return ending
    return path


def _with_groups_above(rows: Sequence[Row], top: int, levels: int) -> tuple[int, int]:
    """The header and the row of group names above it, where that one tells equal names apart or names a column.

    窗口 | 本年累计 above nothing | 受理 | 办结 names the first column, and the period of the others.
    """
    if top == 0 or levels >= _MAX_LEVELS:
        return top, levels
    if not _holds_only_labels(rows[top - 1]):
        return top, levels
    # Seen from the groups, the header may go on further down: 办结 | 承诺件 | 提前.
    grouped_levels = max(levels + 1, _count_levels(rows, top - 1))
    paths_alone = set(flatten(rows[top : top + levels]))
    paths_grouped = set(flatten(rows[top - 1 : top - 1 + grouped_levels]))
    is_needed = len(paths_grouped) > len(paths_alone) or _completes(rows[top - 1], rows[top : top + levels])
    return (top - 1, grouped_levels) if is_needed else (top, levels)


def _completes(groups: Row, header: Sequence[Row]) -> bool:
    """Whether a row above a header names a column that has no name in it, and spans others with a name.

    A title or a line such as 填报单位 stands in the first cell alone.
    """
    named_here = {index for index, cell in enumerate(groups) if is_filled(cell)}
    named_below = {index for row in header for index, cell in enumerate(row) if is_filled(cell)}
    return bool(named_here - named_below) and bool(named_here & named_below)


def _count_levels(rows: Sequence[Row], top: int) -> int:
    """How many rows the header takes: until every column has a path of its own, while names go on."""
    for levels in range(1, _MAX_LEVELS + 1):
        bottom = top + levels
        header = rows[top:bottom]
        paths = list(filter(None, flatten(header)))
        is_unique = len(set(paths)) == len(paths)
        # A sheet's rows end with their last cell: the level below may be the widest.
        width = max(map(len, rows[top : bottom + 1]))
        if is_unique and len(paths) >= width:
            return levels
        row_below = rows[bottom] if bottom < len(rows) else ()
        if not _is_next_level(rows[top], row_below):
            return levels if is_unique else 1
    return 1


def _is_next_level(above: Row, below: Row) -> bool:
    """Whether a row holds the next level of names: only names, and none under a name that stands for itself.

    An exporter that writes merged cells out repeats such a name below itself.
    """
    if not _holds_only_labels(below):
        return False
    for cell, cell_below in zip_longest(above, below):
        if not is_filled(cell):
            continue
        if not is_filled(cell_below) or cell_below == cell:
            return True
    return False


def _holds_only_labels(row: Row) -> bool:
    """Whether the row has filled cells and all of them could be names of columns."""
    cells = list(filter(is_filled, row))
    return len(cells) > 0 and all(map(_is_label, cells))


def _is_label(cell: str | None) -> bool:
    """Whether a filled cell could be the name of a column: short, no number, no day, no sentence."""
    text = (cell or "").strip()
    longest = _LONGEST_LABEL * (_LATIN_STRETCH if text.isascii() else 1)
    if len(text) > longest:
        return False
    if _NO_LABEL.search(text):
        return False
    if parse_number(text) is not None:
        return False
    return parse_moment(text, _NO_YEAR) is None
