"""Writing a week's cases as the export that a platform gives (GB18030, CRLF) belongs here; making them does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.common.quoting import quoted
from pipeline.reporting_calendar import ReportWeek
from pipeline.sample.case_defects import LineEdit
from pipeline.sample.cases import (
    APPLICANT_LABELS,
    CHANNEL_LABELS,
    DAY,
    OPEN,
    RESULT_LABELS,
    SATISFACTION_LABELS,
    CaseTable,
    day_number,
)
from pipeline.sample.catalogue import KIND_LABELS, Catalogue
from pipeline.sample.identity import ID_CHECKS, MOBILE_BASE, Identities

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[Any]

COLUMNS: Final = (
    "办件编号", "实施编码", "事项名称", "事项类型", "受理部门", "办件类型", "办理形式", "申请人类型",
    "申请人姓名", "证件号码", "联系电话", "联系地址", "申请时间", "受理时间", "承诺办结时间", "办结时间",
    "办结结果", "满意度", "数据状态", "更新时间",
)  # fmt: skip
ENCODING: Final = "gb18030"
_BLOCK: Final = 1 << 20
_SELECT: Final = f"""
SELECT '510000-' || ymd || '-' || lpad(serial::VARCHAR, 6, '0'), item_code, item_name, power_type, department,
    case_kind, channel, applicant_type, applicant_name,
    coalesce(enterprise_code::VARCHAR, id_body || substr('{ID_CHECKS}', id_check + 1, 1)),
    mobile, address, applied, accepted, due, closed, result, satisfaction, mark, updated
FROM case_rows
"""


class CaseFileWriter:
    """Turns columns into text through DuckDB, a week at a time; labels are made into categories once."""

    def __init__(self, catalogue: Catalogue, people: Identities) -> None:
        import duckdb
        import pandas as pd

        self._people = people
        self._connection = duckdb.connect(":memory:", config={"memory_limit": "400MB", "threads": 2})
        items = catalogue.items
        dtype = pd.CategoricalDtype
        self._types = {
            "item_code": dtype([item.code for item in items]),
            "item_name": dtype(list(dict.fromkeys(item.name for item in items))),
            "power_type": dtype([label for _, label, _ in catalogue.power_types]),
            "department": dtype([department.name for department in catalogue.departments]),
            "case_kind": dtype(list(dict.fromkeys(KIND_LABELS))),
            "channel": dtype(list(CHANNEL_LABELS)),
            "applicant_type": dtype(list(APPLICANT_LABELS)),
            "applicant_name": dtype([*people.person_names, *people.enterprise_names]),
            "enterprise_code": dtype(list(people.enterprise_codes)),
            "address": dtype(list(people.addresses)),
            "result": dtype(list(RESULT_LABELS)),
            "satisfaction": dtype(list(SATISFACTION_LABELS)),
            "mark": dtype(["I", "U"]),
        }
        self._item_codes = {
            "item_name": self._codes("item_name", [item.name for item in items]),
            "power_type": self._codes("power_type", [item.power_label for item in items]),
            "department": np.array([item.department for item in items], dtype=np.int16),
            "case_kind": self._codes("case_kind", [KIND_LABELS[item.item_class] for item in items]),
        }

    def write(self, cases: CaseTable, week: ReportWeek, position: int, path: Path) -> int:
        """Write the week's rows as UTF-8 without header; returns their number."""
        rows, updated = _rows(cases, week, position)
        self._connection.register("case_rows", self._frame(cases, rows, updated, position))
        self._connection.execute(f"COPY ({_SELECT}) TO {quoted(str(path))} (FORMAT csv, HEADER false)")
        self._connection.unregister("case_rows")
        return len(rows)

    def close(self) -> None:
        """Give DuckDB's memory back."""
        self._connection.close()

    def _codes(self, column: str, labels: Sequence[str]) -> Array:
        places = {label: i for i, label in enumerate(self._types[column].categories)}
        return np.array([places[label] for label in labels], dtype=np.int16)

    def _frame(self, cases: CaseTable, rows: Array, updated: Array, position: int) -> pd.DataFrame:
        import pandas as pd

        accepted, item = cases.accepted[rows], cases.item[rows]
        is_shown = cases.closed_week[rows] == position
        columns: dict[str, Any] = {
            "ymd": cases.ymd[rows],
            "serial": cases.serial[rows],
            "applied": _times(accepted - cases.applied_gap[rows]),
            "accepted": _times(accepted),
            "due": _times(cases.due[rows]),
            "closed": _times(np.where(is_shown, cases.closed[rows], OPEN)),
            "updated": _times(updated),
        }
        labels = {
            "item_code": item,
            **{name: codes[item] for name, codes in self._item_codes.items()},
            "channel": cases.channel[rows],
            "applicant_type": cases.applicant_type[rows],
            "result": np.where(is_shown, cases.result[rows], -1),
            "satisfaction": np.where(is_shown, cases.satisfaction[rows], -1),
            "mark": (cases.first_week[rows] < position).astype(np.int8),
        }
        personal, personal_labels = self._personal(cases.applicant[rows], cases.applicant_type[rows])
        for name, codes in (labels | personal_labels).items():
            columns[name] = pd.Categorical.from_codes(codes, dtype=self._types[name])
        return pd.DataFrame(columns | personal)

    def _personal(self, applicant: Array, applicant_type: Array) -> tuple[dict[str, Array], dict[str, Array]]:
        people, is_person = self._people, applicant_type == 0
        person = np.where(is_person, applicant, 0)
        spread = applicant.astype(np.int64) * 7919 + applicant_type.astype(np.int64) * 1_234_567
        values = {
            "id_body": people.id_bodies[person],
            "id_check": people.id_checks[person],
            "mobile": MOBILE_BASE + spread % 100_000_000,
        }
        codes = {
            "applicant_name": np.where(
                is_person, people.person_name_codes[person], len(people.person_names) + applicant
            ),
            "enterprise_code": np.where(is_person, -1, applicant),
            "address": spread % len(people.addresses),
        }
        return values, codes


