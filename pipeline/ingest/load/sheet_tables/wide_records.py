"""Says which records a row of a wide table gives: one for each labelled column that holds something.

    地区 | 2021年 | 2022年          region | year | cases
    甲   | 12     |          gives  甲     | 2021 | 12

Columns of months and weeks to come are no records: blank, or 0 where a formula fills them in beforehand. Another value
there is a problem, since either the period of the file or the label of the column is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.common.characters import visible
from pipeline.contracts import Contract, Field
from pipeline.contracts.model import Unpivot
from pipeline.ingest.cells.dates import Context
from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.cells.typed_row import CellProblem
from pipeline.ingest.reasons import Disposition, Reason
from pipeline.ingest.tables.headers.header import Header, RecordColumns, name_of_problems
from pipeline.ingest.tables.headers.wide_labels import WideLabel, is_ahead, value_of
from pipeline.privacy.masking import shown

Texts = Mapping[str, str | None]
"""The texts of a row or record by the name of the field that reads them."""


@dataclass(frozen=True)
class WideRecord:
    """A record of a row: the value of its label for the field that takes it, and the columns that are its own.

    `titles` are the labels of these columns by field, as the header has them: with the row they name the cell.
    """

    label: WideLabel
    value: str
    columns: Mapping[int, Field]
    titles: Mapping[str, str]
    is_ahead: bool

    def with_place(self, problem: CellProblem) -> CellProblem:
        """A problem of one of the record's own cells under the label of its column: there are many of one field."""
        return replace(problem, column_name=self.titles.get(problem.column_name, problem.column_name))


def records_of(header: Header, contract: Contract, context: Context) -> list[WideRecord]:
    """Returns the records that each row of a table gives; none where the contract turns no columns into records."""
    wide = contract.unpivot
    if wide is None:
        return []
    records = []
    for columns in header.records:
        if columns.label is not None:
            records.append(_record(header, columns, columns.label, wide, context))
    return records


def _record(header: Header, columns: RecordColumns, label: WideLabel, wide: Unpivot, context: Context) -> WideRecord:
    titles_by_index = {column.index: name_of_problems(column) for column in header.columns if column.wide}
    own = {index: field for index, field in columns.fields_by_index.items() if index in titles_by_index}
    return WideRecord(
        label,
        value_of(label, context),
        own,
        titles={field.name: titles_by_index[index] for index, field in own.items()},
        is_ahead=is_ahead(label, wide.labels, context),
    )


def says_nothing(record: WideRecord, texts: Texts, contract: Contract) -> bool:
    """Whether none of a record's own cells holds a value; of a column to come 0 is none, either."""
    return all(_is_nothing(field, texts[field.name], contract, record) for field in record.columns.values())


def _is_nothing(field: Field, text: str | None, contract: Contract, record: WideRecord) -> bool:
    stripped = visible(text or "").strip()
    if record.is_ahead:
        is_blank = stripped in contract.missing_of(field) or not stripped
        return is_blank or parse_number(stripped, field.unit) == 0
    # 无 or a blank may mean zero in one field and nothing in all others.
    return stripped in contract.missing_of(field)


def after_period(sheet: str, row_no: int, record: WideRecord, texts: Texts) -> list[CellProblem]:
    """Returns a problem for each filled cell of a column whose month, week or day has not come."""
    problems = []
    for name, text in texts.items():
        if text is not None and visible(text).strip():
            title = record.titles[name]
            reason = Reason.LABEL_AFTER_PERIOD
            problems.append(CellProblem(sheet, row_no, title, reason, shown(text), Disposition.QUARANTINED))
    return problems
