"""Takes the bytes of rows that are not loaded out of the warehouse file; which rows these are, `accept` decides.

A deleted row of DuckDB stays in its block of the file until that is written anew: a mobile number that stood under
办件编号 could be read there for years. So its texts are emptied first, and what was freed is written over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.contracts import Contract, FieldType

if TYPE_CHECKING:
    import duckdb

_MARK = "ledger.left_out"
# Random bytes do not compress: so many of them fill as many blocks. md5 gives 32 characters a time.
_BYTES_A_ROW = 1024
_FILLING = " || ".join(["md5(random()::VARCHAR)"] * (_BYTES_A_ROW // 32))


def blank(con: duckdb.DuckDBPyConnection, contract: Contract, table: str, condition: str) -> None:
    """Empties the texts of rows that are about to be deleted, and remembers that bytes of them are left.

    An update lets the next checkpoint write the columns of their row group anew; a deletion does not.
    """
    texts = [field.name for field in contract.stored_fields if field.type is FieldType.STRING]
    if texts:
        values = ", ".join(f"{name} = NULL" for name in texts)
        con.execute(f"UPDATE {table} SET {values}, as_written = NULL WHERE {condition}")
    con.execute(f"CREATE TABLE IF NOT EXISTS {_MARK} AS SELECT true AS is_left")


def overwrite_left_out(con: duckdb.DuckDBPyConnection) -> None:
    """Writes the file anew where rows were left out, and fills the blocks that this freed; nothing where none were."""
    is_any_left = con.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'ledger' AND table_name = 'left_out'")
    if is_any_left.fetchone() is None:
        return
    con.execute("CHECKPOINT")
    block_bytes, free_blocks = con.execute("SELECT block_size, free_blocks FROM pragma_database_size()").fetchall()[0]
    if free_blocks:
        rows = block_bytes * free_blocks // _BYTES_A_ROW
        con.execute(f"CREATE OR REPLACE TABLE {_MARK} AS SELECT {_FILLING} AS filling FROM range({rows})")
        con.execute("CHECKPOINT")
    con.execute(f"DROP TABLE {_MARK}")
    con.execute("CHECKPOINT")
