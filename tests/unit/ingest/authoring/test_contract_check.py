"""A wrong contract is one sentence with its file; the shipped ones are right."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.hall.files_in_force import FilesInForce
from pipeline.ingest.authoring.contract_check import check_contracts
from pipeline.settings import Settings
from zhoubao.app import app

GOOD = "name: demo\ntitle: 示例\nversion: 1\ndelivery: {kind: weekly}\nfields:\n  - {name: a, title: 甲}\n"
MEASURED = (
    "name: demo\ntitle: 示例\nversion: 1\ndelivery: {{kind: weekly}}\nfields:\n"
    "  - {{name: a, title: {field}, type: number}}\n"
    "  - {{name: c, title: 渠道, codes: channel}}\n  - {{name: d, title: 部门, codes: department}}\n"
    "measures:\n  - {{name: m, label: 数, unit: {unit}, sum: a, decimals: 2{where}}}\n"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("title: 甲", "title: 甲, codes: nothing"), "没有对应的代码表"),
        (GOOD.replace("title: 甲", "title: 甲, constraints: {pattern: '['}"), "正则表达式"),
        (GOOD + "  - {name: b, title: 甲}\n", "同时属于 a 和 b"),
        (GOOD.replace("甲", "联系电话"), "像个人信息"),
        (GOOD.replace("name: demo", "name: other"), "应与文件名一致"),
        ("fields: [", "不是有效的 YAML"),
        (MEASURED.format(field="金额（万元）", unit="万元", where=""), "存的是 元"),
        (MEASURED.format(field="金额, unit: 元", unit="件", where=""), "存的是 元"),
        (MEASURED.format(field="金额, unit: 千元", unit="元", where=""), "a 的 unit 写了 千元"),
        (MEASURED.format(field="金额", unit="元", where=", where: {c: [网上办]}"), "c 没有“网上办”"),
        (MEASURED.format(field="金额", unit="元", where=", where: {d: [示例局]}"), "d 没有“示例局”"),
    ],
)
def test_a_wrong_contract_is_one_sentence_with_its_file(
    tmp_path: Path, settings: Settings, text: str, said: str
) -> None:
    (tmp_path / "demo.yaml").write_text(text, "utf-8")
    count, problems = check_contracts(tmp_path, settings.reference)
    assert count == 1
    assert len(problems) == 1
    assert problems[0].startswith("demo.yaml")
    assert said in problems[0]


def test_the_shipped_contracts_pass_the_check() -> None:
    result = CliRunner().invoke(app, ["contract", "check"])
    assert (result.exit_code, "都有效" in result.output) == (0, True)


def test_a_wrong_contract_stops_a_run_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo.yaml").write_text("name: [", "utf-8")
    monkeypatch.setattr(Settings, "contracts", FilesInForce((tmp_path,), "*.yaml"))
    monkeypatch.setenv("ZHOUBAO_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(app, ["run", "--week", "2023-15"])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "demo.yaml 不是有效的 YAML" in result.output


@pytest.mark.parametrize(
    ("field", "unit"),
    [("金额（万元）", "元"), ("金额（万元）, unit: 元", "元"), ("受理（件）", "件"), ("受理", "随便")],
)
def test_a_measure_in_the_unit_that_is_stored_is_right(
    tmp_path: Path, settings: Settings, field: str, unit: str
) -> None:
    text = MEASURED.format(field=field, unit=unit, where=", where: {c: [窗口]}")
    (tmp_path / "demo.yaml").write_text(text, "utf-8")
    assert check_contracts(tmp_path, settings.reference) == (1, [])
