"""Why the rows of a recognised export cannot be loaded; single cells have `refusals.cells`."""

from __future__ import annotations

from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class LoadRefusal(RefusalCode):
    """Refusals that `pipeline.ingest.load` raises."""

    COLUMN_UNREADABLE = RefusalText(
        sentence="“{column}”中有读不进的值（{reason}）；请修正后重新导出",
        meaning="合同规定这一列的值读不进时拒收整份文件（onError: refuse_file），而这一列中有读不进的值。",
        action="请在平台中改正这一列的值后重新导出；若允许个别值读不进，请修改合同中这一列的 onError。",
    )
    ROW_UNREADABLE = RefusalText(
        sentence="{sheet} 第 {row} 行“{column}”{reason}",
        meaning="合同规定这一列的值读不进时拒收整份文件（onError: refuse_file），而这一行的值读不进。",
        action="请报送单位按所指的工作表、行、列改正后重新报送。",
    )
    COLUMNS_REORDERED_BELOW = RefusalText(
        sentence="第 {line} 行又有一个表头，列的顺序与上面的不同，其下各行会读到别的列中；请分成两个文件报送",
        meaning="同一份文本中接连放着两次导出的内容，后一次各列的顺序与前一次不同，照第一个表头读会把值读进别的列。",
        action="请把两次导出的内容分成两个文件，或按同一列序重新导出后报送。",
    )
    NO_TABLE_IN_WORKBOOK = RefusalText(
        sentence="工作簿中没有“{title}”的表头；请确认导出的是这张表",
        meaning="各工作表的前几十行中，没有一行含有合同所列的足够多的列名。",
        action="请核对导出的是不是这张表；若平台改了列名，请在合同的 labels 中登记新的列名。",
    )
    HEADER_UNIT_UNCLEAR = RefusalText(
        sentence="表头“{column}”写的单位“{unit}”看不出如何换算；请改写为“（件）”或“（万件）”这样的写法",
        meaning="列名的括号中写有“万”“百”等数量级，但写法不认识，照读会差成百上千倍。",
        action="请把列名中的单位改写为“（件）”或“（万件）”这样的写法后重新报送。",
    )
    TITLE_UNIT_OF_OTHER_MEASURE = RefusalText(
        sentence=(
            "标题写的单位是“{unit}”，合同中“{column}”的单位是“{measure}”，"
            "无法判断这一列是否要换算；请在表头写明各列的单位，如“受理（件）”"
        ),
        meaning="表头上方的单位带有数量级，但不是这一列所计量的东西，不知道这一列是否也以它计数。",
        action="请在表头写明各列的单位，如“受理（件）”“咨询（万人次）”，再重新报送。",
    )
    SUMMARY_FAR_FROM_SHEETS = RefusalText(
        sentence=(
            "工作表“{sheet}”名为汇总，与其他工作表之和却相差很远（{title} {own}，其他工作表合计 {others}），"
            "无法判断它是汇总还是另外的数据；请核对，若不是汇总，请改工作表名，或在合同的 layout 中写 summarySheets: []"
        ),
        meaning="名称像汇总的工作表，各列的数与其他工作表之和都相差一倍以上，可能是另外的数据。",
        action="请核对这张工作表；若不是汇总，请改工作表名，或在合同的 layout 中写 summarySheets: []。",
    )
