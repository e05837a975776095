"""A check that asks for unexpected rows is run for their number alone, under another name than in its suite."""

from __future__ import annotations

from pipeline.quality.run.counted_rows import COUNTED, ROWS_OF_QUERY, CountedRowsExpectation, type_to_run


def test_only_the_number_of_rows_is_asked_for() -> None:
    assert CountedRowsExpectation.metric_dependencies == ("unexpected_rows_query.row_count",)
    expectation = CountedRowsExpectation(unexpected_rows_query="SELECT 1 FROM {batch}")
    assert expectation.expectation_type == COUNTED
    for rows, success in ((0, True), (3, False)):
        result = expectation._validate({"unexpected_rows_query.row_count": rows})
        assert result == {"success": success, "result": {"observed_value": rows}}


def test_other_expectations_are_run_as_they_are() -> None:
    assert type_to_run(ROWS_OF_QUERY) == COUNTED
    assert type_to_run("expect_column_values_to_not_be_null") == "expect_column_values_to_not_be_null"
