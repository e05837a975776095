"""The command line as a whole: its commands, its version, and what becomes of an error that nobody foresaw."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import Result

from pipeline.common.log import close_log
from pipeline.common.package_version import package_version
from pipeline.settings import PROJECT_ROOT
from zhoubao import app as module
from zhoubao.session import switches

HEAVY = ("dagster", "great_expectations", "pandas", "plotly", "duckdb", "sqlglot", "openpyxl", "pydantic")
COMMANDS = (
    "run",
    "sample",
    "status",
    "notify",
    "inspect",
    "report",
    "release",
    "trace",
    "hall",
    "doctor",
    "review",
    "contract",
)
SUBCOMMANDS = (
    "review export",
    "review import",
    "review send-back",
    "contract draft",
    "contract check",
    "contract try",
)
# What the command line starts with in these tests, in the place of sys.argv.
DEBUG_STATUS = ("zhoubao", "--debug", "status")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    switches.is_debug = False
    close_log()


def test_help_names_every_command(zhoubao: Callable[..., Result]) -> None:
    output = zhoubao("--help").output
    for command in COMMANDS:
        assert f" {command} " in output


@pytest.mark.parametrize("command", [*COMMANDS, "backup", "rebuild", *SUBCOMMANDS])
def test_help_is_whole_on_80_columns_and_gives_an_example(
    zhoubao: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", 80)
    shown = zhoubao(*command.split(), "-h").output
    assert "…" not in shown
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert "例 | example：zhoubao " in shown


def test_the_exit_codes_are_listed_and_whole(zhoubao: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", 80)
    shown = zhoubao("-h").output
    assert "…" not in shown
    assert "退出码：0 做完了" in shown


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import json, sys\nsys.argv = ['zhoubao', '--help']\nfrom zhoubao.app import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_the_version_is_that_of_the_package(zhoubao: Callable[..., Result]) -> None:
    result = zhoubao("--version")
    assert (result.exit_code, result.output.strip()) == (0, f"zhoubao {package_version()}")


def test_the_installed_script_and_the_module_start_the_same() -> None:
    pyproject = (PROJECT_ROOT / "pyproject.toml").read_text("utf-8")
    assert 'zhoubao = "zhoubao.app:main"' in pyproject
    done = subprocess.run(
        [sys.executable, "-m", "zhoubao", "--version"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"zhoubao {package_version()}"


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("电话 13812345678。")


def test_an_error_that_nobody_foresaw_is_one_sentence_and_a_traceback_in_the_log(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    monkeypatch.setattr("pipeline.status.waiting_files", fail)
    monkeypatch.setattr(sys, "argv", ["zhoubao", "status"])
    with pytest.raises(SystemExit) as end:
        module.main()
    assert end.value.code == 1
    shown = capsys.readouterr().err
    log = home / "logs" / "zhoubao.log"
    assert "程序出错（RuntimeError）" in shown
    assert str(log) in shown.replace("\n", "")
    assert "Traceback" not in shown
    text = log.read_text("utf-8")
    assert "Traceback" in text
    assert "13812345678" not in text


def test_debug_shows_the_traceback_on_the_terminal(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.status.waiting_files", fail)
    monkeypatch.setattr(sys, "argv", list(DEBUG_STATUS))
    with pytest.raises(SystemExit):
        module.main()
    assert "Traceback" in capsys.readouterr().err
    assert not home.exists(), "a command that only looks leaves no log where no home is"


def test_debug_is_off_again_in_the_next_command(zhoubao: Callable[..., Result]) -> None:
    zhoubao("--debug", "status")
    assert switches.is_debug
    zhoubao("status")
    assert not switches.is_debug
