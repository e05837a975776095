"""Code lists as they lie in the reference folder."""

from pathlib import Path

from pipeline.ingest.cells.code_lists import read_code_lists


def test_a_list_is_named_by_its_file_and_departments_by_their_aliases(tmp_path: Path) -> None:
    (tmp_path / "channel.csv").write_text("code,label\n1,窗口\n2, 网上\u200b\n3,\n", "utf-8")
    (tmp_path / "department_alias.csv").write_text("alias,department_id\n公安厅,gongan\n", "utf-8")
    (tmp_path / "target.csv").write_text("metric,value\na,1\n", "utf-8")
    assert read_code_lists(tmp_path) == {"channel": {"窗口", "网上"}, "department": {"公安厅"}}
