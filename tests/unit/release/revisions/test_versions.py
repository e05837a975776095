"""What a release was made from: versions of code, layout and contracts, and the deliveries behind an issue."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.hall.facts import CatalogueSettings
from pipeline.hall.files_in_force import FilesInForce
from pipeline.release.revisions.versions import (
    LAYOUT_CODE,
    catalogue_hash,
    code_version,
    contract_versions,
    deliveries_behind,
    hash_of_files,
    layout_version,
)
from pipeline.settings import PROJECT_ROOT, Settings


def test_the_layout_version_changes_with_every_file_that_lays_out_published_files(tmp_path: Path) -> None:
    copies = []
    for code in LAYOUT_CODE:
        (folder,) = code.folders
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
        copies.append(FilesInForce((tmp_path / folder.name,), code.pattern))
    before = hash_of_files(copies)
    paths = [path for copy in copies for path in sorted(copy.folder_of_program.rglob("*.py"))]
    assert {"publish.py", "csv_text.py", "lineage.py"} <= {path.name for path in paths}
    for path in paths:
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "# changed\n", encoding="utf-8")
        assert hash_of_files(copies) != before, path
        path.write_text(text, encoding="utf-8")
    assert hash_of_files(copies) == before


def test_what_the_hall_says_of_itself_has_a_version_of_its_own(settings: Settings) -> None:
    own = settings.model_copy(update={"catalogue": CatalogueSettings(provider="某市政务服务中心")})
    assert catalogue_hash(own) != catalogue_hash(settings) == catalogue_hash(settings)
    assert layout_version(own) == layout_version(settings)


def test_the_layout_version_is_that_of_the_code_itself_and_not_of_nothing(settings: Settings, tmp_path: Path) -> None:
    release = PROJECT_ROOT / "pipeline" / "release"
    assert FilesInForce((release,), "**/*.py") in LAYOUT_CODE
    assert layout_version(settings) == hash_of_files([*LAYOUT_CODE, settings.expectations])
    with pytest.raises(FileNotFoundError, match="has no file"):
        hash_of_files([FilesInForce((tmp_path,), "**/*.py")])


def test_names_and_bytes_of_files_count(tmp_path: Path) -> None:
    hashes = set()
    for name, text in (("a.sql", "x"), ("b.sql", "x"), ("a.sql", "y")):
        folder = tmp_path / str(len(hashes)) / "sql"
        folder.mkdir(parents=True)
        (folder / name).write_text(text, encoding="utf-8")
        hashes.add(hash_of_files([FilesInForce((folder,), "*.sql")]))
    assert len(hashes) == 3


def test_the_code_version_begins_with_that_of_the_package(settings: Settings) -> None:
    version, _, definitions = code_version(settings).partition("+")
    assert f'version = "{version}"' in (PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert len(definitions) == 12


def test_contract_versions_are_json_by_source(settings: Settings) -> None:
    versions = json.loads(contract_versions(settings))
    assert list(versions) == sorted(versions)
    assert versions["case_detail"] >= 1


def test_behind_an_issue_are_the_current_deliveries_of_its_year_up_to_it(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("INSERT INTO core.report_week (week_id, year) VALUES ('2022-51', 2022)")
    con.execute(
        "INSERT INTO ledger.delivery SELECT 'd0', source, file_name, '2022-51', as_of, status, rows_physical, title"
        " FROM ledger.delivery WHERE delivery_id = 'd1'"
    )
    con.execute("UPDATE ledger.delivery SET status = 'superseded' WHERE delivery_id = 'd1'")
    (delivery,) = deliveries_behind(con, "2023-02")
    assert (delivery["delivery_id"], delivery["as_of"]) == ("d2", "2023-01-16 09:00:00")


def test_a_warehouse_without_a_ledger_has_no_deliveries() -> None:
    with duckdb.connect() as con:
        assert deliveries_behind(con, "2023-02") == []


def test_a_file_of_the_hall_s_folder_is_another_version_and_one_for_people_is_not(tmp_path: Path) -> None:
    hall = tmp_path / "hall"
    (hall / "contracts").mkdir(parents=True)
    settings = Settings(home=tmp_path / "home", hall=hall)
    before = code_version(settings), layout_version(settings)
    (hall / "README.md").write_text("notes", "utf-8")
    assert (code_version(settings), layout_version(settings)) == before
    shipped = settings.contracts.path_of("case_detail.yaml")
    assert shipped is not None
    own = hall / "contracts" / "case_detail.yaml"
    own.write_bytes(shipped.read_bytes())
    assert code_version(settings) == before[0]
    own.write_bytes(shipped.read_bytes() + b"# changed\n")
    assert code_version(settings) != before[0]
    (hall / "expectations").mkdir()
    (hall / "expectations" / "core.item.yaml").write_text("name: core.item\n", "utf-8")
    assert layout_version(settings) != before[1]
