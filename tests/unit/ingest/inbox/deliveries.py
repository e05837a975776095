"""Small deliveries and what a load made of them: what the tests of the inbox share."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from pipeline.ingest.inbox.loader import Loader, LoadReport

HEADER = (
    "办件编号,实施编码,事项名称,事项类型,受理部门,办件类型,办理形式,申请人类型,申请人姓名,证件号码,联系电话,联系地址,"
    "申请时间,受理时间,承诺办结时间,办结时间,办结结果,满意度,数据状态,更新时间"
)
SECRETS = ("王小明", "510101199001011234", "13900001111", "人民南路一号")


def case(
    number: str,
    accepted: str = "2023-04-17 09:05:00",
    channel: str = "窗口",
    department: str = "公安厅",
    updated: str = "2023-04-17 09:05:00",
    name: str = "企业设立登记",
) -> str:
    person = ",".join(SECRETS)
    return (
        f"{number},5101,{name},行政许可,{department},承诺件,{channel},自然人,{person},"
        f"{accepted},{accepted},2023-05-01 00:00:00,,,,I,{updated}"
    )


def case_file(*rows: str, issue: int = 15, span: str = "2023-04-15 至 2023-04-21", exported: str = "2023-04-24") -> str:
    above = [f"省本级办件明细（2023年第{issue}期）,模拟数据", f"统计时间：{span},导出时间：{exported} 09:12:33"]
    return "\r\n".join([*above, HEADER, *rows]) + "\r\n"


def volume_file(path: Path, total: int = 15, exported: str = "2023-04-24 09:00") -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["省本级政务服务事项受理办结统计表（2023年第15期）"],
        [f"统计时间：2023-04-15 至 2023-04-21 单位：件 导出时间：{exported}"],
        ["序号", "部门", "事项类型", "受理", None, "办结", None],
        [None, None, None, "本周", "累计", "本周", "累计"],
        [1, "公安厅", "行政许可", 10, "1,234", 9, 1200],
        [None, None, "公共服务", 5, 6, 7, 8],
        [None, "小计", None, 15, 1240, 16, 1208],
        [2, "司法厅", "无业务", "-", "-", "-", "-"],
        [None, "合计", None, total, 1240, 16, 1208],
        ["注：本表为测试。"],
    ):
        sheet.append(row)
    book.save(path)


def put(loader: Loader, name: str, text: str, encoding: str = "gb18030") -> Path:
    path = loader.settings.inbox / name
    path.write_bytes(text.encode(encoding))
    return path


def rows(loader: Loader, sql: str) -> list[tuple[object, ...]]:
    return loader.con.execute(sql).fetchall()


def account(loader: Loader) -> dict[str, int]:
    return dict(rows(loader, "SELECT reason, sum(row_count)::INT FROM ledger.row_account GROUP BY reason"))  # type: ignore[arg-type]


def outcomes(report: LoadReport) -> list[str]:
    return [event.outcome for event in report.events]
