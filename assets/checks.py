"""One asset check per expectation, in the colours of decisions; what is expected belongs in expectations/."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import dagster as dg

from assets.metadata import COLOURS, markdown_table, page_links, table_text
from assets.partitions import POOL, weekly_asset, weeks_of_tags
from assets.resources import OpenWarehouse
from assets.tables import key_of
from pipeline.present.shared.findings import STATES, keys_text
from pipeline.quality.checks.model import Check, TableSuite
from pipeline.quality.checks.vocabulary import Vocabulary, read_words
from pipeline.quality.codes import SEVERITY_LABELS
from pipeline.quality.findings.lights import Light, lights
from pipeline.quality.run.results import CheckResult
from pipeline.settings import Settings

CHECK_RESULT = dg.AssetKey(["quality", "check_result"])
MOST_WEEKS_SHOWN = 60


def check_result_asset(checked: Iterable[dg.AssetKey], partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Makes quality.check_result: every expectation, run once for the weeks of a run after all tables are built."""

    description = "每周每项检查的结果，处理单由此而来\n\nOne row per week, table and check; findings beside it"

    @weekly_asset(CHECK_RESULT, partitions, checked, description, kinds=("duckdb", "greatexpectations"))
    def check_result(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> dg.MaterializeResult[Any]:
        from pipeline.warehouse.week_stages import Stage, record_stage

        results = warehouse.check_results(context.partition_keys)
        record_stage(warehouse.con, Stage.CHECKED, context.partition_keys)
        failed = [result for result in results if not result.is_passed]
        words = read_words(warehouse.con)
        metadata: dict[str, Any] = {
            "dagster/row_count": len(results),
            "未通过": len(failed),
            "未通过的检查": markdown_table([_in_words(result, words) for result in failed]),
            **page_links(warehouse.settings, context.partition_keys[-1]),
        }
        return dg.MaterializeResult(metadata=metadata)

    return check_result


def expectation_checks(
    suites: Sequence[TableSuite], weeks: Sequence[str], words: Vocabulary
) -> dg.AssetChecksDefinition:
    """The checks as Dagster shows them on their tables.

    Dagster knows passed, warned and failed: green is passed in every week of the run, red (ERROR) is critical with
    somebody still to decide, and yellow (WARN) is everything that does not stop the release: a warning, or settled by
    a rule or a decision, and the description says which. Passing a settled failure would hide it in green. None is
    blocking: what stops a release is the gate, which counts the same findings.
    """
    expectations = {(suite.table, check.name): check for suite in suites for check in suite.expectations}

    @dg.multi_asset_check(
        name="expectations",
        specs=[_spec(table, check, words.of(table)) for (table, _), check in expectations.items()],
        can_subset=True,
        pool=POOL,
    )
    def checks(
        context: dg.AssetCheckExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> Iterator[dg.AssetCheckResult]:
        asked = weeks_of_tags(context.run.tags, weeks) or _last_delivered(warehouse)
        warehouse.check_results(asked)
        history: dict[tuple[str, str], list[Light]] = defaultdict(list)
        for light in lights(warehouse.con):
            history[light.table_name, light.check_name].append(light)
        for (table, name), check in expectations.items():
            if dg.AssetCheckKey(key_of(table), name) in context.selected_asset_check_keys:
                key = dg.AssetCheckKey(key_of(table), name)
                yield check_outcome(warehouse.settings, check, key, history[table, name], asked)

    return checks


def _last_delivered(warehouse: OpenWarehouse) -> list[str]:
    week = warehouse.last_delivered_week()
    if week is None:
        raise dg.Failure("还没有任何报送，无从检查：请先装载一期（zhoubao run --week …）。", allow_retries=False)
    return [week]


def _spec(table: str, check: Check, words: Vocabulary) -> dg.AssetCheckSpec:
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
            "级别": SEVERITY_LABELS[meta.severity],
            "责任单位": meta.owner,
            "怎么处理": meta.fix_zh,
            "定位的列": "、".join(words.column(key) for key in meta.keys),
            "期望": check.type,
            **({"阈值": markdown_table(thresholds)} if thresholds else {}),
        },
    )


def check_outcome(
    settings: Settings, check: Check, key: dg.AssetCheckKey, history: Sequence[Light], asked: Sequence[str]
) -> dg.AssetCheckResult:
    """Judges by the weeks `asked`; the table is about every week of `history`, in time."""
    of_run = [light for light in history if light.week_id in set(asked)]
    failed = [light for light in of_run if light.colour != "green"]
    is_red = any(light.colour == "red" for light in failed)
    return dg.AssetCheckResult(
        passed=not failed,
        asset_key=key.asset_key,
        check_name=key.name,
        severity=dg.AssetCheckSeverity.ERROR if is_red else dg.AssetCheckSeverity.WARN,
        description=_words(failed) if failed else None,
        metadata={
            "不符的行": sum(light.unexpected_count for light in of_run),
            "检查的行": sum(light.element_count for light in of_run),
            "期数": len(of_run),
            "红灯的期数": sum(light.colour == "red" for light in of_run),
            "黄灯的期数": sum(light.colour == "yellow" for light in of_run),
            "责任单位": check.meta.owner,
            **_history(history),
            **page_links(settings, (failed or of_run)[-1].week_id),
        },
    )


def _words(failed: Sequence[Light]) -> str:
    """Writes the latest week in a sentence, and all that failed in this run as a table, seen without a click."""
    light = failed[-1]
    words = f"【{COLOURS[light.colour]}】{light.week_id} {STATES[light.state]}：{light.evidence}。{light.why}"
    if len(failed) == 1:
        return words
    rows = [_week_row(light) for light in reversed(failed)]
    return f"{words}\n\n{table_text(rows)}"


def _history(history: Sequence[Light]) -> dict[str, Any]:
    """Lists every week that failed, the latest first, and counts the rest: a run of one week keeps them in sight."""
    if not history:
        return {"历次": ""}
    failed = [light for light in reversed(history) if light.colour != "green"]
    passed_count = len(history) - len(failed)
    metadata: dict[str, Any] = {
        "历次": f"{passed_count} 期通过，{len(failed)} 期不符；自 {history[0].week_id}",
    }
    if failed:
        metadata["不符的各期"] = markdown_table([_week_row(light) for light in failed[:MOST_WEEKS_SHOWN]])
    return metadata


def _week_row(light: Light) -> dict[str, object]:
    return {
        "期号": light.week_id,
        "灯": COLOURS[light.colour],
        "状态": STATES[light.state],
        "不符": light.unexpected_count,
        "证据": light.evidence,
        "为什么": light.why,
    }


def _in_words(result: CheckResult, words: Vocabulary) -> dict[str, object]:
    return {
        "期号": result.week_id,
        "表": result.table_name,
        "检查": result.check_name,
        "级别": SEVERITY_LABELS[result.severity],
        "不符": result.unexpected_count,
        "行数": result.element_count,
        "证据": result.evidence,
        "不符的键": keys_text(result.keys, words.of(result.table_name)),
    }
