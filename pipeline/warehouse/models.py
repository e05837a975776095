"""Reads what the files under sql/ say of themselves: grain, columns, dependencies, order; `builder` runs them.

A model is one SELECT in `sql/<schema>/<table>.sql`. Its header comments give a Chinese line, an English line, then
`grain:`, `materialized:` and, where they are needed, `week_column:` and `lookback:`. Every column of the last SELECT
carries a trailing comment, `-- 中文 | English`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import filterfalse
from operator import attrgetter
from pathlib import Path
from typing import Final, Literal, cast

from sqlglot import exp, parse
from sqlglot.errors import ParseError

from pipeline.common.utf8_text import NotUtf8Error, read_utf8
from pipeline.hall.files_in_force import Files, files_of

Materialization = Literal["table", "view", "incremental"]

# The floors of the house from the bottom up, each a schema and a folder of sql/.
FLOORS: Final = ("staging", "core", "marts", "charts")
# Schemas that models read and none makes.
SOURCE_SCHEMAS: Final = frozenset({"raw", "ledger", "quarantine", "run"})
# `run.week` holds the weeks of the build under way: no input, so no dependency.
RUN_SCHEMA: Final = "run"
HALL: Final = "hall_id"
"""The column that says whose a row is; first in every grain but those of calendar and code lists."""
_MATERIALIZATIONS: Final = ("table", "view", "incremental")
_SETTINGS: Final = ("grain", "materialized", "week_column", "lookback")


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
        return _schema_of(self.name)

    @property
    def table(self) -> str:
        """The name without its schema."""
        return self.name.removeprefix(f"{self.group}.")

    @property
    def file(self) -> str:
        """The file as it is called in the project or the hall's folder: sql/core/item.sql, contracts/ratings.yaml."""
        return _short(self.path)

    @property
    def key_in_hall(self) -> tuple[str, ...]:
        """The key of the table within one hall: its grain without the hall, which is the same in every row."""
        return tuple(name for name in self.grain if name != HALL)

    @property
    def is_incremental(self) -> bool:
        """Whether the model is built week by week."""
        return self.materialized == "incremental"


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

    def with_upstream(self, names: Collection[str]) -> list[str]:
        """Returns those of `names` that are models, and all models that they are built of, in building order."""
        wanted = self.models.keys() & set(names)
        for name in reversed(self.order):
            if name in wanted:
                wanted |= self.models.keys() & set(self.models[name].depends_on)
        return [name for name in self.order if name in wanted]

    @property
    def sources(self) -> tuple[str, ...]:
        """Tables that models read and no model makes."""
        read: set[str] = set()
        for model in self:
            read.update(model.depends_on)
        return tuple(sorted(read - self.models.keys()))


def load_models(files: Files) -> ModelGraph:
    """Reads every `<schema>/<table>.sql` of a folder, or those in force of a hall.

    Raises ModelError with a sentence for the first fault.
    """
    return graph_of(read_models(files))


def read_models(files: Files) -> dict[str, Model]:
    """Reads the same without asking whether they fit together; by name."""
    models: dict[str, Model] = {}
    for path in files_of(files, "*/*.sql"):
        if path.parent.name in FLOORS:
            model = read_model(path)
            models[model.name] = model
    return models


def graph_of(models: Mapping[str, Model]) -> ModelGraph:
    """Puts models into building order. Raises ModelError for a table that none makes, and for a circle."""
    for model in models.values():
        _check_references(model, models)
    order = _building_order(models)
    return ModelGraph({name: models[name] for name in order})


def read_model(path: Path) -> Model:
    """Reads one file; its folder is the schema and its stem the table: sql/core/item.sql is `core.item`."""
    try:
        text = read_utf8(path)
    except NotUtf8Error as error:
        raise ModelError(str(error)) from error
    return model_of(f"{path.parent.name}.{path.stem}", text, path)


