"""Messages at the end of a run, and a sensor for due times and waivers; what is worth telling is pipeline.notice's."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.automation import Source
from assets.checks import CHECK_RESULT
from assets.metadata import markdown_table
from assets.partitions import weekly_asset
from assets.release import FINDINGS
from assets.resources import OpenWarehouse

TOLD = dg.AssetKey(["notice", "told"])
TOLD_CHECK = "every_channel_reached"
INTERVAL_SECONDS = 600


def notice_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Makes notice/told: what people were told of this run, beside the gate, for it has to tell that one is closed.

    A channel that cannot be reached is a warning here and never fails the run.
    """
    description = (
        "通知：暂不能发布、新的严重问题、将到期的接受，每件事每个渠道只通知一次\n\nWho was told what, once each"
    )
    rule = dg.AssetCheckSpec(
        TOLD_CHECK,
        asset=TOLD,
        description="每个通知渠道都收到了；没有设置渠道时不发送\n\nEvery configured channel took its message",
    )

    @weekly_asset(TOLD, partitions, [CHECK_RESULT, FINDINGS], description, kinds=("apprise",), check_specs=[rule])
    def told(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        from pipeline.notice.tell import tell_of_run

        told = tell_of_run(warehouse.con, warehouse.settings, warehouse.weeks_of_run(context.partition_keys))
        for failure in told.failures:
            context.log.warning(failure)
        rows = [
            {"渠道": outcome.channel, "结果": "已送达" if outcome.is_sent else outcome.reason}
            for outcome in told.outcomes
        ]
        events = [{"通知": event.words} for event in told.events]
        metadata: dict[str, Any] = {
            "渠道": markdown_table(rows),
            "通知": markdown_table(events),
            "结果": told.message,
        }
        yield dg.MaterializeResult(metadata=metadata)
        yield dg.AssetCheckResult(
            check_name=TOLD_CHECK,
            passed=not told.failures,
            severity=dg.AssetCheckSeverity.WARN,
            description=told.message,
        )

    return told


def due_sensor(source: Source) -> dg.SensorDefinition:
    """Tells of exports that are late and of waivers that end soon, between two runs and without the warehouse."""

    @dg.sensor(
        name="due",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="报送过了时限还没有到、处理期限将到时通知\n\nTells of late exports and of waivers that end soon",
    )
    def due(_: dg.SensorEvaluationContext) -> dg.SkipReason:
        from pipeline.notice.tell import tell_between_runs

        return dg.SkipReason(tell_between_runs(source.settings, source.calendar, source.contracts).message)

    return due
