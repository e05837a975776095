"""The inbox as assets: ledger, quarantine, one raw table per contract; reading a file belongs in pipeline.ingest."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.column_schema import contract_schema
from assets.data_versions import delivered_version, reference_version, stamps_of
from assets.metadata import markdown_table
from assets.partitions import POOL, weekly_asset
from assets.resources import OpenWarehouse
from assets.tables import LEDGER, REFERENCE, group_of, key_of, table_of
from assets.week_partitions import grow_partitions
from pipeline.contracts import Contract
from pipeline.contracts.expected import ExpectedExport
from pipeline.ingest.reasons import FileOutcome

if TYPE_CHECKING:
    from pipeline.ingest.inbox.loader import FileEvent

LOGGER = logging.getLogger(__name__)
OUTCOMES = {outcome.value: outcome.words for outcome in FileOutcome}
DELIVERY = key_of("ledger.delivery")
REFUSED_CHECK = "no_file_refused"
# A run leaves most files of the inbox to other weeks: the log need not name each of them.
LOG_LEVELS = {"refused": logging.WARNING, "later": logging.DEBUG, "remark": logging.WARNING}
_ACCOUNT = """
SELECT week_id AS 期号, file_name AS 文件, disposition AS 处置, reason AS 原因, sum(row_count)::BIGINT AS 行数
FROM ledger.row_account JOIN ledger.delivery USING (delivery_id)
WHERE source = ? AND list_contains(?, week_id) GROUP BY ALL ORDER BY ALL
"""
_DELIVERIES = """
SELECT week_id AS 期号, source AS 来源, file_name AS 文件, status AS 状态, rows_physical AS 行数, message AS 说明
FROM ledger.delivery WHERE list_contains(?, week_id) OR week_id IS NULL ORDER BY ALL
"""


def delivery_assets(
    contracts: Mapping[str, Contract],
    expected: Mapping[str, ExpectedExport],
    partitions: dg.PartitionsDefinition[str],
) -> Sequence[dg.AssetsDefinition]:
    """Makes one step that loads the inbox into ledger and raw tables, and one for code lists and calendar."""
    specs = _specs(contracts, expected)

    @dg.multi_asset(
        name="load_inbox",
        specs=specs,
        check_specs=[_refused_rule()],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=POOL,
    )
    def load(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        from pipeline.ingest.inbox.loader import make_loader
        from pipeline.ingest.inbox.reread import reread_changed
        from pipeline.ingest.inbox.run import load_inbox
        from pipeline.notice.known import known_of, write_known

        weeks = list(context.partition_keys)
        if not weeks:
            # A range of partitions that stand in another order than time, as where one was added by hand in the UI.
            raise dg.Failure("这次运行没有报告期：请重新选择期号再运行。", allow_retries=False)
        grow_partitions(context.instance, warehouse.settings, warehouse.calendar, weeks)
        loader = make_loader(warehouse.con, warehouse.settings, warehouse.calendar, contracts)
        told: list[FileEvent] = []

        def tell(event: "FileEvent") -> None:
            told.append(event)
            _tell(context, warehouse, event)

        answered: list[FileEvent] = []
        take_decisions = partial(_tell_decisions, warehouse, contracts, tell, answered)
        load_inbox(loader, weeks, tell, take_decisions)
        take_decisions()
        if answered:
            # A decision may correct a cell or accept a name: what is read otherwise by it is read again at once.
            after_decisions = make_loader(warehouse.con, warehouse.settings, warehouse.calendar, contracts)
            for event in reread_changed(after_decisions):
                tell(event)
        write_known(warehouse.settings, known_of(warehouse.con))
        stamps = stamps_of(warehouse.con)
        for spec in specs:
            # A raw table holds one source, the tables of the ledger something of every source.
            sources = [spec.key.path[-1]] if spec.group_name == "raw" else sorted(stamps)
            yield dg.MaterializeResult(
                asset_key=spec.key,
                metadata=_metadata(warehouse, table_of(spec.key), weeks),
                data_version=delivered_version(stamps, sources, weeks),
            )
        yield refused_outcome(told)

    return [load, _reference_asset(partitions)]


def _refused_rule() -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        REFUSED_CHECK,
        asset=DELIVERY,
        description="这次运行没有拒收文件；拒收的要重新报送\n\nNo file was refused in this run",
    )


def refused_outcome(events: "Sequence[FileEvent]") -> dg.AssetCheckResult:
    """Warns of the files refused in a run, each with its sentence: a run that left one out is not plainly green."""
    refused = [event for event in events if event.outcome == FileOutcome.REFUSED.value]
    sentences = [f"{event.file_name}：{event.message}" for event in refused]
    return dg.AssetCheckResult(
        check_name=REFUSED_CHECK,
        asset_key=DELIVERY,
        passed=not refused,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n".join([f"拒收 {len(refused)} 份文件，没有进入统计：", *sentences]) if refused else None,
        metadata={"拒收": len(refused)},
    )


def _tell_decisions(
    warehouse: OpenWarehouse,
    contracts: Mapping[str, Contract],
    tell: "Callable[[FileEvent], None]",
    answered: "list[FileEvent]",
) -> None:
    """Takes the workbooks that lie among the files, tells each and adds it to those answered in this run."""
    for event in _take_decisions(warehouse, contracts):
        answered.append(event)
        tell(event)


def _take_decisions(warehouse: OpenWarehouse, contracts: Mapping[str, Contract]) -> "Iterator[FileEvent]":
    """Records the steward's workbooks among the files before anything is built, and answers each in a copy.

    Yields for each how many rows were recorded, and how many were not and want mending.
    """
    from pipeline.ingest.inbox.loader import FileEvent
    from pipeline.present.steward.answers import write_answers
    from pipeline.quality.desk.intake import take_decisions

    for taken in take_decisions(warehouse.con, warehouse.settings, contracts):
        path = write_answers(warehouse.con, warehouse.settings, taken)
        outcomes = [answer.outcome for answer in taken.answers]
        recorded = outcomes.count("applied")
        unrecorded = len([outcome for outcome in outcomes if outcome not in ("applied", "repeated", "blank")])
        mend = f"{unrecorded} 条没有登记，要补正；" if unrecorded else ""
        words = f"登记处理意见 {recorded} 条；{mend}逐行答复见 {path}"
        yield FileEvent(taken.workbook.file_name, FileOutcome.REMARK.value, message=words)


def _tell(context: dg.AssetExecutionContext, warehouse: OpenWarehouse, event: "FileEvent") -> None:
    """Writes a line per file to the run's log, and tells whoever watches the run."""
    outcome = OUTCOMES.get(event.outcome, event.outcome)
    speed = f"，{event.rows / event.seconds:,.0f} 行/秒" if event.rows and event.seconds else ""
    counted = f" {event.rows:,} 行{speed}" if event.rows else ""
    words = "：".join(filter(None, (f"{event.file_name} {outcome}{counted}", event.message)))
    context.log.info(words)
    LOGGER.log(LOG_LEVELS.get(event.outcome, logging.INFO), "%s", words)
    warehouse.on_file(event)


