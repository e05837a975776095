"""The unexpected-rows expectation of Great Expectations, asked only how many rows there are.

Its own one runs the query twice, for the rows and for their number, and then gives the rows to those alone who ask for
complete results. Which rows they are is asked later, and of what failed alone (`pipeline.quality.findings`).
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

ROWS_OF_QUERY: Final = "unexpected_rows_expectation"
"""The type in the suites, for whose runs the counting one stands."""
COUNTED: Final = "counted_rows_expectation"
_COUNT: Final = "unexpected_rows_query.row_count"


class CountedRowsExpectation(UnexpectedRowsExpectation):
    """Passes where its query has no row."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (_COUNT,)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        rows = metrics[_COUNT]
        return {"success": rows == 0, "result": {"observed_value": rows}}


def type_to_run(expectation_type: str) -> str:
    """Returns the type under which a check of a suite is run."""
    return COUNTED if expectation_type == ROWS_OF_QUERY else expectation_type
