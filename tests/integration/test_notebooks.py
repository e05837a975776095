"""The notebooks, run against the published file alone: they end, they give pictures, and they ask nobody else."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import PROJECT_ROOT, Settings

FOLDER = PROJECT_ROOT / "notebooks"
# What each shows at least.
PICTURES = {"tour": 3, "week_in_depth": 5, "year_in_review": 7}


class Chosen:
    """A choice that a reader made, in the place of the notebook's own list."""

    def __init__(self, value: str) -> None:
        self.value = value


@pytest.fixture
def alone(small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the published file and nothing else, and a machine without a network."""
    target = tmp_path / "published" / "metrics.duckdb"
    target.parent.mkdir()
    shutil.copyfile(small_home.published / "metrics.duckdb", target)
    monkeypatch.setenv("ZHOUBAO_HOME", str(tmp_path))
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setattr(socket.socket, "connect", _no_network)
    return target


def _no_network(*_: object) -> None:
    raise AssertionError("a notebook asked for another machine")


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"notebook_{name}", FOLDER / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.app


def figures(definitions: Any, outputs: Any) -> list[Any]:
    import plotly.graph_objects as go

    found = [*outputs, *dict(definitions).values()]
    return list({id(one): one for one in found if isinstance(one, go.Figure)}.values())


def marks(figure: Any) -> int:
    return sum(len(trace.x) for trace in figure.data if trace.x is not None)


def test_every_notebook_is_known_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} - {"published"} == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_notebook_runs_on_the_published_file_alone_and_gives_pictures(alone: Path, name: str) -> None:
    before = alone.read_bytes()
    outputs, definitions = load(name).run()
    drawn = figures(definitions, outputs)
    assert len(drawn) >= PICTURES[name]
    assert [figure.layout.title.text for figure in drawn if marks(figure) == 0] == []
    assert [figure for figure in drawn if not figure.layout.title.text] == []
    assert alone.read_bytes() == before
    assert list(alone.parent.iterdir()) == [alone]


@pytest.mark.parametrize("name", ["tour", "week_in_depth"])
def test_another_issue_can_be_chosen(alone: Path, name: str) -> None:
    outputs, definitions = load(name).run(defs={"week": Chosen("2023-03")})
    drawn = figures(definitions, outputs)
    assert len(drawn) >= PICTURES[name]
    weeks = {str(x) for figure in drawn for trace in figure.data if trace.x is not None for x in trace.x}
    assert "2023-03" in weeks
    assert "2023-04" not in weeks


def test_the_year_proves_that_its_weeks_add_up(alone: Path) -> None:
    _, definitions = load("year_in_review").run()
    proof = definitions["proof"]
    assert len(proof) >= 8
    assert proof[proof["difference"] != 0].empty


def test_without_a_published_file_a_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setenv("ZHOUBAO_HOME", str(tmp_path))
    import published

    with pytest.raises(FileNotFoundError, match=r"请先运行 make run"):
        published.open_published()


@pytest.mark.parametrize("name", PICTURES)
def test_a_notebook_is_as_marimo_writes_it_and_keeps_no_outputs(name: str) -> None:
    path = FOLDER / f"{name}.py"
    said = subprocess.run(
        [sys.executable, "-m", "marimo", "check", "--strict", str(path)], check=False, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stdout + said.stderr
    text = path.read_text(encoding="utf-8")
    assert "warehouse.duckdb" not in text
    assert 'html_head_file="head.html"' in text
