"""Numbers of cases do not leave the house."""

import duckdb

from pipeline.privacy.case_numbers import without_cases


def test_every_case_number_in_words_is_left_out() -> None:
    with duckdb.connect() as con:
        query = f"SELECT {without_cases('$words')}"
        words = con.execute(query, {"words": "办件 510000-20230417-003381、510000-20230417-1"}).fetchone()
    assert words == ("办件 （办件编号略）、（办件编号略）",)
