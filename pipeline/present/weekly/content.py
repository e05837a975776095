"""What the template of the printed weekly can name, read from the published file; wording and form are the template's.

The names are Chinese because people write them in Word. docs/printed-weekly.md explains each; a test compares both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.tables import has_table
from pipeline.present.shared.metrics import AUTHORIZATION, GROUP_NAMES, WINDOW, figures_of
from pipeline.present.shared.rows import NOT_REPORTED, Row, fetch
from pipeline.present.shared.summary import absent_exports
from pipeline.present.shared.withheld import MARK, chart_rows, printed
from pipeline.present.weekly.marks import clean, to_write
from pipeline.present.weekly.measures import measure_fields
from pipeline.present.weekly.notes import Notes, week_notes
from pipeline.release.revisions.activation import SHOWN
from pipeline.release.revisions.masks import PENDING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

CATEGORIES: Final = {
    "推进情况": "推进情况",
    "优化营商环境": "优化营商环境",
    "服务效能提升": "服务效能提升",
    "厅（局）长进大厅": "厅局长进大厅",
}
# The code of a printed figure in its chart table -> what the template calls it.
MEASURE_NAMES: Final = {figure.code: figure.name for figure in figures_of(WINDOW)}
STATUS_NAMES: Final = {figure.code: figure.name for figure in figures_of(AUTHORIZATION)}
# Everything that a template can name; docs/printed-weekly.md explains each.
FIELDS: Final = (
    *(
        "标题",
        "年",
        "期号",
        "总期号",
        "修订",
        "刊印起",
        "刊印止",
        "统计止",
        "印发日期",
        "编发单位",
        "报",
        "送",
        "发",
        "份数",
    ),
    *("本厅", "数据标签", "章", "节", "综窗", "授权", "培训", "事项", "事项组", "指标", "指标组"),
    *(*CATEGORIES.values(), "其他动态", "巡查"),
)
DIGITS: Final = "零一二三四五六七八九十"
# The chapters of the program's template, and the sections of the first: of which exports each is made. One of which
# the hall has none is left out, and those behind it move up.
SECTIONS_OF_EXPORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "办件": ("window_weekly",),
    "授权": ("department_register",),
    "推进": ("activity_log", "training_log"),
}
CHAPTERS_OF_EXPORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "综窗": ("window_weekly", "department_register", "activity_log", "training_log"),
    "事项": ("case_detail",),
    "动态": ("activity_log",),
    "巡查": ("hall_inspection",),
}
MEASURES: Final = "指标"


@dataclass(frozen=True)
class Content:
    """Everything a template can print of one revision of an issue, and the notes that its figures carry."""

    week_id: str
    revision: int
    issued_on: date
    fields: dict[str, Any]
    notes: Notes


def weekly_content(con: DuckDBPyConnection, week_id: str, settings: Settings) -> Content:
    """The fields of the revision of an issue that is shown, from a connection to the published file.

    In: `release.issue`, `docs.report_week`, `docs.publication`, `charts.window_weekly`, `authorization_status`,
    `authorization_pending`, `training_weekly`, `item_ytd`, `activity`, `inspection_weekly`, and the findings. What is
    missing is marked for a person to write. Raises ValueError where the issue has not been released.
    """
    week = _released_week(con, week_id)
    issued_on = week["period_end"] + timedelta(days=settings.weekly.published_after_days)
    notes = week_notes(con, week_id)
    items = _items(con, week_id, notes)
    activities, other = _activities(con, week_id)
    measures = measure_fields(con, week_id, notes)
    absent = absent_exports(con)
    fields = {
        **_heading(week, issued_on, settings),
        "本厅": {name: clean(word) for name, word in hall_words(settings).items()},
        "数据标签": _label(con),
        "章": chapter_numbers(absent, has_measures=bool(measures["指标组"])),
        "节": _numbered(_present(SECTIONS_OF_EXPORTS, absent), SECTIONS_OF_EXPORTS),
        "综窗": _windows(con, week_id, notes),
        "授权": _authorization(con, week_id, notes),
        "培训": _training(con, week_id, notes),
        "事项": items,
        "事项组": list(items.values()),
        **activities,
        "其他动态": other,
        "巡查": _inspections(con, week_id),
        **measures,
    }
    return Content(week_id, week["revision"], issued_on, fields, notes)


def _released_week(con: DuckDBPyConnection, week_id: str) -> Row:
    found = fetch(
        con,
        f"SELECT w.*, i.revision FROM docs.report_week AS w JOIN {SHOWN} AS i ON i.week_id = w.week_id"
        " WHERE w.week_id = ?",
        [week_id],
    )
    if not found:
        raise ValueError(f"{week_id} 期还没有发布，不能出周报。请先运行 zhoubao run --week {week_id}。")
    return found[0]


def hall_words(settings: Settings) -> dict[str, str]:
    """How the hall calls itself, by the names that templates have for it."""
    words = settings.words
    return {
        "名称": settings.hall_name,
        "级别": words.level,
        "本级": words.own_level,
        "场所": words.place,
        "平台": words.platform,
    }


def _heading(week: Row, issued_on: date, settings: Settings) -> dict[str, Any]:
    hall = settings.weekly
    return {
        "标题": clean(hall.title),
        "年": str(week["year"]),
        "期号": str(week["issue_no"]),
        "总期号": str(week["total_issue_no"]),
        "修订": week["revision"],
        "刊印起": _day(week["period_start"]),
        "刊印止": _day(week["period_end"]),
        "统计止": _day(week["coverage_end"]),
        "印发日期": f"{issued_on.year}年{_day(issued_on)}",
        "编发单位": clean(settings.issuer) or to_write("编发单位"),
        "报": clean(hall.report_to) or to_write("报送对象"),
        "送": clean(hall.send_to) or to_write("抄送对象"),
        "发": clean(hall.issue_to) or to_write("发放对象"),
        "份数": str(hall.copies) if hall.copies else to_write("印数"),
    }


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def chapter_numbers(absent: Collection[str], *, has_measures: bool) -> dict[str, str]:
    """Returns the number of each chapter of the program's template, empty for one that the hall has no export of.

    A hall without inspections that has measures gives 综窗 一, 事项 二, 动态 三, 巡查 nothing, 指标 四.
    """
    present = _present(CHAPTERS_OF_EXPORTS, absent)
    if has_measures:
        present.append(MEASURES)
    return _numbered(present, [*CHAPTERS_OF_EXPORTS, MEASURES])


def _present(exports_of: Mapping[str, tuple[str, ...]], absent: Collection[str]) -> list[str]:
    """The parts of which the hall has an export at least."""
    return [name for name, exports in exports_of.items() if not set(exports) <= set(absent)]


def _numbered(present: Sequence[str], names: Iterable[str]) -> dict[str, str]:
    """Numbers the parts that are present in their order; the others have an empty number."""
    numbers = {name: chinese_number(place) for place, name in enumerate(present, start=1)}
    return {name: numbers.get(name, "") for name in names}


def _label(con: DuckDBPyConnection) -> str:
    if not has_table(con, "docs", "publication"):
        return ""
    found = fetch(con, "SELECT value FROM docs.publication WHERE name = 'data_label'")
    return clean(found[0]["value"]) if found else ""


def _windows(con: DuckDBPyConnection, week_id: str, notes: Notes) -> dict[str, dict[str, str]]:
    rows = {row["measure"]: row for row in _of_week(con, "window_weekly", week_id)}
    found = {}
    for measure, name in MEASURE_NAMES.items():
        row = rows.get(measure, {})
        places = (
            ("charts.window_weekly", {"measure": measure}),
            ("marts.volume_band", {"metric": f"window_{measure}"}),
            ("marts.weekly_metric", {"metric": f"window_{measure}"}),
        )
        week = notes.mark(_number(row, "value", f"综窗{name}本周数", notes), *places)
        found[name] = {"本周": week, "累计": _number(row, "value_ytd", f"综窗{name}累计数", notes)}
    return found


def _authorization(con: DuckDBPyConnection, week_id: str, notes: Notes) -> dict[str, str]:
    rows = {row["status"]: row for row in _of_week(con, "authorization_status", week_id)}
    counts = {
        name: _number(rows.get(status, {}), "departments", f"{name}部门数", notes)
        for status, name in STATUS_NAMES.items()
    }
    counts["进驻"] = notes.mark(counts["进驻"], ("charts.authorization_status", {}), ("core.authorization", {}))
    pending = _of_week(con, "authorization_pending", week_id, "sort_order")
    return counts | {
        "未授权名单": clean(rows.get("not_authorized", {}).get("department_names") or ""),
        "对接": _progress(pending),
    }


def _progress(pending: Sequence[Row]) -> str:
    """Departments with the same remark share one clause: 甲、乙已对接；丙正在对接."""
    names: dict[str, list[str]] = {}
    for row in pending:
        remark = clean(row["remark"] or "").rstrip("。；")
        if remark:
            names.setdefault(remark, []).append(clean(row["department_name"]))
    return "；".join("、".join(departments) + remark for remark, departments in names.items())


def _training(con: DuckDBPyConnection, week_id: str, notes: Notes) -> dict[str, str] | None:
    """None where nobody was trained: the template then leaves the sentence out. A log that is missing is not that."""
    rows = [row for row in _of_week(con, "training_weekly", week_id) if row["sessions"] != 0 or MARK in row]
    if not rows:
        return None
    row = rows[0]
    trainees = _number(row, "trainees", "参训人数", notes)
    return {
        "部门": clean(row["department_names"] or "") or to_write("授课部门"),
        "人数": notes.mark(trainees, ("charts.training_weekly", {}), ("core.training", {})),
        "主项": _number(row, "main_items", "培训主项数", notes),
        "次数": _number(row, "sessions", "培训次数", notes),
    }


def _items(con: DuckDBPyConnection, week_id: str, notes: Notes) -> dict[str, dict[str, str]]:
    printed_rows = _of_week(con, "item_ytd", week_id, "sort_order")
    rows = {(row["power_group"], row["measure"]): row for row in printed_rows}
    labels = {row["power_group"]: clean(row["power_group_label"]) for row in printed_rows} or GROUP_NAMES
    found = {}
    for group, label in labels.items():
        name = GROUP_NAMES.get(group, label)
        # A finding on a group as a whole is about what was completed, so that goes first.
        completed = notes.mark(
            _number(rows.get((group, "completed"), {}), "value_ytd", f"{name}办结数", notes),
            ("charts.item_ytd", {"power_group": group, "measure": "completed"}),
            ("charts.case_balance", {"power_group": group}),
        )
        accepted = notes.mark(
            _number(rows.get((group, "accepted"), {}), "value_ytd", f"{name}受理数", notes),
            ("charts.item_ytd", {"power_group": group, "measure": "accepted"}),
        )
        found[name] = {"名称": label, "受理": accepted, "办结": completed}
    return found


def _activities(con: DuckDBPyConnection, week_id: str) -> tuple[dict[str, list[str]], list[dict[str, Any]]]:
    """The adopted activities by the template's names, and those of categories that it has no section for."""
    by_category: dict[str, list[str]] = {}
    for row in _of_week(con, "activity", week_id, "seq"):
        by_category.setdefault(clean(row["category"]), []).append(clean(row["content"]))
    known = {
        name: by_category.pop(category, []) or [to_write(f"本期没有采用的“{category}”动态，请补写或删去本节")]
        for category, name in CATEGORIES.items()
    }
    return known, [{"类别": category, "动态": texts} for category, texts in by_category.items()]


