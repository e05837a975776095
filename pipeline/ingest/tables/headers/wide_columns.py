"""Says which columns of a header a contract turns into records: those whose labels are values (`unpivot`).

    地区 | 2021年 | 2022年          地区 | 2021年 |      | 2022年 |
                                         | 受理   | 办结 | 受理   | 办结

Each row gives a record for 2021 and one for 2022; what stands below 受理 is the field of that label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.contracts import Contract, Field
from pipeline.contracts.labels import OTHER_PERIOD, label_key
from pipeline.contracts.model import Unpivot
from pipeline.ingest.tables.aggregate_words import aggregate_of
from pipeline.ingest.tables.headers.contract_labels import field_of_path, fields_by_path, ignored_labels
from pipeline.ingest.tables.headers.paths import Row
from pipeline.ingest.tables.headers.wide_labels import WideLabel, is_of_period, read_label, year_in

_FEWEST = 2


@dataclass(frozen=True)
class WideColumn:
    """A column whose label is a value, and the field of the cells below it."""

    label: WideLabel
    field: Field


def wide_column(texts: Sequence[str], contract: Contract) -> WideColumn | None:
    """Returns what a column of a wide table is; None where its labels, from the outermost on, say no value.

    A label of two fields (2021年/受理) belongs to the field that its other part names, else to `unpivot.value`.
    """
    wide = contract.unpivot
    if wide is None:
        return None
    parts = list(dict.fromkeys(filter(None, texts)))
    place, label = _label_among(parts, wide, contract)
    if label is None:
        return None
    rest = [part for at, part in enumerate(parts) if at != place]
    if label.number is not None and label.year is None:
        label, rest = _with_year_above(label, rest)
    field = _field_of_rest(rest, wide, contract)
    return WideColumn(label, field) if field is not None else None


def names_wide(row: Row, contract: Contract) -> bool:
    """Whether a row holds at least two labels of periods, as the top of a wide table does."""
    wide = contract.unpivot
    if wide is None:
        return False
    labels = (read_label(cell, wide.labels) for cell in filter(None, row))
    found = 0
    for label in labels:
        found += label is not None
        if found >= _FEWEST:
            return True
    return False


def _label_among(parts: Sequence[str], wide: Unpivot, contract: Contract) -> tuple[int, WideLabel | None]:
    """Returns which part of a path is the value, the innermost first, and what it says."""
    for place in reversed(range(len(parts))):
        part = parts[place]
        label = read_label(part, wide.labels) if is_of_period(wide.labels) else _name(part, contract)
        if label is not None:
            return place, label
    return 0, None


def _name(text: str, contract: Contract) -> WideLabel | None:
    """Returns the label of a department, item or place: any that names no field and no sum of the others."""
    key = label_key(text)
    is_field = key in fields_by_path(contract) or key in ignored_labels(contract)
    if not key or is_field or aggregate_of(text) is not None:
        return None
    return WideLabel(text.strip())


def _with_year_above(label: WideLabel, rest: Sequence[str]) -> tuple[WideLabel, list[str]]:
    """Returns 4月 below 2022年 as a month of 2022, and the parts that are left."""
    years = {part: year_in(part) for part in rest}
    year = next(filter(None, years.values()), None)
    return replace(label, year=year), [part for part in rest if years[part] is None]


def _field_of_rest(rest: Sequence[str], wide: Unpivot, contract: Contract) -> Field | None:
    """Returns the field of a column by what its path says beside the value; None where it means another period."""
    fields = fields_by_path(contract)
    keys = list(map(label_key, rest))
    named = field_of_path(keys, fields)
    if named is not None:
        return named
    if any(map(OTHER_PERIOD.search, keys)):
        return None
    return next(field for field in contract.fields if field.name == wide.value)
