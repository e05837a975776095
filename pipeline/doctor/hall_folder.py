"""Examines the hall's folder: what in it cannot be used, or does not fit what comes with the program.

Keys of hall.toml are read with the settings, contracts are checked in `pipeline.ingest.authoring.contract_check`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, starmap
from pathlib import Path
from typing import Final

from pipeline.contracts import Contract, ContractError, load_contracts
from pipeline.contracts.expected import expected_exports
from pipeline.contracts.loader import read_contract
from pipeline.doctor.outcome import Outcome
from pipeline.hall.code_list import DEPARTMENTS, CodeList, code_lists, read_code_list
from pipeline.hall.errors import HallError
from pipeline.hall.files_in_force import FilesInForce
from pipeline.hall.sources import HALL_FILE
from pipeline.ingest.authoring.contract_check import check_contracts
from pipeline.present.weekly.document import TemplateError, check_template
from pipeline.quality.checks.model import TableSuite
from pipeline.quality.checks.suites import SuiteError, load_suites, unsaid_of_hall
from pipeline.release.published.changed_definitions import changed_definitions
from pipeline.settings import SAMPLE_FOLDER, TEMPLATE_FILE, Settings
from pipeline.state_tables.create import create_tables
from pipeline.warehouse.measures import models_with
from pipeline.warehouse.models import FLOORS, ModelError, ModelGraph, read_model

ALIASES: Final = "department_alias"
_FOR_EVER: Final = "9999-12-31"
_BOOLEANS: Final = frozenset({"true", "false"})
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NEXT: Final = "请改正后运行 zhoubao contract check"


def hall_folder(settings: Settings) -> Outcome:
    """Says whether the hall's folder can be used as it is."""
    if settings.hall is None:
        return Outcome(
            "hall",
            "大厅文件夹",
            "warning",
            "没有指定，只有程序自带的",
            "请用 zhoubao init 写出一个，并在 zhoubao.toml 写 hall",
        )
    _, problems = problems_in_force(settings)
    if problems:
        return Outcome("hall", "大厅文件夹", "fault", f"{settings.hall}：{'；'.join(problems)}", _NEXT)
    unwritten = list(_unwritten(settings))
    if unwritten:
        words = "、".join(unwritten)
        return Outcome("hall", "大厅文件夹", "warning", f"{settings.hall} 还没有写 {words}", "请补写")
    unsaid = unsaid_of_hall(settings.expectations)
    if unsaid:
        words = "；".join(unsaid)
        return Outcome("hall", "大厅文件夹", "warning", f"{words}；没有写的按规范性、级别 1 计", "请补写")
    return Outcome("hall", "大厅文件夹", "ok", f"{settings.hall_name}（{settings.hall}）")


def problems_in_force(settings: Settings) -> tuple[int, list[str]]:
    """Returns how many contracts are in force, and a sentence for each problem of them and of the hall's folder.

    A code list that cannot be read keeps both from being looked at, and is told once.
    """
    count, of_contracts = check_contracts(settings.contracts, settings.reference)
    return count, list(dict.fromkeys([*of_contracts, *problems_of_hall(settings)]))


def problems_of_hall(settings: Settings) -> list[str]:
    """Returns a sentence for each problem of the hall's folder, contracts apart; none without a folder."""
    if settings.hall is None:
        return []
    problems = [*_unused_files(settings, settings.hall), *_lists(settings)]
    try:
        contracts = load_contracts(settings.contracts)
    except ContractError:
        # The check of contracts tells what is wrong with them.
        contracts = {}
    else:
        problems += [*_exports(settings, contracts), *changed_definitions(settings, contracts.values())]
    try:
        graph = models_with(settings, contracts.values())
    except ModelError as error:
        return [*problems, str(error).rstrip("。"), *_template(settings)]
    problems += _shadowing_models(settings.models)
    problems += _shadowing_contracts(settings.contracts, settings.models)
    problems += _suites(settings.expectations, graph, contracts)
    return [*problems, *_template(settings)]


