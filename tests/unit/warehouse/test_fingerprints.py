"""When a model's week is up to date: the state in the ledger, and what a fingerprint rests on."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.warehouse import ModelError, load_models
from pipeline.warehouse.fingerprints import (
    WHOLE,
    Fingerprints,
    corrected_sources_of,
    corrections,
    digest,
    prepare_state,
    tables_and_views,
)
from tests.unit.warehouse.sql_files import HEADER, write

INCREMENTAL = "-- 说明\n-- Description\n-- grain: week_id\n-- materialized: incremental\n"
DELIVERIES = """
CREATE SCHEMA ledger;
CREATE TABLE ledger.delivery (delivery_id VARCHAR, source VARCHAR, week_id VARCHAR, as_of TIMESTAMP, status VARCHAR,
    contract_fingerprint VARCHAR);
INSERT INTO ledger.delivery (delivery_id, source, week_id, status) VALUES
    ('d1', 'x', '2023-01', 'current'), ('d2', 'x', '2023-02', 'current'), ('d3', 'x', '2023-02', 'superseded');
"""


def test_the_state_is_made_once_and_what_the_warehouse_holds_is_named() -> None:
    with duckdb.connect() as con:
        assert prepare_state(con) == {}
        con.execute("CREATE VIEW ledger.shown AS SELECT 1 AS a")
        assert prepare_state(con) == {
            "ledger.model_build": "TABLE",
            "ledger.reference": "TABLE",
            "ledger.shown": "VIEW",
            "ledger.week_stage": "TABLE",
        }
        assert tables_and_views(con) == prepare_state(con)


def test_a_digest_depends_on_the_parts_and_their_order() -> None:
    assert digest(["a", "b"]) == digest(iter(["a", "b"]))
    assert len({digest(["a", "b"]), digest(["b", "a"]), digest(["ab"])}) == 3


def test_weeks_of_an_incremental_model_differ_by_their_deliveries_alone(tmp_path: Path) -> None:
    write(tmp_path, "core.a", "SELECT x.week_id -- 期 | week\nFROM raw.x AS x", INCREMENTAL)
    graph = load_models(tmp_path)
    with duckdb.connect() as con:
        con.execute(DELIVERIES)
        before = Fingerprints(con, graph, prepare_state(con)).wanted(graph["core.a"])
        con.execute("UPDATE ledger.delivery SET as_of = '2023-01-20' WHERE delivery_id = 'd2'")
        state = Fingerprints(con, graph, prepare_state(con))
        after = state.wanted(graph["core.a"])
    assert state.weeks == ["2023-01", "2023-02"]
    assert before.keys() == after.keys() == {"2023-01", "2023-02"}
    assert before["2023-01"] == after["2023-01"]
    assert before["2023-02"] != after["2023-02"]


def test_a_hall_of_another_code_is_another_hall_in_every_week(tmp_path: Path) -> None:
    write(tmp_path, "core.a", "SELECT x.week_id -- 期 | week\nFROM raw.x AS x", INCREMENTAL)
    graph = load_models(tmp_path)
    with duckdb.connect() as con:
        con.execute(DELIVERIES)
        con.execute("CREATE SCHEMA raw; CREATE TABLE raw.ref_hall AS SELECT '510000' AS hall_id")
        before = Fingerprints(con, graph, prepare_state(con)).wanted(graph["core.a"])
        con.execute("UPDATE raw.ref_hall SET hall_id = '510100'")
        after = Fingerprints(con, graph, prepare_state(con)).wanted(graph["core.a"])
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())


def test_a_model_whose_upstream_was_never_built_has_no_fingerprint(tmp_path: Path) -> None:
    write(tmp_path, "core.a", "SELECT x.a -- 甲 | a\nFROM raw.x AS x")
    write(tmp_path, "core.b", "SELECT a.a -- 甲 | a\nFROM core.a AS a")
    graph = load_models(tmp_path)
    with duckdb.connect() as con:
        con.execute(DELIVERIES)
        state = Fingerprints(con, graph, prepare_state(con))
        assert list(state.wanted(graph["core.a"])) == [WHOLE]
        assert state.built("core.a") == {}
        with pytest.raises(ModelError, match=r"core\.a 还没有建立"):
            state.wanted(graph["core.b"])


def test_corrected_sources_are_those_that_the_model_reads(tmp_path: Path) -> None:
    write(tmp_path, "core.a", "SELECT x.a -- 甲 | a\nFROM raw.x AS x, raw.y AS y", HEADER)
    model = load_models(tmp_path)["core.a"]
    assert corrected_sources_of(model, [("z", "2023-01"), ("x", "2023-01"), ("x", "2023-02")]) == ["x"]


def test_there_are_no_corrections_before_the_first() -> None:
    with duckdb.connect() as con:
        assert corrections(con, prepare_state(con)) == {}
