"""What was decided on evidence is said with the evidence and with how sure it is."""

from __future__ import annotations

from pipeline.ingest.evidence import Sureness, decided


def test_a_decision_is_one_sentence_with_its_evidence() -> None:
    assert decided("期号取自文件名", "标题没有写", Sureness.LIKELY) == "期号取自文件名（依据：标题没有写；把握大）"
    assert decided("期号按最晚的一天推定", "哪里都没有写", Sureness.TO_CHECK).endswith("；请核对）")
