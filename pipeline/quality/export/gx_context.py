"""Writes a folder that plain Great Expectations opens: suites, a read-only copy, validation definitions, a checkpoint.

In: suites, weeks, the warehouse. Out: `DIR/gx` and `DIR/warehouse.duckdb`. The pages of it are made by
`pipeline.quality.export.offline_site`; the weekly run asks Great Expectations in `pipeline.quality.run.validation`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from pipeline.common.sentences import SentenceError
from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.export import offline_site_files
from pipeline.quality.export.warehouse_copy import copy_warehouse
from pipeline.quality.run import dialect
from pipeline.quality.run.batches import batch_sql
from pipeline.quality.run.validation import RESULT_FORMAT

if TYPE_CHECKING:
    from pipeline.settings import Settings

COPY: Final = "warehouse.duckdb"
CHECKPOINT: Final = "zhoubao"
SOURCE: Final = "zhoubao"
SITE: Final = "data_docs"
# Loaded by the name of its module in great_expectations.yml, and registers the dialect by that.
_DIALECT_MODULE: Final = "zhoubao_dialect"
_SITE_MODULE: Final = "zhoubao_data_docs"
_COPY_VARIABLE: Final = "zhoubao_copy"
_REGISTERED: Final = """

# What great_expectations.yml loads from here; loading it makes the dialect known.
from great_expectations.data_context.store import ExpectationsStore  # noqa: E402, F401

register()
"""


class ExportError(SentenceError):
    """A folder that cannot be written to, or nothing to write."""


@dataclass(frozen=True)
class Exported:
    """What stands in a folder now."""

    folder: Path
    suites: int
    expectations: int
    weeks: tuple[str, ...]
    tables: int


@dataclass(frozen=True)
class _Part:
    """Checks of one table that are asked together, over one batch. `name` is the suite's and the batch's."""

    name: str
    suite: TableSuite
    checks: Sequence[Check]
    batch: str


def export_gx(settings: Settings, weeks: Sequence[str], suites: Sequence[TableSuite], folder: Path) -> Exported:
    """Writes suites and a copy of the warehouse into `folder`, in the place of an earlier export.

    Its checkpoint checks `weeks` and says of counts only: no value of a row gets into a result. Raises ExportError for
    a folder with something else in it, or without any week; WarehouseError as the copy does.
    """
    if not weeks:
        raise ExportError("数据仓库里还没有任何一期，没有可以检查的数据：请先装载一期（zhoubao run --week …）。")
    _make_way(folder)
    tables = copy_warehouse(settings, folder / COPY)
    _write_scaffold(folder)
    parts = list(_parts(suites, weeks))
    with open_context(folder) as context:
        _fill(context, parts)
    expectations = sum(len(part.checks) for part in parts)
    return Exported(folder, len(parts), expectations, tuple(weeks), tables)


@contextmanager
def open_context(folder: Path) -> Iterator[Any]:
    """Opens an exported folder as anybody would, without a message to anyone, and closes the copy at the end."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    context = gx.get_context(mode="file", project_root_dir=folder)
    try:
        yield context
    finally:
        for source in context.data_sources.all().values():
            source.get_execution_engine().close()
            source.get_engine().dispose()


def _make_way(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / "gx" / "great_expectations.yml").is_file():
            raise ExportError(f"{folder} 里有别的文件，没有写入：请给一个空的文件夹，或原来导出的文件夹。")
        shutil.rmtree(folder / "gx")
    folder.mkdir(parents=True, exist_ok=True)


def _write_scaffold(folder: Path) -> None:
    """Writes what Great Expectations reads before it opens anything: its configuration, and the plugins that it loads.

    The copy is named by a variable: whoever moves the folder writes its new place into config_variables.yml.
    """
    home = folder / "gx"
    plugins = home / "plugins"
    (home / "uncommitted").mkdir(parents=True)
    plugins.mkdir()
    source = Path(dialect.__file__).read_text("utf-8")
    (plugins / f"{_DIALECT_MODULE}.py").write_text(source + _REGISTERED, "utf-8")
    shutil.copyfile(offline_site_files.MODULE, plugins / f"{_SITE_MODULE}.py")
    shutil.copytree(offline_site_files.VENDORED, plugins / offline_site_files.PLUGIN_FILES)
    variables = {_COPY_VARIABLE: str((folder / COPY).resolve())}
    _write_yaml(home / "uncommitted" / "config_variables.yml", variables)
    _write_yaml(home / "great_expectations.yml", _configuration())


