"""Which finding belongs to which printed figure."""

from __future__ import annotations

from pipeline.present.weekly.marks import noted
from pipeline.present.weekly.notes import Finding, Notes

ACCEPTED = ("charts.window_weekly", {"measure": "accepted"})
ISSUED = ("charts.window_weekly", {"measure": "issued"})


def test_a_finding_concerns_the_figures_whose_keys_it_does_not_contradict() -> None:
    finding = Finding("charts.window_weekly", ({"measure": "accepted", "week_id": "2023-15"},), "偏高。")
    assert finding.concerns(ACCEPTED)
    assert not finding.concerns(ISSUED)
    assert not finding.concerns(("charts.item_ytd", {"measure": "accepted"}))
    assert Finding("charts.window_weekly", (), "全表。").concerns(ISSUED)


def test_each_finding_is_noted_once_and_notes_are_numbered_in_the_order_of_print() -> None:
    high = Finding("charts.window_weekly", ({"measure": "issued"},), "偏高。")
    notes = Notes([high])
    assert notes.mark("319", ACCEPTED) == "319"
    assert notes.mark("4475", ISSUED) == noted("4475", 0)
    assert notes.mark("34446", ISSUED) == "34446"
    assert notes.texts == ["偏高。"]
