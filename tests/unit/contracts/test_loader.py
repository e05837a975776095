"""Contract files as they are read."""

from pathlib import Path

import pytest
import yaml

from pipeline.contracts.loader import ContractError, read_contract, read_yaml


def test_a_yaml_file_gives_plain_data_and_no_objects(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: [1, 二]", "utf-8")
    assert read_yaml(path) == {"a": [1, "二"]}
    path.write_text("!!python/object:os.system {}", "utf-8")
    with pytest.raises(yaml.YAMLError):
        read_yaml(path)


def test_a_key_that_is_spelt_wrong_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "demo.yaml"
    path.write_text(
        "name: demo\ntitle: 示例\nversion: 1\ndelivery: {kind: weekly, requird: stops}\n"
        "feilds: []\nfields: [{name: a, title: 甲, raet: {of: a, per: b}}]\nchecks: {part: []}\n",
        "utf-8",
    )
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    sentences = str(caught.value)
    for key, meant in (("feilds", "fields"), ("requird", "required"), ("raet", "rate"), ("part", "parts")):
        assert f"{key}：没有这个键，是不是 {meant}？" in sentences
