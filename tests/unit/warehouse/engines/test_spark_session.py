"""Spark is asked for by its session alone: nothing else imports pyspark, and without it a sentence says what to do."""

from __future__ import annotations

import logging
import subprocess
import sys
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace

import pytest

from pipeline.settings import PROJECT_ROOT
from pipeline.warehouse.engines import EngineError
from pipeline.warehouse.engines.spark_session import REQUIRED, Session, connect, open_classic

HAS_SPARK = find_spec("pyspark") is not None


@pytest.mark.skipif(HAS_SPARK, reason="pyspark is there")
def test_without_pyspark_a_sentence_says_how_to_get_it() -> None:
    with pytest.raises(EngineError, match="make engine-setup"):
        connect("sc://localhost:15002")
    with pytest.raises(EngineError, match="make engine-setup"):
        open_classic("local[2]")


def test_one_module_alone_imports_pyspark() -> None:
    importing = []
    for package in ("pipeline", "assets", "zhoubao"):
        for path in (PROJECT_ROOT / package).rglob("*.py"):
            lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
            if any(line.startswith(("import pyspark", "from pyspark")) for line in lines):
                importing.append(path.relative_to(PROJECT_ROOT).as_posix())
    assert importing == ["pipeline/warehouse/engines/spark_session.py"]


def test_the_warehouse_does_not_load_what_spark_needs() -> None:
    code = (
        "import sys, pipeline.warehouse, pipeline.warehouse.engines.on_spark;"
        "print([name for name in ('pyspark', 'pyarrow', 'grpc') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


class SparkError(Exception):
    """What Spark raises: a condition, and a message with the value that did not fit."""

    def getCondition(self) -> str:  # noqa: N802
        return "CAST_INVALID_INPUT"


class FakeSpark:
    """A session that takes settings, but for those in `fixed`, and fails at every query."""

    version = "4.3.0"

    def __init__(self, **fixed: str) -> None:
        self._settings: dict[str, str] = {}
        self._fixed = {f"spark.sql.{name}": value for name, value in fixed.items()}
        self.conf = SimpleNamespace(set=self._settings.__setitem__, get=self._get)

    def _get(self, name: str) -> str:
        return (self._settings | self._fixed)[name]

    def sql(self, query: str) -> None:
        raise SparkError(f"The value 'geheim' cannot be cast: {query}")


@pytest.fixture
def _pyspark(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two modules whose errors a session knows, where there is no pyspark."""
    for name, error in (("pyspark.errors", "PySparkException"), ("py4j.protocol", "Py4JError")):
        module = ModuleType(name)
        setattr(module, error, SparkError if error == "PySparkException" else type(error, (Exception,), {}))
        monkeypatch.setitem(sys.modules, name.partition(".")[0], ModuleType(name.partition(".")[0]))
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.usefixtures("_pyspark")
def test_an_engine_that_keeps_a_setting_of_its_own_is_refused() -> None:
    spark = FakeSpark(**{"storeAssignmentPolicy": "LEGACY"})
    with pytest.raises(EngineError, match=r"storeAssignmentPolicy 应为 ANSI，现为 LEGACY"):
        Session(spark, "sc://localhost")  # type: ignore[arg-type]


@pytest.mark.usefixtures("_pyspark")
def test_what_figures_hang_on_is_set() -> None:
    spark = FakeSpark()
    Session(spark, "sc://localhost")  # type: ignore[arg-type]
    assert REQUIRED["spark.sql.ansi.enabled"] == "true"
    assert {name: spark.conf.get(name) for name in REQUIRED} == REQUIRED


@pytest.mark.usefixtures("_pyspark")
def test_an_error_says_its_condition_and_no_value() -> None:
    session = Session(FakeSpark(), "sc://localhost")  # type: ignore[arg-type]
    with pytest.raises(EngineError, match=r"^core\.item：.*CAST_INVALID_INPUT") as raised:
        session.rows("SELECT CAST('geheim' AS BIGINT)", "core.item")
    assert "geheim" not in str(raised.value)
    assert raised.value.__suppress_context__
    assert logging.getLogger("SQLQueryContextLogger").disabled
