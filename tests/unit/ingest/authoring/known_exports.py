"""Exports that a contract describes, and a look at them: what the tests of looks share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
from typer.testing import CliRunner

from pipeline.contracts import load_contracts
from pipeline.ingest.authoring.inspect import Inspection, inspect_file
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings
from zhoubao.app import app

HEADER = (
    "办件编号,实施编码,事项名称,事项类型,受理部门,办件类型,办理形式,申请人类型,申请人姓名,证件号码,联系电话,联系地址,"
    "申请时间,受理时间,承诺办结时间,办结时间,办结结果,满意度,数据状态,更新时间"
)


SECRETS = ("王小明", "510101199001011234", "13900001111", "人民南路一号")


def case(number: int, department: str = "公安厅", accepted: str = "2023-04-17 09:05:00") -> str:
    return (
        f"A{number},5101,企业设立登记,行政许可,{department},承诺件,窗口,自然人,{','.join(SECRETS)},"
        f"{accepted},{accepted},2023-05-01 00:00:00,,,,I,2023-04-17 09:05:00"
    )


def case_file(folder: Path, *rows: str, name: str = "办件.csv", encoding: str = "gb18030") -> Path:
    above = ["省本级办件明细（2023年第15期）", "统计时间：2023-04-15 至 2023-04-21,导出时间：2023-04-24 09:12:33"]
    path = folder / name
    path.write_bytes("\r\n".join([*above, HEADER, *rows, ""]).encode(encoding))
    return path


def volume_file(folder: Path, department: str = "部门", total: int = 15, owner: str = "公安厅") -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["省本级政务服务事项受理办结统计表（2023年第15期）"],
        ["统计时间：2023-04-15 至 2023-04-21 单位：件"],
        ["序号", department, "事项类型", "受理", None, "办结", None],
        [None, None, None, "本周", "累计", "本周", "累计"],
        [1, owner, "行政许可", 10, "1,234", 9, 1200],
        [None, None, "公共服务", 5, 6, 7, 8],
        [None, "合计", None, total, 1240, 16, 1208],
        ["注：本表为测试。"],
    ):
        book.active.append(row)
    path = folder / "统计.xlsx"
    book.save(path)
    return path


def training_sheet(folder: Path, *rows: Sequence[object]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    path = folder / "台账.xlsx"
    book.save(path)
    return path


TRAININGS = ("培训日期", "场次编号", "授课部门", "培训主项", "参训人员", "工号", "人员类别")


def look(path: Path, settings: Settings) -> Inspection:
    return inspect_file(path, settings, load_calendar(), load_contracts(settings.contracts))


def shown_by(path: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["inspect", str(path)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output
