"""Checks contracts without reading any export: what the model cannot see, such as code lists, equal headers and tables
that cannot be made.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from itertools import chain
from pathlib import Path

from pipeline.common.system_errors import reason_of
from pipeline.common.utf8_text import NotUtf8Error
from pipeline.contracts import Contract, ContractError, Field
from pipeline.contracts.labels import written_key
from pipeline.contracts.loader import read_contract
from pipeline.contracts.measure_rules import clashing_measures
from pipeline.hall.code_list import labels_of_lists
from pipeline.hall.errors import HallError
from pipeline.hall.files_in_force import Files, files_of
from pipeline.ingest.cells.code_lists import read_code_lists
from pipeline.ingest.cells.units import read_unit
from pipeline.ingest.load.ledger import prepare
from pipeline.ingest.tables.headers.units import unit_of_path
from pipeline.privacy.guess import personal_kind

_DEPARTMENT = "department"


def check_contracts(place: Files, reference: Files) -> tuple[int, list[str]]:
    """How many contracts a folder (or one file, or a hall) holds, and one sentence per problem in them."""
    paths = [place] if isinstance(place, Path) and place.is_file() else list(files_of(place, "*.yaml"))
    if not paths:
        return 0, [f"{place} 中没有合同（*.yaml）；请给出合同文件或文件夹的路径"]
    try:
        known = read_code_lists(reference)
    except NotUtf8Error as error:
        # Without the lists nothing can be said of the codes that contracts name.
        return len(paths), [f"代码表 {error}"]
    labels = _labels_of(reference)
    # A hall that has not written its departments down yet has a list of them all the same.
    lists = {*known, _DEPARTMENT}
    problems: list[str] = []
    contracts: list[Contract] = []
    for path in paths:
        try:
            contracts.append(read_contract(path))
        except ContractError as error:
            problems += str(error).splitlines()
            continue
        except OSError as error:
            problems.append(f"{path.name}：读不了（{reason_of(error)}）")
            continue
        problems += _problems_of(path, contracts[-1], lists)
        problems += [f"{path.name}：{problem}" for problem in _conditions(contracts[-1], labels)]
    return len(paths), [*problems, *clashing_measures(contracts)]


def _problems_of(path: Path, contract: Contract, lists: Collection[str]) -> Iterator[str]:
    checks = chain(
        _codes(contract, lists),
        _patterns(contract),
        _labels(contract),
        _persons(contract),
        _units(contract),
        unmade_tables(contract),
    )
    for problem in checks:
        yield f"{path.name}：{problem}"


def unmade_tables(contract: Contract) -> Iterator[str]:
    """What keeps DuckDB from making the contract's table of `raw`, such as a field called like a word of SQL."""
    import duckdb

    try:
        with duckdb.connect() as con:
            prepare(con, [contract])
    except (duckdb.ProgrammingError, duckdb.NotSupportedError):
        name = _likely_cause(contract)
        yield f"建不成数据表 raw.{contract.name}：字段名 {name} 像 SQL 的用语；请换一个名字，如 {name}_value"


def _likely_cause(contract: Contract) -> str:
    """The first field without which the others would have a table; the first field where none is to blame alone."""
    import duckdb

    for field in contract.stored_fields:
        try:
            with duckdb.connect() as con:
                con.execute(f"CREATE TABLE one ({field.name} {field.type.sql})")
        except duckdb.Error:
            return field.name
    return contract.fields[0].name


def _codes(contract: Contract, lists: Collection[str]) -> Iterator[str]:
    """Fields whose code list no file in force holds."""
    known = "、".join(sorted(lists))
    for field in contract.fields:
        is_known = field.codes is None or field.codes in lists
        if not is_known:
            yield f"{field.name} 的 codes: {field.codes} 没有对应的代码表；有的是 {known}"


def _labels_of(reference: Files) -> Mapping[str, Collection[str]]:
    """What each code list calls its entries; nothing where one cannot be read, which the check of the lists tells."""
    try:
        return labels_of_lists(reference)
    except HallError:
        return {}


def _conditions(contract: Contract, labels: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Values that `where` asks for and no row can have: no label of the field's code list."""
    fields = {field.name: field for field in contract.stored_fields}
    for measure, definition in contract.definitions_of_measures:
        for name, values in definition.conditions.items():
            known = labels.get(fields[name].codes or "", values)
            for value in values:
                if value in known:
                    continue
                near = get_close_matches(str(value), list(map(str, known)), 1)
                hint = f"是不是 {near[0]}？" if near else ""
                yield (
                    f"指标 {measure.name}（{measure.label}）的 where：{name} 没有“{value}”，{hint}"
                    f"要写代码表 {fields[name].codes} 里的名称"
                )


def _units(contract: Contract) -> Iterator[str]:
    """Units other than those in which numbers are stored: what a header prints in 万元 is stored in 元."""
    stored = {field.name: _stored_unit(field) for field in contract.stored_fields}
    for field in contract.fields:
        own = read_unit(field.unit or "")
        if own is not None and own.scale:
            yield f"{field.name} 的 unit 写了 {field.unit}，装载时已换算；请写 {own.measure or '换算后的单位'}"
    for measure, definition in contract.definitions_of_measures:
        unit = measure.unit_of(definition)
        for name in definition.fields_added_up:
            expected = stored.get(name) or unit
            if unit != expected:
                yield (
                    f"指标 {measure.name}（{measure.label}）的单位写了 {unit}，而 {name} 存的是 {expected}："
                    f"表头印作万、千的，装载时已换算；请写 {expected}"
                )


def _stored_unit(field: Field) -> str | None:
    """The unit in which a field's numbers are stored: its own or that of its header, without the scale."""
    printed = read_unit(field.unit) if field.unit else unit_of_path(tuple(field.title.split("/")))
    if printed is not None and printed.measure:
        return printed.measure
    return field.unit


def _patterns(contract: Contract) -> Iterator[str]:
    """Fields whose pattern is no regular expression."""
    for field in contract.fields:
        pattern = field.constraints.pattern or ""
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"{field.name} 的 pattern 不是有效的正则表达式（{error}）"


def _labels(contract: Contract) -> Iterator[str]:
    """Headers that two fields claim; 受理 / 本周 is compared in parts, without blanks; 预登记（新） is not 预登记."""
    owners: dict[str, str] = {}
    for field in contract.fields:
        for label in field.all_labels:
            parts = map(written_key, label.split("/"))
            owner = owners.setdefault("/".join(parts), field.name)
            if owner == field.name:
                continue
            yield f"表头“{label}”同时属于 {owner} 和 {field.name}；请只留一处，或用上级表头写成 上级/下级"


def _persons(contract: Contract) -> Iterator[str]:
    """Fields that read like persons, and are stored though nobody says why."""
    for field in contract.fields:
        is_explained = field.personal is not None or bool(field.description)
        kind, _ = personal_kind(field.title, ())
        if kind is None or is_explained:
            continue
        yield (
            f"{field.name}（{field.title}）像个人信息却会入库；请写 personal: drop（或 hmac），"
            "确实不是个人信息时请在 description 中说明"
        )
