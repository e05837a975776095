"""A draft proposes the figures of its columns, as comments that are valid measures once the marks are gone."""

from __future__ import annotations

from pathlib import Path

import yaml

from pipeline.contracts import Contract
from pipeline.contracts.measure_rules import wrong_measures
from pipeline.ingest.authoring.draft import draft_contract
from pipeline.settings import load_settings

LINES = (
    "一件事办理情况（2023年第15期）,,,,,,",
    "区域,受理,办结,按时办结,按时办结率,在办,累计受理",
    "东区,100,90,81,90.00%,10,1100",
    "西区,300,285,270,94.74%,15,3300",
    "南区,250,200,160,80.00%,50,2250",
    "北区,400,380,361,95.00%,20,4400",
)


def test_counts_stocks_and_rates_are_proposed_and_no_year_to_date(tmp_path: Path) -> None:
    path = tmp_path / "一件事.csv"
    path.write_text("\n".join(LINES) + "\n", "utf-8")
    text = draft_contract(path, load_settings(home=tmp_path / "home"), "one").text
    head, _, proposed = text.partition("# measures:\n")
    assert "measures" not in yaml.safe_load(text)
    taken = "\n".join(line.removeprefix("# ") for line in proposed.splitlines())
    contract = Contract.model_validate(yaml.safe_load(f"{head}measures:\n{taken}\n"))
    assert wrong_measures(contract) == []
    assert {measure.label: measure.way.value for measure in contract.measures} == {
        "受理": "sum",
        "办结": "sum",
        "按时办结": "sum",
        "在办": "latest",
        "按时办结率": "rate",
    }
    rate = contract.measures[-1].rate
    assert rate is not None
    assert (rate.of, rate.per) == ("one_on_time_completed", "one_completed")
    assert "按时办结÷办结" in proposed


def test_a_list_of_cases_without_counts_proposes_none(tmp_path: Path) -> None:
    path = tmp_path / "单.csv"
    path.write_text("单号,日期\nA1,2023-04-17\nA2,2023-04-18\n", "utf-8")
    assert "measures" not in draft_contract(path, load_settings(home=tmp_path / "home"), "one").text
