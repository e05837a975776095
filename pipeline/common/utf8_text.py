"""Reads a text that people keep beside the program, such as a contract or a code list: in UTF-8, or not at all."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from pipeline.common.sentences import SentenceError


class NotUtf8Error(SentenceError, ValueError):
    """Says in a Chinese sentence which file is no UTF-8, and how it becomes UTF-8."""


def read_utf8(path: Path) -> str:
    """Returns the text of a file, without the mark that Notepad writes before it (U+FEFF).

    Raises NotUtf8Error: Excel and Notepad of a Chinese Windows write GB18030 unless they are told not to.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8Error(
            f"{path.name} 不是 UTF-8 文本，多半是中文 Windows 另存成了 GB18030：请用记事本另存为 UTF-8，"
            "CSV 用 Excel 另存为“CSV UTF-8”"
        ) from error


def read_utf8_csv(path: Path) -> list[dict[str, str | None]]:
    """Returns the rows of a CSV by the names in its first line; raises NotUtf8Error.

    Example: the lines `alias,department_id` and `水利厅,shuili` give [{"alias": "水利厅", "department_id": "shuili"}].
    A row that ends early has None in its last columns.
    """
    return list(csv.DictReader(io.StringIO(read_utf8(path), newline="")))
