"""Spark is asked for by its session alone: nothing else imports pyspark, and without it a sentence says what to do."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from pipeline.settings import PROJECT_ROOT
from pipeline.warehouse.engines import EngineError
from pipeline.warehouse.engines.spark_session import connect, open_classic

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
