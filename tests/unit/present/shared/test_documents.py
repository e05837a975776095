"""The documents that readers are offered: those that are there, in their order."""

from __future__ import annotations

from pathlib import Path

from pipeline.present.shared.documents import documents_of, weekly_folder


def test_only_documents_that_are_there_are_offered_in_their_order(tmp_path: Path):
    folder = weekly_folder(tmp_path, "2023-15", 2)
    folder.mkdir(parents=True)
    for name in ("weekly.pptx", "weekly.docx", "weekly.html"):
        (folder / name).touch()
    assert documents_of(tmp_path, "2023-15", 2) == [
        ("Word", "weekly/2023-15/r2/weekly.docx"),
        ("演示一页", "weekly/2023-15/r2/weekly.pptx"),
    ]
    assert documents_of(tmp_path, "2023-15", 1) == []
    (tmp_path / "metrics.xlsx").touch()
    assert documents_of(tmp_path, "2023-15", 1) == [("数据工作簿", "metrics.xlsx")]
