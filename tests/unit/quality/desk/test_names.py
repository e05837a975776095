"""A department's name that no list knows is accepted as another name of one that the lists know."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from pipeline.contracts import Contract
from pipeline.ingest.cells.code_lists import read_code_lists
from pipeline.quality.desk.decisions import DecisionError
from pipeline.quality.desk.names import accept_name, forget_name, unknown_name
from pipeline.quality.findings.places import Place

SHIPPED = "alias,department_id,valid_from,valid_to,reason\n公安厅,gongan,2015-01-01,,现行名称\n"
PLACE = Place("巡查.xlsx", "四月", 7, 9, "i1")


@pytest.fixture
def lists(tmp_path: Path) -> tuple[Path, Path]:
    shipped, own = tmp_path / "reference", tmp_path / "names"
    shipped.mkdir()
    (shipped / "department_alias.csv").write_text(SHIPPED, "utf-8")
    return shipped, own


def accept(lists: tuple[Path, Path], alias: str, name: str | None) -> str:
    return accept_name(lists, lists[1], alias, name, "2023-15", "简称")


def test_an_accepted_name_is_known_from_the_first_day_of_its_year(lists: tuple[Path, Path]) -> None:
    assert accept(lists, "省公安厅", " 公安厅") == "省公安厅=公安厅"
    assert (lists[1] / "department_alias.csv").read_text("utf-8").splitlines() == [
        "alias,department_id,valid_from,valid_to,reason",
        "省公安厅,gongan,2023-01-01,,简称",
    ]
    assert read_code_lists(*lists)["department"] == {"公安厅", "省公安厅"}


def test_a_name_is_accepted_once_and_another_name_may_stand_on_it(lists: tuple[Path, Path]) -> None:
    for _ in range(2):
        accept(lists, "省公安厅", "公安厅")
    accept(lists, "四川公安", "省公安厅")
    assert len((lists[1] / "department_alias.csv").read_text("utf-8").splitlines()) == 3


def test_a_name_that_is_taken_back_is_not_known_any_more(lists: tuple[Path, Path]) -> None:
    accept(lists, "省公安厅", "公安厅")
    accept(lists, "公安", "公安厅")
    forget_name(lists[1], "省公安厅=公安厅")
    forget_name(lists[1], "不在其中=公安厅")
    assert read_code_lists(*lists)["department"] == {"公安厅", "公安"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (None, "没有写它是哪个部门"),
        ("公安听", "最接近的是“公安厅”"),
        ("外星人接待站", "没有相近的名称"),
    ],
)
def test_what_no_department_is_called_is_refused_with_what_to_write(
    lists: tuple[Path, Path], name: str | None, words: str
) -> None:
    with pytest.raises(DecisionError, match=words):
        accept(lists, "省公安厅", name)
    assert not lists[1].exists()


@pytest.mark.parametrize(
    ("source", "column", "reason", "is_name"),
    [
        ("case_detail", "department", "unknown_code", True),
        ("case_detail", "channel", "unknown_code", False),
        ("case_detail", "department", "missing_required", False),
    ],
)
def test_only_an_unknown_department_is_a_name_to_accept(
    delivered: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    source: str,
    column: str,
    reason: str,
    is_name: bool,
) -> None:
    delivered.execute("UPDATE ledger.delivery SET source = ?", [source])
    delivered.execute(
        "INSERT INTO quarantine.cell VALUES ('i1', '四月', 8, ?, ?, '省公安', '', 'quarantined')", [column, reason]
    )
    if is_name:
        assert unknown_name(delivered, contracts, [PLACE]) == "省公安"
        return
    with pytest.raises(DecisionError, match="可以登记名称"):
        unknown_name(delivered, contracts, [PLACE])
