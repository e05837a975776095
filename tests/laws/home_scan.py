"""Reads every text in every file of a home but the archive, for law 8: packed, in tables, in plain bytes."""

from __future__ import annotations

import gzip
import html
import io
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

Text = tuple[str, str]
"""Where a text stands, and the text."""
_TAG = re.compile(r"<[^>]*>")


def texts_of_home(home: Path, archive: Path) -> Iterator[Text]:
    """The texts of all files under `home` except those under `archive`, names of files and folders among them."""
    for path in sorted(home.rglob("*")):
        if archive in path.parents or path == archive:
            continue
        where = str(path.relative_to(home))
        yield f"name of {where}", where
        if path.is_file():
            yield from _texts_of_file(path, where)


def _texts_of_file(path: Path, where: str) -> Iterator[Text]:
    content = path.read_bytes()
    yield from _texts_of_bytes(content, where)
    if path.suffix == ".duckdb":
        yield from _texts_of_duckdb(path, where)
    elif path.suffix == ".parquet":
        yield from _texts_of_query(duckdb.connect(), f"FROM read_parquet('{path}')", where)
    elif content.startswith(b"SQLite format 3\0"):
        yield from _texts_of_sqlite(path, where)


def _texts_of_bytes(content: bytes, where: str) -> Iterator[Text]:
    """The bytes as the texts that they may be, and what is packed in them."""
    yield where, content.decode("utf-8", "replace")
    if not _is_utf8(content):
        yield where, content.decode("utf-16-le", "replace")
        yield where, content.decode("gb18030", "replace")
    if content.lstrip().startswith(b"<"):
        # A word processor cuts a number into pieces: <w:t>139</w:t><w:t>50000005</w:t>
        yield where, html.unescape(_TAG.sub("", content.decode("utf-8", "replace")))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                yield f"{where}/{name}", name
                yield from _texts_of_bytes(parts.read(name), f"{where}/{name}")
    if content.startswith(b"\x1f\x8b"):
        try:
            yield from _texts_of_bytes(gzip.decompress(content), f"{where} unpacked")
        except (OSError, zlib.error):
            return


def _is_utf8(content: bytes) -> bool:
    """Whether bytes are a text in UTF-8, and so in no other encoding."""
    if b"\0" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _texts_of_duckdb(path: Path, where: str) -> Iterator[Text]:
    with duckdb.connect(str(path), read_only=True) as con:
        tables = con.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        for schema, table in tables:
            yield from _texts_of_query(con, f'FROM "{schema}"."{table}"', f"{where} {schema}.{table}")


def _texts_of_query(con: duckdb.DuckDBPyConnection, query: str, where: str) -> Iterator[Text]:
    """Every distinct value of every column, as a text."""
    for column, *_ in con.execute(f"DESCRIBE {query}").fetchall():
        for (value,) in con.execute(f'SELECT DISTINCT CAST("{column}" AS VARCHAR) {query}').fetchall():
            if value:
                yield f"{where}.{column}", value


def _texts_of_sqlite(path: Path, where: str) -> Iterator[Text]:
    con = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for (table,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in con.execute(f'SELECT * FROM "{table}"'):
                yield f"{where} {table}", " ".join(map(str, row))
    finally:
        con.close()
