"""A hall with a folder of its own: two exports, own departments, week rule and groups, from the inbox to the site."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess

import duckdb
import pytest

from pipeline.hall.skeleton import write_skeleton
from pipeline.settings import PROJECT_ROOT
from tests.command_line import run_command

pytestmark = pytest.mark.slow
WEEK = "2023-01"
OTHER_HALL = ("四川", "成都", "省本级", "省级", "川")
HALL = """
name = "示例市政务服务中心"
[words]
level = "市级"
own_level = "市本级"
place = "市政务服务大厅"
platform = "示例市一网通办平台"
[departments]
level_words = ["示例", "市"]
[week_rule]
first_day = 1
anchor_year = 2023
anchor_total = 1
[weekly]
copies = 20
pdf = false
[exports.item_volume]
expected = "never"
[exports.hall_inspection]
expected = "never"
[exports.training_log]
required = "none"
[exports.activity_log]
required = "none"
[[power_groups]]
code = "licensing"
label = "行政许可"
types = ["行政许可"]
[[power_groups]]
code = "others"
label = "其他事项"
types = [
  "公共服务", "行政处罚", "行政强制", "行政征收", "行政给付",
  "行政检查", "行政确认", "行政奖励", "行政裁决", "其他行政权力",
]
"""
DEPARTMENTS = """department_id,department_name,department_kind,sort_order,is_on_platform
zhujian,市住建局,组成部门,1,true
jiaoyu,市教育局,组成部门,2,true
"""
ALIASES = """alias,department_id,valid_from,valid_to,reason
市住建局,zhujian,2015-01-01,,现行名称
市教育局,jiaoyu,2015-01-01,,现行名称
"""
CASES = """示例市办件明细（2023年第1期）,,,,,,,,,,,,,,,,,,,
统计时间：2023-01-01 至 2023-01-08,,导出时间：2023-01-09 09:00:00,,,,,,,,,,,,,,,,,
办件编号,实施编码,事项名称,事项类型,受理部门,办件类型,办理形式,申请人类型,申请人姓名,证件号码,联系电话,联系地址,\
申请时间,受理时间,承诺办结时间,办结时间,办结结果,满意度,数据状态,更新时间
A-1,11510001,施工许可,行政许可,市住建局,承诺件,窗口,企业法人,,,,,\
2023-01-04 09:00:00,2023-01-04 09:10:00,2023-01-18 09:10:00,2023-01-06 10:00:00,办结,满意,I,2023-01-06 10:00:00
A-2,11510001,施工许可,行政许可,市住建局,承诺件,窗口,企业法人,,,,,\
2023-01-05 09:00:00,2023-01-05 09:10:00,2023-01-19 09:10:00,,,,I,2023-01-05 09:10:00
A-3,11510002,入学登记,公共服务,市教育局,即办件,窗口,自然人,,,,,\
2023-01-05 10:00:00,2023-01-05 10:10:00,2023-01-05 18:00:00,2023-01-05 10:30:00,办结,满意,I,2023-01-05 10:30:00
"""
WINDOWS = """示例市综窗办件周报（2023年第1期）,,,,,
统计时间：2023-01-01 至 2023-01-08,,,,,
日期,窗口名称,咨询,受理,颁发,流转
2023-01-03,综合窗口1,10,2,3,4
2023-01-04,综合窗口1,8,1,2,5
合计,,18,3,5,9
"""

COMPLAINTS = """
name: complaint_log
title: 投诉登记
version: 1
delivery: {kind: weekly, required: warns}
titleWords: [投诉登记]
primaryKey: [complaint_no]
fields:
  - {name: complaint_no, title: 登记编号, constraints: {required: true}}
  - {name: department, title: 涉及部门, codes: department}
  - {name: handled, title: 已处理, type: integer, unit: 件}
"""
COMPLAINTS_BY_WEEK = """-- 投诉逐周
-- Complaints by week
-- grain: week_id
-- materialized: table
SELECT
    d.week_id, -- 期 | week
    CAST(sum(r.handled) AS BIGINT) AS handled -- 已处理（件） | handled
