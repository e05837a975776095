"""What types of DuckDB are called in Table Schema (Data Package) and in the Open Data Contract Standard."""

from __future__ import annotations

from typing import Final

# Table Schema, "Field types"; what is not listed here has decimal places or is text.
_SCHEMA_TYPES: Final = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "DOUBLE": "number",
    "FLOAT": "number",
}


def schema_type(sql_type: str) -> str:
    """Returns the type in Table Schema: BIGINT → `integer`, DECIMAL(18,1) → `number`, VARCHAR → `string`.

    What CSV has no form for, lists and structures, is a text there.
    """
    if sql_type.startswith("DECIMAL"):
        return "number"
    return _SCHEMA_TYPES.get(sql_type, "string")


def contract_type(sql_type: str) -> str:
    """Returns the logical type in ODCS, which calls a moment `timestamp`."""
    name = schema_type(sql_type)
    return "timestamp" if name == "datetime" else name
