"""The documents of an issue: where they lie below `published/`, and which there are.

They are written in `pipeline.present.weekly`; the site leads to them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.release.published.publish import WORKBOOK

WEEKLY: Final = "weekly"
DOCUMENT: Final = "weekly.docx"
PAGE: Final = "weekly.html"
PRINT: Final = "weekly.pdf"
MEETING: Final = "weekly.pptx"
# What readers are offered, in this order, and what it is called.
LABELS: Final = {DOCUMENT: "Word", PRINT: "PDF", MEETING: "演示一页"}


def weekly_folder(published: Path, week_id: str, revision: int) -> Path:
    """Returns the folder of the documents of one release."""
    return published / WEEKLY / week_id / f"r{revision}"


def documents_of(published: Path, week_id: str, revision: int) -> list[tuple[str, str]]:
    """Returns (label, path below `published/`) of each document of a release that is there, and of the workbook."""
    folder = weekly_folder(published, week_id, revision)
    documents = []
    for name, label in LABELS.items():
        if (folder / name).is_file():
            documents.append((label, (folder / name).relative_to(published).as_posix()))
    if (published / WORKBOOK).is_file():
        documents.append(("数据工作簿", WORKBOOK))
    return documents
