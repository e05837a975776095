"""A contract in the words of the Open Data Contract Standard v3.1, and back: catalogues and other halls read that.

What the standard has a word for stands there (name, type, required, pattern, key); everything else of ours is a custom
property of the same name as in our YAML, so that the way there and back gives the same contract.
Elsewhere: the contract of the published file, in `pipeline.release.published.papers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from pipeline.common.syntax_faults import yaml_fault
from pipeline.common.utf8_text import read_utf8
from pipeline.contracts.loader import ContractError, read_yaml
from pipeline.contracts.model import Contract, Field, FieldType

API_VERSION: Final = "v3.1.0"
# ODCS calls a moment `timestamp`; the other names are the same as in Table Schema.
_LOGICAL_TYPES: Final = {FieldType.DATETIME: "timestamp"}
# Keys of our YAML that the standard has words of its own for; the rest become custom properties.
_CONTRACT_WORDS: Final = frozenset({"name", "title", "description", "version", "primaryKey", "fields"})
_FIELD_WORDS: Final = frozenset({"name", "title", "type", "description", "constraints"})
# The constraints that `logicalTypeOptions` of a type admits.
_OPTIONS: Final = {
    FieldType.STRING: ("pattern",),
    FieldType.INTEGER: ("minimum", "maximum"),
    FieldType.NUMBER: ("minimum", "maximum"),
}
# strptime to the letters of java.time that ODCS asks for: %Y-%m-%d %H:%M:%S is yyyy-MM-dd HH:mm:ss.
_DATE_LETTERS: Final = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss"}


def to_odcs(contract: Contract) -> dict[str, Any]:
    """Returns the contract as an ODCS document: one object, the export, with a property a field."""
    own = contract.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    places = {name: place for place, name in enumerate(contract.primary_key, start=1)}
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": f"zhoubao.{contract.name}",
        "name": contract.name,
        "version": str(contract.version),
        "status": "active",
    }
    if contract.description:
        document["description"] = {"purpose": contract.description}
    document["schema"] = [
        {
            "name": contract.name,
            "logicalType": "object",
            "physicalType": "file",
            "businessName": contract.title,
            "properties": [_property(field, places.get(field.name)) for field in contract.fields],
        }
    ]
    document["customProperties"] = _custom_properties(own, _CONTRACT_WORDS)
    return document


def _property(field: Field, key_place: int | None) -> dict[str, Any]:
    own = field.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    constraints = own.get("constraints", {})
    options = {name: constraints.pop(name) for name in _OPTIONS.get(field.type, ()) if name in constraints}
    letters = _date_letters(field)
    if letters:
        options["format"] = letters
    described: dict[str, Any] = {
        "name": field.name,
        "businessName": field.title,
        "logicalType": _LOGICAL_TYPES.get(field.type, field.type.value),
        "physicalType": field.type.sql,
    }
    if field.description:
        described["description"] = field.description
    if constraints.pop("required", False):
        described["required"] = True
    if key_place is not None:
        described |= {"primaryKey": True, "primaryKeyPosition": key_place}
    if options:
        described["logicalTypeOptions"] = options
    if field.personal:
        described["classification"] = "restricted"
    # Constraints that the standard does not admit for this type are kept with what is ours.
    custom = _custom_properties(own, _FIELD_WORDS)
    if constraints:
        custom.append({"property": "constraints", "value": constraints})
    if custom:
        described["customProperties"] = custom
    return described


def _date_letters(field: Field) -> str | None:
    """Returns the first pinned pattern in the letters of java.time; None where it has others than the usual six."""
    if not field.formats:
        return None
    text = field.formats[0]
    for directive, letters in _DATE_LETTERS.items():
        text = text.replace(directive, letters)
    return None if "%" in text else text


def _custom_properties(own: Mapping[str, Any], standard: frozenset[str]) -> list[dict[str, Any]]:
    return [{"property": name, "value": value} for name, value in own.items() if name not in standard]


def contract_text(contract: Contract) -> str:
    """Returns a contract as YAML of our own kind: only what is not the default, for a person to go on with."""
    own = contract.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return "# yaml-language-server: $schema=contract.schema.json\n" + odcs_text(own)


def odcs_text(document: Mapping[str, Any]) -> str:
    """Returns an ODCS document as YAML, in its own order, Chinese as it is."""
    # The dumper in C writes the same text ten times as fast.
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(dict(document), Dumper=dumper, allow_unicode=True, sort_keys=False, width=120)
    return text


def read_odcs(path: Path) -> Contract:
    """Reads an ODCS file (`.odcs.yaml`) as a contract of ours.

    Raises ContractError where it is no ODCS document of v3, describes several objects, or gives no contract of ours.
    """
    try:
        document = read_yaml(path)
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name} 不是有效的 YAML：{yaml_fault(error, read_utf8(path))}") from error
    if not isinstance(document, Mapping):
        raise ContractError(f"{path.name} 不是 ODCS 合同：最外层应是键和值")
    return from_odcs(document, path.name)


def from_odcs(document: Mapping[str, Any], file_name: str = "ODCS") -> Contract:
    """Returns the contract of an ODCS document; one that names no kind of delivery is taken for a weekly one.

    Raises ContractError with a sentence a line.
    """
    described = _only_object(document, file_name)
    properties = described.get("properties") or []
    written: dict[str, Any] = _own_keys(document)
    written |= {
        "name": described.get("name"),
        "title": described.get("businessName") or described.get("name"),
        "description": (document.get("description") or {}).get("purpose") or "",
        "version": document.get("version"),
        "primaryKey": _primary_key(properties),
        "fields": [_field(described_field) for described_field in properties],
    }
    written.setdefault("delivery", {"kind": "weekly"})
    try:
        return Contract.model_validate(written)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            where = ".".join(map(str, problem["loc"])) or "(contract)"
            lines.append(f"{file_name}：{where}：{problem['msg']}")
        raise ContractError("\n".join(lines)) from error


def _only_object(document: Mapping[str, Any], file_name: str) -> Mapping[str, Any]:
    is_contract = document.get("kind") == "DataContract"
    if not is_contract or not str(document.get("apiVersion", "")).startswith("v3"):
        raise ContractError(f"{file_name} 不是 ODCS v3 合同：要有 kind: DataContract 和 apiVersion: v3.x")
    objects: Sequence[Mapping[str, Any]] = document.get("schema") or []
    if len(objects) != 1:
        raise ContractError(f"{file_name} 的 schema 有 {len(objects)} 个对象：一种导出一份合同，请只留一个")
    return objects[0]


def _own_keys(described: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what stands in the custom properties, by its name in our YAML."""
    return {entry["property"]: entry["value"] for entry in described.get("customProperties") or []}


def _primary_key(properties: Sequence[Mapping[str, Any]]) -> list[str]:
    """Returns the names of the key in the order of their positions."""
    key = [described for described in properties if described.get("primaryKey")]
    return [described["name"] for described in sorted(key, key=_key_place)]


def _key_place(described: Mapping[str, Any]) -> int:
    return int(described.get("primaryKeyPosition", -1))


def _field(described: Mapping[str, Any]) -> dict[str, Any]:
    own = _own_keys(described)
    constraints = dict(own.pop("constraints", {}))
    options = described.get("logicalTypeOptions") or {}
    for name in ("minimum", "maximum", "pattern"):
        if name in options:
            constraints[name] = options[name]
    if described.get("required"):
        constraints["required"] = True
    logical_type = described.get("logicalType", "string")
    return own | {
        "name": described.get("name"),
        "title": described.get("businessName") or described.get("name"),
        "type": "datetime" if logical_type == "timestamp" else logical_type,
        "description": described.get("description") or "",
        "constraints": constraints,
    }