def _unwritten(settings: Settings) -> Iterator[str]:
    """What a hall has to say before its figures are its own."""
    if not settings.hall_name:
        yield f"{HALL_FILE} 的 name"
    lists = {code_list.name: code_list for code_list in code_lists(settings.reference)}
    if DEPARTMENTS not in lists or not lists[DEPARTMENTS].rows:
        yield "部门名录 reference/department.csv"


def _unused_files(settings: Settings, hall: Path) -> Iterator[str]:
    """Files that nobody would read, such as contract/x.yaml or sql/item.sql: most often a slip in the name."""
    kinds = (settings.contracts, settings.reference, settings.expectations, settings.models)
    known = {hall / HALL_FILE, hall / TEMPLATE_FILE, settings.weekly.template}
    for files in kinds:
        known.update(files)
    for path in sorted(hall.rglob("*")):
        inside = path.relative_to(hall)
        is_hidden = any(part.startswith(".") for part in inside.parts)
        is_for_people = path.suffix in {".md", ".txt"}
        is_sample = inside.parts[0] == SAMPLE_FOLDER
        if is_hidden or is_for_people or is_sample or not path.is_file():
            continue
        is_foreign_schema = path.suffix == ".sql" and path.parent.name not in FLOORS
        if path not in known or is_foreign_schema:
            yield (
                f"{inside} 不会用到；只读 {HALL_FILE}、{TEMPLATE_FILE}、contracts/*.yaml、reference/*.csv、"
                f"expectations/*.yaml、sql/<{'|'.join(FLOORS)}>/*.sql、{SAMPLE_FOLDER}/*，请核对名字"
            )


def _lists(settings: Settings) -> Iterator[str]:
    """Code lists that cannot be read or have other columns, and departments that do not fit their names."""
    try:
        lists = {code_list.name: code_list for code_list in code_lists(settings.reference, settings.power_groups)}
    except HallError as error:
        yield str(error).rstrip("。")
        return
    shipped = settings.reference.folder_of_program
    for name, code_list in lists.items():
        path = shipped / f"{name}.csv"
        columns = read_code_list(path).columns if path.is_file() else code_list.columns
        if code_list.columns != columns:
            yield f"reference/{name}.csv 的表头应为 {','.join(columns)}，现为 {','.join(code_list.columns)}"
            return
        yield from _misfits(code_list)
    yield from _departments(lists[DEPARTMENTS], lists[ALIASES])


def _misfits(code_list: CodeList) -> Iterator[str]:
    """Values that a column of a list cannot hold, as its name says: sort_order is a number, valid_from a day."""
    for number, record in enumerate(code_list.records, start=2):
        for column, value in record.items():
            wanted = _wanted(column, value)
            if wanted is not None:
                yield f"reference/{code_list.name}.csv 第 {number} 行的 {column} 是“{value}”，应为{wanted}"
        if record.get("valid_from", "") > (record.get("valid_to") or _FOR_EVER):
            yield f"reference/{code_list.name}.csv 第 {number} 行的起始日期 valid_from 晚于截止日期 valid_to"


def _wanted(column: str, value: str) -> str | None:
    """Returns what a column of this name holds, where the value is none; None where it may stand there."""
    if not value:
        return None
    if column == "sort_order":
        return None if value.isascii() and value.isdigit() else "整数，如 10"
    if column.startswith("is_"):
        return None if value.lower() in _BOOLEANS else " true 或 false"
    if column.startswith("valid_"):
        return None if _DAY.fullmatch(value) else "日期，如 2015-01-01"
    return None


def _departments(departments: CodeList, aliases: CodeList) -> Iterator[str]:
    ids = [record["department_id"] for record in departments.records]
    names = [record["department_name"] for record in departments.records]
    for word, values in (("代号", ids), ("名称", names)):
        for value in _repeated(values):
            yield f"reference/{departments.name}.csv 中部门{word}“{value}”出现了几次，只能有一个"
    for record in aliases.records:
        if record["department_id"] not in ids:
            alias, department = record["alias"], record["department_id"]
            yield f"reference/{aliases.name}.csv 中“{alias}”指向的部门 {department} 不在名录中"
    for alias in _ambiguous(aliases):
        yield f"reference/{aliases.name}.csv 中“{alias}”在同一时期指向两个部门，请改正起止日期"
    known = {record["alias"] for record in aliases.records}
    for name in names:
        if name not in known:
            yield f"部门“{name}”的名称还没有写进 reference/{aliases.name}.csv，导出中的它会认不出"


