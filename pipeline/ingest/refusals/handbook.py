"""Writes docs/refusals.md from the codes of all rooms; the sentences themselves stand in the modules beside this."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from pipeline.ingest import refusals
from pipeline.ingest.refusals.base import RefusalCode
from pipeline.settings import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "refusals.md"
_INTRODUCTION = """\
# 拒收说明 · Refusals

*Every reason why a file is not taken, with its code: written by `python -m pipeline.ingest.refusals.handbook`.*

一份文件不能装载时，平台给出一句说明，并记下它的代码：`ledger.delivery` 和 `ledger.arrival` 的 `code` 列、
`zhoubao status --json` 中都是同一个代码。说明里花括号中的词，使用时换成具体的内容，如文件名、列名和行数。

本页由 `python -m pipeline.ingest.refusals.handbook` 写成，请不要手工修改；句子与代码写在 `pipeline/ingest/refusals/`。
"""
_TABLE_HEAD = "| 代码 | 说明 | 含义 | 怎么办 |\n|---|---|---|---|"
# How a room is called for people; a room without a title stands under the name of its folder.
_ROOM_TITLES = {
    "containers": "打开文件",
    "text": "编码与文本",
    "sheets": "读取工作表",
    "tables": "找到表格",
    "cells": "读取单元格",
    "recognise": "认出合同与期号",
    "load": "装载",
    "second_look": "复核",
    "inbox": "收件目录",
    "authoring": "查看文件与起草合同",
}


@dataclass(frozen=True)
class Room:
    """The codes of one module of refusals, in the order in which they are written there."""

    name: str
    codes: tuple[RefusalCode, ...]


def read_rooms() -> list[Room]:
    """The rooms that have refusals, by name: every module beside this one that defines a `RefusalCode` with members."""
    rooms = []
    for module_info in pkgutil.iter_modules(refusals.__path__):
        module = importlib.import_module(f"{refusals.__name__}.{module_info.name}")
        codes = _codes_of(module)
        if codes:
            rooms.append(Room(module_info.name, codes))
    return rooms


def _codes_of(module: ModuleType) -> tuple[RefusalCode, ...]:
    """The codes that a module defines itself; what it only imports belongs to another room."""
    codes: list[RefusalCode] = []
    for _, item in inspect.getmembers(module, inspect.isclass):
        is_own = item.__module__ == module.__name__
        if is_own and issubclass(item, RefusalCode):
            codes += item
    return tuple(codes)


def render(rooms: Sequence[Room]) -> str:
    """The page: an introduction, and for each room a table with a row a code."""
    return "\n".join([_INTRODUCTION, *(_section(room) for room in rooms)])


def _section(room: Room) -> str:
    folder = f"`pipeline/ingest/{room.name}`"
    title = _ROOM_TITLES.get(room.name)
    heading = f"## {title} · {folder}" if title else f"## {folder}"
    rows = [_row(code) for code in room.codes]
    return "\n".join([heading, "", _TABLE_HEAD, *rows, ""])


def _row(code: RefusalCode) -> str:
    text = code.text
    cells = (f"`{code.code}`", text.sentence, text.meaning, text.action)
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(text: str) -> str:
    """The text as it may stand in a cell of a Markdown table: a bar would end the cell, `<` would begin a tag."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", "<br>")


def write_page(path: Path) -> None:
    """Write the page anew."""
    path.write_text(render(read_rooms()), "utf-8")


if __name__ == "__main__":
    write_page(PAGE)
