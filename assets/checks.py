"""One asset check per expectation, and the table of their results; what is expected belongs in expectations/."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import dagster as dg

from assets.partitions import POOL, weekly_asset, weeks_of_tags
from assets.resources import OpenWarehouse
from assets.shown import markdown_table
from assets.tables import key_of
from pipeline.quality.results import CheckResult
from pipeline.quality.suites import Check, TableSuite

CHECK_RESULT = dg.AssetKey(["quality", "check_result"])
_SEVERITY = {"critical": dg.AssetCheckSeverity.ERROR, "warning": dg.AssetCheckSeverity.WARN}


def check_result_asset(
    checked: Iterable[dg.AssetKey], partitions: dg.StaticPartitionsDefinition
) -> dg.AssetsDefinition:
    """quality.check_result: every expectation, run once for the weeks of a run after all tables are built."""

    description = "每周每项检查的结果，问题清单由此而来\n\nOne row per week, table and check; findings beside it"

    @weekly_asset(CHECK_RESULT, partitions, checked, description, kinds=("duckdb", "greatexpectations"))
    def check_result(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> dg.MaterializeResult[Any]:
        results = warehouse.check_results(context.partition_keys)
        failed = [result for result in results if not result.is_passed]
        metadata: dict[str, Any] = {
            "dagster/row_count": len(results),
            "failed": len(failed),
            "failed_checks": markdown_table([_in_words(result) for result in failed]),
        }
        return dg.MaterializeResult(metadata=metadata)

    return check_result


def expectation_checks(suites: Sequence[TableSuite], weeks: Sequence[str]) -> dg.AssetChecksDefinition:
    """The checks as Dagster shows them on their tables: passed where every week of the run passed.

    None is blocking: what stops a release is the gate, which also knows what a steward has decided.
    """
    expectations = {(suite.table, check.name): check for suite in suites for check in suite.expectations}

    @dg.multi_asset_check(
        name="expectations",
        specs=[_spec(table, check) for (table, _), check in expectations.items()],
        can_subset=True,
        pool=POOL,
    )
    def checks(
        context: dg.AssetCheckExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> Iterator[dg.AssetCheckResult]:
        asked = weeks_of_tags(context.run.tags, weeks) or _last_delivered(warehouse)
        outcomes: dict[tuple[str, str], list[CheckResult]] = defaultdict(list)
        for result in warehouse.check_results(asked):
            outcomes[result.table_name, result.check_name].append(result)
        for (table, name), check in expectations.items():
            if dg.AssetCheckKey(key_of(table), name) in context.selected_asset_check_keys:
                yield _outcome(table, check, outcomes[table, name])

    return checks


def _last_delivered(warehouse: OpenWarehouse) -> list[str]:
    week = warehouse.last_delivered_week()
    if week is None:
        raise dg.Failure("还没有任何报送，无从检查：请先装载一期（zhoubao run --week …）。", allow_retries=False)
    return [week]


def _spec(table: str, check: Check) -> dg.AssetCheckSpec:
    meta = check.meta
    thresholds = [
        {"阈值": item.name, "值": item.value, "自": item.since, "原因": item.reason_zh} for item in meta.thresholds
    ]
    return dg.AssetCheckSpec(
        name=check.name,
        asset=key_of(table),
        additional_deps=[CHECK_RESULT],
        description="\n\n".join((meta.title_zh, meta.description_zh, meta.title_en, meta.description_en)),
        metadata={
            "severity": meta.severity,
            "owner": meta.owner,
            "fix": meta.fix_zh,
            "keys": "、".join(meta.keys),
            "expectation": check.type,
            **({"thresholds": markdown_table(thresholds)} if thresholds else {}),
        },
    )


def _outcome(table: str, check: Check, results: Sequence[CheckResult]) -> dg.AssetCheckResult:
    failed = [result for result in results if not result.is_passed]
    latest = failed[-1] if failed else None
    return dg.AssetCheckResult(
        passed=not failed,
        asset_key=key_of(table),
        check_name=check.name,
        severity=_SEVERITY[check.meta.severity],
        description=f"{latest.week_id}：{latest.evidence}" if latest else None,
        metadata={
            "unexpected_count": sum(result.unexpected_count for result in results),
            "element_count": sum(result.element_count for result in results),
            "weeks": len(results),
            "owner": check.meta.owner,
            **({"failed_weeks": markdown_table([_in_words(result) for result in failed])} if failed else {}),
        },
    )


def _in_words(result: CheckResult) -> dict[str, object]:
    return {
        "期号": result.week_id,
        "表": result.table_name,
        "检查": result.check_name,
        "级别": result.severity,
        "不符": result.unexpected_count,
        "行数": result.element_count,
        "证据": result.evidence,
        "主键": result.keys,
    }
