"""Documents become PDFs through whatever LibreOffice the machine has, or it says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.present.weekly.pdf import ABSENT, to_pdf


def documents(folder: Path, *names: str) -> list[Path]:
    paths = [folder / f"{name}.docx" for name in names]
    for path in paths:
        path.write_text(path.stem)
    return paths


def office_that(folder: Path, monkeypatch: pytest.MonkeyPatch, converts: str) -> None:
    """Puts a program of the office's name on the path; the documents to convert are its arguments from the seventh."""
    program = folder / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nshift 6\n{converts}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


PDF = "%PDF /CreationDate(D:20230424093000+08'00') "
EACH = f"""for one; do printf %s "{PDF}" | cat - "$one" > "${{one%.docx}}.pdf"; done"""


def test_each_document_gets_its_own_pdf_without_the_moment_of_its_making(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    office_that(tmp_path, monkeypatch, EACH)
    first, second = documents(tmp_path, "甲", "乙")
    assert to_pdf([first, second]) == ""
    made = b"%PDF /CreationDate(D:19800101000000+08'00') "
    assert first.with_suffix(".pdf").read_bytes() == made + "甲".encode()
    assert second.with_suffix(".pdf").read_bytes() == made + "乙".encode()
    assert (first.read_text(), second.read_text()) == ("甲", "乙")


def test_documents_that_the_office_leaves_out_are_counted_and_keep_no_pdf_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    office_that(tmp_path, monkeypatch, f'set -- "$1"; {EACH}')
    first, second, third = documents(tmp_path, "甲", "乙", "丙")
    second.with_suffix(".pdf").write_text("of before")
    assert to_pdf([first, second, third]) == "LibreOffice 没有转出 2 份 PDF；Word 文档不受影响。"
    assert [path.with_suffix(".pdf").exists() for path in (first, second, third)] == [True, False, False]


def test_without_an_office_it_says_so_and_keeps_no_pdf_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (path,) = documents(tmp_path, "甲")
    path.with_suffix(".pdf").write_text("of before")
    assert to_pdf([path]) == ABSENT
    assert not path.with_suffix(".pdf").exists()


def test_for_no_documents_the_office_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    office_that(tmp_path, monkeypatch, f"touch {tmp_path}/started")
    assert to_pdf([]) == ""
    assert not (tmp_path / "started").exists()
