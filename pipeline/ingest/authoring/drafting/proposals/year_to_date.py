"""Proposes `cumulative`: a column to date that adds up a column of the week, over the weeks or down the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from pipeline.ingest.authoring.drafting.proposals.agreement import Agreement, Misfit, Standing, sum_verdict
from pipeline.ingest.authoring.drafting.proposals.figures import Figures, FiguresTable, like_printed
from pipeline.ingest.authoring.drafting.proposals.label_stems import Span
from pipeline.ingest.authoring.drafting.proposals.proposal import Proposal, proposal

# 周, 周次, 期, 日期, 星期: each row is a time of its own
_TIMES: Final = re.compile("^(?:第?.?周次?|期[次号数]?|日期|统计日期?|星期|月份|时间|周)$")


def year_to_date_proposals(table: FiguresTable) -> Iterator[Proposal]:
    """Yields for each count to date the count of the week with the same name."""
    has_times = any(_TIMES.match(label.title) for label in table.labels)
    for ytd in table.counts:
        week = _week_of(table, ytd)
        if week is None:
            continue
        meaning = f"{week.title}累计"
        if has_times:
            down = _down_the_rows(table, ytd, week)
            if down.standing(is_named=True) is Standing.PROPOSED and down.telling:
                said = f"{{of: {week.name}, along: rows}}"
                found = proposal("cumulative", ytd.name, said, f"{meaning}，逐行相加", down, is_named=True)
                if found is not None:
                    yield found
                continue
        within = _within(table, ytd, week)
        found = proposal("cumulative", ytd.name, f"{{of: {week.name}}}", meaning, within, is_named=True)
        if found is not None:
            yield found


def _week_of(table: FiguresTable, ytd: Figures) -> Figures | None:
    """The count of the week that a count to date adds up: 本周/受理 of 累计/受理, else 受理 of 累计受理."""
    if ytd.stem.span is not Span.YTD:
        return None
    same = [
        count
        for count in table.counts
        if count.stem.subject == ytd.stem.subject and count.stem.groups == ytd.stem.groups
    ]
    of_week = [count for count in same if count.stem.span is Span.WEEK]
    of_no_time = [count for count in same if count.stem.span is Span.NONE]
    return next(iter([*of_week, *of_no_time]), None)


def _within(table: FiguresTable, ytd: Figures, week: Figures) -> Agreement:
    """What one file can say: the week is not above the year to date."""
    agreement = Agreement()
    for line, total, of in zip(table.lines, ytd.numbers, week.numbers, strict=True):
        if total is None or of is None:
            continue
        too_many = max(of.value - total.value, Decimal(0))
        verdict = sum_verdict(too_many, [total, of], is_telling=bool(of.value))
        agreement.add(verdict, Misfit(line, f"{week.title} {of.text}，多于{ytd.title} {total.text}"))
    return agreement


def _down_the_rows(table: FiguresTable, ytd: Figures, week: Figures) -> Agreement:
    """Whether each row adds its week to the row above."""
    agreement = Agreement()
    above: Decimal | None = None
    for line, total, of in zip(table.lines, ytd.numbers, week.numbers, strict=True):
        if total is None or of is None or line.is_total:
            continue
        expected = of.value if above is None else above + of.value
        # The first row may go on from a page before; in January it starts anew.
        difference = Decimal(0) if above is None and total.value >= of.value else total.value - expected
        is_new_year = above is not None and total.value == of.value < above
        is_telling = above is not None and of.value != 0
        verdict = sum_verdict(Decimal(0) if is_new_year else difference, [total, of], is_telling=is_telling)
        agreement.add(verdict, Misfit(line, f"印为 {total.text}，上一行加本行为 {like_printed(expected, total.text)}"))
        above = total.value
    return agreement
