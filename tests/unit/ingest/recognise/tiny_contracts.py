"""A contract of three columns, and sheets for it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.contracts import Contract
from pipeline.ingest.sheets.sheet import Sheet

LABELS = ["登记编号", "受理部门", "登记日期"]


def tiny_contract(name: str = "complaint_log", **keys: object) -> Contract:
    """A weekly contract; `keys` take the place of its own, in the notation of the YAML."""
    fields = [
        {"name": "complaint_no", "title": "登记编号", "constraints": {"required": True}},
        {"name": "department", "title": "受理部门"},
        {"name": "registered_on", "title": "登记日期", "type": "date"},
    ]
    model = {"name": name, "title": name, "version": 1, "delivery": {"kind": "weekly"}, "fields": fields}
    return Contract.model_validate(model | keys)


def sheet(name: str, *rows: Sequence[str | None], is_hidden: bool = False) -> Sheet:
    """A sheet of these rows."""
    return Sheet(name, [list(row) for row in rows], is_hidden=is_hidden)
