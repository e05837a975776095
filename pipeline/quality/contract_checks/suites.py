"""All suites of a hall: those written in `expectations/`, and those that come of the words of its contracts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from pipeline.contracts import Contract, load_contracts
from pipeline.ingest.load.printed_lines import has_check_words, shown_fields, view_of
from pipeline.quality.checks.model import SuiteMeta, SuiteWords, TableSuite
from pipeline.quality.checks.suites import load_suites
from pipeline.quality.contract_checks.compose import composed
from pipeline.quality.contract_checks.counts import count_checks
from pipeline.quality.contract_checks.good_lines import good_sql
from pipeline.quality.contract_checks.past import past_checks
from pipeline.quality.contract_checks.ratios import ratio_checks
from pipeline.quality.contract_checks.reporting import reporting_checks
from pipeline.quality.contract_checks.sums import sum_checks
from pipeline.quality.contract_checks.year_to_date import year_to_date_checks
from pipeline.settings import Settings

# A room for each family of words: one more word is one more function there.
_FAMILIES = (count_checks, ratio_checks, year_to_date_checks, sum_checks, reporting_checks, past_checks)
_COLUMNS = {
    "line_label": "行名",
    "covers": "行的种类",
    "reporter": "报送者",
    "told_of": "行名",
    "change_zh": "改动",
    "span": "时间",
    "same_as": "与之相同的",
    "printed_value": "印出的数",
    "computed_value": "算得的数",
    "whole_value": "应有的数",
    "part_value": "分子",
    "given_value": "进来的数",
    "before_value": "上期的数",
    "came_value": "进来的数",
    "went_value": "出去的数",
    "difference": "相差",
    "blanks": "空白的行",
    "cases": "件数",
    "volume": "本期",
    "per_day": "每个工作日",
    "median": "往期中位数",
    "rows_copied": "相同的行",
    "rows_reported": "报送的行",
}
_CODES = {"covers": {"row": "行", "group": "小计", "table": "合计", "year": "累计", "of_which": "其中"}}


def hall_suites(settings: Settings) -> tuple[TableSuite, ...]:
    """Returns all suites of a hall, ordered by table.

    Raises SuiteError and ContractError for what is wrong in a suite or in a contract.
    """
    contracts = load_contracts(settings.contracts)
    suites = [*load_suites(settings.expectations), *contract_suites(contracts.values())]
    return tuple(sorted(suites, key=lambda suite: suite.table))


def contract_suites(contracts: Iterable[Contract]) -> list[TableSuite]:
    """Returns the suite of each contract that says what its figures have to agree with, or has counts."""
    return [_suite(contract) for contract in contracts if has_check_words(contract)]


def _suite(contract: Contract) -> TableSuite:
    drafts = chain.from_iterable(family(contract) for family in _FAMILIES)
    headers = {field.name: field.title for field in shown_fields(contract)}
    return TableSuite(
        name=view_of(contract.name),
        meta=SuiteMeta(title_zh=contract.title, good=good_sql(contract)),
        words=SuiteWords(columns={**headers, **_COLUMNS}, codes=_CODES),
        expectations=tuple(composed(contract, draft) for draft in drafts),
    )
