"""`zhoubao init` writes a hall's folder, says what comes next, and overwrites nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typer.testing import Result


def test_the_folder_is_written_and_the_next_commands_are_named(
    zhoubao: Callable[..., Result], home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "hall"
    result = zhoubao("init", folder)
    assert result.exit_code == 0
    assert {"hall.toml", "README.md", "reference", "contracts", "expectations", "sql"} == {
        path.name for path in folder.iterdir()
    }
    words = "".join(result.output.split())
    assert f'hall="{folder}"' in words
    assert words.index("contractcheck") < words.index("doctor") < words.index("run--week")
    assert not home.exists()


def test_a_folder_with_files_is_left_alone(zhoubao: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "hall.toml").write_text("mine", "utf-8")
    result = zhoubao("init", tmp_path)
    assert result.exit_code == 1
    assert "没有改动" in result.output
    assert (tmp_path / "hall.toml").read_text("utf-8") == "mine"