FROM raw.complaint_log AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
GROUP BY d.week_id
"""
CHECK_OF_COMPLAINTS = """
name: charts.complaint_weekly
meta: {title_zh: 投诉逐周}
expectations:
- type: unexpected_rows_expectation
  kwargs:
    unexpected_rows_query: SELECT * FROM {batch} WHERE handled > 4
  severity: warning
  notes: [一周处理的投诉不多于四件, No more than four complaints a week]
  meta:
    name: few_complaints
    owner: 综合窗口
    title_zh: 投诉不多
    title_en: Few complaints
    fix_zh: 请核对
    keys: [week_id]
    cause: [week_id]
    figures: [handled]
    evidence_zh: 已处理 {handled} 件，超过 4 件
"""


def command_line(folder: Path, *words: str) -> CompletedProcess[str]:
    return run_command(folder, {"ZHOUBAO_CONFIG": str(folder / "zhoubao.toml")}, *words)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the hall's own, its zhoubao.toml and a home, after a run of the first week."""
    folder = tmp_path_factory.mktemp("halls")
    write_skeleton(folder / "hall")
    (folder / "zhoubao.toml").write_text('hall = "hall"\nhome = "home"\nthreads = 1\n', "utf-8")
    (folder / "hall" / "hall.toml").write_text(HALL, "utf-8")
    reference = folder / "hall" / "reference"
    (reference / "department.csv").write_text(DEPARTMENTS, "utf-8")
    (reference / "department_alias.csv").write_text(ALIASES, "utf-8")
    inbox = folder / "home" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "办件明细_2023-01.csv").write_text(CASES, "utf-8")
    (inbox / "综窗办件周报_2023-01.csv").write_text(WINDOWS, "utf-8")
    checked = command_line(folder, "contract", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    run = command_line(folder, "run", "--week", WEEK)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def published(folder: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "home" / "published" / "metrics.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_the_week_is_released_without_a_critical_finding(folder: Path) -> None:
    state = json.loads(command_line(folder, "status", "--json").stdout)
    assert state["released"] == [{"week_id": WEEK, "revision": 1, "shown_revision": 1}]
    assert published(folder, "SELECT check_name FROM quality.finding WHERE severity = 'critical'") == []
    assert published(folder, "SELECT * FROM quality.finding WHERE check_name LIKE '%deliver%'") == []


def test_the_figures_are_in_the_hall_s_groups_and_week(folder: Path) -> None:
    rows = published(
        folder,
        "SELECT power_group_label, measure_label, value_ytd FROM charts.item_ytd ORDER BY sort_order",
    )
    assert rows == [("行政许可", "受理", 2), ("行政许可", "办结", 1), ("其他事项", "受理", 1), ("其他事项", "办结", 1)]
    weeks = published(
        folder, f"SELECT total_issue_no, coverage_end::VARCHAR FROM docs.report_week WHERE week_id = '{WEEK}'"
    )
    assert weeks == [(1, "2023-01-08")]


def test_what_the_hall_has_no_export_of_is_blank_and_not_zero(folder: Path) -> None:
    assert published(folder, "SELECT trainees, sessions FROM charts.training_weekly") == [(None, None)]
    assert published(folder, "SELECT count(*) FROM charts.authorization_status") == [(0,)]


def test_site_and_weekly_name_this_hall_and_no_other(folder: Path) -> None:
    pages = [
        *(folder / "home" / "published" / "site").rglob("*.html"),
        *(folder / "home" / "published" / "weekly").rglob("*.html"),
    ]
    assert len(pages) > 5
    text = "\n".join(path.read_text("utf-8") for path in pages)
    assert [word for word in OTHER_HALL if word in text] == []
    assert "市本级综窗办件情况" in text
    assert "据示例市一网通办平台数据统计，今年以来，市本级行政许可受理2件，办结1件；其他事项受理1件，办结1件。" in text
    assert "示例市政务服务中心" in text


def built(folder: Path) -> dict[str, str]:
    """Model → what its weeks were built from."""
    with duckdb.connect(str(folder / "home" / "warehouse.duckdb"), read_only=True) as con:
        rows = con.execute(
            "SELECT model, string_agg(fingerprint, ' ' ORDER BY week_id) FROM ledger.model_build GROUP BY 1"
        )
        return dict(rows.fetchall())


def test_another_sql_in_the_hall_s_folder_builds_exactly_that_table_anew(folder: Path) -> None:
    before = built(folder)
    own = folder / "hall" / "sql" / "charts" / "overdue.sql"
    own.parent.mkdir(parents=True)
    shipped = PROJECT_ROOT / "sql" / "charts" / "overdue.sql"
    own.write_text(shipped.read_text("utf-8") + "-- the hall's own\n", "utf-8")
    run = command_line(folder, "run", "--week", WEEK)
    assert run.returncode == 0, run.stdout + run.stderr
    after = built(folder)
    assert [model for model in after if after[model] != before[model]] == ["charts.overdue"]


def test_an_export_of_the_hall_s_own_goes_from_its_contract_to_the_published_file(folder: Path) -> None:
    hall = folder / "hall"
    (hall / "contracts" / "complaint_log.yaml").write_text(COMPLAINTS, "utf-8")
    (hall / "sql" / "charts" / "complaint_weekly.sql").write_text(COMPLAINTS_BY_WEEK, "utf-8")
    (hall / "expectations" / "charts.complaint_weekly.yaml").write_text(CHECK_OF_COMPLAINTS, "utf-8")
    log = "投诉登记（2023年第1期）,,\n登记编号,涉及部门,已处理\nT1,市住建局,2\nT2,市教育局,3\n"
    (folder / "home" / "inbox" / "投诉登记_2023-01.csv").write_text(log, "utf-8")
    checked = command_line(folder, "contract", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    run = command_line(folder, "run", "--week", WEEK)
    assert run.returncode == 0, run.stdout + run.stderr
    assert published(folder, "SELECT handled FROM charts.complaint_weekly") == [(5,)]
    finding = "SELECT evidence FROM quality.finding WHERE table_name = 'charts.complaint_weekly'"
    assert published(folder, finding) == [("已处理 5 件，超过 4 件",)]


def test_an_export_that_the_hall_says_it_has_not_is_refused_with_what_to_do(folder: Path) -> None:
    header = "部门,事项类型,本周受理,累计受理,本周办结,累计办结"
    volume = f"事项受理办结统计（2023年第1期）,,,,,\n{header}\n市住建局,行政许可,2,2,1,1\n"
    path = folder / "home" / "inbox" / "事项受理办结统计_2023-01.csv"
    path.write_text(volume, "utf-8")
    run = command_line(folder, "run", "--week", WEEK)
    words = "".join((run.stdout + run.stderr).split())
    assert "大厅说没有“事项受理办结统计”这种报表" in words


MONTHLY = """
name: rating_monthly
title: 好差评月报
version: 1
delivery: {kind: weekly, period: month, required: stops}
titleWords: [好差评]
primaryKey: [department]
fields:
  - {name: department, title: 被评部门, codes: department, constraints: {required: true}}
  - {name: ratings, title: 评价数, type: integer, unit: 件}
"""


def test_a_monthly_is_told_in_the_release_after_its_month_and_a_weekly_takes_no_month(folder: Path) -> None:
    (folder / "hall" / "contracts" / "rating_monthly.yaml").write_text(MONTHLY, "utf-8")
    inbox = folder / "home" / "inbox"
    rating = "好差评月报（2022年第12期）,\n总第74期　导出时间：2023-01-03 09:00:00,\n被评部门,评价数\n市住建局,7\n"
    (inbox / "好差评月报.csv").write_text(rating, "utf-8")
    (inbox / "综窗办件_2023-05.csv").write_text(
        "示例市综窗办件月报（2023年第5期）,,,,,\n2023年5月,,,,,\n" + WINDOWS[WINDOWS.index("日期,") :], "utf-8"
    )
    run = command_line(folder, "run", "--week", WEEK)
    assert run.returncode == 0, run.stdout + run.stderr
    words = "".join((run.stdout + run.stderr).split())
    assert "统计的是2022年12月，放在2023-01期" in words
    assert "标题说的是2023年5月，而“综窗办件周报”每周报送一份：没有当作一周装载" in words
    with duckdb.connect(str(folder / "home" / "warehouse.duckdb"), read_only=True) as con:
        month = "SELECT week_id, period_id, ratings FROM ledger.current_delivery JOIN raw.rating_monthly"
        assert con.execute(f"{month} USING (delivery_id)").fetchall() == [(WEEK, "2022-M12", 7)]
    told = "SELECT check_name FROM quality.finding WHERE check_name LIKE '%month%' OR evidence LIKE '%好差评%'"
    assert published(folder, told) == []
