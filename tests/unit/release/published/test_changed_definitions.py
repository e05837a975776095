"""A measure is not counted in another way than readers were told without a date and a note."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.contracts import load_contracts
from pipeline.doctor.hall_folder import problems_of_hall
from pipeline.hall.skeleton import write_skeleton
from pipeline.release.published.changed_definitions import (
    ChangedDefinitionError,
    changed_definitions,
    refuse_changed_definitions,
)
from pipeline.settings import Settings
from pipeline.warehouse.measures.dictionary import MEASURE_COLUMNS, measure_rows

CONTRACT = """
name: ticket_log
title: 取号登记
version: 1
delivery: {kind: weekly}
fields:
  - {name: ticket_no, title: 票号}
  - {name: waiting, title: 在等, type: integer}
measures:
  - {name: tickets, label: 取号数, unit: 个, MEASURE}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_skeleton(tmp_path / "hall")
    settings = Settings(home=tmp_path / "home", hall=tmp_path / "hall")
    settings.published.mkdir(parents=True)
    return settings


def declare(settings: Settings, measure: str) -> None:
    path = settings.contracts.folder_of_hall / "ticket_log.yaml"
    path.write_text(CONTRACT.replace("MEASURE", measure), "utf-8")


def publish(settings: Settings) -> None:
    """Writes what the published file says of the measures."""
    rows = list(measure_rows(load_contracts(settings.contracts).values()))
    columns = ", ".join(f"{name} {sql_type}" for name, sql_type in MEASURE_COLUMNS.items())
    with duckdb.connect(str(settings.published / "metrics.duckdb")) as con:
        con.execute(f"CREATE SCHEMA docs; CREATE TABLE docs.measure ({columns})")
        con.executemany(f"INSERT INTO docs.measure VALUES ({', '.join('?' * len(MEASURE_COLUMNS))})", rows)


def changes(settings: Settings) -> list[str]:
    return changed_definitions(settings, load_contracts(settings.contracts).values())


def test_before_the_first_publication_everything_may_change(settings: Settings) -> None:
    declare(settings, "count: rows")
    assert changes(settings) == []
    refuse_changed_definitions(settings)


def test_what_is_only_said_of_a_measure_may_change(settings: Settings) -> None:
    declare(settings, "count: rows")
    publish(settings)
    declare(settings, "count: rows, description: 含网上取号, decimals: 0, labelEn: Tickets")
    assert changes(settings) == []


@pytest.mark.parametrize("measure", ["sum: waiting", "count: rows, where: {ticket_no: A1}"])
def test_another_definition_without_a_date_is_refused_by_a_run_and_by_the_check(
    settings: Settings, measure: str
) -> None:
    declare(settings, "count: rows")
    publish(settings)
    declare(settings, measure)
    says = "ticket_log.yaml：指标 tickets（取号数）口径与已发布的“每行计一，单位 个”不同；请把原来的口径写进 was"
    with pytest.raises(ChangedDefinitionError, match=says):
        refuse_changed_definitions(settings)
    assert says in "\n".join(problems_of_hall(settings))


def test_with_date_note_and_the_earlier_definition_it_is_taken(settings: Settings) -> None:
    declare(settings, "count: rows")
    publish(settings)
    declare(settings, "sum: waiting, validFrom: 2024-01-08, note: 改数人数, was: [{count: rows}]")
    assert changes(settings) == []


def test_an_earlier_definition_cannot_be_rewritten_later(settings: Settings) -> None:
    declare(settings, "sum: waiting, validFrom: 2024-01-08, note: 改数人数, was: [{count: rows}]")
    publish(settings)
    declare(settings, "sum: waiting, validFrom: 2024-02-08, note: 改数人数, was: [{count: rows}]")
    assert "自 2024-01-08 起的口径与已发布的““在等”相加，单位 个”不同" in "".join(changes(settings))


def test_a_measure_that_is_gone_is_no_change(settings: Settings) -> None:
    declare(settings, "count: rows")
    publish(settings)
    (settings.contracts.folder_of_hall / "ticket_log.yaml").unlink()
    assert changes(settings) == []


def test_a_unit_that_was_wrong_is_put_right_with_a_date_like_any_other_change(settings: Settings) -> None:
    declare(settings, "sum: waiting")
    publish(settings)
    path = settings.contracts.folder_of_hall / "ticket_log.yaml"
    right = CONTRACT.replace("unit: 个, MEASURE", "unit: 人, sum: waiting, validFrom: 2024-01-08, note: 单位写错, WAS")
    path.write_text(right.replace("WAS", "was: [{sum: waiting}]"), "utf-8")
    assert "单位 个" in "".join(changes(settings))
    path.write_text(right.replace("WAS", "was: [{sum: waiting, unit: 个}]"), "utf-8")
    assert changes(settings) == []


def rewrite(settings: Settings, **changed: str) -> None:
    """Replaces texts of the contract: `ticket_no="title: 在等"` is written `ticket_no, title: 在等`."""
    path = settings.contracts.folder_of_hall / "ticket_log.yaml"
    text = path.read_text("utf-8")
    titles = {"ticket_no": "title: 票号", "waiting": "title: 在等"}
    for name, title in changed.items():
        text = text.replace(f"name: {name}, {titles[name]}", f"name: {name}, {title}")
    path.write_text(text, "utf-8")


@pytest.mark.parametrize("measure", ["sum: waiting", "count: rows, where: {ticket_no: A1}"])
def test_a_field_that_reads_another_column_is_another_definition(settings: Settings, measure: str) -> None:
    declare(settings, measure)
    publish(settings)
    rewrite(settings, ticket_no="title: 在等", waiting="title: 票号")
    (sentence,) = changes(settings)
    assert "发布时数的是“" in sentence
    with pytest.raises(ChangedDefinitionError, match="另起一个字段"):
        refuse_changed_definitions(settings)


def test_a_column_that_is_called_otherwise_keeps_its_old_label(settings: Settings) -> None:
    declare(settings, "sum: waiting")
    publish(settings)
    rewrite(settings, waiting="title: 等候人数, labels: [在等]")
    assert changes(settings) == []
    declare(settings, "sum: waiting")
    rewrite(settings, waiting="title: 等候人数")
    assert "把“在等”写进这个字段的 labels" in "".join(changes(settings))


def test_a_code_that_changes_while_its_label_stays_is_refused(settings: Settings) -> None:
    declare(settings, "count: rows")
    publish(settings)
    path = settings.contracts.folder_of_hall / "ticket_log.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("name: tickets", "name: tickets_taken"), "utf-8")
    (sentence,) = changes(settings)
    assert "已按代号 tickets 发布，现在的代号是 tickets_taken" in sentence
    path.write_text(text.replace("name: tickets, label: 取号数", "name: tickets_taken, label: 取号次数"), "utf-8")
    assert changes(settings) == []
