"""Checks contracts without reading any export: what the model cannot see, such as code lists, equal headers and tables
that cannot be made.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path

from pipeline.common.system_errors import reason_of
from pipeline.common.utf8_text import NotUtf8Error
from pipeline.contracts import Contract, ContractError
from pipeline.contracts.labels import written_key
from pipeline.contracts.loader import read_contract
from pipeline.contracts.measure_rules import clashing_measures
from pipeline.hall.files_in_force import Files, files_of
from pipeline.ingest.cells.code_lists import read_code_lists
from pipeline.ingest.load.ledger import prepare
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
    return len(paths), [*problems, *clashing_measures(contracts)]


def _problems_of(path: Path, contract: Contract, lists: Collection[str]) -> Iterator[str]:
    checks = chain(
        _codes(contract, lists),
        _patterns(contract),
        _labels(contract),
        _persons(contract),
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
