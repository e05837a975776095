"""Reads the contract YAMLs into the model; what a contract means for a file belongs in ingest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic.main import IncEx

from pipeline.common.model_faults import faults_in_words
from pipeline.common.syntax_faults import yaml_fault
from pipeline.common.utf8_text import NotUtf8Error, read_utf8
from pipeline.contracts.check_rules import WORDS_OF_FIELDS, wrong_words
from pipeline.contracts.measure_rules import clashing_measures, wrong_measures
from pipeline.contracts.model import Contract
from pipeline.hall.files_in_force import Files, files_of

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same safety, many times as fast


class ContractError(ValueError):
    """A contract that cannot be used; its text says which file, which key and what to change."""


def load_contracts(files: Files) -> dict[str, Contract]:
    """All contracts of a folder, or those in force of a hall, by source name in alphabetical order.

    Raises ContractError for YAML that does not parse, keys that are unknown, names that are not the file's, and
    measures of two contracts that are called the same.
    """
    contracts = {path.stem: read_contract(path) for path in files_of(files, "*.yaml")}
    clashes = clashing_measures(contracts.values())
    if clashes:
        raise ContractError("\n".join(clashes))
    return contracts


def read_yaml(path: Path) -> object:
    """The plain data of a YAML file; raises yaml.YAMLError where it does not parse, and NotUtf8Error."""
    return yaml.load(read_utf8(path), Loader=_LOADER)  # noqa: S506 - it is a safe one


def read_contract(path: Path) -> Contract:
    """One contract; raises ContractError with a sentence a line."""
    content: object = None
    try:
        content = read_yaml(path)
        contract = Contract.model_validate(content)
    except NotUtf8Error as error:
        raise ContractError(str(error)) from error
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name} 不是有效的 YAML：{yaml_fault(error, read_utf8(path))}") from error
    except ValidationError as error:
        faults = faults_in_words(error, content, Contract)
        raise ContractError("\n".join(f"{path.name}：{fault}" for fault in faults)) from error
    if contract.name != path.stem:
        raise ContractError(f"{path.name} 中 name 是 {contract.name}，应与文件名一致：{path.stem}")
    wrong = [*wrong_words(contract), *wrong_measures(contract)]
    if wrong:
        raise ContractError("\n".join(f"{path.name}：{sentence}" for sentence in wrong))
    return contract


def fingerprint(contract: Contract, references: Mapping[str, object]) -> str:
    """Sixteen hex digits that change whenever the contract, or a code list that it uses, reads files differently."""
    lists = {field.codes: references.get(field.codes) for field in contract.fields if field.codes}
    # Defaults stay out, so that a key which the model learns later does not make every hall read its archive again; and
    # so do the owner, what its absence does, the words of checks and the measures, because a file is read the same
    # whoever repairs it and whatever is asked of its figures.
    words: IncEx = {"__all__": set(WORDS_OF_FIELDS)}
    not_read: IncEx = {"owner": True, "delivery": {"required": True}, "checks": True, "measures": True, "fields": words}
    written = contract.model_dump(mode="json", exclude_defaults=True, exclude=not_read)
    checks = contract.checks
    if checks.flow:
        # A note below the table is kept where it may explain what such a check finds.
        written["keeps_notes"] = True
    if checks.reporters is not None and checks.reporters.none is not None:
        # Blanks of a row that reports nothing are zeros where a total is compared with its rows.
        written["nothing"] = checks.reporters.none
    text = json.dumps([written, lists], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def json_schema() -> str:
    """The JSON Schema that editors use for completion and checks while a contract is written."""
    schema = Contract.model_json_schema(by_alias=True)
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
