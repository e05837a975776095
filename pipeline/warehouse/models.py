"""What the files under sql/ say of themselves: grain, columns, dependencies, order; running them belongs in builder.

A model is one SELECT in `sql/<schema>/<table>.sql`. Its header comments give a Chinese line, an English line, then
`grain:`, `materialized:` and, where they are needed, `week_column:` and `lookback:`. Every column of the last SELECT
carries a trailing comment, `-- 中文 | English`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final, Literal, cast

from sqlglot import exp, parse
from sqlglot.errors import ParseError

Materialization = Literal["table", "view", "incremental"]

FLOORS: Final = ("staging", "core", "marts", "charts")
SOURCE_SCHEMAS: Final = frozenset({"raw", "ledger", "quarantine", "run"})
RUN_SCHEMA: Final = "run"
_MATERIALIZATIONS: Final = ("table", "view", "incremental")


class ModelError(ValueError):
    """A file under sql/ that cannot be a model; the message names the file and says what to change."""


@dataclass(frozen=True)
class Column:
    """One output column; `type` is that of the explicit cast in the last SELECT, empty where it has none."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Model:
    """One SQL file: `name` is `<schema>.<table>`, `columns` are those of the last SELECT in order.

    `grain` is the key of the table. `depends_on` holds models and source tables (`raw.*`, `ledger.*`), sorted.
    An incremental model holds whole weeks by `week_column`; with `is_lookback`, a week also reads earlier weeks.
    """

    name: str
    path: Path
    sql: str
    description: str
    columns: tuple[Column, ...]
    depends_on: tuple[str, ...]
    materialized: Materialization
    grain: tuple[str, ...]
    tree: exp.Query = field(repr=False, compare=False)
    week_column: str = "week_id"
    is_lookback: bool = False

    @property
    def group(self) -> str:
        """The floor of the house: staging, core, marts or charts."""
        return self.name.partition(".")[0]

    @property
    def table(self) -> str:
        """The name without its schema."""
        return self.name.partition(".")[2]


@dataclass(frozen=True)
class ModelGraph:
    """All models in building order: whatever a model reads stands before it."""

    models: Mapping[str, Model]

    def __getitem__(self, name: str) -> Model:
        try:
            return self.models[name]
        except KeyError:
            raise ModelError(f"没有模型 {name}：应有文件 sql/{name.replace('.', '/')}.sql。") from None

    def __iter__(self) -> Iterator[Model]:
        return iter(self.models.values())

    @property
    def order(self) -> tuple[str, ...]:
        """Names in building order."""
        return tuple(self.models)

    @property
    def sources(self) -> tuple[str, ...]:
        """Tables that models read and no model makes."""
        return tuple(sorted({name for model in self for name in model.depends_on if name not in self.models}))


def load_models(sql_dir: Path) -> ModelGraph:
    """Read every `<schema>/<table>.sql` below the folder. Raises ModelError with a sentence for the first fault."""
    paths = sorted(path for floor in FLOORS for path in (sql_dir / floor).glob("*.sql"))
    models = {model.name: model for model in map(read_model, paths)}
    for model in models.values():
        _check_references(model, models)
    return ModelGraph({name: models[name] for name in _building_order(models)})


def read_model(path: Path) -> Model:
    """Read one file; its folder is the schema and its stem the table."""
    return _parse_model(path, path.read_text(encoding="utf-8"))


@lru_cache(maxsize=512)
def _parse_model(path: Path, sql: str) -> Model:
    name = f"{path.parent.name}.{path.stem}"
    prose, settings = _header(sql)
    tree = _single_select(path, sql)
    materialized = settings.get("materialized", "")
    if len(prose) < 2 or not settings.get("grain") or materialized not in _MATERIALIZATIONS:
        raise ModelError(
            f"{_shown(path)}：文件开头应有中文说明、英文说明、“grain: 列, …”和“materialized: table|view|incremental”，"
            f"现为说明 {len(prose)} 行、{settings}。"
        )
    model = Model(
        name=name,
        path=path,
        sql=sql.strip().rstrip(";"),
        description="\n".join(prose),
        columns=_described_columns(path, tree),
        depends_on=_tables(path, tree),
        materialized=cast("Materialization", materialized),
        grain=tuple(part.strip() for part in settings["grain"].split(",")),
        week_column=settings.get("week_column", "week_id"),
        is_lookback=settings.get("lookback") == "true",
        tree=tree,
    )
    _check_keys(model)
    return model


