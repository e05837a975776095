"""Says from which columns an output column of a model comes, read from the SQL alone; data is not looked at.

The models are read in `models`; what a chart column rests on is worked out in `pipeline.release.revisions.basis`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from pipeline.warehouse.models import RUN_SCHEMA, Model, ModelError, ModelGraph

if TYPE_CHECKING:
    from sqlglot.optimizer.scope import Scope

# (table, column): ("core.item", "item_code")
Origin = tuple[str, str]
Schema = dict[str, object]


def column_lineage(graph: ModelGraph, name: str, given: Mapping[str, str] | None = None) -> dict[str, list[Origin]]:
    """Returns output column → the (table, column) pairs it is computed from, sorted; a constant has none.

    A count of rows comes from the keys of the rows counted. `given` are values of the output row's key columns: parts
    of a UNION and branches of a CASE that can only give other values are left out. Raises ModelError for SQL whose
    columns are ambiguous.
    """
    model = graph[name]
    # Sorted, as a key of the cache: equal for equal models and values.
    upstream = sorted(graph.models.keys() & set(model.depends_on))
    pairs = sorted((given or {}).items())
    lineage = _lineage(model, tuple(map(graph.__getitem__, upstream)), tuple(pairs))
    return dict(zip(lineage, map(list, lineage.values()), strict=True))


def lineage_to_sources(
    graph: ModelGraph, name: str, columns: Iterable[str], given: Mapping[str, str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Returns the tables on the way from these columns of a model down to the sources → the columns read there, sorted.

    The model itself comes first and every table before what it reads. `given` holds as long as a table has a column
    of that name.
    """
    wanted: dict[str, set[str]] = {name: set(columns)}
    downwards = list(reversed(graph.order))
    for table in downwards:
        if table in wanted:
            origins = _origins_of(graph, table, wanted[table], given or {})
            for source, column in origins:
                wanted.setdefault(source, set()).add(column)
            is_ruled_out = not origins and table != name
            if is_ruled_out:
                # The table is read only for rows that what is given rules out.
                del wanted[table]
    sources = sorted(wanted.keys() - graph.models.keys())
    steps = filter(wanted.__contains__, [*downwards, *sources])
    return {table: tuple(sorted(wanted[table])) for table in steps}


def _origins_of(graph: ModelGraph, table: str, columns: Iterable[str], given: Mapping[str, str]) -> set[Origin]:
    """Returns where these columns of a model come from, as far as it has the columns that are given."""
    own = {column.name for column in graph[table].columns}
    given_here = {key: given[key] for key in own & given.keys()}
    lineage = column_lineage(graph, table, given_here)
    origins: set[Origin] = set()
    for column in columns:
        origins.update(lineage.get(column, ()))
    return origins


@lru_cache(maxsize=2048)
def _lineage(
    model: Model, upstream: tuple[Model, ...], given: tuple[tuple[str, str], ...]
) -> dict[str, tuple[Origin, ...]]:
    scope = _scope_of(model, upstream)
    grains = {table.name: table.grain for table in upstream}
    walk = _Walk(grains, dict(given))
    lineage = {}
    for position, column in enumerate(model.columns):
        origins = walk.origins(scope, position)
        lineage[column.name] = tuple(sorted(origins))
    return lineage


def _scope_of(model: Model, upstream: Iterable[Model]) -> Scope:
    """Returns the SQL as sqlglot resolves it: every column with its table, every query with what it reads.

    Raises ModelError where sqlglot cannot resolve the SQL.
    """
    # sqlglot's optimizer is imported only where lineage is asked for: it takes long.
    from sqlglot.errors import OptimizeError
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    file = model.file
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
        raise ModelError(f"{file}：列的来源不明：{error}") from error
    if scope is None:
        raise ModelError(f"{file}：不是一条 SELECT。")
    return scope


def _schema(upstream: Iterable[Model]) -> Schema:
    """Returns the tables that a query may read as sqlglot has them: schema → table → column → type."""
    floors: dict[str, dict[str, dict[str, str]]] = {RUN_SCHEMA: {"week": {"week_id": "VARCHAR"}}}
    for model in upstream:
        # The type is not known where the last SELECT has no cast; lineage does not depend on it.
        columns = {column.name: column.type or "VARCHAR" for column in model.columns}
        tables = floors.setdefault(model.group, {})
        tables[model.table] = columns
    return dict(floors)


