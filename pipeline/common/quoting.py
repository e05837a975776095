"""Texts and names as SQL has them, for statements that take no parameters; whatever can be bound is bound instead."""

from __future__ import annotations


def quoted(text: str) -> str:
    """`text` as an SQL string, as in COMMENT ON, ATTACH, COPY and lists that are part of a statement."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
