"""Where a province computes is what its settings say; what is missing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.province.engine import spark_of
from pipeline.settings import EngineSettings, Settings
from pipeline.warehouse.engines import EngineError


@pytest.fixture(autouse=True)
def _without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyspark brings another pandas: it must not come into the process of the tests."""
    monkeypatch.setattr("pipeline.province.engine.use_packages", lambda: None)


@pytest.mark.parametrize(
    ("engine", "sentence"),
    [
        (EngineSettings(kind="spark"), "没有在运行的 Spark：请先运行 zhoubao engine start"),
        (EngineSettings(kind="spark", remote="sc://localhost:15002"), "请在 zhoubao.toml 的 \\[engine\\] 写明 storage"),
        (
            EngineSettings(kind="spark", remote="sc://a:1", storage=Path("/srv"), token="${NO_SUCH_TOKEN}"),  # type: ignore[arg-type]  # noqa: S106
            "环境变量 NO_SUCH_TOKEN，它没有设置",
        ),
    ],
    ids=["not started", "no storage", "no token"],
)
def test_what_is_missing_is_said(engine: EngineSettings, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=sentence), spark_of(Settings(home=tmp_path, engine=engine)):
        pass
