"""The check words of a draft are asked of its own file before it is written."""

from __future__ import annotations

from pathlib import Path

import yaml

from pipeline.contracts import Contract
from pipeline.contracts.check_rules import wrong_words
from pipeline.ingest.authoring.draft import Draft, draft_contract
from pipeline.ingest.authoring.looking.trial_load import Complaint
from pipeline.quality.run.contract_trial import complaints
from pipeline.settings import load_settings

TITLES = "单位,受理,办结,办结率,网上,窗口"
ROWS = [
    "东区,100,90,90.00%,60,30",
    "西区,300,285,95.00%,200,85",
    "南区,250,200,80.00%,120,80",
    "北区,400,380,95.00%,300,80",
    "高新区,150,120,80.00%,70,50",
]


def drafted(home: Path, *rows: str) -> Draft:
    path = home / "办件.csv"
    path.write_text("\n".join([TITLES, *rows]) + "\n", "utf-8")
    return draft_contract(path, load_settings(home=home / "home"), "case_report", ask_checks=complaints)


def contract_of(draft: Draft) -> Contract:
    return Contract.model_validate(yaml.safe_load(draft.text))


def test_a_clean_file_agrees_with_every_word_that_is_proposed(tmp_path: Path) -> None:
    draft = drafted(tmp_path, *ROWS)
    contract = contract_of(draft)
    assert wrong_words(contract) == []
    assert draft.is_whole
    words = {field.name: field.rate for field in contract.fields if field.rate}
    assert list(words) == ["completion_rate"]
    assert not any("按提议的核对" in sentence for sentence in draft.sentences)
    assert "办结÷受理，5 行中 5 行相符" in draft.text
    assert "按各行的数提议了 3 项核对（rate 1、parts 1、flow 1），依据写在旁边，核对后删去注释" in draft.sentences


def test_a_row_that_does_not_agree_is_told_in_the_words_of_a_finding(tmp_path: Path) -> None:
    draft = drafted(tmp_path, *ROWS, "新区,200,100,90.00%,60,40")
    told = [sentence for sentence in draft.sentences if "按提议的核对" in sentence]
    assert len(told) == 1
    assert "新区的办结率印为 90.00%" in told[0]
    assert told[0].endswith("（第 7 行）")
    assert contract_of(draft).fields[3].rate is not None


def test_a_word_that_its_checks_contradict_goes_and_the_draft_says_so(tmp_path: Path) -> None:
    def contradicts(*_: object) -> list[Complaint]:
        return [Complaint("rate_completion_rate", row_no, "不符") for row_no in range(2, 5)]

    path = tmp_path / "办件.csv"
    path.write_text("\n".join([TITLES, *ROWS]) + "\n", "utf-8")
    draft = draft_contract(path, load_settings(home=tmp_path / "home"), "case_report", ask_checks=contradicts)
    assert "改过：去掉了 rate（办结÷受理），试核对时有 3 行不符" in draft.text
    assert contract_of(draft).fields[3].rate is None


def test_words_that_ask_which_weeks_there_were_are_asked_too(tmp_path: Path) -> None:
    lines = ["窗口办件情况（2023年第15期）,,", "区域,本周收件,今年累计收件", "东区,12,180", "西区,30,411", "南区,7,95"]
    path = tmp_path / "窗口办件.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    draft = draft_contract(path, load_settings(home=tmp_path / "home"), "window_report", ask_checks=complaints)
    assert draft.is_whole, draft.sentences
    assert any(field.cumulative for field in contract_of(draft).fields)