def _rows(cases: CaseTable, week: ReportWeek, position: int) -> tuple[Array, Array]:
    """Rows accepted or closed in the week, in the order in which they were last updated."""
    rows = np.flatnonzero((cases.first_week == position) | (cases.closed_week == position))
    touched = np.where(cases.closed_week[rows] == position, cases.closed[rows], cases.accepted[rows])
    end = (day_number(week.coverage_end) + 1) * DAY - 1
    updated = np.minimum(np.maximum(touched, cases.accepted[rows]) + cases.update_gap[rows], end)
    order = np.argsort(updated, kind="stable")
    return rows[order], updated[order]


def _times(seconds: Array) -> Array:
    """Seconds as timestamps; 0 becomes NaT, which is written as an empty field."""
    times = seconds.astype("datetime64[s]")
    times[seconds == OPEN] = np.datetime64("NaT")
    return times


def transcode(source: Path, target: Path, head: Sequence[str], edits: Mapping[int, LineEdit]) -> int:
    """Stream UTF-8 rows into the delivered form with head lines and edits applied; returns the data rows written."""
    row = written = 0
    with source.open("rb") as reader, target.open("wb") as writer:
        writer.write("".join(f"{line}\r\n" for line in head).encode(ENCODING))
        while block := reader.read(_BLOCK):
            block += reader.readline()
            rows = block.count(b"\n")
            edits_of_block = {i - row: edits[i] for i in edits if row <= i < row + rows}
            text = block.decode()
            if edits_of_block:
                text = _edited(text, edits_of_block)
            writer.write(text.replace("\n", "\r\n").encode(ENCODING))
            row += rows
            written += text.count("\n")
    return written


def _edited(text: str, edits: Mapping[int, LineEdit]) -> str:
    """The text with each line replaced by the lines that its edit gives: one, none or several."""
    lines: list[str] = []
    for position, line in enumerate(text.splitlines()):
        line_edit = edits.get(position)
        if line_edit is None:
            lines.append(line)
        else:
            lines += line_edit(line)
    return "".join(f"{line}\n" for line in lines)
