"""From which columns an output column of a model comes, read from the SQL; the data itself is not looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from pipeline.warehouse.models import RUN_SCHEMA, Model, ModelError, ModelGraph

if TYPE_CHECKING:
    from sqlglot.optimizer.scope import Scope

Origin = tuple[str, str]
Schema = dict[str, object]


def column_lineage(graph: ModelGraph, name: str, given: Mapping[str, str] | None = None) -> dict[str, list[Origin]]:
    """Output column → the (table, column) pairs it is computed from, sorted; a constant has none.

    A count of rows comes from the keys of the rows counted. `given` are values of the output row's key columns: parts
    of a UNION and branches of a CASE that can only give other values are left out. Raises ModelError for SQL whose
    columns are ambiguous.
    """
    model = graph[name]
    upstream = tuple(graph.models[other] for other in model.depends_on if other in graph.models)
    known = tuple(sorted((given or {}).items()))
    return {column: list(origins) for column, origins in _lineage(model, upstream, known).items()}


def lineage_to_sources(
    graph: ModelGraph, name: str, columns: Iterable[str], given: Mapping[str, str] | None = None
) -> dict[str, tuple[str, ...]]:
    """The tables on the way from these columns of a model down to the sources → the columns read there, sorted.

    The model itself comes first and every table before what it reads. `given` holds as long as a table has a column
    of that name.
    """
    wanted: dict[str, set[str]] = {name: set(columns)}
    for model in reversed([graph[other] for other in graph.order]):
        if model.name not in wanted:
            continue
        own = {column.name for column in model.columns}
        here = {key: value for key, value in (given or {}).items() if key in own}
        lineage = column_lineage(graph, model.name, here)
        origins = [origin for column in wanted[model.name] for origin in lineage.get(column, ())]
        if not origins and model.name != name:
            del wanted[model.name]  # read only for rows that what is given rules out
        for table, column in origins:
            wanted.setdefault(table, set()).add(column)
    order = [other for other in reversed(graph.order) if other in wanted]
    order += sorted(other for other in wanted if other not in graph.models)
    return {other: tuple(sorted(wanted[other])) for other in order}


@lru_cache(maxsize=2048)
def _lineage(
    model: Model, upstream: tuple[Model, ...], given: tuple[tuple[str, str], ...]
) -> dict[str, tuple[Origin, ...]]:
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
    walk = _Walk({other.name: other.grain for other in upstream}, dict(given))
    return {column.name: tuple(sorted(walk.origins(scope, i))) for i, column in enumerate(model.columns)}


def _schema(upstream: Iterable[Model]) -> Schema:
    floors: dict[str, dict[str, dict[str, str]]] = {RUN_SCHEMA: {"week": {"week_id": "VARCHAR"}}}
    for model in upstream:
        columns = {column.name: column.type or "VARCHAR" for column in model.columns}
        floors.setdefault(model.group, {})[model.table] = columns
    return dict(floors)


class _Walk:
    """Follows columns through scopes down to tables; each (scope, column) is resolved once."""

    def __init__(self, grains: dict[str, tuple[str, ...]], given: Mapping[str, str]) -> None:
        self._grains = grains
        self._given = given
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
            return frozenset().union(*(self.origins(part, index) for part in self._parts(scope)))
        projections = _projections(scope)
        if index >= len(projections):
            return frozenset()
        return self._of_expression(scope, projections[index])

    def _of_expression(self, scope: Scope, expression: exp.Expr) -> frozenset[Origin]:
        found: set[Origin] = set()
        for column in self._columns(expression):
            found |= self._of_column(scope, column)
        if not found and expression.find(exp.AggFunc):
            found |= self._rows_of(scope)
        return frozenset(found)

    def _parts(self, scope: Scope) -> list[Scope]:
        """The parts of a UNION whose constants do not contradict what is given."""
        names = _output_names(scope)
        return [part for part in scope.set_operation_scopes if self._can_give(part, names)]

    def _can_give(self, part: Scope, names: list[str]) -> bool:
        if part.set_operation_scopes:
            return True
        for name, projection in zip(names, _projections(part), strict=False):
            value = projection.unalias()
            if name in self._given and value.is_string and value.name != self._given[name]:
                return False
        return True

    def _columns(self, expression: exp.Expr) -> Iterator[exp.Column]:
        if isinstance(expression, exp.Column):
            yield expression
            return
        chosen = self._chosen(expression)
        for child in expression.iter_expressions() if chosen is None else chosen:
            yield from self._columns(child)

    def _chosen(self, expression: exp.Expr) -> list[exp.Expr] | None:
        """The branch of a CASE over a given column; None where the expression is no such CASE."""
        if not isinstance(expression, exp.Case) or not isinstance(expression.this, exp.Column):
            return None
        value = self._given.get(expression.this.name)
        branches = expression.args["ifs"]
        if value is None or not all(branch.this.is_string for branch in branches):
            return None
        fitting = [branch.args["true"] for branch in branches if branch.this.name == value]
        default = expression.args.get("default")
        return fitting or ([default] if default else [])

    def _of_column(self, scope: Scope, column: exp.Column) -> frozenset[Origin]:
        for candidate in (scope, *scope.subquery_scopes):
            source = candidate.sources.get(column.table or _only_source(candidate))
            if isinstance(source, exp.Table):
                return frozenset({(f"{source.db}.{source.name}", column.name)})
            if source is not None:
                return self._of_output(source, column.name)
        return frozenset()

    def _of_output(self, scope: Scope, name: str) -> frozenset[Origin]:
        names = _output_names(scope)
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


def _output_names(scope: Scope) -> list[str]:
    """Column names of a query; a UNION has those of its first part."""
    while scope.set_operation_scopes:
        scope = scope.set_operation_scopes[0]
    return [projection.alias_or_name for projection in _projections(scope)]


def _projections(scope: Scope) -> list[exp.Expr]:
    return list(scope.expression.selects) if isinstance(scope.expression, exp.Query) else []


def _only_source(scope: Scope) -> str:
    """A column of a table without a known schema stays unqualified; with one table there is no doubt."""
    return next(iter(scope.selected_sources)) if len(scope.selected_sources) == 1 else ""
