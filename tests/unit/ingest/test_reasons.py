"""Whatever is written about rows, cells and files is in a closed list and has Chinese words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.ingest.reasons import MESSAGES, WORDS, Disposition, FileOutcome, Reason, RowReason
from pipeline.ingest.tables.rows import RowKind
from pipeline.quality.checks.warehouse_words import OWN_CODES
from pipeline.settings import PROJECT_ROOT

_CHINESE = re.compile("[一-鿿]")
INGEST = PROJECT_ROOT / "pipeline" / "ingest"


def calls_in_ingest() -> Iterator[tuple[str, list[str | None]]]:
    """Every call in ingest: its name and its arguments, None for one that is no literal text."""
    for path in sorted(INGEST.rglob("*.py")):
        yield from calls_in(path)


def calls_in(path: Path) -> Iterator[tuple[str, list[str | None]]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        yield name, [getattr(argument, "value", None) for argument in node.args]


def literals(name: str, place: int) -> set[str]:
    """The literal texts that calls of a function have as their argument in a place."""
    calls = [arguments for called, arguments in calls_in_ingest() if called == name and len(arguments) > place]
    return {arguments[place] for arguments in calls if isinstance(arguments[place], str)}


def test_every_reason_and_outcome_has_chinese_words() -> None:
    for code in (*Disposition, *FileOutcome, *Reason, *RowReason):
        assert _CHINESE.search(code.words) or code is RowReason.LOADED, code
    assert all(_CHINESE.search(reason.sentence) for reason in Reason)


def test_every_kind_of_row_that_is_set_aside_is_a_reason() -> None:
    assert {kind.value for kind in RowKind} - {"data", "other_table"} <= set(RowReason)
    assert RowKind.OTHER_TABLE.value in set(Reason), "its rows are quarantined"


def test_whatever_the_loader_writes_is_in_the_lists() -> None:
    accounted = [arguments for name, arguments in calls_in_ingest() if name == "add" and len(arguments) >= 3]
    assert {arguments[1] for arguments in accounted if isinstance(arguments[1], str)} <= set(Disposition)
    assert {arguments[2] for arguments in accounted if isinstance(arguments[2], str)} <= set(RowReason)
    assert literals("CellProblem", 3) <= set(Reason)
    assert literals("CellProblem", 5) <= set(Disposition)
    assert literals("FileEvent", 1) | literals("record_arrival", 2) <= set(FileOutcome)


def test_reasons_written_by_sql_are_in_the_lists() -> None:
    written: set[str] = set()
    for path in (INGEST / "load").glob("*.py"):
        for branch in re.findall(r"CASE WHEN least <> most.*?END AS reason", path.read_text("utf-8"), re.DOTALL):
            written |= set(re.findall(r"(?:THEN|ELSE) '(\w+)'", branch))
    assert written <= set(WORDS)


def test_the_steward_reads_the_same_words() -> None:
    assert dict(OWN_CODES["reason"]) == dict(WORDS)
    assert set(MESSAGES) | set(RowReason) == set(WORDS)
