"""From which columns an output column of a model comes, read from the SQL; the data itself is not looked at."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from pipeline.warehouse.models import RUN_SCHEMA, Model, ModelError, ModelGraph

if TYPE_CHECKING:
    from sqlglot.optimizer.scope import Scope

Origin = tuple[str, str]
Schema = dict[str, object]


def column_lineage(graph: ModelGraph, name: str) -> dict[str, list[Origin]]:
    """Output column → the (table, column) pairs it is computed from, sorted; a constant has none.

    A count of rows comes from the keys of the rows counted. Raises ModelError for SQL whose columns are ambiguous.
    """
    model = graph[name]
    upstream = tuple(graph.models[other] for other in model.depends_on if other in graph.models)
    return {column: list(origins) for column, origins in _lineage(model, upstream).items()}


@lru_cache(maxsize=512)
def _lineage(model: Model, upstream: tuple[Model, ...]) -> dict[str, tuple[Origin, ...]]:
    from sqlglot.errors import OptimizeError
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    try:
        tree = qualify(
            model.tree.copy(),
            dialect="duckdb",
            schema=_schema(upstream),
            quote_identifiers=False,
            identify=False,
            validate_qualify_columns=False,
        )
        scope = build_scope(tree)
    except OptimizeError as error:
        raise ModelError(f"sql/{model.path.parent.name}/{model.path.name}：列的来源不明：{error}") from error
    if scope is None:
        raise ModelError(f"sql/{model.path.parent.name}/{model.path.name}：不是一条 SELECT。")
    walk = _Walk({other.name: other.grain for other in upstream})
    return {column.name: tuple(sorted(walk.origins(scope, i))) for i, column in enumerate(model.columns)}


def _schema(upstream: Iterable[Model]) -> Schema:
    floors: dict[str, dict[str, dict[str, str]]] = {RUN_SCHEMA: {"week": {"week_id": "VARCHAR"}}}
    for model in upstream:
        columns = {column.name: column.type or "VARCHAR" for column in model.columns}
        floors.setdefault(model.group, {})[model.table] = columns
    return dict(floors)


class _Walk:
    """Follows columns through scopes down to tables; each (scope, column) is resolved once."""

    def __init__(self, grains: dict[str, tuple[str, ...]]) -> None:
        self._grains = grains
        self._known: dict[tuple[int, int], frozenset[Origin]] = {}

    def origins(self, scope: Scope, index: int) -> frozenset[Origin]:
        """Origins of the output column at this place of the scope's select list."""
        key = (id(scope), index)
        if key not in self._known:
            self._known[key] = frozenset()
            self._known[key] = self._resolve(scope, index)
        return self._known[key]

    def _resolve(self, scope: Scope, index: int) -> frozenset[Origin]:
        if scope.set_operation_scopes:
            return frozenset().union(*(self.origins(part, index) for part in scope.set_operation_scopes))
        projections = _projections(scope)
        if index >= len(projections):
            return frozenset()
        return self._of_expression(scope, projections[index])

    def _of_expression(self, scope: Scope, expression: exp.Expr) -> frozenset[Origin]:
        found: set[Origin] = set()
        for column in expression.find_all(exp.Column):
            found |= self._of_column(scope, column)
        if not found and expression.find(exp.AggFunc):
            found |= self._rows_of(scope)
        return frozenset(found)

    def _of_column(self, scope: Scope, column: exp.Column) -> frozenset[Origin]:
        for candidate in (scope, *scope.subquery_scopes):
            source = candidate.sources.get(column.table or _only_source(candidate))
            if isinstance(source, exp.Table):
                return frozenset({(f"{source.db}.{source.name}", column.name)})
            if source is not None:
                return self._of_output(source, column.name)
        return frozenset()

    def _of_output(self, scope: Scope, name: str) -> frozenset[Origin]:
        first = scope
        while first.set_operation_scopes:
            first = first.set_operation_scopes[0]
        names = [projection.alias_or_name for projection in _projections(first)]
        return self.origins(scope, names.index(name)) if name in names else frozenset()

    def _rows_of(self, scope: Scope) -> frozenset[Origin]:
        found: set[Origin] = set()
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                table = f"{source.db}.{source.name}"
                found |= {(table, column) for column in self._grains.get(table, ("delivery_id", "row_no"))}
            elif source.set_operation_scopes:
                found |= set().union(*(self._rows_of(part) for part in source.set_operation_scopes))
            else:
                found |= self._rows_of(source)
        return frozenset(found)


def _projections(scope: Scope) -> list[exp.Expr]:
    return list(scope.expression.selects) if isinstance(scope.expression, exp.Query) else []


def _only_source(scope: Scope) -> str:
    """A column of a table without a known schema stays unqualified; with one table there is no doubt."""
    return next(iter(scope.selected_sources)) if len(scope.selected_sources) == 1 else ""