class _Walk:
    """Follows columns through scopes down to tables; each (scope, column) is resolved once."""

    def __init__(self, grains: dict[str, tuple[str, ...]], given: Mapping[str, str]) -> None:
        self._grains = grains
        self._given = given
        self._known: dict[tuple[int, int], frozenset[Origin]] = {}

    def origins(self, scope: Scope, index: int) -> frozenset[Origin]:
        """Returns the origins of the output column at this place of the scope's select list."""
        key = (id(scope), index)
        if key not in self._known:
            # A recursive CTE comes back to a column that is being resolved: there it adds nothing.
            self._known[key] = frozenset()
            self._known[key] = self._resolve(scope, index)
        return self._known[key]

    def _resolve(self, scope: Scope, index: int) -> frozenset[Origin]:
        if scope.set_operation_scopes:
            origins: set[Origin] = set()
            for part in self._parts(scope):
                origins |= self.origins(part, index)
            return frozenset(origins)
        projections = _projections(scope)
        if index >= len(projections):
            return frozenset()
        return self._of_expression(scope, projections[index])

    def _of_expression(self, scope: Scope, expression: exp.Expr) -> frozenset[Origin]:
        origins: set[Origin] = set()
        for column in self._columns(expression):
            origins |= self._of_column(scope, column)
        counts_rows = not origins and expression.find(exp.AggFunc) is not None
        if counts_rows:
            origins |= self._rows_of(scope)
        return frozenset(origins)

    def _parts(self, scope: Scope) -> list[Scope]:
        """Returns the parts of a UNION whose constants do not contradict what is given."""
        names = _output_names(scope)
        parts = []
        for part in scope.set_operation_scopes:
            if self._can_give(part, names):
                parts.append(part)
        return parts

    def _can_give(self, part: Scope, names: list[str]) -> bool:
        """Whether a part of a UNION may have rows with the given values; `SELECT 'accepted' AS metric` has only one."""
        if part.set_operation_scopes:
            return True
        projections = dict(zip(names, _projections(part), strict=False))
        for name in projections.keys() & self._given.keys():
            value = projections[name].unalias()
            is_other_constant = value.is_string and value.name != self._given[name]
            if is_other_constant:
                return False
        return True

    def _columns(self, expression: exp.Expr) -> Iterator[exp.Column]:
        """Yields the columns that an expression reads, of a CASE over a given column only those of its one branch."""
        if isinstance(expression, exp.Column):
            yield expression
            return
        value = self._value_of_case(expression)
        children = list(expression.iter_expressions())
        if value is not None:
            children = _branch_for(expression, value)
        for child in children:
            yield from self._columns(child)

    def _value_of_case(self, expression: exp.Expr) -> str | None:
        """CASE m.metric WHEN 'a' THEN x WHEN 'b' THEN y END → the given value of metric; None for all else."""
        if not isinstance(expression, exp.Case):
            return None
        if not isinstance(expression.this, exp.Column):
            return None
        compares_constants = all(branch.this.is_string for branch in expression.args["ifs"])
        if not compares_constants:
            return None
        return self._given.get(expression.this.name)

    def _of_column(self, scope: Scope, column: exp.Column) -> frozenset[Origin]:
        """Returns where a column comes from: the table that it is read from, or the query that makes it."""
        # A column without a table may be read in the query itself or in a query inside it.
        for candidate in (scope, *scope.subquery_scopes):
            name = column.table or _only_source(candidate)
            source = candidate.sources.get(name)
            if isinstance(source, exp.Table):
                return frozenset({(f"{source.db}.{source.name}", column.name)})
            if source is not None:
                return self._of_output(source, column.name)
        return frozenset()

    def _of_output(self, scope: Scope, name: str) -> frozenset[Origin]:
        names = _output_names(scope)
        if name not in names:
            return frozenset()
        return self.origins(scope, names.index(name))

    def _rows_of(self, scope: Scope) -> frozenset[Origin]:
        """Returns the keys of the rows that a query reads: what a count of them comes from."""
        origins: set[Origin] = set()
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                origins |= self._key_of(f"{source.db}.{source.name}")
                continue
            for part in source.set_operation_scopes or [source]:
                origins |= self._rows_of(part)
        return frozenset(origins)

    def _key_of(self, table: str) -> set[Origin]:
        """Returns the key columns of a table; rows of exports are known by delivery and row."""
        grain = self._grains.get(table, ("delivery_id", "row_no"))
        return {(table, column) for column in grain}


def _branch_for(case: exp.Expr, value: str) -> list[exp.Expr]:
    """Returns what a CASE gives for this value: the results of its branches for it, else its default."""
    results = []
    for branch in case.args["ifs"]:
        if branch.this.name == value:
            results.append(branch.args["true"])
    default = case.args.get("default")
    if not results and default is not None:
        results.append(default)
    return results


def _output_names(scope: Scope) -> list[str]:
    """Returns the column names of a query; a UNION has those of its first part."""
    first = scope
    while first.set_operation_scopes:
        first = first.set_operation_scopes[0]
    projections = _projections(first)
    return [projection.alias_or_name for projection in projections]


def _projections(scope: Scope) -> list[exp.Expr]:
    if not isinstance(scope.expression, exp.Query):
        return []
    return list(scope.expression.selects)


def _only_source(scope: Scope) -> str:
    """Returns the one table of a query, or the empty text where it has several.

    A column of a table without a known schema stays unqualified; with one table there is no doubt.
    """
    sources = list(scope.selected_sources)
    if len(sources) != 1:
        return ""
    return sources[0]
