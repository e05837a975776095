"""Says in words how two releases of an issue differ in what they were made from; figure by figure is `causes`.

A release is a row of `release.issue`: `deliveries` is JSON text, a list of objects with delivery_id, source, week_id,
file_name, as_of and reader_version; `code_version` is as `versions.code_version` gives it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.ingest.reader_version import change_in_words

Deliveries = dict[str, Mapping[str, Any]]


@dataclass
class _Exchange:
    """The files that came and went for one source and week between two releases."""

    came: list[str] = field(default_factory=list)
    went: list[str] = field(default_factory=list)

    def in_words(self) -> str:
        """新交付 b.csv（取代 a.csv）; a delivery that takes the place of another is one change."""
        came = "、".join(self.came)
        went = "、".join(self.went)
        if not self.came:
            return f"不再采用 {went}"
        if not self.went:
            return f"新交付 {came}"
        return f"新交付 {came}（取代 {went}）"


def change_reason(before: Mapping[str, Any] | None, after: Mapping[str, Any], corrections: int = 0) -> str:
    """Returns why an issue is released (again), in Chinese: new and withdrawn deliveries, or a changed definition.

    `corrections` is how many cells were corrected since the release before.
    """
    if before is None:
        return "首次发布"
    reasons = [words for _, words in delivery_changes(before, after)]
    changed_code = code_change(before, after)
    if changed_code is not None:
        reasons.append(changed_code)
    if corrections:
        reasons.append(f"按处理单更正 {corrections} 处")
    if not reasons:
        return "交付与口径未变，数字有变"
    # Each reason once, in the order in which it came first.
    return "；".join(dict.fromkeys(reasons))


def delivery_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns (source, in words) of every delivery that came or went between two releases, by source and week.

    A delivery of both releases that another version of the reader has read is a change as well.
    """
    old = _deliveries_of(before)
    new = _deliveries_of(after)
    exchanges: dict[tuple[str, str], _Exchange] = {}
    for delivery in _only_in(new, old):
        exchanges.setdefault((delivery["source"], delivery["week_id"]), _Exchange()).came.append(delivery["file_name"])
    for delivery in _only_in(old, new):
        exchanges.setdefault((delivery["source"], delivery["week_id"]), _Exchange()).went.append(delivery["file_name"])
    changes = []
    for source, week_id in sorted(exchanges):
        changes.append((source, exchanges[source, week_id].in_words()))
    return [*changes, *_reader_changes(old, new)]


def _reader_changes(old: Deliveries, new: Deliveries) -> list[tuple[str, str]]:
    """Returns (source, 读取程序更新（v1 → v2）：…) of each source with deliveries that were read by two versions."""
    changes: dict[str, str] = {}
    for delivery_id in sorted(old.keys() & new.keys()):
        # Releases of before versions were counted rest on version 1.
        before = int(old[delivery_id].get("reader_version", 1))
        after = int(new[delivery_id].get("reader_version", 1))
        if before != after:
            changes[new[delivery_id]["source"]] = change_in_words(before, after)
    return sorted(changes.items())


def _deliveries_of(release: Mapping[str, Any]) -> Deliveries:
    deliveries: list[Mapping[str, Any]] = json.loads(release["deliveries"])
    return {delivery["delivery_id"]: delivery for delivery in deliveries}


def _only_in(deliveries: Deliveries, others: Deliveries) -> list[Mapping[str, Any]]:
    delivery_ids = sorted(deliveries.keys() - others.keys())
    return [deliveries[delivery_id] for delivery_id in delivery_ids]


def code_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """Returns in words that the definitions have changed, or None."""
    if before["code_version"] == after["code_version"]:
        return None
    return f"程序或口径由 {before['code_version']} 变为 {after['code_version']}"
