"""Holds what a drafted contract will say: draft_mending changes it after a trial, contract_yaml writes it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from pipeline.contracts import FieldType
from pipeline.ingest.authoring.drafting.column_types import TypeGuess
from pipeline.ingest.authoring.drafting.columns import DraftColumn
from pipeline.ingest.authoring.drafting.keys import KeyGuess, guess_key
from pipeline.ingest.authoring.drafting.label_words import is_row_number
from pipeline.ingest.authoring.drafting.proposals.proposal import Proposal
from pipeline.ingest.authoring.drafting.proposals.propose import propose
from pipeline.ingest.authoring.drafting.table_guess import TableGuess
from pipeline.ingest.authoring.drafting.wide_guess import WideGuess, guess_wide
from pipeline.ingest.cells.code_lists import CodeLists


@dataclass(frozen=True)
class DraftPlan:
    """A contract's name, its table, the columns that are fields or only number the rows, and the key.

    `file_stem` is the title where the table has none; `delimiter` is that of a text file, "" for a workbook. `mends`
    are sentences about what a trial changed. `wide` says how a wide table is turned into records; `proposals` are the
    check words that its rows agree with.
    """

    name: str
    file_stem: str
    table: TableGuess
    fields: tuple[DraftColumn, ...]
    row_numbers: tuple[DraftColumn, ...]
    key: KeyGuess
    delimiter: str = ""
    mends: tuple[str, ...] = ()
    wide: WideGuess | None = None
    proposals: tuple[Proposal, ...] = ()

    def proposed(self) -> DraftPlan:
        """The plan with the check words that its fields agree with; a wide table is another one once it is turned."""
        if self.wide is not None:
            return self
        return replace(self, proposals=propose(self.table, self.fields))


def plan_contract(
    name: str,
    file_stem: str,
    table: TableGuess,
    columns: Sequence[DraftColumn],
    delimiter: str = "",
    codes: CodeLists = MappingProxyType({}),
) -> DraftPlan:
    """The plan of a contract for a table; a column that only counts rows is ignored where others tell them apart.

    `codes` are the code lists, of whose names the columns of a wide table may be labelled.
    """
    row_numbers: list[DraftColumn] = []
    fields: list[DraftColumn] = []
    for column in columns:
        group = row_numbers if is_row_number(column.title) else fields
        group.append(column)
    wide = guess_wide(fields, codes)
    if wide is not None:
        fields = list(wide.shared)
    key = guess_key(fields, table.rows)
    if row_numbers and not key.columns:
        # It is kept as a text.
        text = TypeGuess(FieldType.STRING)
        kept = [replace(column, guess=text) for column in row_numbers]
        fields = sorted([*kept, *fields], key=lambda column: column.index)
        row_numbers = []
        key = guess_key(fields, table.rows)
    plan = DraftPlan(name, file_stem, table, tuple(fields), tuple(row_numbers), key, delimiter)
    return plan.proposed() if wide is None else _turned(plan, wide)


def _turned(plan: DraftPlan, wide: WideGuess) -> DraftPlan:
    """The plan with the fields of the labels and cells of a wide table; the label becomes part of the key."""
    key = plan.key
    if key.columns:
        key = replace(key, columns=(*key.columns, wide.into.name), latest="", restates=False)
    return replace(plan, fields=(*plan.fields, wide.into, wide.value), key=key, wide=wide)
