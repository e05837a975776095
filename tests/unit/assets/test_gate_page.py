"""What the gate shows: whose each finding is and what to do, the worst first, on one screen."""

from __future__ import annotations

from assets.gate_page import MOST_SHOWN, blocking_rows, gate_metadata
from pipeline.quality.desk.gate import GateVerdict
from pipeline.quality.findings.findings import Finding
from pipeline.settings import Settings

LONG = "请报送部门核对该行：是分项漏报，还是合计写错，更正后重新报送；" * 4


def finding(title: str = "颁发本周 103726，是往周的 23 倍", **changes: object) -> Finding:
    columns: dict[str, object] = {name: None for name in Finding.__dataclass_fields__}
    columns |= {"title": title, "evidence": f"{title}。每个工作日 20745", "status": "open", "severity": "critical"}
    columns |= {"owner": "报送部门", "action": LONG, "first_seen": "2023-16", "last_seen": "2023-16", "weeks": 1}
    return Finding(**(columns | changes))  # type: ignore[arg-type]


def test_a_row_says_whose_it_is_what_is_wrong_and_what_to_do() -> None:
    (row,) = blocking_rows([finding(owner_department="公安厅")])
    assert row == {
        "归谁": "公安厅（报送部门）",
        "问题": "颁发本周 103726，是往周的 23 倍。每个工作日 20745",
        "怎么处理": LONG,
        "期": "2023-16",
    }


def test_what_was_sent_back_says_what_it_waits_for() -> None:
    (row,) = blocking_rows([finding(status="sent_back")])
    assert row["归谁"] == "报送部门"
    assert "（已退回，等更正的报送）" in str(row["问题"])


def test_more_than_a_screen_are_counted() -> None:
    rows = blocking_rows([finding()] * (MOST_SHOWN + 3))
    assert len(rows) == MOST_SHOWN + 1
    assert rows[-1]["问题"] == "另有 3 项，见处理单"


def test_the_verdict_comes_first_and_no_sentence_is_cut(settings: Settings) -> None:
    verdict = GateVerdict((finding(),), (), "2023-16 暂不能发布：1 项严重问题未处理。\n1. 颁发")
    shown = gate_metadata(settings, verdict, ["2023-15", "2023-16"])
    assert list(shown)[:2] == ["结论", "什么挡住了发布"]
    assert shown["结论"] == "2023-16 暂不能发布：1 项严重问题未处理。"
    assert LONG in shown["什么挡住了发布"].value
    assert shown["检查页"].value == str(settings.review / "2023-16" / "quality.html")


def test_an_open_gate_has_nothing_in_the_way(settings: Settings) -> None:
    shown = gate_metadata(settings, GateVerdict((), (), "2023-16 可以发布：没有未处理的严重问题。"), ["2023-16"])
    assert (shown["什么挡住了发布"].value, shown["阻止发布的问题数"]) == ("（无）", 0)
