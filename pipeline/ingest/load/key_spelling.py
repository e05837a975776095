"""Keeps beside each key the form in which it is compared, where that is another one than it is written in.

In: candidates on their way in. Out: the temporary table `key_spelling` (grain: column and text), and in `raw` the
column `<key>_folded`, NULL where a key is written as it is compared. What the form is, `pipeline.common.key_form` says.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from pipeline.common.key_form import folded, may_fold
from pipeline.common.quoting import identifier, quoted
from pipeline.contracts import Contract, Field, FieldType
from pipeline.ingest.evidence import Sureness, decided
from pipeline.privacy.masking import shown

if TYPE_CHECKING:
    import duckdb


def folded_keys(contract: Contract) -> list[Field]:
    """The fields of the key that are compared in folded form; none where the contract compares keys as written."""
    return [] if contract.key == "exact" else text_keys(contract)


def text_keys(contract: Contract) -> list[Field]:
    """The fields of the key that are texts as written, and not the digests of persons: those with a column beside them.

    The column is there where keys are compared as written, too: the SQL of staging reads it whatever the contract says.
    """
    keys = []
    for field in contract.stored_fields:
        is_key = field.name in contract.primary_key
        is_text_as_written = field.type is FieldType.STRING and field.personal is None
        if is_key and is_text_as_written:
            keys.append(field)
    return keys


def folded_column(field: Field) -> str:
    """The column of `raw` that holds the folded form of a key: case_no → case_no_folded."""
    return f"{field.name}_folded"


def compared_keys(contract: Contract) -> list[str]:
    """SQL for each field of the key in the form in which it is compared, over a table of `raw`."""
    is_folded = {field.name: folded_column(field) for field in folded_keys(contract)}
    keys = []
    for name in contract.primary_key:
        plain = identifier(name)
        keys.append(f"coalesce({identifier(is_folded[name])}, {plain})" if name in is_folded else plain)
    return keys


def note_spellings(con: duckdb.DuckDBPyConnection, contract: Contract) -> list[Field]:
    """Fills `key_spelling` from the view `candidate`; returns the fields of which some text is folded to another.

    Usually there is none, and a look at the column is all that it costs.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE key_spelling (column_name VARCHAR, written VARCHAR, folded VARCHAR)")
    respelled = []
    for field in folded_keys(contract):
        name = identifier(field.name)
        found = con.execute(f"SELECT DISTINCT {name} FROM candidate WHERE {may_fold(name)}").fetchall()
        spellings = [(text, folded(text)) for (text,) in found]
        changed = [(text, form) for text, form in spellings if form not in ("", text)]
        if changed:
            respelled.append(field)
            _insert_spellings(con, field, changed)
    return respelled


def _insert_spellings(con: duckdb.DuckDBPyConnection, field: Field, changed: Sequence[tuple[str, str]]) -> None:
    con.execute(
        "INSERT INTO key_spelling SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [field.name, [text for text, _ in changed], [form for _, form in changed]],
    )


def words_of_spellings(con: duckdb.DuckDBPyConnection, respelled: Collection[Field]) -> list[str]:
    """Says of each field of the key how many of its values stand in a delivery in more than one spelling."""
    sentences = []
    for field in respelled:
        name = identifier(field.name)
        several = con.execute(
            f"SELECT count(*), min(first_written), min(last_written) FROM ("
            f"SELECT min(c.written) AS first_written, max(c.written) AS last_written"
            f" FROM (SELECT DISTINCT {name} AS written FROM candidate WHERE {name} IS NOT NULL) AS c"
            f" LEFT JOIN key_spelling AS s ON s.column_name = {quoted(field.name)} AND s.written = c.written"
            f" GROUP BY coalesce(s.folded, c.written) HAVING count(*) > 1)"
        ).fetchall()
        count, first, last = several[0]
        if count:
            what = f"{field.title}有 {count:,} 个写法不一，按同一个计（如“{shown(first)}”和“{shown(last)}”）"
            sentences.append(decided(what, "只差全半角、空格或大小写", Sureness.LIKELY))
    return sentences


def candidates_by_form(respelled: Collection[Field]) -> str:
    """SQL for the candidates with their keys in the form in which they are compared, in columns <key>_folded."""
    if not respelled:
        return "candidate"
    forms = []
    joins = []
    for place, field in enumerate(respelled):
        name = identifier(field.name)
        forms.append(f"coalesce(s{place}.folded, c.{name}) AS {identifier(folded_column(field))}")
        joins.append(
            f"LEFT JOIN key_spelling AS s{place} ON s{place}.column_name = {quoted(field.name)}"
            f" AND s{place}.written = c.{name}"
        )
    return f"(SELECT c.*, {', '.join(forms)} FROM candidate AS c {' '.join(joins)})"


def keep_spellings(
    con: duckdb.DuckDBPyConnection, contract: Contract, is_of_delivery: str, respelled: Collection[Field]
) -> None:
    """Writes the folded form beside each key of a delivery that is written in another one.

    `is_of_delivery` is SQL that holds for its rows.
    """
    for field in respelled:
        name = identifier(field.name)
        spellings = f"SELECT written, folded FROM key_spelling WHERE column_name = {quoted(field.name)}"
        con.execute(
            f"UPDATE raw.{contract.name} SET {identifier(folded_column(field))} ="
            f" (SELECT s.folded FROM ({spellings}) AS s WHERE s.written = {name})"
            f" WHERE {is_of_delivery} AND {name} IN (SELECT s.written FROM ({spellings}) AS s)"
        )
