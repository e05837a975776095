"""Opens a session on Spark, with what its figures depend on set and asserted, and asks it without a value in any log.

pyspark is imported here alone, and only when a session is opened: a hall has none. It comes with `make engine-setup`.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from pipeline.warehouse.engines.engine import EngineError
from pipeline.warehouse.engines.spark_types import duckdb_type

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

REQUIRED: Final = {
    # Without it a sum past its range wraps round, 1/0 is null and CAST('12.7' AS BIGINT) is 12, all without a word.
    "spark.sql.ansi.enabled": "true",
    # A TIMESTAMP is Beijing time as written; a zoned one would be shifted by the zone of whoever reads it.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.session.timeZone": "UTC",
    # A folder hall_id=010100 would be the number 10100.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    # Weeks are replaced by a PARTITION that is written out; any other overwrite is of a whole table.
    "spark.sql.sources.partitionOverwriteMode": "STATIC",
    "spark.sql.storeAssignmentPolicy": "ANSI",
}
# pyspark writes each error to stderr by these, with the SQL and the value that did not fit.
_TALKATIVE: Final = ("SQLQueryContextLogger", "DataFrameQueryContextLogger", "pyspark.sql.connect.logging")


class Session:
    """A session on Spark: statements in, rows and types out; whatever goes wrong is an EngineError without values."""

    def __init__(self, spark: SparkSession, address: str) -> None:
        self._spark = spark
        _silence()
        self._require_settings(address)

    @property
    def version(self) -> str:
        """The version of the engine: `4.3.0`."""
        return str(self._spark.version)

    def run(self, statement: str, about: str) -> None:
        """Runs a statement that gives nothing; `about` names the table in the message of an error."""
        with _in_words(about):
            self._spark.sql(statement).collect()

    def rows(self, query: str, about: str) -> list[tuple[Any, ...]]:
        """Returns all rows of a query."""
        with _in_words(about):
            return [tuple(row) for row in self._spark.sql(query).collect()]

    def types(self, query: str, about: str) -> dict[str, str]:
        """Returns the columns that a query would give, with their types as DuckDB calls them; runs nothing."""
        with _in_words(about):
            schema = self._spark.sql(query).schema
        return _types_of(schema, about)

    def types_of_parquet(self, location: str, about: str) -> dict[str, str]:
        """Returns the columns that the Parquet files of a folder have."""
        with _in_words(about):
            schema = self._spark.read.parquet(location).schema
        return _types_of(schema, about)

    def write_parquet(self, name: str, location: str) -> None:
        """Writes a table or view as Parquet into a folder that is not there yet."""
        with _in_words(name):
            self._spark.table(name).write.parquet(location)

    def close(self) -> None:
        """Ends the session; the tables stay."""
        self._spark.stop()

    def _require_settings(self, address: str) -> None:
        """Raises EngineError where the engine does not take a setting that figures depend on."""
        for name, value in REQUIRED.items():
            with _in_words(address):
                self._spark.conf.set(name, value)
                present = str(self._spark.conf.get(name))
            if present.lower() != value.lower():
                raise EngineError(
                    f"Spark 的设置 {name} 应为 {value}，现为 {present}，改不了：数字会因此不同，"
                    "请在引擎上改正后再运行。"
                )


def connect(remote: str, token: str = "", options: Mapping[str, str] | None = None) -> Session:
    """Opens a session through Spark Connect (4.x), such as `sc://localhost:15002`.

    The token goes over TLS, and without it only to the name `localhost`. Raises EngineError without pyspark.
    """
    _require_pyspark()
    from pyspark.sql.connect.client import DefaultChannelBuilder
    from pyspark.sql.connect.session import SparkSession as ConnectSession

    _silence()
    channel = DefaultChannelBuilder(remote)
    if token:
        channel.set("token", token)
    with _in_words(remote):
        spark = ConnectSession.builder.channelBuilder(channel).create()
        _set_options(spark, options or {})
    return Session(spark, remote)


def open_classic(master: str, options: Mapping[str, str] | None = None) -> Session:
    """Opens a session of this process's own, on `local[2]`, `yarn` or `spark://…`, where a centre has no Connect."""
    _require_pyspark()
    from pyspark.sql import SparkSession

    with _in_words(master):
        builder = SparkSession.builder.master(master).appName("zhoubao").config("spark.ui.enabled", "false")
        for name, value in (options or {}).items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
        # Its driver writes to this process's log: each failed task with the value that did not fit.
        spark.sparkContext.setLogLevel("OFF")
    return Session(spark, master)


def _set_options(spark: SparkSession, options: Mapping[str, str]) -> None:
    for name, value in options.items():
        spark.conf.set(name, value)


def _require_pyspark() -> None:
    from importlib.util import find_spec

    if find_spec("pyspark") is None:
        raise EngineError("没有 pyspark，连不上 Spark：请先运行 make engine-setup，再运行一次。")


def _silence() -> None:
    for name in _TALKATIVE:
        logging.getLogger(name).disabled = True
    # What comes from Spark is read as rows and as Parquet, never as a frame of pandas.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)


@contextmanager
def _in_words(about: str) -> Iterator[None]:
    """Raises an EngineError in the place of what Spark says, which quotes the SQL and the value that did not fit."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        # Without the cause: it holds values, and what shows a failed run shows causes.
        raise EngineError(
            f"{about}：Spark 没有做成（{_condition_of(error)}）。原因见引擎自己的日志；改正后再运行一次。"
        ) from None


def _condition_of(error: Exception) -> str:
    """Returns DIVIDE_BY_ZERO and the like; the class of the error where Spark names none, as for a task in 3.5."""
    named = getattr(error, "getCondition", None) or getattr(error, "getErrorClass", None)
    condition = named() if named is not None else None
    return str(condition or type(error).__name__)


def _types_of(schema: Any, about: str) -> dict[str, str]:
    return {field.name: duckdb_type(about, field.name, field.dataType.simpleString()) for field in schema.fields}
