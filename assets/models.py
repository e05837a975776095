"""One asset per SQL file: what it is, needs and did; how a model is read and built belongs in pipeline.warehouse."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.catalogue import ModelFacts
from assets.column_schema import Constraints, model_constraints, model_schema
from assets.metadata import markdown_table
from assets.partitions import weekly_asset
from assets.resources import OpenWarehouse
from assets.tables import CORRECTION, REFERENCE, key_of
from pipeline.quality.checks.model import TableSuite

if TYPE_CHECKING:
    from pipeline.warehouse import BuildResult

PREVIEW_ROWS = 5


def model_assets(
    models: Sequence[ModelFacts], suites: Sequence[TableSuite], partitions: dg.PartitionsDefinition[str]
) -> list[dg.AssetsDefinition]:
    """Makes the assets of all SQL models, in the order in which they can be built."""
    suite_by_table = {suite.table: suite for suite in suites}
    return [
        _model_asset(model, model_constraints(model, suite_by_table.get(model.name)), partitions) for model in models
    ]


def _model_asset(
    model: ModelFacts, constraints: Constraints, partitions: dg.PartitionsDefinition[str]
) -> dg.AssetsDefinition:
    deps = [key_of(table) for table in model.depends_on]
    if any(table.startswith("raw.") and key_of(table) != REFERENCE for table in model.depends_on):
        deps.append(CORRECTION)
    description = model.description.replace("\n", "\n\n")

    @weekly_asset(
        key_of(model.name),
        partitions,
        deps,
        description,
        kinds=("duckdb", "sql"),
        metadata=_definition_metadata(model, constraints),
    )
    def build(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> dg.MaterializeResult[Any]:
        from pipeline.warehouse import build_model

        result = build_model(warehouse.con, warehouse.graph, model.name, list(context.partition_keys))
        return dg.MaterializeResult(metadata=_run_metadata(warehouse, model, constraints, result))

    return build


def _definition_metadata(model: ModelFacts, constraints: Constraints) -> dict[str, Any]:
    return {
        "dagster/column_schema": model_schema(model, constraints, {}),
        "dagster/table_name": model.name,
        "粒度": "、".join(model.grain),
        "存为": model.materialized,
        "SQL": dg.MetadataValue.md(f"```sql\n{model.sql.strip()}\n```"),
        "文件": model.file,
    }


def _run_metadata(
    warehouse: OpenWarehouse, model: ModelFacts, constraints: Constraints, result: "BuildResult"
) -> dict[str, Any]:
    from pipeline.warehouse import column_lineage, preview

    types = {row[0]: row[1] for row in warehouse.con.execute(f"DESCRIBE {model.name}").fetchall()}
    return {
        "dagster/row_count": result.rows_total,
        "dagster/column_schema": model_schema(model, constraints, types),
        "dagster/column_lineage": _lineage(column_lineage(warehouse.graph, model.name)),
        "写入的行": result.rows_written,
        "计算的各期": _span(result.weeks_built),
        "没有变化，未重算": result.is_skipped,
        "秒": round(result.seconds, 3),
        "前几行": markdown_table(preview(warehouse.con, model.name, PREVIEW_ROWS)),
    }


def _lineage(lineage: Mapping[str, Sequence[tuple[str, str]]]) -> dg.TableColumnLineage:
    """Returns the lineage with each origin once: tables of the ledger share one asset, and Dagster refuses twins."""
    deps_of_columns: dict[str, list[dg.TableColumnDep]] = {}
    for column, origins in lineage.items():
        distinct = dict.fromkeys((key_of(table), source) for table, source in origins)
        deps_of_columns[column] = [dg.TableColumnDep(key, source) for key, source in distinct]
    return dg.TableColumnLineage(deps_of_columns)


def _span(weeks: Sequence[str]) -> str:
    match list(weeks):
        case []:
            return "（无）"
        case [week]:
            return week
        case [first, *_, last]:
            return f"{first} 至 {last}，共 {len(weeks)} 期"
    raise AssertionError(weeks)
