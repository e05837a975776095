"""Reads a text that people keep beside the program, such as a contract or a code list: in UTF-8, or not at all."""

from __future__ import annotations

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
