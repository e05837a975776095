"""A weekly export of districts whose contract uses each word there is: what the tests of this folder share."""

from __future__ import annotations

from pathlib import Path

from pipeline.contracts import Contract
from pipeline.contracts.loader import read_contract

DISTRICTS = """
name: district_weekly
title: 各区办件周报
version: 1
delivery: {kind: weekly}
titleWords: [各区办件]
primaryKey: [district]
layout:
  totals:
    - {label: 小计, covers: group}
    - {label: 合计, covers: table}
fields:
  - {name: district, title: 单位, constraints: {required: true}}
  - {name: carried_in, title: 上期结转, type: integer, unit: 件}
  - {name: received, title: 新收, type: integer, unit: 件, zeroValues: [无业务]}
  - {name: handled, title: 办理, type: integer, unit: 件}
  - {name: carried_out, title: 结转下期, type: integer, unit: 件}
  - {name: received_ytd, title: 累计新收, type: integer, unit: 件, cumulative: {of: received}}
  - {name: online, title: 网上, type: integer, unit: 件, blank: unknown}
  - {name: counter, title: 窗口, type: integer, unit: 件, blank: zero}
  - {name: rated, title: 主动评价, type: integer, unit: 件}
  - {name: rated_rate_pct, title: 主动评价率, type: number, unit: "%", rate: {of: rated, per: handled}}
  - {name: share_pct, title: 占比, type: number, unit: "%", share: {of: received, within: table}}
  - {name: per_day, title: 日均, type: number, average: {of: received, over: working_days}}
  - {name: change_pct, title: 环比, type: number, unit: "%", change: {of: received, against: previous}}
  - {name: remark, title: 备注, freeText: true}
checks:
  parts: [{whole: received, of: [online, counter]}]
  within: [{part: rated, whole: handled}]
  balance: [{opening: carried_in, in: [received], out: [handled], closing: carried_out, continues: true}]
  flow: [{in: received, out: handled, opening: carried_in, note: remark}]
  reporters: {field: district, from: previous, none: 无业务}
  band: {of: [received], by: [district]}
  history: {by: primaryKey}
  copies: true
"""
# The words in the other ways in which they can be written.
OTHERWISE = """
name: channel_weekly
title: 各渠道周报
version: 1
delivery: {kind: weekly}
primaryKey: [department, day]
fields:
  - {name: department, title: 部门, codes: department, identifier: false}
  - {name: day, title: 日期, type: date}
  - {name: accepted, title: 受理/本周, type: integer, unit: 件}
  - {name: "left", title: 累计, type: integer, cumulative: {of: accepted, along: rows}}
  - {name: days, title: 天数, type: integer, additive: false}
  - {name: of_group, title: 组内占比, type: number, share: {of: accepted, within: group}}
  - {name: of_total, title: 占合计, type: number, unit: "%", share: {of: accepted, within: printed_total}}
  - {name: of_department, title: 占本部门, type: number, unit: "%", share: {of: accepted, within: department}}
  - {name: by_field, title: 日均, type: number, average: {of: accepted, over: days}}
  - {name: by_number, title: 七日平均, type: number, average: {of: accepted, over: 7}}
  - {name: by_days, title: 每天, type: number, average: {of: accepted, over: days_of_week}}
  - {name: days_of_week, title: 周天数, type: integer, additive: false}
  - {name: plain_change, title: 比去年增减, type: integer, unit: 件, change: {of: accepted, against: year_ago}}
  - {name: satisfied, title: 满意率, type: number, rate: {of: accepted, per: "left"}}
checks:
  parts: [{whole: accepted, of: ["left", days]}, {whole: accepted, of: [days, days_of_week]}]
  flow: [{in: accepted, out: "left"}]
  reporters: {field: department, none: 无业务}
  band: {of: [accepted]}
  history: {by: [department]}
  copies: [accepted, days]
"""


def contract_of(folder: Path, text: str) -> Contract:
    """Reads a contract as `zhoubao` reads it: what makes no sense is refused."""
    name = text.split("name: ", 1)[1].split("\n", 1)[0]
    path = folder / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return read_contract(path)
