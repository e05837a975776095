"""Exports that no contract describes: what the tests of drafts share."""

from __future__ import annotations

from pathlib import Path

import openpyxl

ROWS: list[list[object]] = [
    ["政务服务投诉登记表（2023年第15期）"],
    ["填报单位：大厅 统计时间：2023-04-15 至 2023-04-21 单位：件"],
    ["序号", "投诉编号", "登记日期", "受理部门", "投诉人", "联系电话", "来件", None, "投诉内容"],
    [None, None, None, None, None, None, "现场(件)", "网上(件)", None],
    [
        1,
        "TS-0001",
        "2023.4.17",
        "公安厅",
        "王小明",
        "13900001111",
        1,
        "无",
        "窗口态度生硬，等候时间太长，希望改进工作作风",
    ],
    [
        2,
        "TS-0002",
        "2023.4.18",
        "司法厅",
        "李小红",
        "13900002222",
        "1,200",
        2,
        "材料要求前后不一，来回跑了三趟还没有办成",
    ],
    [3, "TS-0003", "2023.4.19", "公安厅", "张小刚", "13900003333", 3, 4, "电话无人接听，多次拨打都是忙音，请尽快处理"],
    ["合计", None, None, None, None, None, 1204, 6, None],
]


def workbook(folder: Path, rows: list[list[object]] = ROWS, name: str = "a.xlsx") -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def text_file(folder: Path, *lines: str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