def _configuration() -> dict[str, Any]:
    return {
        "config_version": 4.0,
        "config_variables_file_path": "uncommitted/config_variables.yml",
        "plugins_directory": "plugins/",
        "analytics_enabled": False,
        "progress_bars": {"globally": False},
        "expectations_store_name": "expectations_store",
        "validation_results_store_name": "validation_results_store",
        "checkpoint_store_name": "checkpoint_store",
        "fluent_datasources": {},
        "stores": {
            "expectations_store": {
                **_store("ExpectationsStore", "expectations/"),
                "module_name": _DIALECT_MODULE,
            },
            "validation_results_store": _store("ValidationResultsStore", "uncommitted/validations/"),
            "checkpoint_store": _store("CheckpointStore", "checkpoints/", keeps_name=True),
            "validation_definition_store": _store("ValidationDefinitionStore", "validation_definitions/"),
        },
        "data_docs_sites": {
            SITE: {
                "class_name": "OfflineSiteBuilder",
                "module_name": _SITE_MODULE,
                "show_how_to_buttons": False,
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": "uncommitted/data_docs/",
                },
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            }
        },
    }


def _store(class_name: str, folder: str, *, keeps_name: bool = False) -> dict[str, Any]:
    backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": folder}
    return {
        "class_name": class_name,
        "store_backend": {**backend, "suppress_store_backend_id": True} if keeps_name else backend,
    }


def _parts(suites: Iterable[TableSuite], weeks: Sequence[str]) -> Iterator[_Part]:
    """Yields what is asked together: the rows of a table over all weeks, and what looks at whole weeks by week."""
    for suite in suites:
        of_rows = [check for check in suite.expectations if not check.is_of_weeks]
        of_weeks = [check for check in suite.expectations if check.is_of_weeks]
        if of_rows:
            yield _Part(suite.table, suite, of_rows, batch_sql(suite, weeks))
        if of_weeks:
            for week in weeks:
                yield _Part(f"{suite.table} {week}", suite, of_weeks, batch_sql(suite, [week]))


def _fill(context: Any, parts: Sequence[_Part]) -> None:
    """Puts data source, suites, validation definitions and the checkpoint into an opened folder."""
    import great_expectations as gx

    source = context.data_sources.add_sql(
        SOURCE,
        connection_string=f"{dialect.NAME}:///${{{_COPY_VARIABLE}}}",
        kwargs={"connect_args": {"read_only": True}},
    )
    definitions = []
    for part in parts:
        asset = source.add_query_asset(part.name, query=part.batch)
        suite = context.suites.add(
            gx.ExpectationSuite(
                name=part.name,
                expectations=[gx_expectation(check) for check in part.checks],
                meta={"title_zh": part.suite.meta.title_zh, "table": part.suite.table},
            )
        )
        definition = gx.ValidationDefinition(name=part.name, data=asset.add_batch_definition("weeks"), suite=suite)
        definitions.append(context.validation_definitions.add(definition))
    checkpoint = gx.Checkpoint(
        name=CHECKPOINT,
        validation_definitions=definitions,
        result_format=dict(RESULT_FORMAT),
        actions=[],
    )
    context.checkpoints.add(checkpoint)


def gx_expectation(check: Check) -> dict[str, Any]:
    """Returns a check as Great Expectations has it: its own severity and notes, numbers filled in, days as text.

    What only tests need, the example, is left out.
    """
    meta = check.meta.model_dump(
        mode="json", exclude_none=True, exclude={"severity", "description_zh", "description_en"}
    )
    return {
        "type": check.type,
        "kwargs": check.resolved_kwargs,
        "severity": check.meta.severity,
        "notes": [check.meta.description_zh, check.meta.description_en],
        "description": check.meta.title_zh,
        "meta": meta,
    }


def _write_yaml(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
