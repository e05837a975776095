"""Proposes `parts`, `within`, `balance` and `flow`: counts of a row that add up, or stand for stock and flow."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain, combinations, product
from operator import attrgetter
from pathlib import Path
from typing import Final

from pipeline.ingest.authoring.drafting.proposals.agreement import MOST_MISFITS, Agreement, Misfit, sum_verdict
from pipeline.ingest.authoring.drafting.proposals.figures import Figures, FiguresTable, Number, like_printed
from pipeline.ingest.authoring.drafting.proposals.label_stems import Span, named_rates, subject_of
from pipeline.ingest.authoring.drafting.proposals.proposal import Proposal, best_of, proposal

_FEWEST_PARTS: Final = 2
_MOST_PARTS: Final = 12
# 小计, 合计 within a group of a header; 总数 beside its parts
_WHOLE: Final = re.compile("小计|合计|总计|总数|总量|共计|^计$")
_OPENING: Final = re.compile("期初|^上.{0,2}(?:结转|遗留|末|未办)|结转[上往]|往[期年]结转|^[上往].*结转")
_CLOSING: Final = re.compile("期末|结转下|^(?:本期|当期)?(?:未办结|未办|在办|结存|待办|尚未办结|留存)")
_CAME_IN: Final = re.compile("^(?:新收|受理|收件|接收|接件|来件|新增|收到|新受理|本期收|交办)")
_WENT_OUT: Final = re.compile("^(?:办理|办结|办毕|完成|处理|处置|退件|退回|转办|作废|终止|撤销|销号)")
_MOST_TERMS: Final = 3
# Of more columns that are called so, the sums of any three are too many to try.
_MOST_CALLED: Final = 4
# What comes in and goes out of a whole desk; 完成 and 退件 are parts of it.
_FLOWS_IN: Final = ("受理", "新收", "收件", "接件", "新受理")
_FLOWS_OUT: Final = ("办结", "办理", "办毕", "已办结")
_Ranked = tuple[tuple[int, ...], Proposal]


def sum_proposals(table: FiguresTable) -> Iterator[Proposal]:
    """Yields the words under `checks:` that join counts of a row."""
    balances = list(_balances(table))
    parts = list(_all_parts(table))
    yield from parts
    yield from _within(table, parts)
    yield from balances
    if not any(not balance.is_doubted for balance in balances):
        yield from _flows(table)


@cache
def _sets_of_parts() -> dict[str, frozenset[str]]:
    """The sets of words by which counts are split: channels, opinions, outcomes."""
    sets: dict[str, set[str]] = defaultdict(set)
    with (Path(__file__).parent / "parts_of_wholes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sets[row["set"]].add(subject_of(row["part"]))
    return {name: frozenset(words) for name, words in sets.items()}


def _all_parts(table: FiguresTable) -> Iterator[Proposal]:
    """Yields for each count the columns beside it that add up to it, if any do; none is part of two wholes."""
    taken: set[str] = set()
    for whole in table.counts:
        if whole.name in taken:
            continue
        candidates: list[_Ranked] = []
        parts_by_words: dict[str, set[str]] = {}
        for of in _runs(table.counts, whole):
            names = {part.name for part in of}
            is_named = _are_named_parts(whole, of, table.counts)
            found = None if taken & names else _parts(table, whole, of, is_named=is_named)
            if found is not None:
                # Of several runs the longest: what is zero in all rows belongs to it.
                candidates.append(((len(found.misfits), not is_named, -len(of)), found))
                parts_by_words[found.said] = names
        best = best_of(candidates)
        if best is not None:
            yield best
            taken |= parts_by_words[best.said]


def _runs(counts: Sequence[Figures], whole: Figures) -> Iterator[tuple[Figures, ...]]:
    """Yields the runs of columns right behind a count, or right before it, that are of its time."""
    place = counts.index(whole)
    behind = counts[place + 1 :]
    before = counts[:place][::-1]
    for columns in (behind, before):
        beside = [column for column in columns if column.stem.span == whole.stem.span and not column.stem.is_part]
        begins_beside = beside[:1] == list(columns[:1])
        longest = min(len(beside), _MOST_PARTS) if begins_beside else 0
        for size in range(_FEWEST_PARTS, longest + 1):
            yield tuple(sorted(beside[:size], key=attrgetter("column.index")))


def _are_named_parts(whole: Figures, of: Sequence[Figures], counts: Sequence[Figures]) -> bool:
    """Whether labels say that columns are the parts of another: 小计 in a group, 网上 and 窗口 behind 办结."""
    groups = {part.stem.groups for part in of}
    if _WHOLE.search(whole.title):
        of_group = [count for count in counts if count.stem.is_beside(whole.stem) and count.name != whole.name]
        return groups == {whole.stem.groups} and len(of) == len(of_group)
    above = (whole.stem.groups, (*whole.stem.groups, whole.stem.subject))
    if _OPENING.search(whole.stem.subject) or len(groups) > 1 or not groups <= set(above):
        return False
    subjects = {part.stem.subject for part in of}
    for words in _sets_of_parts().values():
        if not subjects <= words or whole.stem.subject in words:
            continue
        others = {count.stem.subject for count in counts if count.stem.is_beside(whole.stem)} & words
        return subjects >= others
    return False


def _parts(table: FiguresTable, whole: Figures, of: Sequence[Figures], *, is_named: bool) -> Proposal | None:
    agreement = Agreement()
    for line, total, *parts in zip(table.lines, whole.numbers, *(part.numbers for part in of), strict=True):
        known = [part for part in parts if part is not None]
        if total is None or len(known) < len(parts):
            continue
        summed = sum((part.value for part in known), Decimal(0))
        filled = [part for part in known if part.value]
        is_telling = len(filled) >= _FEWEST_PARTS
        verdict = sum_verdict(total.value - summed, [total, *known], is_telling=is_telling)
        agreement.add(verdict, Misfit(line, f"印为 {total.text}，各部分之和为 {like_printed(summed, total.text)}"))
        if not is_named and len(agreement.misfits) > MOST_MISFITS:
            return None
    said = f"{{whole: {whole.name}, of: [{', '.join(part.name for part in of)}]}}"
    meaning = f"{whole.title}={'+'.join(part.title for part in of)}"
    return proposal("parts", whole.name, said, meaning, agreement, is_named=is_named)


def _within(table: FiguresTable, parts: Sequence[Proposal]) -> Iterator[Proposal]:
    """Yields the counts that are a part of another by their labels: 其中：网上, 主动评价 of 办件."""
    known = " ".join(found.said for found in parts)
    seen: set[str] = set()
    for part, whole in chain(_of_which(table.counts), _of_rates(table)):
        is_told = part.name in seen or re.search(rf"\b{part.name}\b", known) is not None
        if is_told:
            continue
        seen.add(part.name)
        agreement = Agreement()
        for line, of, per in zip(table.lines, part.numbers, whole.numbers, strict=True):
            if of is None or per is None:
                continue
            too_many = max(of.value - per.value, Decimal(0))
            verdict = sum_verdict(too_many, [of, per], is_telling=bool(of.value))
            agreement.add(verdict, Misfit(line, f"{part.title} {of.text}，{whole.title}只有 {per.text}"))
        said = f"{{part: {part.name}, whole: {whole.name}}}"
        found = proposal("within", part.name, said, f"{part.title}≤{whole.title}", agreement, is_named=True)
        if found is not None:
            yield found


def _of_which(counts: Sequence[Figures]) -> Iterator[tuple[Figures, Figures]]:
    """Yields a count with 其中 in its label, and the last one left of it without."""
    whole: Figures | None = None
    for count in counts:
        if not count.stem.is_part:
            whole = count
        elif whole is not None and whole.stem.span == count.stem.span:
            yield count, whole


def _of_rates(table: FiguresTable) -> Iterator[tuple[Figures, Figures]]:
    """Yields the counts of named rates of which one is a part of the other, where such a rate is printed."""
    printed = {figures.stem.subject for figures in table.figures if not figures.is_count}
    for name, rate in named_rates().items():
        if name not in printed or rate.also != "within":
            continue
        for of, per in product(rate.of, rate.per):
            for part, whole in product(table.counts, table.counts):
                is_pair = part.stem.subject == of and whole.stem.subject == per
                if is_pair and part.stem.is_beside(whole.stem) and part.name != whole.name:
                    yield part, whole


def _balances(table: FiguresTable) -> Iterator[Proposal]:
    """Yields at most one balance: opening + in = out + closing, of the columns that are called so."""
    openings, closings = _called(table, _OPENING), _called(table, _CLOSING)
    came = [count for count in _called(table, _CAME_IN) if count not in openings]
    went = [count for count in _called(table, _WENT_OUT) if count not in closings]
    candidates: list[_Ranked] = []
    for opening, closing in product(openings, closings):
        for ins, outs in _sides(came, went):
            found = _balance(table, opening, ins, outs, closing)
            if found is not None:
                candidates.append(((len(found.misfits), len(ins) + len(outs)), found))
    best = best_of(candidates)
    if best is not None:
        yield best


def _sides(
    came: Sequence[Figures], went: Sequence[Figures]
) -> Iterator[tuple[tuple[Figures, ...], tuple[Figures, ...]]]:
    """Yields what may have come in and gone out: columns of one time, the first few of each side."""
    for span in Span:
        ins = [count for count in came if count.stem.span is span][:_MOST_CALLED]
        outs = [count for count in went if count.stem.span is span][:_MOST_CALLED]
        yield from product(_terms(ins), _terms(outs))


def _called(table: FiguresTable, pattern: re.Pattern[str]) -> list[Figures]:
    return [count for count in table.counts if pattern.search(count.stem.subject)]


def _terms(counts: Sequence[Figures]) -> Iterator[tuple[Figures, ...]]:
    """Yields one to three columns that are added up on one side."""
    for size in range(1, _MOST_TERMS + 1):
        yield from combinations(counts, size)


def _balance(
    table: FiguresTable, opening: Figures, ins: Sequence[Figures], outs: Sequence[Figures], closing: Figures
) -> Proposal | None:
    agreement = Agreement()
    is_simplest = len(ins) == 1 and len(outs) == 1
    given, left = [opening, *ins], [*outs, closing]
    columns = [*given, *left]
    for line, *cells in zip(table.lines, *(column.numbers for column in columns), strict=True):
        known: list[Number] = [cell for cell in cells if cell is not None]
        if len(known) < len(columns):
            continue
        came = sum((number.value for number in known[: len(given)]), Decimal(0))
        went = sum((number.value for number in known[len(given) :]), Decimal(0))
        verdict = sum_verdict(came - went, known, is_telling=bool(came))
        agreement.add(verdict, Misfit(line, f"相差 {like_printed(abs(came - went), known[0].text)}"))
        if not is_simplest and len(agreement.misfits) > MOST_MISFITS:
            return None
    continues = ", continues: true" if re.match("上[期周]|期初", opening.stem.subject) else ""
    said = (
        f"{{opening: {opening.name}, in: [{', '.join(column.name for column in ins)}], "
        f"out: [{', '.join(column.name for column in outs)}], closing: {closing.name}{continues}}}"
    )
    meaning = "=".join("+".join(column.title for column in side) for side in (given, left))
    return proposal("balance", closing.name, said, meaning, agreement, is_named=is_simplest)


def _flows(table: FiguresTable) -> Iterator[Proposal]:
    """Yields what comes in and goes out of one time: 受理 and 办结 of the week, and of the year."""
    openings = _called(table, _OPENING)
    seen: set[Span] = set()
    for came, went in product(table.counts, table.counts):
        is_pair = came.stem.subject in _FLOWS_IN and went.stem.subject in _FLOWS_OUT
        if not is_pair or not came.stem.is_beside(went.stem) or came.stem.span in seen:
            continue
        if came.stem.span in (Span.BEFORE, Span.YEAR_AGO):
            continue
        seen.add(came.stem.span)
        agreement = Agreement()
        for line, given, left in zip(table.lines, came.numbers, went.numbers, strict=True):
            if given is None or left is None:
                continue
            too_many = max(left.value - given.value, Decimal(0))
            verdict = sum_verdict(too_many, [given, left], is_telling=bool(left.value))
            agreement.add(verdict, Misfit(line, f"{went.title} {left.text}，多于{came.title} {given.text}"))
        opening = f", opening: {openings[0].name}" if openings else ""
        said = f"{{in: {came.name}, out: {went.name}{opening}}}"
        found = proposal("flow", went.name, said, f"{went.title}不多于{came.title}", agreement, is_named=True)
        if found is not None:
            yield found
