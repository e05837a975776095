"""Orders that leave ties, in rankings and in aggregates whose result depends on the order of rows.

`string_agg(name ORDER BY register_order)` is the same on every engine as long as no two rows of a group share a
`register_order`. In one hall none do; in a province some do, and then each engine breaks the tie its own way, without
a word. So PARTITION BY (or GROUP BY) and ORDER BY together have to name a key of the rows. Which columns are a key is
read from the SQL: the grain of a table, what a CTE groups by, which columns a join ties to another's.

`rank` and `dense_rank` give equal rows equal numbers, so ties do them no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from pipeline.warehouse import Model

Names = frozenset[str]
# (alias of the source, column); the alias is empty where the SQL names none.
Place = tuple[str, str]

ROW_OF_A_FILE: Final = frozenset({"delivery_id", "sheet", "row_no"})
"""Where a row comes from: no two rows of an export share it, whatever was made of them since."""
_RANKINGS: Final = (exp.RowNumber, exp.Ntile, exp.FirstValue, exp.LastValue, exp.NthValue)
_COLLECTING: Final = (exp.GroupConcat, exp.ArrayAgg)
_PICKING: Final = (exp.ArgMax, exp.ArgMin)
_STATE: Final = {
    "ledger.delivery": ("delivery_id",),
    "ledger.current_delivery": ("delivery_id",),
    "run.week": ("week_id",),
}


def loose_orders(model: Model, models: Iterable[Model]) -> list[str]:
    """One sentence for each order of a model that may leave ties; `models` are those that it may read."""
    grains = {other.name: other.grain for other in models} | _STATE
    keys = _Keys(model.tree, grains)
    return [*_loose_rankings(model, keys), *_loose_aggregates(model, keys)]


def _loose_rankings(model: Model, keys: _Keys) -> Iterator[str]:
    for window in model.tree.find_all(exp.Window):
        if not isinstance(window.this.unnest(), _RANKINGS):
            continue
        select = _select_of(window)
        named = _named_window(select, window)
        have = _places([*named.args.get("partition_by", ()), *_ordered_by(named.args.get("order"))])
        needed = [keys.of_rows(select)]
        if select is model.tree:
            # The rows of the last SELECT are those of the table.
            needed.append(frozenset(("", column) for column in model.grain))
        if not keys.covers(select, have, needed):
            yield f"{_text(window)} 的次序可能有并列：PARTITION BY 与 ORDER BY 合起来应包含{_words(needed)}"


def _loose_aggregates(model: Model, keys: _Keys) -> Iterator[str]:
    for aggregate in model.tree.find_all(*_COLLECTING, *_PICKING):
        select = _select_of(aggregate)
        value, order = _value_and_order(aggregate)
        have = _places([*_grouped_by(select), *order])
        needed = [keys.of_values(select, value)]
        if not keys.covers(select, have, needed):
            yield f"{_text(aggregate)} 的次序可能有并列：GROUP BY 与 ORDER BY 合起来应包含{_words(needed)}"


@dataclass(frozen=True)
class _Source:
    """One table, CTE or subquery that a SELECT reads: its key, and whether it is only looked up by a LEFT JOIN."""

    alias: str
    key: Names | None
    is_looked_up: bool


class _Keys:
    """Says which columns are a key of the rows that a SELECT reads, and of those that a query gives."""

    def __init__(self, tree: exp.Expr, grains: Mapping[str, tuple[str, ...]]) -> None:
        self._grains = grains
        self._ctes = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}

    def of_rows(self, select: exp.Select) -> frozenset[Place] | None:
        """The key of what FROM and the joins give together; None where it is not known."""
        key: set[Place] = set()
        for source in self._sources(select):
            if source.is_looked_up:
                continue
            if source.key is None:
                return None
            key.update((source.alias, column) for column in source.key)
        constant = _constants(select)
        return frozenset(place for place in key if place not in constant)

    def of_values(self, select: exp.Select, value: exp.Expr) -> frozenset[Place] | None:
        """The key of the sources that a value is read from: rows that share it have the same value."""
        read = {column.table for column in value.find_all(exp.Column)}
        key: set[Place] = set()
        for source in self._sources(select):
            if source.alias not in read and "" not in read:
                continue
            if source.key is None:
                return None
            key.update((source.alias, column) for column in source.key)
        return frozenset(key - _constants(select))

    def covers(self, select: exp.Select, have: set[Place], needed: Iterable[frozenset[Place] | None]) -> bool:
        """Whether the columns at hand hold one of the keys, or say from which row of which file a row comes."""
        if {column for _, column in have} >= ROW_OF_A_FILE:
            return True
        reached = _with_equals(select, have)
        return any(key is not None and all(_holds(reached, place) for place in key) for key in needed)

    def _sources(self, select: exp.Select) -> list[_Source]:
        sources = []
        start = select.args.get("from_")
        if start is not None:
            sources.append(_Source(start.this.alias_or_name, self._of_source(start.this), is_looked_up=False))
        for join in select.args.get("joins") or ():
            key = self._of_source(join.this)
            alias = join.this.alias_or_name
            tied = _tied_columns(join, alias)
            if key is not None:
                key = key - tied
            sources.append(_Source(alias, key, is_looked_up=join.side == "LEFT" or join.kind == "ANTI"))
        return sources

    def _of_source(self, source: exp.Expr) -> Names | None:
        if isinstance(source, exp.Values):
            return frozenset(column.name for column in source.args["alias"].columns)
        if isinstance(source, exp.Subquery):
            return self._of_query(source.this)
        if not isinstance(source, exp.Table):
            return None
        if not source.db:
            query = self._ctes.get(source.name)
            return self._of_query(query) if query is not None else None
        if source.db == "raw":
            return ROW_OF_A_FILE
        grain = self._grains.get(f"{source.db}.{source.name}")
        return frozenset(grain) if grain else None

    def _of_query(self, query: exp.Expr) -> Names | None:
        if isinstance(query, exp.SetOperation):
            return self._of_union(query)
        if not isinstance(query, exp.Select):
            return None
        if query.args.get("distinct"):
            return frozenset(item.alias_or_name for item in query.selects if not _is_constant(item))
        if query.args.get("group"):
            return _of_groups(query, self._sources(query))
        if any(_is_aggregate(item) for item in query.selects):
            # One row, whatever it holds.
            return frozenset()
        key = self.of_rows(query)
        return _as_output(query, key) if key is not None else None

    def _of_union(self, query: exp.SetOperation) -> Names | None:
        names = [item.alias_or_name for item in query.selects]
        if query.args.get("distinct"):
            return frozenset(names)
        parts = list(_parts(query))
        key: set[str] = set()
        for part in parts:
            own = self._of_query(part)
            if own is None:
                return None
            own_names = [item.alias_or_name for item in part.selects]
            key.update(name for name, own_name in zip(names, own_names, strict=False) if own_name in own)
        for position, name in enumerate(names):
            # 'stationed' in one part and 'authorized' in another: the constant tells their rows apart.
            if all(position < len(part.selects) and _is_constant(part.selects[position]) for part in parts):
                key.add(name)
        return frozenset(key)


def _select_of(node: exp.Expr) -> exp.Select:
    select = node.find_ancestor(exp.Select)
    assert select is not None
    return select


def _named_window(select: exp.Select, window: exp.Window) -> exp.Expr:
    """`row_number() OVER w` → what WINDOW says of w."""
    for named in select.args.get("windows") or ():
        if window.alias and named.name == window.alias:
            return named
    return window


def _ordered_by(order: exp.Expr | None) -> list[exp.Expr]:
    return [ordered.this for ordered in order.expressions] if order is not None else []


def _value_and_order(aggregate: exp.Expr) -> tuple[exp.Expr, list[exp.Expr]]:
    if isinstance(aggregate, _PICKING):
        return aggregate.this, [aggregate.expression]
    inner = aggregate.this
    if isinstance(inner, exp.Order):
        return inner.this, _ordered_by(inner)
    return inner, []


def _grouped_by(select: exp.Select) -> list[exp.Expr]:
    group = select.args.get("group")
    if group is None:
        return []
    if group.args.get("all"):
        return [item.unalias() for item in select.selects if not _is_aggregate(item)]
    return list(group.expressions)


def _of_groups(select: exp.Select, sources: Iterable[_Source]) -> Names | None:
    """The output columns that a query groups by, without those that follow from a key among them."""
    grouped = [item for item in select.selects if not _is_aggregate(item)]
    places = {item.unalias(): item.alias_or_name for item in grouped if not _is_constant(item)}
    names = set(places.values())
    columns = [column for column in places if isinstance(column, exp.Column)]
    for source in sources:
        own = {column.name: places[column] for column in columns if column.table in {source.alias, ""}}
        if source.key and source.key <= own.keys():
            names -= {own[name] for name in own.keys() - source.key}
    return frozenset(names)


def _as_output(select: exp.Select, key: Iterable[Place]) -> Names | None:
    """What the columns of a key are called in the output; None where one is not among them."""
    names = set()
    for alias, column in key:
        name = _output_name(select, alias, column)
        if name is None:
            return None
        names.add(name)
    return frozenset(names)


def _output_name(select: exp.Select, alias: str, column: str) -> str | None:
    reached = _with_equals(select, {(alias, column)})
    for item in select.selects:
        bare = item.unalias()
        if isinstance(bare, exp.Star) or (item.is_star and bare.args.get("table") is None):
            return column
        if item.is_star and item.table == alias:
            return column
        if isinstance(bare, exp.Column) and _holds(reached, (bare.table, bare.name)):
            return item.alias_or_name
    return None


def _parts(query: exp.Expr) -> Iterator[exp.Query]:
    if isinstance(query, exp.SetOperation):
        yield from _parts(query.this)
        yield from _parts(query.expression)
    elif isinstance(query, exp.Query):
        yield query


def _equalities(select: exp.Select) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """Both sides of each `a = b` that holds for all rows of a SELECT: in WHERE and in ON, not under OR or NOT."""
    conditions = [join.args.get("on") for join in select.args.get("joins") or () if join.side != "LEFT"]
    where = select.args.get("where")
    conditions.append(where.this if where is not None else None)
    for condition in conditions:
        for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            if isinstance(part, exp.EQ):
                yield part.this, part.expression


def _constants(select: exp.Select) -> set[Place]:
    """Columns that have one value in all rows: `v.department_id = 'ALL'`."""
    places = set()
    for left, right in _equalities(select):
        if isinstance(left, exp.Column) and isinstance(right, exp.Literal):
            places.add((left.table, left.name))
    return places


def _with_equals(select: exp.Select, places: set[Place]) -> set[Place]:
    """The same columns with all that are equal to them: `l.snapshot_week_id = s.week_id`."""
    pairs = [
        ((left.table, left.name), (right.table, right.name))
        for left, right in _equalities(select)
        if isinstance(left, exp.Column) and isinstance(right, exp.Column)
    ]
    reached = set(places)
    for _ in pairs:
        for left, right in pairs:
            if left in reached or right in reached:
                reached |= {left, right}
    return reached


def _tied_columns(join: exp.Join, alias: str) -> Names:
    """The columns of a joined source that ON ties to a column of another one or to a constant."""
    tied = set()
    condition = join.args.get("on")
    for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        if not isinstance(part, exp.EQ):
            continue
        for side, other in ((part.this, part.expression), (part.expression, part.this)):
            is_own = isinstance(side, exp.Column) and side.table == alias
            is_others = not isinstance(other, exp.Column) or other.table != alias
            if is_own and is_others:
                tied.add(side.name)
    return frozenset(tied)


def _holds(places: set[Place], place: Place) -> bool:
    """Whether a column is among others; one without an alias is whichever has its name."""
    alias, column = place
    if not alias:
        return any(name == column for _, name in places)
    return place in places or ("", column) in places


def _places(expressions: Iterable[exp.Expr]) -> set[Place]:
    return {(node.table, node.name) for node in expressions if isinstance(node, exp.Column)}


def _is_constant(item: exp.Expr) -> bool:
    return isinstance(item.unalias(), exp.Literal)


def _is_aggregate(item: exp.Expr) -> bool:
    return item.find(exp.AggFunc) is not None and item.find(exp.Window) is None


def _text(node: exp.Expr) -> str:
    return node.sql("duckdb", comments=False)


def _words(needed: Iterable[frozenset[Place] | None]) -> str:
    known = [key for key in needed if key is not None]
    if not known:
        return "一个键（读的是哪些行，从 SQL 里看不出键，可写 delivery_id、sheet、row_no）"
    columns = sorted(".".join(filter(None, place)) for place in known[0])
    return "：" + "、".join(columns)
