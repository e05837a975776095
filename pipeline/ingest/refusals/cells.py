"""Why single cells refuse a whole file; cells that only lose their row have `pipeline.ingest.reasons`."""

from __future__ import annotations

from pipeline.ingest.refusals.base import RefusalCode, RefusalText


class CellRefusal(RefusalCode):
    """Refusals that `pipeline.ingest.cells` raises."""

    CELL_UNREADABLE = RefusalText(
        sentence="{sheet} 第 {row} 行“{column}”{reason}",
        meaning="合同规定这一列的值读不进时拒收整份文件（onError: refuse_file），而这一行的值读不进。",
        action="请报送单位按所指的工作表、行、列改正后重新报送。",
    )
    UNIT_UNCLEAR = RefusalText(
        sentence="标题写的单位“{unit}”看不出如何换算；请改写为“单位：件”或“单位：万件”这样的写法",
        meaning="表头上方写的单位带有“万”“百”等数量级，但写法不认识，照读会差成百上千倍。",
        action="请把单位改写为“单位：件”或“单位：万件”这样的写法后重新报送。",
    )
