"""A time of export below the table is seen, in sheets and texts; a time in a row of the table is none."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.recognise.footer import export_time_at_end, export_time_below
from pipeline.ingest.sheets.sheet import Sheet

TIME = datetime(2023, 4, 24, 9)
ROW = ["公安厅", "行政许可", "90", "80", "70"]


def sheet(*below: list[str | None]) -> Sheet:
    return Sheet("统计", [["部门", "事项", "受理", "办结", "流转"], ROW, *below])


@pytest.mark.parametrize(
    "line",
    [
        ["制表人：某某    导出时间：2023-04-24 09:00"],
        ["制表人：某某", None, "导出时间：", "2023-04-24 09:00:00"],
        ["打印时间:2023年4月24日 9时"],
    ],
)
def test_the_time_of_export_below_a_table_is_seen(line: list[str | None]) -> None:
    assert export_time_below([sheet(line)]) == TIME
    assert export_time_below([sheet(line, *[[None] * 5] * 300)]) == TIME


def test_a_row_of_the_table_that_speaks_of_an_export_is_no_footer() -> None:
    assert export_time_below([sheet(["公安厅", "导出时间：2023-04-24 09:00", "1", "2", "3"])]) is None
    assert export_time_below([sheet(["制表人：某某"])]) is None


@given(
    rows=st.integers(0, 400),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16-le"]),
    end=st.sampled_from(["", "\n", "\r\n", "\r\n,,,,\r\n"]),
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
)
def test_the_time_in_the_last_line_of_a_text_is_seen_in_any_encoding(
    tmp_path_factory: pytest.TempPathFactory, rows: int, encoding: str, end: str, moment: datetime
) -> None:
    path = Path(tmp_path_factory.mktemp("text")) / "a.csv"
    text = "部门,事项,受理,办结,流转\n" + ",".join(ROW) * rows + f"\n制表人：某某,,导出时间：{moment},,{end}"
    path.write_bytes(text.encode(encoding))
    assert export_time_at_end(path, encoding) == moment
