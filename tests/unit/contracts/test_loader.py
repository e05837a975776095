"""Contract files as they are read."""

from pathlib import Path

import pytest
import yaml

from pipeline.contracts.loader import read_yaml


def test_a_yaml_file_gives_plain_data_and_no_objects(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: [1, 二]", "utf-8")
    assert read_yaml(path) == {"a": [1, "二"]}
    path.write_text("!!python/object:os.system {}", "utf-8")
    with pytest.raises(yaml.YAMLError):
        read_yaml(path)
