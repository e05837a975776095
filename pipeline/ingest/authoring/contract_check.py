"""Checks contracts without reading any export: what the model cannot see, such as code lists and equal headers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from pipeline.contracts import Contract, ContractError
from pipeline.contracts.labels import label_key
from pipeline.contracts.loader import read_contract
from pipeline.ingest.cells.code_lists import read_code_lists
from pipeline.privacy.guess import personal_kind


def check_contracts(place: Path, reference_dir: Path) -> tuple[int, list[str]]:
    """How many contracts a folder (or one file) holds, and one sentence per problem in them."""
    paths = sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    if not place.exists() or not paths:
        return 0, [f"{place} 中没有合同（*.yaml）；请给出合同文件或文件夹的路径"]
    lists = set(read_code_lists(reference_dir))
    problems = [problem for path in paths for problem in _problems_of(path, lists)]
    return len(paths), problems


def _problems_of(path: Path, lists: Collection[str]) -> Iterator[str]:
    try:
        contract = read_contract(path)
    except ContractError as error:
        yield from str(error).splitlines()
        return
    except (OSError, UnicodeDecodeError) as error:
        yield f"{path.name}：读不了（{error}）；请存为 UTF-8 编码的文本"
        return
    for problem in (*_codes(contract, lists), *_patterns(contract), *_labels(contract), *_persons(contract)):
        yield f"{path.name}：{problem}"


def _codes(contract: Contract, lists: Collection[str]) -> Iterator[str]:
    for field in contract.fields:
        if field.codes and field.codes not in lists:
            known = "、".join(sorted(lists))
            yield f"{field.name} 的 codes: {field.codes} 没有对应的代码表；pipeline/reference 里有 {known}"


def _patterns(contract: Contract) -> Iterator[str]:
    for field in contract.fields:
        try:
            re.compile(field.constraints.pattern or "")
        except re.error as error:
            yield f"{field.name} 的 pattern 不是有效的正则表达式（{error}）"


def _labels(contract: Contract) -> Iterator[str]:
    owners: dict[str, str] = {}
    for field in contract.fields:
        for label in field.all_labels:
            key = "/".join(label_key(part) for part in label.split("/"))
            other = owners.setdefault(key, field.name)
            if other != field.name:
                yield f"表头“{label}”同时属于 {other} 和 {field.name}；请只留一处，或用上级表头写成 上级/下级"


def _persons(contract: Contract) -> Iterator[str]:
    for field in contract.fields:
        kind, _ = personal_kind(field.title, ())
        if kind and field.personal is None and not field.description:
            yield (
                f"{field.name}（{field.title}）像个人信息却会入库；请写 personal: drop（或 hmac），"
                "确实不是个人信息时请在 description 中说明"
            )
