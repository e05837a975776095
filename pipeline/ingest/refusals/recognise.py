"""Why a file is refused before a row of it is read: no contract fits, columns differ, or the week is not clear."""

from __future__ import annotations

from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class RecogniseRefusal(RefusalCode):
    """Refusals that `pipeline.ingest.recognise` raises."""

    NO_CONTRACT = RefusalText(
        sentence="没有合同与这份文件的表头相符；请确认是周报所需的导出，或为它写一份合同（放在大厅文件夹的 contracts）",
        meaning="文件读得懂，但没有一份合同的表头出现在其中。",
        action="确认是周报所需的导出；若是新的导出，用 zhoubao contract draft 为它起草一份合同。",
    )
    NOT_OF_HALL = RefusalText(
        sentence=(
            '大厅说没有“{source}”这种报表（hall.toml 的 [exports.{name}] 写了 expected = "never"），没有装载；'
            "确有这种报表的，请改为 weekly、monthly、quarterly 或 occasional，再放回收件夹"
        ),
        meaning="文件认得出是哪种报表，但大厅文件夹的 hall.toml 写明本厅没有这种报表。",
        action="误放的，移走文件；确有这种报表的，改 hall.toml 的 expected 后重新放入。",
    )
    EXPORT_GONE = RefusalText(
        sentence="工作簿中不再有第 {week_id} 期的“{source}”；请核对合同的表头",
        meaning="归档的原件曾作为这一期的报送装载，按现在的合同却认不出来了。",
        action="核对合同最近的改动，多半是 labels 或 titleWords 少了一项。",
    )
    COLUMNS_DIFFER = RefusalText(
        sentence="{where}：{differences}{further}",
        meaning="导出的列与合同不同：缺少必需的列、有合同中没有的列，或两列是同一字段。",
        action="按句中所写的一行改合同，或请报送单位重新导出完整的列。",
    )
    COLUMN_UNLABELLED = RefusalText(
        sentence=(
            "“{file}”{on_sheet}第 {column} 列有数据却没有表头{beside}，"
            "不知道是什么；请补上表头，或在合同 {contract}.yaml 该字段的 labels 中写“第 {column} 列”，"
            "若不需要，写 ignoredLabels: {ignored}"
        ),
        meaning="表中有一列数据没有表头，无法知道它是什么，也不能当作没有。",
        action="请报送单位补上表头；若每周都如此，按句中所写的一行改合同。",
    )
    SHEET_WITHOUT_WEEK = RefusalText(
        sentence=(
            "工作表“{sheet}”没有写明是哪一期，而同一工作簿的其他工作表分属第 {weeks} 期；"
            "请在它的标题中写明“2023年第15期”或统计时间"
        ),
        meaning="一个工作簿里有几期的工作表，其中一张没有写明是哪一期。",
        action="请报送单位在该工作表的标题中写明期号或统计时间后重新报送。",
    )
    WEEKS_CONTRADICT = RefusalText(
        sentence="标题写的是第 {issue} 期，统计时间却落在第 {period} 期；请核对后重新导出",
        meaning="标题中的期号与统计时间说的不是同一期，装载哪一期都可能是错的。",
        action="请报送单位核对期号与统计时间后重新导出。",
    )
    SEVERAL_WEEKS = RefusalText(
        sentence=(
            "标题中写了几期（第 {weeks} 期），不知道哪一期是这份文件统计的；请在本期前写“本期：”或“统计时间：”，"
            "在作比较的期前写“上期：”或“同比：”"
        ),
        meaning="标题行写了不止一期，没有说明哪一期是本期、哪一期只是用来比较。",
        action="请报送单位在标题中写明本期与对比期后重新报送。",
    )
    WEEK_UNNAMED = RefusalText(
        sentence=(
            "标题、统计时间和文件名都没有写明是哪一期；请在标题中写明“2023年第15期”或统计时间"
            "“2023年4月17日—4月21日”，或在合同的 delivery 中写 weekFrom: 日期字段名"
        ),
        meaning="文件没有说明统计的是哪一期。",
        action="请报送单位在标题中写明期号或统计时间；若每周都没有，在合同的 delivery 中写 weekFrom。",
    )
    NO_WEEK_BUT_LONGER = RefusalText(
        sentence=(
            "标题说的是{said}，而“{title}”每周报送一份：没有当作一周装载；请报送这一周的一份，标题写明起止日期"
            "“2023年4月17日—4月21日”；确是按月、按季报送的，请平台维护人员登记它的报送周期"
        ),
        meaning="标题写的是一个月或一个季度，而这种报表一份是一周：当作一周装载，数字会放到别的日子上。",
        action="放错的，换成这一周的一份；本来就按月或按季的，在合同的 delivery 中写 period: month 或 quarter。",
    )
    SEVERAL_PERIODS = RefusalText(
        sentence="标题中写了{periods}，不知道哪一个是这份文件统计的；请只写统计的那一个，作比较的前面写“上期：”或“同比：”",
        meaning="按月或按季报送的表，标题行写了不止一个月份或季度。",
        action="请报送单位在标题中只写统计的月份或季度后重新报送。",
    )
    DAYS_OF_NO_WEEK = RefusalText(
        sentence=(
            "标题写的是 {days}，而“{title}”每周报送一份，第 {week_id} 期是 {own_days}：不是同一段日子，没有装载；"
            "请按这一期的起止日期重新导出，日期写错的改正标题；本厅的一周从星期几算起若与此不同，"
            "请平台维护人员改 hall.toml 的 first_day"
        ),
        meaning="标题的起止日期不是一期的日子：不到期末就止，或一周从另一天算起。照最后一天装载，数字会放到别的日子上。",
        action="请报送单位按这一期的起止日期重新导出；整个大厅都如此的，改 hall.toml 的 [week_rule] first_day。",
    )
    DAYS_OF_NO_PERIOD = RefusalText(
        sentence=(
            "标题写的是 {days}，而“{title}”按{kind}报送，{period}是 {own_days}：不是同一段日子，没有装载；"
            "请报送整个{kind}的一份，日期写错的改正标题；报送周期登记错了的，请平台维护人员改"
        ),
        meaning="按月或按季报送的表，标题写的日子不是一个整月或整季：照最后一天装载，就把几天当成一个月。",
        action="请报送单位重新导出整月或整季的一份；登记的周期不对的，改合同 delivery 的 period。",
    )
    PERIOD_UNNAMED = RefusalText(
        sentence=(
            "标题、统计时间和文件名都没有写明是哪个{kind}；请在标题中写明“{example}”或统计时间的起止日期，"
            "或由平台维护人员指定一个日期字段（weekFrom）"
        ),
        meaning="按月或按季报送的表，没有说明统计的是哪个月或哪个季度。",
        action="请报送单位在标题中写明月份或季度；若每次都没有，在合同的 delivery 中写 weekFrom。",
    )
    NO_SUCH_PERIOD = RefusalText(
        sentence=(
            "标题写的是 {year} 年第 {number} 期，而“{title}”按{kind}报送，一年只有 {most} 期；请核对后写明“{example}”"
        ),
        meaning="按月或按季报送的表，期号超过了一年的月数或季度数。",
        action="请报送单位核对期号，或在标题中写明月份、季度。",
    )
    FORM_WEEK_UNNAMED = RefusalText(
        sentence=(
            "这份{form}的标题行不见了，文件名也没有期号，无法判断是哪一期的；请在文件名中写明期号，如“{form}_2023-15.xlsx”，"
            "再放回收件目录"
        ),
        meaning="由人填写后放回的表，标题行被删去，文件名也没有期号。",
        action="在文件名中写明期号后再放回；填写的内容不用重做。",
    )
    WEEK_NOT_IN_CALENDAR = RefusalText(
        sentence="{problem}",
        meaning="文件写明的期号或日期不在报告期日历之内，或写法不对。",
        action="核对期号；若确有其期，改 zhoubao.toml 的 first_year、last_year 或日历调整表。",
    )
    REPORTING_UNIT_UNNAMED = RefusalText(
        sentence="标题行没有写明填报单位，无法判断这份报送替换哪一份；请在表头上方写明“填报单位：……”",
        meaning="这一来源由各单位分别报送（scope: reporting_unit），而文件没有写明是哪个单位的。",
        action="请报送单位在表头上方写明“填报单位：……”后重新报送。",
    )
    CONTENT_MISREAD = RefusalText(
        sentence="文字曾按错误的编码打开后又保存，成了乱码；请从平台重新导出，不要用其他程序另存",
        meaning="文件曾被另一个程序按错误的编码打开并保存，现在的内容是乱码。",
        action="请报送单位从平台重新导出，不要用其他程序另存。",
    )
    ROWS_MISREAD = RefusalText(
        sentence=(
            "表头读得通，但第 {row:,} 行起大多是乱码：编码与表头的不同，或曾按错误的编码打开后又保存；"
            "请从平台重新导出，不要用其他程序另存或拼接"
        ),
        meaning="表头与表中的行编码不同，多半是把两份文件拼在了一起。",
        action="请报送单位从平台重新导出整份文件，不要拼接。",
    )
