"""The gate, frozen issues, published files and the steward's workbook; their rules belong in quality and release."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.checks import CHECK_RESULT
from assets.gate_page import gate_metadata
from assets.metadata import markdown_table
from assets.partitions import weekly_asset
from assets.resources import OpenWarehouse

if TYPE_CHECKING:
    from pipeline.warehouse.week_stages import Stage

GATE = dg.AssetKey(["release", "gate"])
ISSUE = dg.AssetKey(["release", "issue"])
METRICS = dg.AssetKey(["published", "metrics"])
SITE = dg.AssetKey(["published", "site"])
WEEKLY = dg.AssetKey(["published", "weekly"])
FINDINGS = dg.AssetKey(["review", "findings"])
# What comes of a release: left out where a week is only to be loaded and checked.
RELEASED = (ISSUE, METRICS, SITE, WEEKLY)
GATE_CHECK = "no_open_critical_finding"


def release_assets(partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    """Makes the assets from the checks to what readers open; the workbook is written even where the gate is closed."""
    return [
        _findings_asset(partitions),
        _gate_asset(partitions),
        _issue_asset(partitions),
        _metrics_asset(partitions),
        _site_asset(partitions),
        _weekly_asset(partitions),
    ]


def _gate_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    description = "发布闸门：未处理的严重问题停止发布，提醒随期发布\n\nWhether the weeks of the run may be released"
    rule = dg.AssetCheckSpec(
        GATE_CHECK,
        asset=GATE,
        blocking=True,
        description="没有未处理的严重问题，才可以发布\n\nNo critical finding is open in these weeks",
    )

    @weekly_asset(GATE, partitions, [CHECK_RESULT], description, check_specs=[rule])
    def gate_asset(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        from pipeline.quality.desk.gate import gate
        from pipeline.release.freeze.due_weeks import due_weeks

        verdict = gate(warehouse.con, due_weeks(warehouse.con, warehouse.weeks_of_run(context.partition_keys)))
        shown = gate_metadata(warehouse.settings, verdict, context.partition_keys)
        yield dg.MaterializeResult(metadata=shown)
        yield dg.AssetCheckResult(
            check_name=GATE_CHECK,
            passed=verdict.is_open,
            severity=dg.AssetCheckSeverity.ERROR,
            description=verdict.message,
            metadata=shown,
        )
        if not verdict.is_open:
            raise dg.Failure(verdict.message, allow_retries=False)

    return gate_asset


def _issue_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    description = "冻结的各期数字：数字变了才有新的修订\n\nFrozen figures; revised only where one changed"

    @weekly_asset(ISSUE, partitions, [GATE], description, kinds=("duckdb",))
    def issue(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> dg.MaterializeResult[Any]:
        from pipeline.release.freeze.due_weeks import due_weeks
        from pipeline.release.freeze.issues import freeze
        from pipeline.warehouse.week_stages import Stage, record_stage

        weeks = due_weeks(warehouse.con, warehouse.weeks_of_run(context.partition_keys))
        _require_open_gate(warehouse, weeks)
        outcomes = freeze(warehouse.con, warehouse.settings, weeks)
        record_stage(warehouse.con, Stage.RELEASED, weeks)
        rows = [
            {
                "期号": outcome.week_id,
                "修订": outcome.revision,
                "新": outcome.is_new,
                "说明": outcome.message,
            }
            for outcome in outcomes
        ]
        return dg.MaterializeResult(metadata={"各期": markdown_table(rows)})

    return issue


def _require_open_gate(warehouse: OpenWarehouse, weeks: Sequence[str]) -> None:
    """Fails where the gate is closed: a run of the release alone has no gate step before it."""
    from pipeline.quality.desk.gate import gate

    verdict = gate(warehouse.con, weeks)
    if not verdict.is_open:
        raise dg.Failure(verdict.message, allow_retries=False)


def _metrics_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    description = "published/metrics.duckdb 与 Parquet：整体替换\n\nReplaced atomically; DuckDB 1.x opens it"

    @weekly_asset(METRICS, partitions, [ISSUE], description, kinds=("duckdb", "parquet"))
    def metrics(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> dg.MaterializeResult[Any]:
        from pipeline.release.published.publish import publish

        report = publish(warehouse.con, warehouse.settings)
        context.log.info(report.message)
        return dg.MaterializeResult(
            metadata={
                "位置": dg.MetadataValue.path(report.path),
                "表数": report.tables,
                "dagster/row_count": report.rows,
                "字节数": report.size_bytes,
                "秒": round(report.seconds, 3),
                "有变化": report.is_changed,
            }
        )

    return metrics


def _site_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    description = "published/site：从已发布的文件生成的网页\n\nPages made from the published file alone"

    # Pages lead to the documents that there are.
    @weekly_asset(SITE, partitions, [METRICS, WEEKLY], description, kinds=("html",))
    def site(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> dg.MaterializeResult[Any]:
        from pipeline.present.site import build_site
        from pipeline.warehouse.week_stages import Stage, record_stage

        path = build_site(warehouse.settings)
        record_stage(warehouse.con, Stage.SITE, _released_weeks(warehouse, Stage.SITE, context.partition_keys))
        context.log.info(f"网页：{path}")
        return dg.MaterializeResult(metadata={"位置": dg.MetadataValue.path(path)})

    return site


def _weekly_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    description = (
        "published/weekly：印发的周报，Word、网页、演示一页与 PDF，每次发布一份\n\nThe printed weekly of each revision"
    )

    @weekly_asset(WEEKLY, partitions, [METRICS], description, kinds=("word",))
    def weekly(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> dg.MaterializeResult[Any]:
        from pipeline.present.weekly import write_released_weeklies
        from pipeline.warehouse.week_stages import Stage, record_stage

        weeks = _released_weeks(warehouse, Stage.WEEKLY, context.partition_keys)
        written = write_released_weeklies(warehouse.settings, weeks)
        record_stage(warehouse.con, Stage.WEEKLY, weeks)
        rows = [
            {
                "期号": weekly.week_id,
                "发布": weekly.revision,
                "新": weekly.is_new,
                "注": weekly.notes,
                "待填写": weekly.fields_to_write,
            }
            for weekly in written
        ]
        metadata: dict[str, Any] = {"周报": markdown_table(rows)}
        # An issue that was withdrawn has no weekly.
        for weekly in written[-1:]:
            metadata["位置"] = dg.MetadataValue.path(weekly.folder)
            if weekly.remark:
                metadata["注"] = dg.MetadataValue.text(weekly.remark)
        return dg.MaterializeResult(metadata=metadata)

    return weekly


def _released_weeks(warehouse: OpenWarehouse, stage: "Stage", weeks: Sequence[str]) -> list[str]:
    """Returns the weeks of the run, and those that were released with them or before and have not reached `stage`."""
    from pipeline.warehouse.week_stages import Stage, weeks_lacking

    unreleased = weeks_lacking(warehouse.con, [Stage.RELEASED])
    left_over = set(weeks_lacking(warehouse.con, [stage])).difference(unreleased)
    return sorted(left_over.union(warehouse.weeks_of_run(weeks)))


def _findings_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    description = "数据专员的处理单：哪份文件、哪一行、归谁处理\n\nThe steward's workbook of findings"

    @weekly_asset(FINDINGS, partitions, [CHECK_RESULT], description, kinds=("excel",))
    def findings(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> dg.MaterializeResult[Any]:
        from pipeline.contracts import load_contracts
        from pipeline.present.sender.send_back import send_back
        from pipeline.present.site.pages.quality import write_review_pages
        from pipeline.present.steward.workbook import write_reviews
        from pipeline.warehouse.week_stages import Stage, record_stage

        settings, weeks = warehouse.settings, warehouse.weeks_of_run(context.partition_keys)
        paths = write_reviews(warehouse.con, settings, weeks)
        pages = write_review_pages(warehouse.con, settings, weeks)
        contracts = load_contracts(settings.contracts)
        copies = send_back(warehouse.con, settings, weeks, contracts, context.log.warning)
        record_stage(warehouse.con, Stage.REVIEWED, weeks)
        return dg.MaterializeResult(
            metadata={
                "位置": dg.MetadataValue.path(paths[-1]),
                "处理单份数": len(paths),
                "检查页": dg.MetadataValue.path(pages[-1]),
                "退回的文件": [str(copy) for copy in copies],
            }
        )

    return findings