def _ambiguous(aliases: CodeList) -> list[str]:
    """Names that mean two departments on one day; a name without days holds for ever."""
    by_alias: dict[str, list[dict[str, str]]] = defaultdict(list)
    for record in aliases.records:
        by_alias[record["alias"]].append(record)
    return [alias for alias, records in by_alias.items() if any(starmap(_is_ambiguous, combinations(records, 2)))]


def _is_ambiguous(one: dict[str, str], other: dict[str, str]) -> bool:
    if one["department_id"] == other["department_id"]:
        return False
    starts = max(one["valid_from"], other["valid_from"])
    ends = min(one["valid_to"] or _FOR_EVER, other["valid_to"] or _FOR_EVER)
    return starts <= ends


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def _exports(settings: Settings, contracts: dict[str, Contract]) -> Iterator[str]:
    try:
        expected_exports(contracts, settings.exports)
    except HallError as error:
        yield str(error).rstrip("。")


def _shadowing_models(models: FilesInForce) -> Iterator[str]:
    """Models that take the place of the program's and lack columns, or have another grain, that others rely on."""
    for name, path in models.by_name().items():
        shipped = models.folder_of_program / name
        if path == shipped or not shipped.is_file():
            continue
        own, replaced = read_model(path), read_model(shipped)
        columns = {column.name for column in own.columns}
        lost = [column.name for column in replaced.columns if column.name not in columns]
        if lost:
            yield f"sql/{name} 代替了自带的同名模型，却没有列 {'、'.join(lost)}：读它的图表和检查会出错，请补上"
        if own.grain != replaced.grain:
            grain = "、".join(replaced.grain)
            yield f"sql/{name} 代替了自带的同名模型，grain 应与它相同：{grain}"


def _shadowing_contracts(contracts: FilesInForce, models: FilesInForce) -> Iterator[str]:
    """Contracts that take the place of the program's and lack fields that its SQL reads.

    A hall that has a model of its own on the floor of staging has thought of it.
    """
    for name, path in contracts.by_name().items():
        shipped = contracts.folder_of_program / name
        if path == shipped or not shipped.is_file():
            continue
        staging = f"staging/{path.stem}.sql"
        is_staging_own = models.path_of(staging) != models.folder_of_program / staging
        if is_staging_own:
            continue
        try:
            own, replaced = read_contract(path), read_contract(shipped)
        except ContractError:
            # The check of contracts tells what is wrong with it.
            continue
        fields = {field.name for field in own.stored_fields}
        lost = [field.name for field in replaced.stored_fields if field.name not in fields]
        if lost:
            yield (
                f"contracts/{name} 代替了自带的同名合同，却没有字段 {'、'.join(lost)}：自带的 sql/{staging} 要读它们；"
                f"请补上（导出没有的列可以不是必填），或在大厅文件夹另写 sql/{staging}"
            )


def _suites(expectations: FilesInForce, graph: ModelGraph, contracts: dict[str, Contract]) -> Iterator[str]:
    try:
        suites = load_suites(expectations)
    except SuiteError as error:
        yield from str(error).splitlines()
        return
    known = {*graph.order, *graph.sources, *(f"raw.{name}" for name in contracts), *_stored_tables()}
    for suite in suites:
        if suite.table not in known:
            yield f"expectations/{_file_of(suite)} 检查的表 {suite.table} 不存在：没有这个模型，也没有这种报表"


def _file_of(suite: TableSuite) -> str:
    return f"{suite.table}.yaml"


def _stored_tables() -> set[str]:
    """Tables that runs write and no model makes: ledger.delivery, quarantine.cell."""
    import duckdb

    with duckdb.connect() as con:
        create_tables(con)
        rows = con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    return {name for (name,) in rows}


def _template(settings: Settings) -> Iterator[str]:
    template = settings.weekly_template
    if template is None:
        return
    try:
        check_template(template)
    except TemplateError as error:
        yield str(error).rstrip("。")