@lru_cache(maxsize=512)
def model_of(name: str, sql: str, path: Path) -> Model:
    """Reads the SQL of a model that is written in `path`, or comes of what is written there, such as a contract.

    Raises ModelError as `load_models`.
    """
    prose, settings = _header(sql)
    tree = _single_select(path, sql)
    materialized = settings.get("materialized", "")
    has_settings = bool(settings.get("grain")) and materialized in _MATERIALIZATIONS
    if len(prose) < 2 or not has_settings:
        raise ModelError(
            f"{_short(path)}：文件开头应有中文说明、英文说明、“grain: 列, …”和“materialized: table|view|incremental”，"
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


def _schema_of(name: str) -> str:
    """core.item → core."""
    schema, _, _ = name.partition(".")
    return schema


def _header(sql: str) -> tuple[list[str], dict[str, str]]:
    """Returns the comment lines at the head of a file: those in words, and the settings by name.

    `-- 期 / -- Week / -- grain: week_id` → ["期", "Week"], {"grain": "week_id"}
    """
    prose: list[str] = []
    settings: dict[str, str] = {}
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        text = line.removeprefix("--").strip()
        key, colon, value = text.partition(":")
        if colon and key in _SETTINGS:
            settings[key] = value.strip()
        elif text:
            prose.append(text)
    return prose, settings


def _single_select(path: Path, sql: str) -> exp.Query:
    try:
        statements = parse(sql, read="duckdb")
    except ParseError as error:
        raise ModelError(f"{_short(path)}：SQL 读不懂：{error}") from error
    # sqlglot gives None for what stands between two semicolons.
    trees = [tree for tree in statements if tree is not None]
    if len(trees) == 1:
        tree = trees[0]
        if isinstance(tree, exp.Query):
            return tree
    raise ModelError(f"{_short(path)}：一个文件应当正好是一条 SELECT，现有 {len(trees)} 条语句。")


def _described_columns(path: Path, tree: exp.Query) -> tuple[Column, ...]:
    """Returns the columns of the last SELECT. Raises ModelError for a star, a repeated name, a missing description."""
    columns: dict[str, Column] = {}
    for projection in tree.selects:
        name = projection.output_name
        if projection.is_star or not name:
            raise ModelError(f"{_short(path)}：最后的 SELECT 应写明每一列的列名，不用星号：{projection.sql()}。")
        description = _description(projection)
        if description is None:
            raise ModelError(f"{_short(path)}：列 {name} 没有说明，应在行末写“-- 中文 | English”。")
        if name in columns:
            raise ModelError(f"{_short(path)}：列 {name} 出现了两次。")
        columns[name] = Column(name, _cast_type(projection), description)
    return tuple(columns.values())


def _description(projection: exp.Expr) -> str | None:
    """Returns the last comment of a column that has the form `中文 | English`, or None."""
    description = None
    for node in projection.walk():
        for comment in node.comments or ():
            if "|" in comment:
                description = comment.strip()
    return description


def _cast_type(projection: exp.Expr) -> str:
    """CAST(sum(cases) AS BIGINT) AS cases → BIGINT; the empty text where there is no such cast."""
    bare = projection.unalias()
    if not isinstance(bare, exp.Cast):
        return ""
    return bare.to.sql("duckdb")


def _tables(path: Path, tree: exp.Query) -> tuple[str, ...]:
    """Returns the tables that a query reads, sorted. Raises ModelError for one without schema that is no CTE."""
    steps = {step.alias for step in tree.find_all(exp.CTE)}
    # A table function such as unnest is a table without a name.
    steps.add("")
    tables: set[str] = set()
    for table in tree.find_all(exp.Table):
        if not table.db:
            if table.name not in steps:
                raise ModelError(f"{_short(path)}：表 {table.name} 没有写库名，也不是本文件的 CTE。")
        elif table.db != RUN_SCHEMA:
            tables.add(f"{table.db}.{table.name}")
    return tuple(sorted(tables))


def _check_keys(model: Model) -> None:
    """Raises ModelError where a key column is not in the last SELECT."""
    needed = list(model.grain)
    if model.is_incremental:
        needed.append(model.week_column)
    present = frozenset(map(attrgetter("name"), model.columns))
    missing = list(filterfalse(present.__contains__, needed))
    if missing:
        raise ModelError(
            f"{_short(model.path)}：grain 或 week_column 所说的列 {'、'.join(missing)} 不在最后的 SELECT 里。"
        )


def _check_references(model: Model, models: Mapping[str, Model]) -> None:
    """Raises ModelError where a model reads a table that neither a file nor a run makes."""
    for name in model.depends_on:
        # What runs write (raw, ledger, quarantine) has no file under sql/.
        if _schema_of(name) in SOURCE_SCHEMAS:
            continue
        if name not in models:
            raise ModelError(f"{_short(model.path)}：读取了不存在的表 {name}，没有 sql/{name.replace('.', '/')}.sql。")


def _building_order(models: Mapping[str, Model]) -> Sequence[str]:
    """Returns the names so that each stands after what it reads; by floor, then by name, as far as that allows.

    Raises ModelError where models read each other in a circle.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for model in models.values():
        # Tables that no model makes are there before the first is built.
        upstream = models.keys() & set(model.depends_on)
        sorter.add(model.name, *upstream)
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


def _short(path: Path) -> str:
    """/srv/hall/sql/core/item.sql → sql/core/item.sql; of the measures of a contract, contracts/ratings.yaml."""
    if path.suffix == ".sql":
        return f"sql/{path.parent.name}/{path.name}"
    return f"contracts/{path.name}"
