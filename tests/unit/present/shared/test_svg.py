"""Small pictures as SVG."""

from __future__ import annotations

import base64

from defusedxml import ElementTree

from pipeline.present.shared.svg import data_uri, stacked_bars, trend


def test_a_trend_has_a_bar_a_week_and_a_zero_can_be_seen():
    picture = ElementTree.fromstring(trend([("2023-01", 0, "green"), ("2023-02", 4, "red")], "近 2 期"))
    assert [bar.attrib["height"] for bar in picture] == ["2", "26"]
    assert picture.attrib["aria-label"] == "近 2 期"


def test_hostile_text_stays_text():
    assert "<script>" not in trend([("<script>", 1, "<script>")], "<script>")


def test_stacked_bars_write_the_sum_at_the_end():
    svg = stacked_bars({"综合窗口": [2, 3]}, [("严重", "#c00"), ("提醒", "#cc0")])
    assert [element.text for element in ElementTree.fromstring(svg).iter() if element.text] == [
        "严重",
        "提醒",
        "综合窗口",
        "5",
    ]


def test_a_picture_can_stand_in_an_address():
    assert base64.b64decode(data_uri("<svg/>").removeprefix("data:image/svg+xml;base64,")) == b"<svg/>"
