"""Keeps for which hall and by which week rule a home was made: by another rule its weeks would be other days.

In: the hall's name and week rule of the settings. Out: `ledger.home_hall`, a row for each change; the last one counts.
The rule itself is `pipeline.reporting_calendar.week_rule`; the first issue that a hall reports moves no week.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.clock import utc_now
from pipeline.common.digests import digest
from pipeline.common.tables import has_table
from pipeline.reporting_calendar import WeekRule
from pipeline.warehouse.errors import OtherWeekRuleError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Settings

TABLE: Final = "ledger.home_hall"
_RULE_WORDS: Final = ("first_day", "working_weekdays", "anchor_year", "anchor_total")
_WEEKDAYS: Final = "一二三四五六日"
_READ_NO_MORE: Final = ""
"""The fingerprint of a delivery that the next load reads again."""


@dataclass(frozen=True)
class HomeHall:
    """The hall of a home as it is stored; an empty name is one that nobody gave."""

    name: str
    week_rule: WeekRule

    def has_rule_of(self, rule: WeekRule) -> bool:
        """Whether a rule makes the same weeks with the same numbers."""
        return _rule_text(self.week_rule) == _rule_text(rule)


def hall_of_settings(settings: Settings) -> HomeHall:
    """The hall as the settings have it."""
    return HomeHall(settings.hall_name, settings.week_rule)


def hall_of_home(con: DuckDBPyConnection) -> HomeHall | None:
    """Returns the hall that the home was made for; None for a home of which nobody has noted it yet."""
    if not has_table(con, "ledger", "home_hall"):
        return None
    row = con.execute(f"SELECT hall_name, week_rule FROM {TABLE} ORDER BY noted_at DESC LIMIT 1").fetchone()
    return None if row is None else _read(*row)


def hall_of_journal(row: Mapping[str, Any]) -> HomeHall:
    """Returns the hall that a line of the journal names."""
    return _read(row["hall_name"], row["week_rule"])


def refuse_other_week_rule(stored: HomeHall | None, settings: Settings) -> None:
    """Raises OtherWeekRuleError where the settings have another week rule than the home was made by."""
    if stored is None or stored.has_rule_of(settings.week_rule):
        return
    raise OtherWeekRuleError(
        f"这个数据目录 {settings.home} 的报告周是：{rule_in_words(stored.week_rule)}（{_named(stored.name)}）；"
        f"现在的设置是：{rule_in_words(settings.week_rule)}（{_named(settings.hall_name)}）。"
        "照新的设置，已装载的各期会变成别的日子，所以没有运行，也没有改动。"
        "若是另一个大厅，请用另一个数据目录（zhoubao.toml 的 home，或 ZHOUBAO_HOME）；"
        "写错了的，改回 hall.toml 的 [week_rule]；"
        "确实要改报告周的，运行 zhoubao hall --accept，再运行一次，各期按新的报告周重读。"
    )


def renamed_words(stored: HomeHall | None, settings: Settings) -> str | None:
    """Says that the hall has another name than the home was made for; None where it has not."""
    if stored is None or stored.name == settings.hall_name:
        return None
    return (
        f"这个数据目录是为{_named(stored.name)}建的，现在的设置是{_named(settings.hall_name)}，报告周相同。"
        "改了名称的不必理会；若是另一个大厅，请用另一个数据目录，免得两个大厅的数混在一起。"
    )


def note_hall(con: DuckDBPyConnection, settings: Settings) -> None:
    """Writes the hall of the settings down as that of the home, where another one or none is stored."""
    now = hall_of_settings(settings)
    stored = hall_of_home(con)
    if stored is not None and stored.name == now.name and stored.has_rule_of(now.week_rule):
        return
    con.execute(
        f"INSERT INTO {TABLE} (hall_name, week_rule, noted_at) VALUES (?, ?, ?)",
        [now.name, _rule_text(now.week_rule), utc_now()],
    )


def read_all_again(con: DuckDBPyConnection) -> int:
    """Has every delivery read again by the next load, for its week may be another one; returns how many there are."""
    return len(
        con.execute(
            "UPDATE ledger.delivery SET contract_fingerprint = ? WHERE status IN ('current', 'superseded')"
            " RETURNING delivery_id",
            [_READ_NO_MORE],
        ).fetchall()
    )


def rule_in_words(rule: WeekRule) -> str:
    """自星期六起统计七天，刊印星期一、二、三、四、五，2023 年第 1 期为总第 421 期."""
    printed = "、".join(_WEEKDAYS[day - 1] for day in rule.working_weekdays)
    return (
        f"自星期{_WEEKDAYS[rule.first_day - 1]}起统计七天，刊印星期{printed}，"
        f"{rule.anchor_year} 年第 1 期为总第 {rule.anchor_total} 期"
    )


def _named(name: str) -> str:
    return f"“{name}”" if name else "没有写名称的大厅"


def rule_digest(rule: WeekRule) -> str:
    """Returns a digest of what moves weeks or their numbers: of one digest, weeks are the same days."""
    return digest([_rule_text(rule)])


def _rule_text(rule: WeekRule) -> str:
    words = rule.model_dump(mode="json")
    words["working_weekdays"] = sorted(words["working_weekdays"])
    return json.dumps({name: words[name] for name in _RULE_WORDS})


def _read(hall_name: str | None, week_rule: str) -> HomeHall:
    return HomeHall(hall_name or "", WeekRule(**json.loads(week_rule)))
