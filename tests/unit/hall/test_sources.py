"""Where settings of the machine and facts of the hall are read from, and what a key in the wrong file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.hall.errors import HallError
from pipeline.hall.sources import folder_named_in, read_hall_toml
from pipeline.settings import PROJECT_ROOT, Settings, hall_of_program, load_settings, settings_fault


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "zhoubao.toml"
    monkeypatch.setenv("ZHOUBAO_CONFIG", str(path))
    path.write_text('hall = "hall"\nthreads = 3\n', "utf-8")
    (tmp_path / "hall").mkdir()
    return path


def write_hall(config: Path, text: str) -> Path:
    folder = config.parent / "hall"
    (folder / "hall.toml").write_text(text, "utf-8")
    return folder


def fault() -> str:
    with pytest.raises(ValueError, match=r"\S") as error:
        load_settings()
    return settings_fault(error.value)


def test_the_hall_s_folder_is_taken_from_beside_the_file_that_names_it(config: Path) -> None:
    folder = write_hall(config, 'name = "示例大厅"\n[weekly]\nissuer = "甲"\n[week_rule]\nfirst_day = 1\n')
    settings = load_settings()
    assert (settings.hall, settings.hall_name, settings.threads) == (folder, "示例大厅", 3)
    assert (settings.weekly.issuer, settings.week_rule.first_day) == ("甲", 1)


def test_the_environment_goes_before_both_files(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_hall(config, '[weekly]\nissuer = "甲"\ncopies = 5\n')
    monkeypatch.setenv("ZHOUBAO_WEEKLY__ISSUER", "乙")
    assert (load_settings().weekly.issuer, load_settings().weekly.copies) == ("乙", 5)
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("ZHOUBAO_HALL", str(other))
    assert (load_settings().hall, load_settings().weekly.copies) == (other, 0)


def test_whoever_names_no_hall_has_that_of_the_program(config: Path) -> None:
    config.write_text("threads = 3\n", "utf-8")
    assert load_settings().hall == hall_of_program() == PROJECT_ROOT / "halls" / "sichuan"
    assert load_settings().departments.level_words
    assert Settings(hall=None).departments.level_words == ()


@pytest.mark.parametrize("key", ["week_rule", "departments", "weekly", "catalogue", "exports", "words"])
def test_a_fact_of_the_hall_in_the_file_of_the_machine_says_where_it_belongs(config: Path, key: str) -> None:
    config.write_text(f'hall = "hall"\n[{key}]\n', "utf-8")
    assert f"{config} 中的 {key} 是大厅的事，应写在大厅文件夹的 hall.toml" in fault()


@pytest.mark.parametrize("key", ["home", "threads", "notice", "steward", "nane"])
def test_a_setting_of_the_machine_in_hall_toml_says_where_it_belongs(config: Path, key: str) -> None:
    folder = write_hall(config, f'{key} = "x"\n')
    assert f"{folder / 'hall.toml'} 中不能有 {key}" in fault()
    assert "写在 zhoubao.toml" in fault()


def test_a_mistake_in_a_key_names_hall_toml(config: Path) -> None:
    write_hall(config, '[words]\nlevl = "市级"\n')
    assert "words.levl：没有这个键，是不是 level？" in fault()
    assert "请改正大厅文件夹的 hall.toml" in fault()
    write_hall(config, '[exports.window_weekly]\nexpected = "daily"\n')
    assert "exports.window_weekly.expected：应是" in fault()


def test_a_power_type_in_two_groups_is_refused(config: Path) -> None:
    group = '[[power_groups]]\ncode = "{}"\nlabel = "组"\ntypes = ["行政许可"]\n'
    write_hall(config, group.format("a") + group.format("b"))
    assert "事项类型“行政许可”出现了两次，只能属于一组" in fault()


def test_a_code_of_too_few_digits_and_a_weekday_that_there_is_not_are_told_in_chinese(config: Path) -> None:
    write_hall(config, 'hall_id = "51"\n')
    assert "hall_id：写法不对，应为六位数字的区划代码" in fault()
    write_hall(config, "[week_rule]\nworking_weekdays = [1, 2, 8]\n")
    assert "working_weekdays：应为 1（星期一）至 7（星期日）的数" in fault()


def test_a_folder_that_is_not_there_and_a_text_that_is_no_toml_are_sentences(config: Path) -> None:
    folder = write_hall(config, "name = \n")
    assert f"{folder / 'hall.toml'} 不是有效的 TOML" in fault()
    config.write_text('hall = "nowhere"\n', "utf-8")
    assert "nowhere 不存在：请改正 hall，或用 zhoubao init" in fault()


def test_the_weekly_s_template_is_the_one_named_else_weekly_docx_of_the_folder(config: Path) -> None:
    folder = write_hall(config, '[weekly]\ntemplate = "本厅.docx"\n')
    assert load_settings().weekly_template == folder / "本厅.docx"
    write_hall(config, "")
    assert load_settings().weekly_template is None
    (folder / "weekly.docx").write_bytes(b"")
    assert load_settings().weekly_template == folder / "weekly.docx"


def test_a_folder_without_hall_toml_says_nothing(tmp_path: Path) -> None:
    assert read_hall_toml(tmp_path) == {}
    assert folder_named_in(tmp_path / "zhoubao.toml") is None
    assert issubclass(HallError, ValueError)
