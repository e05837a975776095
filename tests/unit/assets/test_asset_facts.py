"""Owners, tags and code versions on a graph of five assets; the whole hall is in tests/integration."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from assets.asset_facts import AssetFacts
from assets.catalogue import ModelFacts
from assets.checks import CHECK_RESULT
from assets.tables import REFERENCE, key_of
from pipeline.contracts import Contract, load_contracts
from pipeline.contracts.loader import fingerprint
from pipeline.quality.checks.suites import load_suites
from pipeline.settings import Settings

RAW, OTHER, STAGING, MART = map(
    key_of, ("raw.window_weekly", "raw.case_detail", "staging.window_weekly", "marts.weekly_metric")
)
UPSTREAM = {
    RAW: [],
    OTHER: [],
    REFERENCE: [],
    STAGING: [RAW],
    MART: [STAGING, OTHER, REFERENCE],
    CHECK_RESULT: [STAGING, MART],
}


def model(name: str, sql_digest: str) -> ModelFacts:
    file = f"sql/{name.replace('.', '/')}.sql"
    return ModelFacts(name, file, "", "", (), (), "table", ("week_id",), sql_digest)


def facts(settings: Settings, staging_sql: str = "s1", mart_sql: str = "m1", **changed: Contract) -> AssetFacts:
    contracts = {**load_contracts(settings.contracts), **changed}
    return AssetFacts(
        settings=settings,
        models={STAGING: model("staging.window_weekly", staging_sql), MART: model("marts.weekly_metric", mart_sql)},
        contracts={key: contracts[key.path[-1]] for key in (RAW, OTHER)},
        suites=load_suites(settings.expectations),
        upstream=UPSTREAM,
    )


def changed_keys(one: AssetFacts, other: AssetFacts) -> set[dg.AssetKey]:
    return {key for key in UPSTREAM if one.code_version(key) != other.code_version(key)}


def test_a_table_of_exports_belongs_to_who_delivers_it_and_every_table_to_who_its_checks_name(
    settings: Settings,
) -> None:
    known = facts(settings)
    assert known.owners(RAW) == ["综合窗口"]
    assert known.owners(OTHER) == ["报送部门"]
    assert known.owners(MART) == ["数据专员", "平台维护"]
    assert known.owners(REFERENCE) == ["平台维护"]
    assert known.owners(CHECK_RESULT) == ["数据专员"]


def test_tags_name_the_floor_and_the_one_source_or_that_there_are_several(settings: Settings) -> None:
    known = facts(settings)
    assert known.tags(STAGING) == {"floor": "staging", "source": "window_weekly"}
    assert known.tags(MART) == {"floor": "marts", "source": "several"}
    assert known.tags(REFERENCE) == {"floor": "raw"}


def test_another_sql_changes_the_code_of_its_table_and_of_what_follows_from_it(settings: Settings) -> None:
    before = facts(settings)
    assert changed_keys(before, facts(settings)) == set()
    assert changed_keys(before, facts(settings, mart_sql="m2")) == {MART, CHECK_RESULT}
    assert changed_keys(before, facts(settings, staging_sql="s2")) == {STAGING, MART, CHECK_RESULT}


def test_another_contract_changes_it_too_but_another_owner_does_not(settings: Settings) -> None:
    contract = load_contracts(settings.contracts)["window_weekly"]
    newer = contract.model_copy(update={"version": 9})
    given_away = contract.model_copy(update={"owner": "平台维护"})
    assert changed_keys(facts(settings), facts(settings, window_weekly=newer)) == {RAW, STAGING, MART, CHECK_RESULT}
    assert changed_keys(facts(settings), facts(settings, window_weekly=given_away)) == set()


def test_an_asset_leads_to_the_files_that_it_is_written_in(settings: Settings) -> None:
    known = facts(settings)
    for key, labels in (
        (STAGING, ["sql/staging/window_weekly.sql", "expectations/staging.window_weekly.yaml"]),
        (RAW, ["contracts/window_weekly.yaml"]),
    ):
        references = known.code_references(key)["dagster/code_references"].code_references
        assert [reference.label for reference in references] == labels
        assert all(Path(reference.file_path).is_file() for reference in references)
    assert known.code_references(REFERENCE) == {}


@pytest.mark.parametrize("name", ["window_weekly", "case_detail"])
def test_a_contracts_owner_is_part_of_the_contract_and_not_of_how_it_reads(settings: Settings, name: str) -> None:
    contract = load_contracts(settings.contracts)[name]
    assert fingerprint(contract, {}) == fingerprint(contract.model_copy(update={"owner": "数据专员"}), {})


def test_checks_of_the_hall_are_another_code_and_lead_to_its_file(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", hall=tmp_path)
    before = facts(settings)
    shipped = settings.expectations.path_of("staging.window_weekly.yaml")
    assert shipped is not None
    assert before.code_version(CHECK_RESULT)
    own = tmp_path / "expectations" / shipped.name
    own.parent.mkdir()
    own.write_bytes(shipped.read_bytes() + b"# a remark changes nothing\n")
    assert changed_keys(before, facts(settings)) == set()
    text = shipped.read_text(encoding="utf-8")
    assert "severity: critical" in text
    own.write_text(text.replace("severity: critical", "severity: warning"), encoding="utf-8")
    after = facts(settings)
    assert changed_keys(before, after) == {CHECK_RESULT}
    references = after.code_references(STAGING)["dagster/code_references"].code_references
    assert str(own) in [reference.file_path for reference in references]
