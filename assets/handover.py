"""The last step of a run, where zhoubao.toml names a folder for it: released weeks as packages for the province."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.metadata import markdown_table
from assets.partitions import weekly_asset
from assets.release import METRICS
from assets.resources import OpenWarehouse

PACKAGES = dg.AssetKey(["handover", "packages"])
PACKAGES_CHECK = "every_released_week_handed_over"


def handover_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Makes handover/packages: a package a released week; one of which nothing changed stays as it is.

    A week that is kept back is a warning; a folder that cannot be written fails the step, and the next run goes on.
    """
    description = (
        "上报：已发布的各期，交给全省的一期一包，没有变化的不重写\n\nPackages of released weeks, for the province"
    )
    rule = dg.AssetCheckSpec(
        PACKAGES_CHECK,
        asset=PACKAGES,
        description="发布过的各期都已上报\n\nEvery week that was released is handed over",
    )

    @weekly_asset(PACKAGES, partitions, [METRICS], description, kinds=("parquet",), check_specs=[rule])
    def packages(
        _: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        from pipeline.province import HandedOver, hand_over_all

        settings = warehouse.settings
        if settings.handover is None:
            raise dg.Failure("没有写明上报到哪个文件夹：请在 zhoubao.toml 写明 handover。", allow_retries=False)
        outcomes = hand_over_all(warehouse.con, settings, settings.handover)
        handed = [outcome for outcome in outcomes if isinstance(outcome, HandedOver)]
        kept_back = [outcome.message for outcome in outcomes if not isinstance(outcome, HandedOver)]
        rows = [{"期号": one.week_id, "修订": one.revision, "行数": one.rows, "新": one.is_new} for one in handed]
        yield dg.MaterializeResult(
            metadata={"各期": markdown_table(rows), "位置": dg.MetadataValue.path(settings.handover)}
        )
        yield dg.AssetCheckResult(
            check_name=PACKAGES_CHECK,
            passed=not kept_back,
            severity=dg.AssetCheckSeverity.WARN,
            description="；".join(kept_back) or f"已上报 {len(handed)} 期。",
        )

    return packages
