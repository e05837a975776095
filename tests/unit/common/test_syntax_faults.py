"""What cannot be read as TOML or YAML is told in Chinese, with the line and what to do."""

from __future__ import annotations

import tomllib

import pytest
import yaml

from pipeline.common.syntax_faults import toml_fault, yaml_fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('hall_id = "510000"\nname = “某市大厅”\n', '第 2 行（name = “某市大厅”）：“ 是全角的，请换成英文的 "'),
        ('name ＝ "某市"\n', '第 1 行（name ＝ "某市"）：＝ 是全角的'),
        ("name = 某市\n", "第 1 行（name = 某市）：文字和代码要写在英文引号里"),
        ("a = 1\nlevel_words = [\n", "第 2 行（level_words = [）：文字和代码要写在英文引号里"),
    ],
    ids=["quotes", "equals", "no quotes", "end of file"],
)
def test_a_toml_that_cannot_be_read_says_the_line_and_what_to_do(text: str, said: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as error:
        tomllib.loads(text)
    assert toml_fault(error.value, text).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: a\nfields:\n\t- name: b\n", "第 3 行（- name: b）：行首有制表符（Tab），请换成空格"),
        ("a: {b：1, c: 2\n", "第 1 行（a: {b：1, c: 2）：： 是全角的，请换成英文的 :"),
        ("a: [1, 2\nb: 3\n", "第 2 行（b: 3）：请核对缩进"),
        ('a: "：\n', '第 1 行（a: "：）：'),
    ],
    ids=["tab", "colon", "bracket", "quote"],
)
def test_a_yaml_that_cannot_be_read_says_the_line_and_what_to_do(text: str, said: str) -> None:
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        with pytest.raises(yaml.YAMLError) as error:
            yaml.load(text, Loader=loader)  # noqa: S506 - both are safe
        assert yaml_fault(error.value, text).startswith(said)


def test_an_empty_text_has_a_first_line() -> None:
    assert toml_fault(tomllib.TOMLDecodeError("odd"), "").startswith("第 1 行")
