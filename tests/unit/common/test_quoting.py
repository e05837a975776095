"""Texts and names as SQL has them."""

from __future__ import annotations

import duckdb

from pipeline.common.quoting import identifier, quoted


def test_quotes_inside_a_text_or_a_name_stay_inside() -> None:
    text, name = 'O\'Hara "水利"', 'odd "name"'
    with duckdb.connect() as con:
        cursor = con.execute(f"SELECT {quoted(text)} AS {identifier(name)}")
        assert [column[0] for column in cursor.description] == [name]
        assert cursor.fetchall() == [(text,)]
