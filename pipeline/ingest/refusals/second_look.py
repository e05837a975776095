"""Why a delivery is refused after it was read: a second, simple reading of its cells gives something else."""

from __future__ import annotations

from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class SecondLookRefusal(RefusalCode):
    """Refusals that `pipeline.ingest.second_look` raises."""

    LOADED_DIFFERS_FROM_FILE = RefusalText(
        sentence=(
            "{where}“{column}”在文件中是 {seen}，装载得到的是 {loaded}{sums}；"
            "读取有误，整份文件未装载，请把文件交给平台维护人员"
        ),
        meaning="装载之后另用一种简单的方法把同样的单元格再读一遍，两次读到的值不同：平台没有读对这份文件。",
        action=("请把文件交给平台维护人员查明原因；急用时可用表格软件打开，核对后另存为新的 .xlsx 或 CSV 再报送。"),
    )
    ROW_NOT_LOADED = RefusalText(
        sentence=(
            "{where}“{column}”在文件中是 {seen}，但这一行既没有装载，也没有隔离或搁置；"
            "读取有误，整份文件未装载，请把文件交给平台维护人员"
        ),
        meaning="装载之后另用一种简单的方法把文件再读一遍，其中有数据的行多于装载、隔离和搁置的行：平台漏读了行。",
        action=("请把文件交给平台维护人员查明原因；急用时可用表格软件打开，核对后另存为新的 .xlsx 或 CSV 再报送。"),
    )
