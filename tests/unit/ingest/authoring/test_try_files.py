"""Foreign files are tried one by one, and what became of them is a table."""

from __future__ import annotations

from pathlib import Path

from pipeline.contracts import load_contracts
from pipeline.ingest.authoring.try_files import Outcome, as_markdown, try_folder
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import Settings


def test_a_file_is_tried_with_the_contracts_and_then_with_one_drafted_from_it(
    tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "b.csv").write_text("甲乙,丙丁\nx,1\ny,2\n", "utf-8")
    (tmp_path / "a.bin").write_bytes(b"\x00\x01\x02")
    quick = settings.model_copy(update={"settle_seconds": 0})
    refused, loaded = try_folder(tmp_path, quick, load_calendar(), load_contracts(settings.contracts))
    assert (refused.name, refused.outcome, refused.adds_up) == ("a.bin", "refused", True)
    assert (loaded.outcome, loaded.contract, loaded.loaded, loaded.adds_up) == ("loaded", "draft", 2, True)


def test_the_table_escapes_what_markdown_would_take_for_its_own_and_sums_what_was_loaded() -> None:
    outcomes = [
        Outcome("a|b", "loaded", "x", "csv", 1010, 1008, 1, 1, 0.1, "m\nn"),
        Outcome("c", "refused", "", "", 0, 0, 0, 0, 0.0, "no"),
        Outcome("d", "set_aside", "", "", 0, 0, 0, 0, 0.0, ""),
    ]
    page = as_markdown(outcomes)
    assert "| a\\|b | loaded | x | csv | 1010 | 1008 | 1 | 1 | m n |" in page
    assert page.endswith("\n\n3 个文件：装载 1，拒收 1，其他 1；物理行 1,010 = 装载 1,008 + 隔离 1 + 搁置 1。\n")