def _inspections(con: DuckDBPyConnection, week_id: str) -> list[dict[str, str]]:
    rows = _of_week(con, "inspection_weekly", week_id, "sort_order")
    return [
        {"序": chinese_number(place), "项目": clean(row["inspection_item"]), "情况": _condition(row)}
        for place, row in enumerate(rows, start=1)
    ]


def _condition(row: Row) -> str:
    """What was seen, in the words of the record: its note where it has one, else its conclusion."""
    note = clean(row.get("note") or "").rstrip("。")
    issues = printed(row, "issues")
    if issues:
        words = f"发现问题{issues}个"
        return f"{words}：{note}。" if note else f"{words}。"
    if note:
        return f"{note}。"
    conclusion = clean(row["conclusion"] or "")
    return f"{conclusion or to_write('巡查结论')}。"


def chinese_number(number: int) -> str:
    """1–99 as headings are numbered: 一, 十, 十一, 二十."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return DIGITS[ones]
    # Ten to nineteen are 十, 十一 …, not 一十, 一十一 ….
    words = "十" if tens == 1 else f"{DIGITS[tens]}十"
    if ones:
        words += DIGITS[ones]
    return words


def _number(row: Row, column: str, what: str, notes: Notes) -> str:
    """A number as it is printed: 【待核实】 with a note where it is withheld, a mark where its file has not arrived."""
    withheld = row.get(MARK, {})
    if column in withheld:
        return notes.mark_words(PENDING, withheld[column])
    value = row.get(column)
    return to_write(f"{what}（{NOT_REPORTED}）") if value is None else str(value)


def _of_week(con: DuckDBPyConnection, table: str, week_id: str, order: str = "week_id") -> list[Row]:
    if not has_table(con, "charts", table):
        return []
    query = f"SELECT * FROM charts.{table} WHERE week_id = ? ORDER BY {order}"
    return chart_rows(con, table, query, [week_id], [week_id])
