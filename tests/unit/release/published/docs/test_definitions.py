"""Words and definitions for readers: sources, checks, keys and the glossary."""

from __future__ import annotations

import duckdb

from pipeline.release.published.docs.definitions import TERMS, write_definitions
from pipeline.settings import Settings


def test_sources_checks_terms_and_keys_are_listed(settings: Settings) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA docs")
        write_definitions(con, "memory", settings, [("charts", "item_ytd", ("week_id", "measure"))])
        assert con.execute("SELECT title FROM docs.source WHERE source = 'window_weekly'").fetchall() == [
            ("综窗办件周报",)
        ]
        assert con.execute("SELECT count(*) FROM docs.glossary").fetchall() == [(len(TERMS),)]
        assert con.execute("SELECT count(*) > 50 FROM docs.check").fetchall() == [(True,)]
        assert con.execute("SELECT * FROM docs.key").fetchall() == [
            ("charts", "item_ytd", "measure", 2),
            ("charts", "item_ytd", "week_id", 1),
        ]
        assert con.execute("SELECT count(*) FROM docs.sheet").fetchall() == [(0,)]