def _reference_asset(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    description = "代码表、部门别名和报告期日历\n\nCode lists, aliases of departments and the reporting calendar"

    @weekly_asset(REFERENCE, partitions, [DELIVERY], description, kinds=("duckdb", "csv"))
    def reference(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[OpenWarehouse]
    ) -> dg.MaterializeResult[Any]:
        from pipeline.warehouse.reference import load_reference

        changed = load_reference(warehouse.con, warehouse.settings, warehouse.calendar)
        return dg.MaterializeResult(
            metadata={"有变化的表": "、".join(changed) or "（无）"}, data_version=reference_version(warehouse.con)
        )

    return reference


def _specs(contracts: Mapping[str, Contract], expected: Mapping[str, ExpectedExport]) -> list[dg.AssetSpec]:
    of_exports = [_raw_spec(contract, expected[name]) for name, contract in contracts.items()]
    return [*map(_ledger_spec, LEDGER), *of_exports]


def _ledger_spec(table: str) -> dg.AssetSpec:
    return dg.AssetSpec(key_of(table), description=LEDGER[table], group_name=group_of(table), kinds={"duckdb"})


def _raw_spec(contract: Contract, export: ExpectedExport) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["raw", contract.name],
        description="\n\n".join(filter(None, (contract.title, contract.description))),
        group_name="raw",
        kinds={"duckdb"},
        metadata={
            "dagster/column_schema": contract_schema(contract),
            "dagster/table_name": f"raw.{contract.name}",
            "报送方式": f"{contract.delivery.kind}, {export.expected}, {export.required}",
            "主键": list(contract.primary_key),
        },
    )


def _metadata(warehouse: OpenWarehouse, table: str, weeks: Sequence[str]) -> dict[str, Any]:
    """Counts the rows of the whole table; a raw table has the row account of the run's weeks beside it."""
    count = warehouse.con.execute(f"SELECT count(*) FROM {table}").fetchone()
    metadata: dict[str, Any] = {"dagster/row_count": int(count[0]) if count else 0}
    if group_of(table) == "raw":
        metadata["行账"] = markdown_table(_rows(warehouse, _ACCOUNT, [table.split(".")[1], list(weeks)]))
    elif table == "ledger.delivery":
        metadata["报送"] = markdown_table(_rows(warehouse, _DELIVERIES, [list(weeks)]))
    return metadata


def _rows(warehouse: OpenWarehouse, query: str, parameters: list[Any]) -> list[dict[str, Any]]:
    cursor = warehouse.con.execute(query, parameters)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
