"""What the commands share in writing to the terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from zhoubao.console import command_name, complain, new_table, number_text


def test_a_complaint_goes_to_the_error_stream_and_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    complain("文件 [bold]a.csv[/bold] 不存在")
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "文件 [bold]a.csv[/bold] 不存在\n")


def test_numbers_stand_to_the_right_of_their_columns() -> None:
    table = new_table(("期", "件数"), title="t", right=("件数",), overflow=True)
    assert [column.justify for column in table.columns] == ["left", "right"]
    assert [column.overflow for column in table.columns] == ["fold", "fold"]


def test_counts_have_separators_and_nothing_is_no_number() -> None:
    assert [number_text(value) for value in (None, 0, 1234567)] == ["", "0", "1,234,567"]


def test_the_command_is_named_as_it_was_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/zhoubao", "inspect"])
    assert command_name() == "zhoubao"
    monkeypatch.setattr(sys, "argv", ["__main__.py"])
    monkeypatch.setattr(sys, "executable", str(Path.cwd() / ".venv" / "bin" / "python"))
    assert command_name() == ".venv/bin/python -m zhoubao"
    monkeypatch.setattr(sys, "executable", "/opt/python")
    assert command_name() == "/opt/python -m zhoubao"
