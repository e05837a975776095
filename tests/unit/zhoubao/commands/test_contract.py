"""Contracts go out to the words of a standard and come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from pipeline.contracts import load_contracts
from pipeline.contracts.loader import read_contract
from pipeline.settings import Settings


def test_a_contract_that_went_out_comes_back_equal(zhoubao: Callable[..., Result], tmp_path: Path) -> None:
    contracts = load_contracts(Settings().contracts)
    result = zhoubao("contract", "export", tmp_path / "out")
    assert result.exit_code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{name}.odcs.yaml" for name in contracts}
    target = tmp_path / "case_detail.yaml"
    result = zhoubao("contract", "import", tmp_path / "out" / "case_detail.odcs.yaml", "--out", target)
    assert result.exit_code == 0
    assert read_contract(target) == contracts["case_detail"]
    assert zhoubao("contract", "check", target).exit_code == 0


def test_a_file_that_is_there_is_not_replaced_and_what_is_no_contract_is_refused(
    zhoubao: Callable[..., Result], tmp_path: Path
) -> None:
    zhoubao("contract", "export", tmp_path)
    source = tmp_path / "item_volume.odcs.yaml"
    target = tmp_path / "mine.yaml"
    target.write_text("x", encoding="utf-8")
    result = zhoubao("contract", "import", source, "--out", target)
    assert (result.exit_code, target.read_text("utf-8")) == (1, "x")
    result = zhoubao("contract", "import", target)
    assert result.exit_code == 1
    assert "最外层应是键和值" in result.output
