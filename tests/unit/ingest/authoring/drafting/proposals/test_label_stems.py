"""A label says what is counted, of which time, and whether its numbers are counts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.ingest.authoring.drafting.proposals import label_stems
from pipeline.ingest.authoring.drafting.proposals.label_stems import Kind, Span, named_rates, stem_of, subject_of


@pytest.mark.parametrize(
    ("title", "subject", "span", "kind"),
    [
        ("受理(件)", "受理", Span.NONE, Kind.COUNT),
        ("受理/本年累计", "受理", Span.YTD, Kind.COUNT),
        ("本周/受理件数", "受理", Span.WEEK, Kind.COUNT),
        ("累计办结总量", "办结", Span.YTD, Kind.COUNT),
        ("去年同期累计受理", "受理", Span.YEAR_AGO, Kind.COUNT),
        ("上周受理", "受理", Span.BEFORE, Kind.COUNT),
        ("本月累计受理", "受理", Span.MONTH, Kind.COUNT),
        ("本年受理", "受理", Span.YTD, Kind.COUNT),
        ("上期结转", "上期结转", Span.NONE, Kind.COUNT),
        ("本周按时办结率(%)", "按时办结率", Span.WEEK, Kind.RATE),
        ("即办件占比", "即办", Span.NONE, Kind.SHARE),
        ("日均受理", "受理", Span.NONE, Kind.AVERAGE),
        ("受理环比", "受理", Span.NONE, Kind.CHANGE),
        ("其中：网上", "网上", Span.NONE, Kind.COUNT),
        ("累计", "", Span.YTD, Kind.COUNT),
    ],
)
def test_a_title_is_taken_apart(title: str, subject: str, span: Span, kind: Kind) -> None:
    stem = stem_of(title)
    assert (stem.subject, stem.span, stem.kind) == (subject, span, kind)


def test_labels_above_are_groups_but_for_those_of_a_time() -> None:
    assert stem_of("受理/本年累计/网上").groups == ("受理",)
    assert stem_of("受理/网上").is_beside(stem_of("受理/窗口"))
    assert not stem_of("受理/网上").is_beside(stem_of("办结/网上"))
    assert not stem_of("本周/受理").is_beside(stem_of("累计/办结"))


def test_words_that_say_that_something_is_counted_are_no_part_of_the_subject() -> None:
    assert {subject_of(text) for text in ("受理", "受理数", "受理件数", "受理总量", "受理量")} == {"受理"}
    assert subject_of("办件数") == "办件"


def test_a_rate_of_the_field_names_its_counts_in_whatever_spelling() -> None:
    rate = named_rates()[subject_of("主动评价率")]
    assert rate.of == ("主动评价",)
    assert rate.per[0] == "办件"


def test_no_rate_stands_in_the_list_twice() -> None:
    path = Path(label_stems.__file__).parent / "named_rates.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    spellings = [spelling for row in rows for spelling in row["rate"].split("|")]
    assert len(spellings) == len(set(spellings))
    assert {row["also"] for row in rows} <= {"within", "flow"}