def _header(sql: str) -> tuple[list[str], dict[str, str]]:
    prose: list[str] = []
    settings: dict[str, str] = {}
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        text = line.removeprefix("--").strip()
        key, colon, value = text.partition(":")
        if colon and key in ("grain", "materialized", "week_column", "lookback"):
            settings[key] = value.strip()
        elif text:
            prose.append(text)
    return prose, settings


def _single_select(path: Path, sql: str) -> exp.Query:
    try:
        trees = [tree for tree in parse(sql, read="duckdb") if tree is not None]
    except ParseError as error:
        raise ModelError(f"{_shown(path)}：SQL 读不懂：{error}") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise ModelError(f"{_shown(path)}：一个文件应当正好是一条 SELECT，现有 {len(trees)} 条语句。")
    return trees[0]


def _described_columns(path: Path, tree: exp.Query) -> tuple[Column, ...]:
    columns: dict[str, Column] = {}
    for projection in tree.selects:
        name = projection.output_name
        if projection.is_star or not name:
            raise ModelError(f"{_shown(path)}：最后的 SELECT 应写明每一列的列名，不用星号：{projection.sql()}。")
        comments = [text.strip() for node in projection.walk() for text in node.comments or ()]
        described = [text for text in comments if "|" in text]
        if not described:
            raise ModelError(f"{_shown(path)}：列 {name} 没有说明，应在行末写“-- 中文 | English”。")
        if name in columns:
            raise ModelError(f"{_shown(path)}：列 {name} 出现了两次。")
        columns[name] = Column(name, _cast_type(projection), described[-1])
    return tuple(columns.values())


def _cast_type(projection: exp.Expr) -> str:
    bare = projection.unalias()
    return bare.to.sql("duckdb") if isinstance(bare, exp.Cast) else ""


def _tables(path: Path, tree: exp.Query) -> tuple[str, ...]:
    steps = {step.alias for step in tree.find_all(exp.CTE)}
    found: set[str] = set()
    for table in tree.find_all(exp.Table):
        if table.db:
            found.add(f"{table.db}.{table.name}")
        elif table.name and table.name not in steps:
            raise ModelError(f"{_shown(path)}：表 {table.name} 没有写库名，也不是本文件的 CTE。")
    return tuple(sorted(name for name in found if not name.startswith(f"{RUN_SCHEMA}.")))


def _check_keys(model: Model) -> None:
    needed = [*model.grain, *([model.week_column] if model.materialized == "incremental" else [])]
    present = {column.name for column in model.columns}
    missing = [column for column in needed if column not in present]
    if missing:
        raise ModelError(
            f"{_shown(model.path)}：grain 或 week_column 所说的列 {'、'.join(missing)} 不在最后的 SELECT 里。"
        )


def _check_references(model: Model, models: Mapping[str, Model]) -> None:
    for name in model.depends_on:
        if name not in models and name.partition(".")[0] not in SOURCE_SCHEMAS:
            raise ModelError(f"{_shown(model.path)}：读取了不存在的表 {name}，没有 sql/{name.replace('.', '/')}.sql。")


def _building_order(models: Mapping[str, Model]) -> Sequence[str]:
    """Topological, and stable: by floor, then by name, as far as the dependencies allow."""
    sorter = TopologicalSorter(
        {name: [other for other in model.depends_on if other in models] for name, model in models.items()}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        raise ModelError(f"模型互相依赖，无法排序：{' → '.join(error.args[1])}。") from error
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda name: (FLOORS.index(models[name].group), name))
        order.extend(ready)
        sorter.done(*ready)
    return order


def _shown(path: Path) -> str:
    return f"sql/{path.parent.name}/{path.name}"
