"""Rebuilds `raw.<source>` where its contract gives a stored column another type; `reread` handles all other changes.

Rows are never converted in silence: what an integer column made of 2.5 is gone, so each delivery is read again from its
original. A delivery whose original the archive no longer keeps stays as it was read, if every value is the same in the
new type (5 is, 2.5 is not in an integer column); otherwise nothing is touched and the run ends with a sentence.

The table stands beside as `raw.<source>__before` until the new one is whole: a run that is killed in between leaves it,
and the next run begins anew from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.common.quoting import identifier
from pipeline.common.tables import has_table, single_number
from pipeline.common.transaction import transaction
from pipeline.contracts import Contract
from pipeline.ingest.inbox.archive import stored_original
from pipeline.ingest.inbox.loader import FileEvent, Loader
from pipeline.ingest.inbox.reread import load_again
from pipeline.ingest.load import ledger
from pipeline.ingest.load.key_spelling import folded_column, folded_keys
from pipeline.ingest.load.succession import settle_all

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BEFORE = "__before"
_KEPT = "合同改了列的类型，但原件已过保存期，不能重读：各值在新类型下相同，照旧保留"


class RetypeError(RuntimeError):
    """A change of a contract that would alter stored values; the message says which, and what to do."""


class TypeChange(NamedTuple):
    """A stored column whose type is another one in the contract: `INTEGER` → `DECIMAL(18,6)`."""

    column: str
    stored: str
    wanted: str


class _Delivered(NamedTuple):
    """A delivery with rows in `raw.<source>`."""

    delivery_id: str
    file_name: str


def rebuild_retyped(loader: Loader) -> Iterator[FileEvent]:
    """Rebuilds every raw table whose column types are not those of its contract; an event for each delivery of it.

    Raises RetypeError where a delivery can neither be read again nor kept as it is; the rows are then as they were.
    """
    for contract in loader.contracts.values():
        _begin_anew(loader.con, contract)
        changes = type_changes(loader.con, contract)
        if not changes:
            continue
        try:
            yield from _rebuild(loader, contract, changes)
        except BaseException:
            _begin_anew(loader.con, contract)
            raise


def type_changes(con: DuckDBPyConnection, contract: Contract) -> list[TypeChange]:
    """Returns the columns of `raw.<source>` whose type differs from the contract's, in the contract's order."""
    stored: dict[str, str] = dict(
        con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database()"
            " AND schema_name = 'raw' AND table_name = ?",
            [contract.name],
        ).fetchall()
    )
    changes = []
    for field in contract.stored_fields:
        wanted = _name_of_type(con, field.type.sql)
        if stored.get(field.name, wanted) != wanted:
            changes.append(TypeChange(field.name, stored[field.name], wanted))
    return changes


def _name_of_type(con: DuckDBPyConnection, sql_type: str) -> str:
    """Returns a type as DuckDB lists it: DECIMAL(38, 6) → DECIMAL(38,6)."""
    row = con.execute(f"SELECT typeof(CAST(NULL AS {sql_type}))").fetchone()
    return str(row[0]) if row else sql_type


def _begin_anew(con: DuckDBPyConnection, contract: Contract) -> None:
    """Puts the table back that a run has moved aside and did not finish to rebuild."""
    before = contract.name + _BEFORE
    if not has_table(con, "raw", before):
        return
    with transaction(con):
        con.execute(f"DROP TABLE IF EXISTS raw.{contract.name}")
        con.execute(f"ALTER TABLE raw.{before} RENAME TO {contract.name}")


def _rebuild(loader: Loader, contract: Contract, changes: Sequence[TypeChange]) -> Iterator[FileEvent]:
    con = loader.con
    delivered = _deliveries_in(con, contract)
    readable = [known for known in delivered if stored_original(loader.settings, contract.name, known.delivery_id)]
    kept = [known for known in delivered if known not in readable]
    _refuse_changed_values(con, contract, changes, kept)
    before = contract.name + _BEFORE
    with transaction(con):
        con.execute(f"ALTER TABLE raw.{contract.name} RENAME TO {before}")
        ledger.make_raw_table(con, contract)
        _copy_rows(con, contract, kept)
    for known in kept:
        con.execute("UPDATE ledger.delivery SET message = ? WHERE delivery_id = ?", [_KEPT, known.delivery_id])
        yield FileEvent(known.file_name, "kept", contract.name, message=_KEPT)
    for known in readable:
        event = _read_again(loader, contract, known)
        if event.outcome == "refused":
            # What the new contract does not read stays as it was read, if that is possible.
            _refuse_changed_values(con, contract, changes, [known], table=before)
            _copy_rows(con, contract, [known])
        yield event
    # While others were still to be read, a delivery may have counted for lack of rows to compare it with.
    settle_all(con, contract)
    con.execute(f"DROP TABLE raw.{before}")


def _read_again(loader: Loader, contract: Contract, known: _Delivered) -> FileEvent:
    stored = stored_original(loader.settings, contract.name, known.delivery_id)
    if stored is None:
        raise RetypeError(f"{known.file_name} 的原件在重读途中不见了：请恢复 archive 文件夹后再运行一次。")
    return load_again(loader, stored, known.file_name)


def _deliveries_in(con: DuckDBPyConnection, contract: Contract) -> list[_Delivered]:
    rows = con.execute(
        f"SELECT delivery_id, file_name FROM ledger.delivery WHERE delivery_id IN"
        f" (SELECT DISTINCT delivery_id FROM raw.{contract.name}) ORDER BY week_id, as_of, delivery_id"
    ).fetchall()
    return [_Delivered(*row) for row in rows]


def _copy_rows(con: DuckDBPyConnection, contract: Contract, deliveries: Sequence[_Delivered]) -> None:
    """Copies rows of these deliveries from the table moved aside, each value cast to its new type."""
    before = contract.name + _BEFORE
    present = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'raw' AND table_name = ?", [before]
    ).fetchall()
    columns = {str(name) for (name,) in present}
    forms = map(folded_column, folded_keys(contract))
    stored = [field.name for field in contract.stored_fields]
    names = [name for name in (*stored, *forms) if name in columns]
    listed = ", ".join(map(identifier, ["delivery_id", "sheet", "row_no", *names, "as_written"]))
    con.execute(
        f"INSERT INTO raw.{contract.name} ({listed}) SELECT {listed} FROM raw.{before}"
        " WHERE list_contains(?, delivery_id) ORDER BY rowid",
        [[known.delivery_id for known in deliveries]],
    )


def _refuse_changed_values(
    con: DuckDBPyConnection,
    contract: Contract,
    changes: Sequence[TypeChange],
    deliveries: Sequence[_Delivered],
    table: str = "",
) -> None:
    """Raises RetypeError where a value of these deliveries would be another one in the new type."""
    delivery_ids = [known.delivery_id for known in deliveries]
    for column, stored, wanted in changes:
        name = identifier(column)
        # 2.5 as an INTEGER is 3, and 3 as a DECIMAL is not 2.5: the value does not come back.
        came_back = f"TRY_CAST(TRY_CAST({name} AS {wanted}) AS {stored})"
        altered = single_number(
            con,
            f"SELECT count(*) FROM raw.{table or contract.name} WHERE list_contains(?, delivery_id)"
            f" AND {name} IS NOT NULL AND {came_back} IS DISTINCT FROM {name}",
            [delivery_ids],
        )
        if altered:
            files = "、".join(known.file_name for known in deliveries[:3])
            raise RetypeError(
                f"合同 {contract.name} 把 {column} 由 {stored} 改为 {wanted}，会改变已存的 {altered} 个值；"
                f"这些报送（{files}）不能从原件重读。什么也没有改动："
                "请把原件放回 archive 文件夹，或请报送单位重新报送，或撤回合同的这项改动。"
            )
