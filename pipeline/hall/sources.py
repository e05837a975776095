"""Reads zhoubao.toml and the hall.toml that belongs to it as values of settings; `pipeline.settings` types them.

Machine settings stand in the first, facts of the hall in the second: a key in the wrong file is refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, TomlConfigSettingsSource

from pipeline.common.known_keys import hint
from pipeline.common.syntax_faults import toml_fault
from pipeline.common.utf8_text import NotUtf8Error, read_utf8
from pipeline.hall.errors import HallError
from pipeline.hall.facts import SETTING_OF_KEY

HALL_FILE: Final = "hall.toml"
_SETTING_OF_FOLDER: Final = "hall"


class MachineToml(TomlConfigSettingsSource):
    """zhoubao.toml: where things are and how much they may use; the hall's folder is taken from beside it."""

    def __init__(self, settings_cls: type[BaseSettings], file: Path | None) -> None:
        super().__init__(settings_cls, file)

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        values = super()._read_file(file_path)
        misplaced = sorted(values.keys() & SETTING_OF_KEY.keys())
        if misplaced:
            raise HallError(
                f"{file_path} 中的 {'、'.join(misplaced)} 是大厅的事，应写在大厅文件夹的 {HALL_FILE}："
                f'请移到那里，并在 {file_path} 写 hall = "大厅文件夹"（还没有的，用 zhoubao init 大厅文件夹 写出）'
            )
        return _from_beside(values, file_path)


class HallToml(PydanticBaseSettingsSource):
    """hall.toml of the folder that the sources before this one name, or that comes with the program."""

    def __init__(self, settings_cls: type[BaseSettings], folder_of_program: Callable[[], Path | None]) -> None:
        super().__init__(settings_cls)
        self._folder_of_program = folder_of_program

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Gives nothing for a single field: the file is read as a whole."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Returns the settings that the file has. Raises HallError where the folder or a key of it is wrong."""
        if _SETTING_OF_FOLDER in self.current_state:
            named = self.current_state[_SETTING_OF_FOLDER]
        else:
            named = self._folder_of_program()
        if named is None:
            return {}
        folder = Path(named).expanduser()
        _refuse_missing(folder)
        return read_hall_toml(folder)


def read_hall_toml(folder: Path) -> dict[str, Any]:
    """Returns the settings in a hall's hall.toml; none where the folder has no such file.

    Raises HallError for a text that is no TOML, and for a key that is no fact of a hall.
    """
    file = folder / HALL_FILE
    if not file.is_file():
        return {}
    try:
        values = tomllib.loads(read_utf8(file))
    except NotUtf8Error as error:
        raise HallError(f"{file.parent} 的 {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise HallError(f"{file} 不是有效的 TOML：{toml_fault(error, read_utf8(file))}；请改正后再运行一次") from error
    misplaced = sorted(values.keys() - SETTING_OF_KEY.keys())
    if misplaced:
        known = "、".join(SETTING_OF_KEY)
        unknown = "、".join(f"{key}{_in_brackets(hint(key, list(SETTING_OF_KEY)))}" for key in misplaced)
        raise HallError(
            f"{file} 中不能有 {unknown}：这里只写 {known}；"
            "本机的设置（home、threads、notice、steward 等）写在 zhoubao.toml，别的请核对拼写"
        )
    values = {SETTING_OF_KEY[key]: value for key, value in values.items()}
    return _template_from_beside(values, folder)


def _in_brackets(question: str) -> str:
    return f"（{question}）" if question else ""


def folder_named_in(file: Path) -> Path | None:
    """Returns the hall's folder that a zhoubao.toml names, from beside the file; None where it names none."""
    if not file.is_file():
        return None
    values = _from_beside(tomllib.loads(file.read_text("utf-8")), file)
    named = values.get(_SETTING_OF_FOLDER)
    return None if named is None else Path(named)


def _from_beside(values: dict[str, Any], file: Path) -> dict[str, Any]:
    """hall = "halls/x" of /srv/zhoubao.toml → /srv/halls/x, wherever the command is typed."""
    named = values.get(_SETTING_OF_FOLDER)
    if not isinstance(named, str):
        return values
    folder = Path(file).absolute().parent / Path(named).expanduser()
    return {**values, _SETTING_OF_FOLDER: folder}


def _template_from_beside(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """weekly.template = "本厅.docx" of a hall.toml → the file of the hall's folder."""
    weekly = values.get("weekly")
    if not isinstance(weekly, dict) or not isinstance(weekly.get("template"), str):
        return values
    template = folder / Path(weekly["template"]).expanduser()
    return {**values, "weekly": {**weekly, "template": template}}


def _refuse_missing(folder: Path) -> None:
    if folder.is_dir():
        return
    raise HallError(f"设置 hall 所指的大厅文件夹 {folder} 不存在：请改正 hall，或用 zhoubao init {folder} 写出一个")
