"""What an engine does for the builder: the verbs that DuckDB and Spark have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pipeline.warehouse.models import Model, ModelError


class EngineError(ModelError):
    """What an engine refuses; the message says which table and why, and holds no value of a row (law 8)."""


class Engine(Protocol):
    """Holds the tables of models by their names, `core.item`, and answers questions in the dialect of sql/.

    Models are replaced, never changed in place: a view by its text, a table as a whole, an incremental table week by
    week. `keeps_transactions` says that what a failed build wrote is taken back with the state of the build.
    """

    @property
    def keeps_transactions(self) -> bool:
        """Whether writing stands in the transaction of the warehouse, so that a killed build leaves nothing of it."""

    def standing(self, warehouse: Mapping[str, str]) -> dict[str, str]:
        """Returns the tables and views that builds can read: name → TABLE or VIEW.

        `warehouse` are those of the home's DuckDB file, where the state of builds is.
        """

    def set_run_weeks(self, weeks: Sequence[str]) -> None:
        """Makes `weeks` the rows of `run.week`, which the SQL of incremental models asks for the build under way."""

    def replace_view(self, model: Model, before: str | None) -> None:
        """Makes or replaces a view; `before` says what stood under its name, TABLE or VIEW, if anything."""

    def replace_table(self, model: Model, before: str | None) -> None:
        """Makes a table anew, all weeks of it. Raises ModelError for a column without a type."""

    def replace_weeks(self, model: Model, weeks: Sequence[str]) -> int:
        """Puts what the SQL gives now in the place of these weeks; all others stay. Returns the rows written.

        A week for which the SQL gives nothing is empty afterwards.
        """

    def drop(self, name: str, kind: str) -> None:
        """Drops a table or view."""

    def types(self, name: str) -> dict[str, str]:
        """Returns the columns of a table in order, each with its type as DuckDB calls it."""

    def row_count(self, name: str) -> int:
        """Counts the rows of a table or view."""

    def rows_by_week(self, model: Model) -> dict[str, int]:
        """Counts the rows of an incremental table by its week."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Returns all rows of a query that is written in the dialect of sql/."""
