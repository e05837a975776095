"""The steward's desk as one asset: what is open, whose it is and how old; what a finding is belongs in quality."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from assets.checks import CHECK_RESULT
from assets.metadata import markdown_table, page_links
from assets.partitions import weekly_asset
from assets.release import FINDINGS
from assets.resources import OpenWarehouse
from pipeline.present.shared.findings import STATES
from pipeline.present.shared.svg import data_uri, stacked_bars
from pipeline.quality.desk.backlog import AGES, SOON_DAYS, DeskState, Pile, backlog, desk_state, state_counts

DESK = dg.AssetKey(["quality", "desk"])
# From light to dark: the older, the more pressing.
_BANDS = tuple(zip(AGES, ("#9ecae1", "#fdae6b", "#e6550d", "#a50f15"), strict=True))


def desk_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Makes quality/desk: unsettled findings by owner and age as a table, a plot, and numbers that Dagster draws."""
    description = "专员案头：未处理的问题归谁、已有几期\n\nOpen findings by owner and age"

    @weekly_asset(DESK, partitions, [CHECK_RESULT, FINDINGS], description, kinds=("duckdb",))
    def desk(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> dg.MaterializeResult[Any]:
        con, settings = warehouse.con, warehouse.settings
        desk_of_today = desk_metadata(backlog(con), state_counts(con), desk_state(con))
        return dg.MaterializeResult(metadata={**desk_of_today, **page_links(settings, context.partition_keys[-1])})

    return desk


def desk_metadata(piles: Sequence[Pile], by_state: Mapping[str, int], state: DeskState) -> dict[str, Any]:
    """Returns what Dagster shows of the desk: piles as table and plot, findings by state, what will come back.

    What will come back are decisions that run out soon and corrections that no longer act.
    """
    owners = _by_owner(piles)
    rows = [
        {"责任单位": owner, **{age: count or "" for age, count in zip(AGES, counts, strict=True)}, "合计": sum(counts)}
        for owner, counts in owners.items()
    ]
    plot = f"![未处理的问题，按责任单位和已有的期数]({data_uri(stacked_bars(owners, _BANDS))})" if owners else "（无）"
    settled = [{"状态": STATES.get(state, state), "问题": count} for state, count in by_state.items()]
    return {
        "未处理": sum(pile.findings for pile in piles),
        "未处理的严重问题": sum(pile.critical for pile in piles),
        "归谁、已有几期": markdown_table(rows),
        "图": dg.MetadataValue.md(plot),
        "按状态": markdown_table(settled),
        f"{SOON_DAYS} 天内到期": state.running_out,
        "在用的更正": state.corrections_active,
        "失效的更正": state.corrections_broken,
    }


def _by_owner(piles: Sequence[Pile]) -> dict[str, list[int]]:
    """Returns counts by age for each owner, the longest pile first."""
    counts: dict[str, list[int]] = {}
    for pile in piles:
        counts.setdefault(pile.owner, [0] * len(AGES))[AGES.index(pile.age)] += pile.findings
    return dict(sorted(counts.items(), key=lambda entry: (-sum(entry[1]), entry[0])))
