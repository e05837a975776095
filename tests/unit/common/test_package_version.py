"""Which version is said where the code runs from a checkout, from a wheel, or from neither."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from pipeline.common import package_version as module
from pipeline.settings import PROJECT_ROOT


def test_a_checkout_says_what_its_pyproject_says() -> None:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert module.package_version() == project["version"]


def test_an_installed_package_says_what_its_metadata_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PROJECT_FILE", tmp_path / "pyproject.toml")
    monkeypatch.setattr(module, "version", {"zhoubao": "9.8.7"}.__getitem__)
    assert module.package_version() == "9.8.7"


def test_the_pyproject_of_another_project_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_installed(name: str) -> str:
        raise PackageNotFoundError(name)

    (tmp_path / "pyproject.toml").write_text('[project]\nname = "other"\nversion = "3.2.1"\n', "utf-8")
    monkeypatch.setattr(module, "_PROJECT_FILE", tmp_path / "pyproject.toml")
    monkeypatch.setattr(module, "version", not_installed)
    assert module.package_version() == module.UNKNOWN
