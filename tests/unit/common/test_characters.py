"""Characters that nobody sees are no part of a text, in Python and in SQL alike."""

import sys
import unicodedata

import duckdb

from pipeline.common.characters import CONTROLS, INVISIBLE, has_control, is_blank, visible

# Signs of Syriac, Kaithi and hieroglyphs that show themselves or enclose what follows.
_SEEN = frozenset({0x070F, 0x110BD, 0x110CD, *range(0x13430, 0x13440)})


def test_every_format_character_is_dropped_but_those_that_are_seen() -> None:
    every = {chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"}
    left = {one for one in every if visible(one)}
    assert all("ARABIC" in unicodedata.name(one) or ord(one) in _SEEN for one in left)
    with duckdb.connect() as con:
        query = f"SELECT count(*) FROM (SELECT unnest(?) AS t) WHERE regexp_full_match(t, '[{INVISIBLE}]')"
        assert con.execute(query, [sorted(every - left)]).fetchone() == (len(every - left),)
        assert con.execute(query, [sorted(left | set("a窗 "))]).fetchone() == (0,)


def test_a_text_of_blanks_and_unseen_characters_is_blank_in_sql() -> None:
    with duckdb.connect() as con:
        query = f"SELECT text, {is_blank('text')} FROM (SELECT unnest(?) AS text)"
        answers = dict(con.execute(query, [["", " \t", "\u3000\u200b", "\ufeff", "一", " 一", "a"]]).fetchall())
    assert [text for text, blank in answers.items() if not blank] == ["一", " 一", "a"]


def test_control_characters_are_those_that_lay_out_no_text_in_python_and_in_sql_alike() -> None:
    laid_out = set("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
    every = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cc"]
    assert {letter for letter in every if not has_control(f"a{letter}b")} == laid_out
    with duckdb.connect() as con:
        matched = con.execute(
            f"SELECT unnest(list_filter($every, lambda x: regexp_matches('a' || x || 'b', '[{CONTROLS}]')))",
            {"every": every},
        ).fetchall()
    assert {letter for (letter,) in matched} == set(every) - laid_out
    assert not has_control("综合窗口1号 é\u200b")
