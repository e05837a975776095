"""The planted defects as data: what is wrong where, and what the checks must say; planting them belongs elsewhere.

Each can be left out by itself. Those for demonstration, which `make run` plants, change no published figure and stop no
release; the others are planted when they are named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final


@dataclass(frozen=True)
class Expected:
    """A finding that a defect must cause: where it appears first, how many rows fail, words that point at the place.

    `rows` says that the finding must name as many rows of the file as fail. `count` is None where the seed decides it.
    """

    table: str
    check: str
    week_id: str
    count: int | None
    words: tuple[str, ...]
    rows: bool = False


@dataclass(frozen=True)
class Defect:
    """One planted defect: its id, source and issue, the files it changes, what is planted, and what must be found."""

    defect_id: str
    source: str
    week_id: str
    files: tuple[str, ...]
    planted: str
    findings: tuple[Expected, ...] = ()
    outcome: str = ""
    is_shown: bool = False


DEFECTS: Final = (
    Defect(
        "impossible_date",
        "case_detail",
        "2023-07",
        ("办件明细_2023-07.csv",),
        "多出一行，受理时间为 2023-02-30 10:15:00",
        (
            Expected(
                "quarantine.cell",
                "nothing_quarantined",
                "2023-07",
                1,
                ("办件明细_2023-07.csv", "受理时间", "不是有效的时间"),
                rows=True,
            ),
        ),
        is_shown=True,
    ),
    Defect(
        "slash_timestamps",
        "case_detail",
        "2023-15",
        ("办件明细_2023-15.csv",),
        "一行的各时间写成 2023/4/17 9:05",
        outcome="row loaded by the slow path; as_written keeps the original text",
        is_shown=True,
    ),
    Defect(
        "repeated_line",
        "case_detail",
        "2023-09",
        ("办件明细_2023-09.csv",),
        "一行原样重复",
        outcome="second line set aside, reason duplicate_row",
        is_shown=True,
    ),
    Defect(
        "delivered_twice",
        "case_detail",
        "2023-13",
        ("办件明细_2023-13.csv", "办件明细_2023-13(1).csv"),
        "同一文件另以“办件明细_2023-13(1).csv”报送",
        outcome="delivery of status duplicate, not loaded",
        is_shown=True,
    ),
    Defect(
        "completed_before_accepted",
        "case_detail",
        "2023-10",
        ("办件明细_2023-10.csv",),
        "两件的办结时间早于受理时间一小时（同一天）",
        (
            Expected(
                "staging.case_detail",
                "completed_after_accepted",
                "2023-10",
                2,
                ("办件 510000-202303", "早于受理"),
                rows=True,
            ),
        ),
        is_shown=True,
    ),
    Defect(
        "unknown_channel",
        "case_detail",
        "2023-13",
        ("办件明细_2023-13.csv",),
        "五行的办理形式为“自助终端”，不在代码表内",
        (
            Expected(
                "quarantine.cell",
                "nothing_quarantined",
                "2023-13",
                5,
                ("办件明细_2023-13", "办理形式", "“自助终端”不在代码表"),
                rows=True,
            ),
        ),
        is_shown=True,
    ),
    Defect(
        "withdrawn_cases",
        "case_detail",
        "2023-11",
        (
            "办件明细_2023-09.csv",
            "办件明细_2023-11.csv",
            "事项受理办结统计_2023-09.xlsx",
            "事项受理办结统计_2023-10.xlsx",
        ),
        "第 9 期多出三件（水利厅、行政许可），第 11 期以数据状态 D 撤销",
        (
            Expected(
                "core.case_version",
                "restated_withdrawn",
                "2023-11",
                3,
                ("水利厅", "2023-09 期受理，本期被撤销"),
                rows=True,
            ),
        ),
        is_shown=True,
    ),
    Defect(
        "volume_reexported",
        "item_volume",
        "2023-08",
        ("事项受理办结统计_2023-08.xlsx", "事项受理办结统计_2023-08_重报.xlsx"),
        "首次导出时公安厅公共服务本周受理多报，次日重报更正",
        (
            Expected(
                "ledger.delivery",
                "reexport_keeps_totals",
                "2023-08",
                2,
                ("事项受理办结统计_2023-08_重报.xlsx", "受理"),
            ),
        ),
        is_shown=True,
    ),
    Defect(
        "printed_total_wrong",
        "item_volume",
        "2023-11",
        ("事项受理办结统计_2023-11.xlsx",),
        "合计行本周受理比各行之和多 10",
        (
            Expected(
                "ledger.control_total",
                "parts_equal_printed_total",
                "2023-11",
                1,
                ("事项受理办结统计_2023-11.xlsx", "「合计」的受理/本周", "多 10"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "volume_disagrees",
        "item_volume",
        "2023-12",
        ("事项受理办结统计_2023-12.xlsx",),
        "交通运输厅行政许可本周办结比办件明细多 7（累计不差）",
        (
            Expected(
                "marts.item_volume_comparison",
                "reported_week_equals_counted",
                "2023-12",
                1,
                ("交通运输厅 行政许可 本周办结", "相差 7 件"),
            ),
        ),
        is_shown=True,
    ),
    Defect(
        "department_missing",
        "item_volume",
        "2023-06",
        ("事项受理办结统计_2023-06.xlsx",),
        "省地震局既无数据行，也无“无业务”行",
        (Expected("ledger.item_volume_line", "everybody_reported", "2023-06", 1, ("省地震局本期没有报送",)),),
        is_shown=True,
    ),
    Defect(
        "former_name",
        "item_volume",
        "2023-05",
        ("事项受理办结统计_2023-05.xlsx",),
        "应急厅写作“应急管理厅”",
        outcome="resolved by the alias table; no finding",
        is_shown=True,
    ),
    Defect(
        "item_code_repeated",
        "item_catalogue",
        "2023-01",
        ("事项目录_2023-01.xlsx",),
        "一个实施编码出现两次，第二次事项名称带“（停用）”",
        (
            Expected(
                "quarantine.cell",
                "nothing_quarantined",
                "2023-01",
                2,
                ("事项目录_2023-01.xlsx", "实施编码", "同一主键有多行"),
                rows=True,
            ),
        ),
        is_shown=True,
    ),
    Defect(
        "mobile_in_text",
        "activity_log",
        "2023-12",
        ("窗口动态_2023-12.xlsx",),
        "一条动态的内容里写有手机号码",
        (
            Expected(
                "quarantine.cell",
                "nothing_quarantined",
                "2023-12",
                1,
                ("窗口动态_2023-12.xlsx", "内容", "已遮盖"),
                rows=True,
            ),
        ),
        is_shown=True,
    ),
    Defect(
        "lock_file",
        "item_volume",
        "2023-15",
        ("~$事项受理办结统计_2023-15.xlsx",),
        "目录中有 Excel 的锁文件 ~$事项受理办结统计_2023-15.xlsx",
        outcome="file passed over as a lock file, not a failure",
        is_shown=True,
    ),
    Defect(
        "subtotal_wrong",
        "item_volume",
        "2023-07",
        ("事项受理办结统计_2023-07.xlsx",),
        "教育厅小计行本周办结多 5",
        (
            Expected(
                "ledger.control_total",
                "parts_equal_printed_total",
                "2023-07",
                1,
                ("事项受理办结统计_2023-07.xlsx", "「小计」的办结/本周", "多 5"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "part_above_whole",
        "item_volume",
        "2023-09",
        ("事项受理办结统计_2023-09.xlsx",),
        "公安厅公共服务的“其中：跨省通办”累计受理大于公共服务本身",
        (
            Expected(
                "ledger.control_total",
                "of_which_within_whole",
                "2023-09",
                1,
                ("事项受理办结统计_2023-09.xlsx", "受理/累计"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "rate_wrong",
        "item_volume",
        "2023-13",
        ("事项受理办结统计_2023-13.xlsx",),
        "省市场监管局行政许可的办结率印为 57.30",
        (
            Expected(
                "ledger.item_volume_line",
                "rate_completion_rate_pct",
                "2023-13",
                1,
                ("省市场监管局 行政许可", "57.3"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "share_of_other_total",
        "item_volume",
        "2023-04",
        ("事项受理办结统计_2023-04.xlsx",),
        "教育厅公共服务的比重按本部门小计而不是全表合计计算",
        (
            Expected(
                "ledger.item_volume_line",
                "share_accepted_share_pct",
                "2023-04",
                1,
                ("教育厅 公共服务", "本组小计"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "blank_in_statistics",
        "item_volume",
        "2023-10",
        ("事项受理办结统计_2023-10.xlsx",),
        "一个本周办结的零留成空白",
        (Expected("ledger.item_volume_line", "filled_completed_week", "2023-10", 1, ("办结/本周有 1 行",), rows=True),),
    ),
    Defect(
        "blank_in_windows",
        "window_weekly",
        "2023-02",
        ("综窗办件周报_2023-02.xlsx",),
        "一个窗口一天的受理零留成空白",
        (Expected("ledger.window_weekly_line", "filled_accepted", "2023-02", 1, ("受理有 1 行没有填",), rows=True),),
    ),
    Defect(
        "year_to_date_wrong",
        "window_weekly",
        "2023-07",
        ("综窗办件周报_2023-07.xlsx",),
        "今年累计行的颁发多 100",
        (
            Expected(
                "ledger.control_total",
                "printed_ytd_equals_weeks",
                "2023-07",
                1,
                ("综窗办件周报_2023-07.xlsx", "颁发", "相差 100"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "no_business_contradicted",
        "item_volume",
        "2023-14",
        ("事项受理办结统计_2023-14.xlsx",),
        "水利厅既有数据行，又有一行“无业务”",
        (Expected("ledger.item_volume_line", "nothing_stands_alone", "2023-14", 1, ("水利厅",), rows=True),),
    ),
    Defect(
        "catalogue_cut",
        "item_catalogue",
        "2023-02",
        ("事项目录_2023-02.xlsx",),
        "事项目录恰有 5000 行，像是被平台截断",
        (Expected("ledger.delivery", "not_cut_off", "2023-02", 1, ("事项目录_2023-02.xlsx", "5000")),),
    ),
    Defect(
        "error_cell",
        "hall_inspection",
        "2023-06",
        ("大厅巡查记录_2023-06.xlsx",),
        "发现问题数是 #REF!",
        (
            Expected(
                "quarantine.cell",
                "nothing_quarantined",
                "2023-06",
                1,
                ("大厅巡查记录_2023-06.xlsx", "发现问题数", "公式错误"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "identifier_lost",
        "case_detail",
        "2023-04",
        ("办件明细_2023-04.csv",),
        "实施编码被改成科学计数 5.1E+17",
        (
            Expected(
                "quarantine.cell",
                "nothing_quarantined",
                "2023-04",
                1,
                ("办件明细_2023-04.csv", "实施编码", "科学计数"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "week_above_year",
        "item_volume",
        "2023-12",
        (
            "事项受理办结统计_2023-12.xlsx",
            "事项受理办结统计_2023-13.xlsx",
            "事项受理办结统计_2023-14.xlsx",
            "事项受理办结统计_2023-15.xlsx",
        ),
        "省外事办（不在平台办件）本周受理 3 件，累计只有 2 件",
        (Expected("core.item_volume", "week_within_ytd", "2023-12", 1, ("省外事办 公共服务", "本周 3、累计 2")),),
    ),
    Defect(
        "year_not_continued",
        "item_volume",
        "2023-15",
        ("事项受理办结统计_2023-14.xlsx", "事项受理办结统计_2023-15.xlsx"),
        "省地震局（不在平台办件）累计受理比上期累计加本周多 1 件",
        (
            Expected(
                "core.item_volume",
                "ytd_continues",
                "2023-15",
                1,
                ("省地震局 公共服务 受理", "上期累计 2 + 本周 2", "累计 5"),
            ),
        ),
    ),
    Defect(
        "teacher_not_in_the_hall",
        "training_log",
        "2023-03",
        ("业务培训台账_2023-03.xlsx",),
        "一个场次的授课部门写成还没有进驻的省档案局",
        (Expected("core.training", "teaching_department_stationed", "2023-03", 1, ("省档案局",)),),
    ),
    Defect(
        "accepted_date_moved",
        "case_detail",
        "2023-08",
        ("办件明细_2023-08.csv",),
        "一件办结时受理和申请时间比首次报送早一周",
        (Expected("core.case_version", "restated_dates", "2023-08", 1, ("受理由 2023-", "期改为 2023-"), rows=True),),
    ),
    Defect(
        "channel_changed",
        "case_detail",
        "2023-09",
        ("办件明细_2023-09.csv",),
        "一件办结时的办理形式与首次报送不同",
        (Expected("core.case_version", "restated_class", "2023-09", 1, ("办理形式",), rows=True),),
    ),
    Defect(
        "reported_late",
        "case_detail",
        "2023-12",
        (
            "办件明细_2023-10.csv",
            "办件明细_2023-12.csv",
            "事项受理办结统计_2023-10.xlsx",
            "事项受理办结统计_2023-11.xlsx",
            "事项受理办结统计_2023-12.xlsx",
        ),
        "一件在第 10 期受理，第 12 期才首次报送",
        (Expected("core.case_version", "restated_late", "2023-12", 1, ("在 2023-10 期受理",), rows=True),),
    ),
    Defect(
        "day_missing",
        "window_weekly",
        "2023-11",
        ("综窗办件周报_2023-11.xlsx",),
        "周五没有数（计入周四）",
        (Expected("staging.window_weekly", "every_working_day_reported", "2023-11", 1, ("2023-03-24",)),),
    ),
    Defect(
        "day_copied",
        "window_weekly",
        "2023-10",
        ("综窗办件周报_2023-10.xlsx",),
        "周一和周二的数完全相同（多出的计入周三）",
        (Expected("staging.window_weekly", "counts_not_copied", "2023-10", 1, ("2023-03-14", "2023-03-13")),),
    ),
    Defect(
        "day_misdated",
        "window_weekly",
        "2023-06",
        ("综窗办件周报_2023-06.xlsx",),
        "周五的日期写成属于下一周的周六",
        (Expected("staging.window_weekly", "day_in_its_week", "2023-06", 5, ("2023-02-18",)),),
    ),
    Defect(
        "window_spike",
        "window_weekly",
        "2023-12",
        (
            "综窗办件周报_2023-12.xlsx",
            "综窗办件周报_2023-13.xlsx",
            "综窗办件周报_2023-14.xlsx",
            "综窗办件周报_2023-15.xlsx",
        ),
        "本周流转是平时的三倍",
        (Expected("marts.volume_band", "volume_in_band", "2023-12", 1, ("流转本周 16806",)),),
    ),
    Defect(
        "department_surge",
        "case_detail",
        "2023-12",
        (
            "办件明细_2023-12.csv",
            "事项受理办结统计_2023-12.xlsx",
            "事项受理办结统计_2023-13.xlsx",
            "事项受理办结统计_2023-14.xlsx",
            "事项受理办结统计_2023-15.xlsx",
        ),
        "人力资源社会保障厅五分之二的公共服务误记在省医保局",
        (Expected("marts.department_band", "department_volume_in_band", "2023-12", 2, ("省医保局",)),),
    ),
    Defect(
        "overlapping_period",
        "hall_inspection",
        "2023-08",
        ("大厅巡查记录_2023-08.xlsx",),
        "统计时间从上一期的第一天起",
        (Expected("ledger.delivery", "period_is_the_week", "2023-08", 1, ("大厅巡查记录_2023-08.xlsx", "2023-02-18")),),
    ),
    Defect(
        "applied_after_accepted",
        "case_detail",
        "2023-04",
        ("办件明细_2023-04.csv",),
        "两件的申请时间晚于受理时间",
        (Expected("staging.case_detail", "accepted_after_applied", "2023-04", 2, ("早于申请",), rows=True),),
    ),
    Defect(
        "due_before_accepted",
        "case_detail",
        "2023-05",
        ("办件明细_2023-05.csv",),
        "一件的承诺办结时间早于受理时间",
        (Expected("staging.case_detail", "due_after_accepted", "2023-05", 1, ("早于受理",), rows=True),),
    ),
    Defect(
        "result_missing",
        "case_detail",
        "2023-06",
        ("办件明细_2023-06.csv",),
        "三件办结而没有办结结果",
        (Expected("staging.case_detail", "result_with_completion", "2023-06", 3, ("没有办结结果",), rows=True),),
    ),
    Defect(
        "rated_while_open",
        "case_detail",
        "2023-08",
        ("办件明细_2023-08.csv",),
        "两件在办的已有满意度",
        (Expected("staging.case_detail", "rated_when_completed", "2023-08", 2, ("还没有办结",), rows=True),),
    ),
    Defect(
        "deadline_missing",
        "case_detail",
        "2023-08",
        ("办件明细_2023-08.csv",),
        "四件承诺件没有承诺办结时间",
        (Expected("staging.case_detail", "promised_case_has_deadline", "2023-08", 4, ("承诺件",), rows=True),),
    ),
    Defect(
        "immediate_took_weeks",
        "case_detail",
        "2023-01",
        ("办件明细_2023-01.csv",),
        "一件即办件办了几周",
        (Expected("staging.case_detail", "duration_plausible", "2023-01", 1, ("即办件",), rows=True),),
    ),
    Defect(
        "completed_in_future",
        "case_detail",
        "2023-14",
        ("办件明细_2023-14.csv",),
        "两件的办结时间在导出之后",
        (Expected("staging.case_detail", "not_in_the_future", "2023-14", 2, ("2023-11-30",), rows=True),),
    ),
    Defect(
        "deadline_long_passed",
        "case_detail",
        "2023-02",
        ("办件明细_2023-02.csv",),
        "一件的承诺时间过了两个多月仍未办结",
        (Expected("core.case_overdue", "overdue_open", "2023-06", 1, ("承诺于 2023-01", "个工作日"), rows=True),),
    ),
    Defect(
        "wrong_century",
        "case_detail",
        "2023-10",
        ("办件明细_2023-10.csv",),
        "一件的受理时间写成 1923 年",
        (Expected("core.case_version", "weeks_known", "2023-10", 1, ("1923-03",), rows=True),),
    ),
    Defect(
        "blank_channel",
        "case_detail",
        "2023-14",
        ("办件明细_2023-14.csv",),
        "两件没有办理形式",
        (Expected("core.case_version", "channel_known", "2023-14", 2, ("没有办理形式",), rows=True),),
    ),
    Defect(
        "unknown_department",
        "case_detail",
        "2023-12",
        ("办件明细_2023-12.csv",),
        "一件的受理部门不在名录中",
        (
            Expected(
                "quarantine.cell",
                "nothing_quarantined",
                "2023-12",
                1,
                ("办件明细_2023-12.csv", "受理部门", "“省数据局”"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "expired_name_in_cases",
        "case_detail",
        "2023-11",
        ("办件明细_2023-11.csv",),
        "一件的受理部门写作 2018 年前的名称",
        (Expected("core.case_version", "department_known", "2023-11", 1, ("国土资源厅", "2018-10-31")),),
    ),
    Defect(
        "expired_name_in_statistics",
        "item_volume",
        "2023-15",
        ("事项受理办结统计_2023-15.xlsx",),
        "生态环境厅写作 2018 年前的名称",
        (Expected("core.item_volume", "codes_known", "2023-15", 1, ("环境保护厅",)),),
    ),
    Defect(
        "expired_name_in_register",
        "department_register",
        "2023-01",
        ("进驻及授权台账_2023-01.xlsx",),
        "自然资源厅写作 2018 年前的名称",
        (Expected("core.authorization", "department_known", "2023-01", 1, ("国土资源厅",)),),
    ),
    Defect(
        "expired_name_in_training",
        "training_log",
        "2023-05",
        ("业务培训台账_2023-05.xlsx",),
        "授课部门写作 2018 年前的名称",
        (Expected("core.training", "department_known", "2023-05", None, ("省工商局",), rows=True),),
    ),
    Defect(
        "expired_name_in_catalogue",
        "item_catalogue",
        "2023-01",
        ("事项目录_2023-01.xlsx",),
        "一个事项的实施部门写作 2018 年前的名称",
        (Expected("core.item", "codes_known", "2023-01", 1, ("国土资源厅",), rows=True),),
    ),
    Defect(
        "unknown_item",
        "case_detail",
        "2023-03",
        ("办件明细_2023-03.csv",),
        "三件的实施编码不在事项目录中",
        (
            Expected(
                "staging.case_detail", "item_in_catalogue", "2023-03", 1, ("11510000MB00000009X4010009999000", "3 件")
            ),
        ),
    ),
    Defect(
        "item_of_another",
        "case_detail",
        "2023-13",
        ("办件明细_2023-13.csv",),
        "一件公共服务用了市场监管局一项行政许可的实施编码",
        (Expected("staging.case_detail", "item_as_catalogued", "2023-13", 1, ("行政许可", "公共服务")),),
    ),
    Defect(
        "promise_beyond_law",
        "item_catalogue",
        "2023-01",
        ("事项目录_2023-01.xlsx",),
        "一个事项的承诺时限长于法定时限",
        (Expected("core.item", "promised_within_legal", "2023-01", 1, ("承诺时限",), rows=True),),
    ),
    Defect(
        "authorized_before_stationed",
        "department_register",
        "2023-05",
        ("进驻及授权台账_2023-05.xlsx",),
        "水利厅的授权日期早于进驻日期",
        (
            Expected(
                "staging.department_register",
                "authorized_date_consistent",
                "2023-05",
                1,
                ("水利厅", "2018-01-15"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "authorization_lost",
        "department_register",
        "2023-05",
        ("进驻及授权台账_2023-05.xlsx",),
        "民政厅由已授权变为未授权",
        (Expected("core.authorization", "authorization_kept", "2023-05", 1, ("民政厅",)),),
    ),
    Defect(
        "department_gone",
        "department_register",
        "2023-05",
        ("进驻及授权台账_2023-05.xlsx",),
        "省外事办从台账中消失",
        (Expected("core.authorization", "stationed_department_kept", "2023-05", 1, ("省外事办",)),),
    ),
    Defect(
        "authorization_misspelled",
        "department_register",
        "2023-15",
        ("进驻及授权台账_2023-15.xlsx",),
        "教育厅的授权状态写作“己授权”",
        (
            Expected(
                "quarantine.cell",
                "register_row_counted",
                "2023-15",
                1,
                ("进驻及授权台账_2023-15.xlsx", "没有计入进驻部门", "授权状态"),
                rows=True,
            ),
        ),
    ),
    Defect(
        "session_number_reused",
        "training_log",
        "2023-15",
        ("业务培训台账_2023-15.xlsx",),
        "二月的一行用了三月一个场次的编号",
        (Expected("staging.training_log", "session_on_one_day", "2023-15", 1, ("PX2023-", "2 个日期")),),
    ),
    Defect(
        "conclusion_contradicts",
        "hall_inspection",
        "2023-03",
        ("大厅巡查记录_2023-03.xlsx",),
        "结论为总体情况良好，发现问题数却是 2",
        (Expected("staging.hall_inspection", "conclusion_agrees", "2023-03", 1, ("2 个问题",), rows=True),),
    ),
    Defect(
        "activity_misdated",
        "activity_log",
        "2023-07",
        ("窗口动态_2023-07.xlsx",),
        "一条动态的年份写成 2022",
        (Expected("core.activity", "activity_in_its_week", "2023-07", 1, ("2022-02",), rows=True),),
    ),
    Defect(
        "inspection_day_missing",
        "hall_inspection",
        "2023-05",
        ("大厅巡查记录_2023-05.xlsx",),
        "一个工作日没有巡查记录",
        (Expected("staging.hall_inspection", "every_working_day_inspected", "2023-05", 1, ("2023-02-08",)),),
    ),
    Defect(
        "statistics_not_delivered",
        "item_volume",
        "2023-03",
        ("事项受理办结统计_2023-03.xlsx",),
        "第 3 期的统计表没有报送",
        (Expected("core.report_week", "no_week_missing", "2023-03", 1, ("2023-03 的事项受理办结统计",)),),
    ),
    Defect(
        "inspection_not_delivered",
        "hall_inspection",
        "2023-12",
        ("大厅巡查记录_2023-12.xlsx",),
        "第 12 期的巡查记录没有报送",
        (Expected("core.report_week", "hall_records_delivered", "2023-12", 1, ("大厅巡查记录",)),),
    ),
    Defect(
        "register_not_delivered",
        "department_register",
        "2023-10",
        ("进驻及授权台账_2023-10.xlsx",),
        "第 10 期的进驻及授权台账没有报送，两个月没有新台账",
        (Expected("core.report_week", "snapshots_up_to_date", "2023-14", 1, ("进驻及授权台账", "2023-05")),),
    ),
    Defect(
        "truncated_file",
        "hall_inspection",
        "2023-14",
        ("大厅巡查记录_2023-14 - 副本.xlsx",),
        "一份只拷了一半的工作簿",
        (Expected("core.report_week", "no_file_refused", "2023-15", 1, ("大厅巡查记录_2023-14 - 副本.xlsx",)),),
    ),
    Defect(
        "exported_early",
        "activity_log",
        "2023-09",
        ("窗口动态_2023-09.xlsx",),
        "导出时间在统计期结束之前",
        (
            Expected(
                "ledger.delivery", "exported_after_the_week", "2023-09", 1, ("窗口动态_2023-09.xlsx", "2023-03-08")
            ),
        ),
    ),
    Defect(
        "exported_late",
        "activity_log",
        "2023-14",
        ("窗口动态_2023-14.xlsx",),
        "导出时间比期末晚了七个工作日",
        (Expected("ledger.delivery", "exported_in_time", "2023-14", 1, ("窗口动态_2023-14.xlsx", "2023-04-26")),),
    ),
)


# Those that any week can have: they rest on no day, no file and no count of their own week.
MOVABLE: Final = frozenset(
    {
        "impossible_date", "slash_timestamps", "repeated_line", "delivered_twice", "completed_before_accepted",
        "unknown_channel", "blank_channel", "volume_reexported", "printed_total_wrong", "volume_disagrees",
        "department_missing", "former_name", "mobile_in_text", "subtotal_wrong", "part_above_whole", "rate_wrong",
        "share_of_other_total", "blank_in_statistics", "year_to_date_wrong", "no_business_contradicted", "error_cell",
        "identifier_lost", "channel_changed", "accepted_date_moved", "day_missing", "day_copied", "day_misdated",
        "window_spike", "applied_after_accepted", "due_before_accepted", "result_missing", "rated_while_open",
        "deadline_missing", "completed_in_future", "wrong_century", "unknown_department", "expired_name_in_cases",
        "expired_name_in_statistics", "unknown_item", "item_of_another", "conclusion_contradicts",
        "statistics_not_delivered", "inspection_not_delivered", "truncated_file",
    }
)  # fmt: skip


def refuse_immovable(defects: Collection[str]) -> None:
    """Raises ValueError for a name that is no defect, and for a defect that only its own week can have."""
    unfit = sorted(set(chosen_defects(defects)) - MOVABLE)
    if unfit:
        raise ValueError(f"缺陷 {'、'.join(unfit)} 只能埋在它自己的那一期；可选：{'、'.join(sorted(MOVABLE))}。")


def chosen_defects(defects: bool | Collection[str]) -> frozenset[str]:
    """The ids to plant: those for demonstration, none, or those named. Raises ValueError for a name not in the list."""
    if defects is True:
        shown = filter(attrgetter("is_shown"), DEFECTS)
        return _ids_of(shown)
    if defects is False:
        return frozenset()
    known = _ids_of(DEFECTS)
    unknown = sorted(set(defects) - known)
    if unknown:
        raise ValueError(f"没有名为 {'、'.join(unknown)} 的缺陷；可选：{'、'.join(sorted(known))}。")
    return frozenset(defects)


def _ids_of(defects: Iterable[Defect]) -> frozenset[str]:
    return frozenset(defect.defect_id for defect in defects)
