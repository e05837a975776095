"""A steward's workbook is hers: columns and sheets of her own stand beside ours, and what is said is said to her."""

from __future__ import annotations

import openpyxl
import pytest

from pipeline.ingest.inbox.loader import FileEvent, Loader
from pipeline.ingest.inbox.run import load_inbox
from tests.unit.ingest.inbox.deliveries import rows

HEADER = ("问题编号", "级别", "问题", "依据", "处理意见", "理由", "截至日期", "处理人", "校验码")
ROW = ("0123456789abcdef", "提醒", "合计不符", "12 与 11 不等", "接受并说明", "已核对", None, "张三", "v1-seal")
TITLE = "数据质量处理单（2023年第15期）"


def loaded(
    loader: Loader,
    *,
    name: str = "处理单.xlsx",
    title: str | None = TITLE,
    own: tuple[str, ...] = (),
    at: int = len(HEADER),
    own_sheet: tuple[tuple[str, ...], ...] = (),
) -> FileEvent:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if title is not None:
        sheet.append([title])
    label, value = own or ("", "")
    header, row = list(HEADER), list(ROW)
    if own:
        header.insert(at, label)
        row.insert(at, value)
    sheet.append(header)
    sheet.append(row)
    if own_sheet:
        hers = book.create_sheet("我的清单")
        for line in own_sheet:
            hers.append(list(line))
    book.save(loader.settings.inbox / name)
    (event,) = load_inbox(loader).events
    return event


def decisions(loader: Loader) -> list[tuple[object, ...]]:
    return rows(loader, "SELECT finding_id, decision, decision_reason, decided_by FROM raw.review_decisions")


DECIDED = [("0123456789abcdef", "接受并说明", "已核对", "张三")]


@pytest.mark.parametrize("at", [0, 3, len(HEADER)])
@pytest.mark.parametrize(
    "own", [("我的备注", "问过水利厅"), ("", "问过水利厅"), ("联系电话", "见通讯录"), ("编号", "7")]
)
def test_a_column_of_her_own_is_left_alone_wherever_it_stands(loader: Loader, own: tuple[str, str], at: int) -> None:
    assert loaded(loader, own=own, at=at).outcome == "loaded"
    assert decisions(loader) == DECIDED


@pytest.mark.parametrize(
    "own_sheet",
    [(("待办", "谁"), ("问水利厅", "李四")), (("今天先处理第一条",),), (("姓名", "电话"), ("1", "2"), ("3", "4"))],
)
def test_a_sheet_of_her_own_is_left_alone(loader: Loader, own_sheet: tuple[tuple[str, ...], ...]) -> None:
    assert loaded(loader, own_sheet=own_sheet).outcome == "loaded"
    assert decisions(loader) == DECIDED


def test_a_column_of_ours_twice_is_still_asked_about(loader: Loader) -> None:
    event = loaded(loader, own=("处理意见", "退回"))
    assert (event.outcome, event.code) == ("refused", "columns_differ")
    assert "“处理意见”有 2 列" in event.message


def test_without_a_title_the_file_name_says_the_week_and_the_refusal_says_so_to_her(loader: Loader) -> None:
    event = loaded(loader, title=None)
    assert (event.outcome, event.code) == ("refused", "form_week_unnamed")
    assert "请在文件名中写明期号" in event.message
    assert "合同" not in event.message
    assert loaded(loader, name="处理单_2023-15.xlsx", title=None).outcome == "loaded"
    assert decisions(loader) == DECIDED
