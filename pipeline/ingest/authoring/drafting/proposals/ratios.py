"""Proposes `rate`, `share`, `average` and `change`: numbers of a row that are computed of other numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import permutations
from typing import Final

from pipeline.contracts.check_words import DAYS, PRINTED_TOTAL, TABLE, WORKING_DAYS
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.proposals.agreement import FEWEST_ROWS, Agreement, Misfit, ratio_verdict
from pipeline.ingest.authoring.drafting.proposals.figures import Figures, FiguresTable, Line, Number
from pipeline.ingest.authoring.drafting.proposals.label_stems import Kind, NamedRate, Span, named_rates
from pipeline.ingest.authoring.drafting.proposals.proposal import Proposal, best_of, proposal
from pipeline.ingest.authoring.drafting.row_cells import filled_text

# Of pairs that contradict a rate in most of the first rows no more rows are looked at.
_FIRST_ROWS: Final = 8
_MOST_SPANS: Final = 31
_DAYS_OF_WEEK: Final = 7
# 天数, 开放天数, 工作日, 在岗人数, 窗口数: what a count may be divided by
_OVER: Final = re.compile("(?:天|日|人|人员|窗口|月)$")
_DAYS: Final = re.compile("(?:天|工作日)$")
_Ranked = tuple[tuple[int, ...], Proposal]


def ratio_proposals(table: FiguresTable) -> Iterator[Proposal]:
    """Yields at most one word for each column of ratios."""
    for printed in table.figures:
        kind = printed.stem.kind
        if kind is Kind.CHANGE:
            found = _change(table, printed)
        elif kind is Kind.AVERAGE:
            found = _average(table, printed)
        elif kind in (Kind.RATE, Kind.SHARE):
            found = best_of([*_rates(table, printed), *_shares(table, printed)])
        else:
            found = None
        if found is not None:
            yield found


def _rates(table: FiguresTable, printed: Figures) -> Iterator[_Ranked]:
    """Yields the pairs of counts that give a rate, those that its label names first."""
    named = named_rates().get(printed.stem.subject)
    for part, whole in permutations(table.counts, 2):
        rank = _rank_of_pair(named, printed, part, whole)
        # A rate of this week is none of the counts to date, whatever the numbers say.
        is_other_time = Span.NONE not in (printed.stem.span, part.stem.span) and printed.stem.span != part.stem.span
        if is_other_time or part.stem.span != whole.stem.span:
            continue
        agreement = _agreement_of_rate(table, printed, part, whole, may_give_up=rank is None)
        if agreement is None:
            continue
        said = f"{{of: {part.name}, per: {whole.name}}}"
        meaning = f"{part.title}÷{whole.title}"
        found = proposal("rate", printed.name, said, meaning, agreement, is_named=rank is not None)
        if found is not None:
            nearness = abs(printed.column.index - part.column.index) + abs(printed.column.index - whole.column.index)
            place = rank if rank is not None else len(table.counts) * 2
            yield (*agreement.rank, place, nearness), found


def _rank_of_pair(named: NamedRate | None, printed: Figures, part: Figures, whole: Figures) -> int | None:
    """How usual a pair is for a rate of that name, from 0; None where the labels do not suggest it."""
    if printed.stem.groups not in (part.stem.groups, whole.stem.groups):
        return None
    if named is None:
        return None
    if part.stem.subject not in named.of or whole.stem.subject not in named.per:
        return None
    return named.of.index(part.stem.subject) + named.per.index(whole.stem.subject)


def _agreement_of_rate(
    table: FiguresTable, printed: Figures, part: Figures, whole: Figures, *, may_give_up: bool
) -> Agreement | None:
    """What the rows say of a pair; None as soon as a pair that only numbers could suggest fails in the first rows."""
    agreement = Agreement()
    cells = zip(table.lines, printed.numbers, part.numbers, whole.numbers, strict=True)
    for line, rate, of, per in cells:
        if rate is None or of is None or per is None or per.value <= 0:
            continue
        computed = printed.factor * of.value / per.value
        unsure = printed.factor * (of.slack + of.value / per.value * per.slack) / per.value
        is_telling = of.value not in (Decimal(0), per.value)
        verdict = ratio_verdict(rate, computed, unsure, is_telling=is_telling)
        agreement.add(verdict, Misfit(line, _printed_and_due(rate, computed, printed)))
        if may_give_up and agreement.tested <= _FIRST_ROWS and len(agreement.misfits) > FEWEST_ROWS:
            return None
    return agreement


def _printed_and_due(printed: Number, computed: Decimal, figures: Figures) -> str:
    """印为 88.40%，应为 93.00%."""
    percent = "%" if "%" in printed.text or "％" in printed.text else ""
    # 93% stands for 93 where per cents are counted, and for 0.93 where they are not.
    scale = 100 if percent and figures.factor == 1 else 1
    return f"印为 {printed.text}，应为 {scale * computed:.2f}{percent}"


def _shares(table: FiguresTable, printed: Figures) -> Iterator[_Ranked]:
    """Yields the counts of whose sum a column holds the shares: over the table, its printed total, or a column."""
    if not table.is_whole:
        return
    counts = [part for part in table.counts if part.stem.is_beside(printed.stem) or not printed.stem.subject]
    for part in counts or table.counts:
        is_only = len(table.counts) == 1
        is_named = printed.stem.kind is Kind.SHARE and (is_only or part.stem.subject == printed.stem.subject)
        for place, (within, words, wholes) in enumerate(_wholes(table, part)):
            agreement = _agreement_of_share(table, printed, part, wholes)
            said = f"{{of: {part.name}, within: {within}}}"
            meaning = f"{part.title}占{words}"
            found = proposal("share", printed.name, said, meaning, agreement, is_named=is_named and place == 0)
            if found is not None:
                yield (*agreement.rank, place, abs(printed.column.index - part.column.index)), found


def _wholes(table: FiguresTable, part: Figures) -> Iterator[tuple[str, str, list[Decimal | None]]]:
    """Yields what a count may be a share of: the word, its meaning, and the whole of each line."""
    known = [number.value for line, number in _lines(table, part) if number is not None and not line.is_total]
    yield TABLE, "全表之和", [sum(known, Decimal(0))] * len(table.lines)
    totals = [number.value for line, number in _lines(table, part) if number is not None and line.is_total]
    if totals:
        yield PRINTED_TOTAL, "印出的合计", [totals[-1]] * len(table.lines)
    for label in table.labels:
        sums = _sums_by(table, part, label)
        if FEWEST_ROWS <= len(set(sums)) + 1 < len(known):
            yield label.name, f"同一{label.title}之和", sums


def _sums_by(table: FiguresTable, part: Figures, label: DraftColumn) -> list[Decimal | None]:
    """The sum of a count over the rows with the same text in a column, for each line; blanks take the text above."""
    texts: list[str] = []
    for row in table.rows:
        text = filled_text(row, label.index)
        texts.append(text or (texts[-1] if texts and label.fill_down else ""))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for text, (line, number) in zip(texts, _lines(table, part), strict=True):
        if number is not None and not line.is_total:
            sums[text] += number.value
    return [sums.get(text) for text in texts]


def _lines(table: FiguresTable, figures: Figures) -> Iterator[tuple[Line, Number | None]]:
    return zip(table.lines, figures.numbers, strict=True)


def _agreement_of_share(
    table: FiguresTable, printed: Figures, part: Figures, wholes: Sequence[Decimal | None]
) -> Agreement:
    agreement = Agreement()
    cells = zip(table.lines, printed.numbers, part.numbers, wholes, strict=True)
    for line, share, of, whole in cells:
        if line.is_total or share is None or of is None or not whole:
            continue
        computed = printed.factor * of.value / whole
        unsure = printed.factor * of.slack / whole
        verdict = ratio_verdict(share, computed, unsure, is_telling=of.value not in (Decimal(0), whole))
        agreement.add(verdict, Misfit(line, _printed_and_due(share, computed, printed)))
    return agreement


def _average(table: FiguresTable, printed: Figures) -> Proposal | None:
    """Returns what a column averages: a count over the days of the week, a number, or another column."""
    candidates: list[_Ranked] = []
    parts = _counts_beside(table, printed)
    for part in parts:
        is_named = part.stem.subject == printed.stem.subject or len(parts) == 1
        for over, meaning, divisors in _divisors(table, printed, part):
            agreement = _agreement_of_average(table, printed, part, divisors)
            said = f"{{of: {part.name}, over: {over}}}"
            # A number that only the numbers themselves suggest needs rows enough.
            is_enough = is_named and not over.isdigit()
            found = proposal("average", printed.name, said, f"{part.title}÷{meaning}", agreement, is_named=is_enough)
            if found is not None:
                rank = (*agreement.rank, not is_named, abs(printed.column.index - part.column.index))
                candidates.append((rank, found))
    return best_of(candidates)


def _counts_beside(table: FiguresTable, printed: Figures) -> list[Figures]:
    """The counts of which a column may be computed: of its own time, or of any where its label names none."""
    spans = {printed.stem.span, Span.NONE}
    if printed.stem.span is Span.NONE:
        spans |= set(Span)
    return [part for part in table.counts if part.stem.span in spans and not _DAYS.search(part.stem.subject)]


def _divisors(table: FiguresTable, printed: Figures, part: Figures) -> Iterator[tuple[str, str, list[Decimal | None]]]:
    """Yields what a count may be divided by: the word, its meaning, and the number of each line."""
    for over in table.figures:
        if over.is_count and _OVER.search(over.stem.subject) and over.name != part.name:
            yield over.name, over.title, [None if number is None else number.value for number in over.numbers]
    number = _constant(printed, part)
    if number is None:
        return
    word, meaning = str(number), str(number)
    if number == _DAYS_OF_WEEK:
        word, meaning = DAYS, "一周的天数"
    elif number < _DAYS_OF_WEEK and "日" in printed.title:
        word, meaning = WORKING_DAYS, f"工作日数 {number}"
    yield word, meaning, [Decimal(number)] * len(table.lines)


def _constant(printed: Figures, part: Figures) -> int | None:
    """The whole number by which the count of the first telling line is divided; None where there is none."""
    for average, of in zip(printed.numbers, part.numbers, strict=True):
        if average is None or of is None or average.value <= 0 or of.value <= average.value:
            continue
        number = round(of.value / average.value)
        return number if 1 < number <= _MOST_SPANS else None
    return None


def _agreement_of_average(
    table: FiguresTable, printed: Figures, part: Figures, divisors: Sequence[Decimal | None]
) -> Agreement:
    agreement = Agreement()
    for line, average, of, divisor in zip(table.lines, printed.numbers, part.numbers, divisors, strict=True):
        if average is None or of is None or not divisor or divisor <= 0:
            continue
        computed = of.value / divisor
        verdict = ratio_verdict(average, computed, of.slack / divisor, is_telling=of.value != 0)
        agreement.add(verdict, Misfit(line, _printed_and_due(average, computed, printed)))
    return agreement


def _change(table: FiguresTable, printed: Figures) -> Proposal | None:
    """Returns what changed against the week before or the year before, tested where that week is printed beside."""
    is_difference = "增减" in printed.title or printed.stem.kind is not Kind.CHANGE
    if printed.factor == 1 and not is_difference:
        # A fraction without a sign of per cent would be judged as a plain difference.
        return None
    is_year = any(word in printed.title for word in ("同比", "去年", "上年"))
    against = "year_ago" if is_year else "previous"
    span = Span.YEAR_AGO if is_year else Span.BEFORE
    candidates: list[_Ranked] = []
    for part in table.counts:
        is_current = part.stem.span not in (Span.BEFORE, Span.YEAR_AGO, Span.YTD, Span.MONTH)
        if not is_current:
            continue
        earlier = [other for other in table.counts if _is_earlier(other, part, span)]
        agreement = _agreement_of_change(table, printed, part, earlier[0]) if earlier else Agreement()
        is_own = part.stem.subject == printed.stem.subject and part.stem.groups == printed.stem.groups
        is_grouped = not printed.stem.subject and part.stem.subject in printed.stem.groups
        said = f"{{of: {part.name}, against: {against}}}"
        meaning = f"{part.title}比{'去年同期' if is_year else '上期'}"
        found = proposal("change", printed.name, said, meaning, agreement, is_named=is_own or is_grouped)
        if found is not None:
            candidates.append(((*agreement.rank, abs(printed.column.index - part.column.index)), found))
    return best_of(candidates)


def _is_earlier(other: Figures, part: Figures, span: Span) -> bool:
    return other.stem.span is span and other.stem.subject == part.stem.subject


def _agreement_of_change(table: FiguresTable, printed: Figures, part: Figures, earlier: Figures) -> Agreement:
    agreement = Agreement()
    for line, change, now, before in zip(table.lines, printed.numbers, part.numbers, earlier.numbers, strict=True):
        if change is None or now is None or before is None or not before.value:
            continue
        difference = now.value - before.value
        is_relative = printed.factor > 1
        computed = printed.factor * difference / abs(before.value) if is_relative else difference
        verdict = ratio_verdict(change, computed, Decimal(0), is_telling=difference != 0)
        agreement.add(verdict, Misfit(line, _printed_and_due(change, computed, printed)))
    return agreement
