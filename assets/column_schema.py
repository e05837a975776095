"""The columns of a table as Dagster shows them: words, types, and what is known never to be empty or repeated.

In: the facts of a model with its suite, or a contract. Out: a TableSchema. What a key is, `sql/` and the contracts say;
what is checked, `expectations/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg

from assets.catalogue import ModelFacts
from pipeline.contracts import Contract
from pipeline.contracts.model import Field, OnError
from pipeline.quality.checks.core_types import UNEXPECTED_ROWS
from pipeline.quality.checks.library import rule_words
from pipeline.quality.checks.model import Check, TableSuite

UNTYPED = "as upstream"
_NOT_NULL = "expect_column_values_to_not_be_null"


@dataclass(frozen=True)
class Constraints:
    """What holds of a table: columns without a NULL, columns without a repeated value, and sentences.

    `of_columns` are sentences of one column each, `of_table` those of several.
    """

    not_null: frozenset[str] = frozenset()
    unique: frozenset[str] = frozenset()
    of_columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    of_table: tuple[str, ...] = ()

    def of(self, column: str) -> dg.TableColumnConstraints:
        """Returns the constraints of one column."""
        return dg.TableColumnConstraints(
            nullable=column not in self.not_null,
            unique=column in self.unique,
            other=list(self.of_columns.get(column, ())),
        )


def model_constraints(model: ModelFacts, suite: TableSuite | None) -> Constraints:
    """Returns what the grain of a model and the checks of its table say.

    The grain is the key: none of its columns is empty, which a test over a loaded home holds.
    """
    checks = suite.expectations if suite else ()
    critical = [check for check in checks if check.meta.severity == "critical"]
    present = {check.kwargs["column"] for check in critical if check.type == _NOT_NULL}
    sentences: dict[str, list[str]] = {}
    for column, sentence in _checked_sentences(model.name, checks):
        sentences.setdefault(column, []).append(sentence)
    is_one_column = len(model.grain) == 1
    return Constraints(
        not_null=frozenset(present | set(model.grain)),
        unique=frozenset(model.grain if is_one_column else ()),
        of_columns=sentences,
        of_table=() if is_one_column else (f"{'、'.join(model.grain)} 合起来不重复",),
    )


def _checked_sentences(table: str, checks: Sequence[Check]) -> Iterator[tuple[str, str]]:
    """Yields what the checks of one column expect of it, such as (accepted, accepted 不小于 0（检查）)."""
    for check in checks:
        looks_at_one_column = "column" in check.kwargs and check.type not in (UNEXPECTED_ROWS, _NOT_NULL)
        if looks_at_one_column:
            yield check.kwargs["column"], f"{rule_words(table, check)}（检查）"


def contract_constraints(contract: Contract) -> Constraints:
    """Returns what a contract demands of the rows that are loaded.

    A row without a required value is quarantined, or its file refused; where the contract only flags it, it is loaded.
    """
    required = {
        entry.name
        for entry in contract.stored_fields
        if entry.constraints.required and contract.on_error_of(entry) is not OnError.NULL_AND_FLAG
    }
    key = contract.primary_key
    return Constraints(
        not_null=frozenset(required),
        of_columns={entry.name: _demands(entry) for entry in contract.stored_fields},
        of_table=(f"一份报送之内 {'、'.join(key)} 不重复",) if key else (),
    )


def _demands(entry: Field) -> list[str]:
    demands = []
    if entry.constraints.minimum is not None:
        demands.append(f"不小于 {entry.constraints.minimum:g}")
    if entry.constraints.maximum is not None:
        demands.append(f"不大于 {entry.constraints.maximum:g}")
    if entry.constraints.pattern is not None:
        demands.append(f"形如 {entry.constraints.pattern}")
    return demands


def model_schema(model: ModelFacts, constraints: Constraints, types: Mapping[str, str]) -> dg.TableSchema:
    """Describes the columns of a model; their types are known for certain only once the table stands."""
    columns = [(name, types.get(name) or kind or UNTYPED, words) for name, kind, words in model.columns]
    return _schema(columns, constraints)


def contract_schema(contract: Contract) -> dg.TableSchema:
    """Describes the columns that a contract loads."""
    columns = []
    for entry in contract.stored_fields:
        words = "，".join(filter(None, (entry.title, entry.description)))
        columns.append((entry.name, entry.type.sql, words))
    return _schema(columns, contract_constraints(contract))


def _schema(columns: Sequence[tuple[str, str, str]], constraints: Constraints) -> dg.TableSchema:
    described = [dg.TableColumn(name, kind, words, constraints.of(name)) for name, kind, words in columns]
    return dg.TableSchema(described, dg.TableConstraints(list(constraints.of_table)))
