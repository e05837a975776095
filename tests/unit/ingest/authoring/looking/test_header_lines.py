"""How headers map to fields, in words."""

from __future__ import annotations

from pipeline.contracts import load_contracts
from pipeline.ingest.authoring.looking.header_lines import header_lines
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.tables.headers.header import find_header
from pipeline.settings import Settings
from tests.unit.ingest.authoring.known_exports import TRAININGS


def test_each_column_and_each_missing_field_has_a_line_that_says_why(settings: Settings) -> None:
    contract = load_contracts(settings.contracts)["training_log"]
    labels = ["序号", *TRAININGS[:-1], "别的"]
    sheet = Sheet("台账", [list(labels), ["1", "2023-04-17", "P1", "司法厅", "公证", "王小明", "G001", "x"]])
    header = find_header(sheet.rows, contract)
    assert header is not None
    lines = {line.written: line for line in header_lines(sheet, header, contract)}
    assert (lines["参训人员"].type, lines["参训人员"].remark) == ("", "［不入库］")
    assert lines["工号"].remark.startswith("［只存摘要］")
    assert (lines["培训日期"].place, lines["培训日期"].type) == (1, "日期")
    assert lines["别的"].remark == "合同中没有"
    assert lines["人员类别"].place == -1
    assert lines["人员类别"].remark in ("缺少（必需）", "没有这一列")
