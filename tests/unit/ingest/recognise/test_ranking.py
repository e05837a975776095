"""A look at a file and a run name the same contract where several fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.contracts import Contract
from pipeline.ingest.authoring.inspect import inspect_file
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.recognise.ranking import (
    fitness_of,
    fitness_without_header,
    preference,
    title_words_in,
    words_above,
)
from pipeline.ingest.recognise.split_sheet import best_fit
from pipeline.ingest.tables.headers.header import find_header
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings

LABELS = ["登记编号", "受理部门", "情况说明"]
ROWS = [["投诉登记表（2023年第15期）"], LABELS, ["1", "公安厅", "甲"]]
Rows = Sequence[Sequence[str]]


def contract(name: str, labels: Sequence[str] = LABELS, words: Sequence[str] = ()) -> Contract:
    fields = [{"name": f"f{at}", "title": label} for at, label in enumerate(labels)]
    return Contract.model_validate(
        {
            "name": name,
            "title": name,
            "version": 1,
            "delivery": {"kind": "weekly"},
            "titleWords": words,
            "fields": fields,
        }
    )


@pytest.mark.parametrize(
    ("contracts", "winner"),
    [
        ((contract("alpha"), contract("beta")), "beta"),
        ((contract("alpha", words=["投诉"]), contract("beta")), "alpha"),
        ((contract("alpha", LABELS[:2], ["投诉"]), contract("beta")), "alpha"),
        ((contract("alpha", [*LABELS, "备注"]), contract("beta", LABELS)), "beta"),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_inspect_and_run_name_the_same_winner(
    tmp_path: Path, contracts: tuple[Contract, ...], winner: str, is_reversed: bool
) -> None:
    ordered = reversed(contracts) if is_reversed else contracts
    by_name = {one.name: one.model_copy(update={"ignored_labels": tuple(LABELS)}) for one in ordered}
    settings = Settings(home=tmp_path / "home", settle_seconds=0)
    settings.inbox.mkdir(parents=True)
    path = settings.inbox / "a.xlsx"
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(path)
    found = inspect_file(path, settings, load_calendar(), by_name)
    fit = best_fit(ROWS, by_name.values())
    with duckdb.connect() as con:
        (event,) = load_inbox(make_loader(con, settings, load_calendar(), by_name)).events
    assert (event.outcome, event.source) == ("loaded", winner)
    assert found.candidates[0].name == winner
    assert fit is not None
    assert fit.contract.name == winner


def test_a_whole_header_outranks_a_title_and_a_title_more_columns() -> None:
    whole = contract("whole", LABELS[:2])
    titled = contract("titled", LABELS, ["投诉"])
    titles = words_above(ROWS, 1)
    headers = [find_header(ROWS, one) for one in (whole, titled)]
    assert headers[0] is not None and headers[1] is not None
    assert fitness_of(headers[0], whole, titles) < fitness_of(headers[1], titled, titles)
    assert fitness_without_header(3, titled) < fitness_of(headers[0], whole, titles)


def test_of_equals_the_preferred_one_wins_then_the_later_name() -> None:
    alpha, beta = contract("alpha"), contract("beta")
    fitness = fitness_without_header(3, alpha)
    assert preference(fitness, alpha) < preference(fitness, beta)
    assert preference(fitness, alpha, preferred="alpha") > preference(fitness, beta, preferred="alpha")


def test_title_words_are_looked_for_above_the_table_only() -> None:
    assert words_above(ROWS, 1) == ["投诉登记表（2023年第15期）"]
    assert words_above(ROWS, 2, first=1) == LABELS
    assert title_words_in(["投诉登记表"], contract("a", words=["投诉", "巡查"])) == ["投诉"]
