"""Compares deliveries of one place: what a replacement lost, changed and adds up to, as views that checks read.

Grain of `ledger.replaced_key`: one superseded delivery; of `ledger.delivery_sum`: one delivery and counted field.
Both are made anew at every start from the contracts, so that they need no migration. Which delivery counts,
`succession` says.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from pipeline.common.quoting import identifier, quoted
from pipeline.contracts import Contract
from pipeline.ingest.load.key_spelling import compared_keys
from pipeline.ingest.load.overtaking import counted_fields

if TYPE_CHECKING:
    import duckdb

# Of contracts without a key the whole row stands for it: a row that was changed is one lost and one new.
# The rows of `raw` stand alone in their SELECT: a field may be called status or scope as the columns of the ledger are.
_REPLACED_KEY = """
SELECT o.delivery_id, count(*) AS keys, count(*) FILTER (n.row_key IS NULL) AS keys_lost,
    count(*) FILTER (n.content <> o.content) AS keys_changed
FROM (
    SELECT h.delivery_id, d.week_id, d.scope, h.row_key, h.content
    FROM (
        SELECT delivery_id, hash({keys}) AS row_key, hash({content}) AS content FROM raw.{source}
        WHERE delivery_id IN (SELECT s.delivery_id FROM ledger.delivery AS s
            WHERE s.source = {name} AND s.status = 'superseded'{these})
    ) AS h
    INNER JOIN ledger.delivery AS d ON d.delivery_id = h.delivery_id
) AS o
LEFT JOIN (
    SELECT d.week_id, d.scope, h.row_key, min(h.content) AS content
    FROM (
        SELECT delivery_id, hash({keys}) AS row_key, hash({content}) AS content FROM raw.{source}
        WHERE delivery_id IN (SELECT c.delivery_id FROM ledger.delivery AS c
            WHERE c.source = {name} AND c.status = 'current' AND (c.week_id, c.scope) IN (
                SELECT (s.week_id, s.scope) FROM ledger.delivery AS s
                WHERE s.source = {name} AND s.status = 'superseded'{these}))
    ) AS h
    INNER JOIN ledger.delivery AS d ON d.delivery_id = h.delivery_id
    GROUP BY d.week_id, d.scope, h.row_key
) AS n ON n.week_id = o.week_id AND n.scope = o.scope AND n.row_key = o.row_key
GROUP BY o.delivery_id
"""
_NO_KEY = "SELECT '' AS delivery_id, 0 AS keys, 0 AS keys_lost, 0 AS keys_changed WHERE false"
_DELIVERY_SUM = """
SELECT delivery_id, {column} AS column_name, {title} AS title, CAST(sum({field}) AS DECIMAL(38, 6)) AS amount
FROM raw.{source} GROUP BY delivery_id
"""
_NO_SUM = "SELECT '' AS delivery_id, '' AS column_name, '' AS title, CAST(0 AS DECIMAL(38, 6)) AS amount WHERE false"
_THIS_ONE = " AND s.delivery_id = $this"
_MOST_SUMS_NAMED = 4
_MOST_PARTS_NAMED = 5


def make_replacement_views(con: duckdb.DuckDBPyConnection, contracts: Collection[Contract]) -> None:
    """Makes the views `ledger.replaced_key` and `ledger.delivery_sum` over the raw tables of these contracts."""
    replaced = [_NO_KEY]
    sums = [_NO_SUM]
    for contract in contracts:
        replaced.append(_replaced_key(contract))
        sums += _sums(contract)
    con.execute(f"CREATE OR REPLACE VIEW ledger.replaced_key AS {' UNION ALL '.join(replaced)}")
    con.execute(f"CREATE OR REPLACE VIEW ledger.delivery_sum AS {' UNION ALL '.join(sums)}")


def _replaced_key(contract: Contract, *, these: str = "") -> str:
    """SQL that compares the keys of superseded deliveries of a contract; `these` is a condition on them as `s`."""
    stored = [field.name for field in contract.stored_fields]
    keys = compared_keys(contract) or map(identifier, stored)
    return _REPLACED_KEY.format(
        source=contract.name,
        name=quoted(contract.name),
        keys=", ".join(keys),
        content=_content(contract, stored),
        these=these,
    )


def _content(contract: Contract, stored: Sequence[str]) -> str:
    """SQL for the fields beside the key; 1 where there are none, or the whole row stands for the key."""
    if not contract.primary_key:
        return "1"
    beside_key = [name for name in stored if name not in contract.primary_key]
    return ", ".join(map(identifier, beside_key)) or "1"


def _sums(contract: Contract) -> list[str]:
    return [
        _DELIVERY_SUM.format(
            source=contract.name, field=identifier(field.name), column=quoted(field.name), title=quoted(field.title)
        )
        for field in counted_fields(contract)
    ]


def replaced_words(
    con: duckdb.DuckDBPyConnection, contract: Contract, delivery_id: str, counted: Collection[str]
) -> list[str]:
    """A sentence for each delivery that this one replaced, and one where it is replaced itself; keys and sums in it.

    `counted` are the deliveries that counted before it came: one that another had replaced before is told no more.
    """
    found = con.execute(
        "SELECT old.delivery_id, old.file_name, new.delivery_id, new.file_name FROM ledger.delivery AS old"
        " JOIN ledger.delivery AS new ON new.delivery_id = old.superseded_by WHERE old.delivery_id = $mine"
        " OR (old.superseded_by = $mine AND old.delivery_id IN (SELECT unnest($counted::VARCHAR[])))"
        " ORDER BY old.received_at, old.delivery_id",
        {"mine": delivery_id, "counted": sorted(counted)},
    ).fetchall()
    sentences = []
    for old, old_name, new, new_name in found:
        what = f"取代了“{old_name}”" if new == delivery_id else f"没有计入：以较新的“{new_name}”为准"
        changes = [*_key_changes(con, contract, old), *_sum_changes(con, contract, old, new)]
        sentences.append(f"{what}（{'；'.join(changes) or '内容相同'}）")
    return sentences


def _key_changes(con: duckdb.DuckDBPyConnection, contract: Contract, superseded: str) -> list[str]:
    """前一份的 12 行中 3 行不再出现，2 行的内容有变."""
    found = con.execute(
        f"SELECT keys, keys_lost, keys_changed FROM ({_replaced_key(contract, these=_THIS_ONE)})", {"this": superseded}
    ).fetchall()
    sentences = []
    for keys, lost, changed in found:
        words = []
        if lost:
            words.append(f"{lost:,} 行不再出现")
        if changed:
            words.append(f"{changed:,} 行的内容有变")
        if words:
            sentences.append(f"前一份的 {keys:,} 行中 {'，'.join(words)}")
    return sentences


def _sum_changes(con: duckdb.DuckDBPyConnection, contract: Contract, superseded: str, successor: str) -> list[str]:
    """咨询由 1,200 改为 1,300."""
    sums = " UNION ALL ".join([_NO_SUM, *_sums(contract)])
    found = con.execute(
        f"WITH delivery_sum AS ({sums})"
        " SELECT o.title, o.amount, n.amount FROM delivery_sum AS o JOIN delivery_sum AS n"
        " ON n.column_name = o.column_name WHERE o.delivery_id = ? AND n.delivery_id = ?"
        " AND o.amount IS DISTINCT FROM n.amount ORDER BY o.column_name",
        [superseded, successor],
    ).fetchall()
    words = [f"{title}由 {_shown(earlier)} 改为 {_shown(later)}" for title, earlier, later in found]
    return words[:_MOST_SUMS_NAMED]


def _shown(amount: object) -> str:
    """1234.500000 → 1,234.5; nothing → 无."""
    return "无" if amount is None else f"{float(str(amount)):,.6f}".rstrip("0").rstrip(".")


def part_words(con: duckdb.DuckDBPyConnection, delivery_id: str) -> list[str]:
    """A sentence where other deliveries of the same source, week and scope count beside this one."""
    found = con.execute(
        "SELECT other.file_name, count(*) OVER () FROM ledger.delivery AS mine JOIN ledger.delivery AS other"
        " ON other.source = mine.source AND other.week_id = mine.week_id AND other.scope = mine.scope"
        " AND other.status = 'current'"
        " WHERE mine.delivery_id = ? AND mine.status = 'current' AND other.delivery_id <> mine.delivery_id"
        f" ORDER BY other.as_of, other.delivery_id LIMIT {_MOST_PARTS_NAMED}",
        [delivery_id],
    ).fetchall()
    if not found:
        return []
    names = "、".join(f"“{name}”" for name, _ in found)
    others = found[0][1]
    if others > len(found):
        names += f"等 {others:,} 份"
    return [
        f"与{names}没有相同的主键，视为同一期的另一部分，各份一并计入；若是更正，请写明较晚的导出时间并保留原来的主键"
    ]
