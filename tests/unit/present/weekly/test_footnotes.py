"""Word's footnotes: where a document keeps them, and what is added to those of a template."""

from __future__ import annotations

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from pipeline.present.weekly.footnotes import Footnotes, footnotes_part
from pipeline.present.weekly.html import as_html
from pipeline.present.weekly.pdf import office, to_pdf


def with_notes(document: Any, *texts: str) -> Any:
    """The document, saved and opened again, with these notes referred to in a paragraph each."""
    notes = Footnotes(document)
    for text in texts:
        document.add_paragraph("受理")._p.extend(notes.reference(text))
    notes.store()
    stream = BytesIO()
    document.save(stream)
    return Document(stream)


def numbered(document: Any) -> list[tuple[str, str]]:
    """Number and words of each note in the part that holds them."""
    part = footnotes_part(document)
    assert part is not None
    notes = re.findall(r'<w:footnote w:id="(\d+)">(.*?)</w:footnote>', part.blob.decode(), re.DOTALL)
    return [(number, re.sub("<[^>]+>", "", note).strip()) for number, note in notes]


def test_a_document_without_notes_has_no_part_for_them():
    assert footnotes_part(Document()) is None
    assert footnotes_part(with_notes(Document())) is None


def test_notes_are_numbered_from_one_and_say_their_words_as_text():
    document = with_notes(Document(), "偏高。", "<w:p>&")
    assert numbered(document) == [("1", "偏高。"), ("2", "&lt;w:p&gt;&amp;")]


def test_notes_that_a_template_has_stay_and_others_follow_them():
    template = with_notes(Document(), "模板的注")
    assert numbered(with_notes(template, "偏高。")) == [("1", "模板的注"), ("2", "偏高。")]


def test_the_mark_of_a_note_cannot_be_read_as_digits_of_the_figure():
    document = Document()
    paragraph = document.add_paragraph("12969")
    notes = Footnotes(document)
    paragraph._p.extend(notes.reference("偏高。"))
    notes.store()
    marks = paragraph.runs[1:]
    # LibreOffice loses a reference that shares its run with text.
    assert [run._r[-1].tag.split("}")[1] for run in marks] == ["t", "footnoteReference", "t"]
    assert (paragraph.text, {run.font.superscript for run in marks}) == ("12969〔〕", {True})
    stream = BytesIO()
    document.save(stream)
    assert re.search(r"12969<sup>〔</sup><sup><a [^>]*>1</a></sup><sup>〕</sup>", as_html(stream.getvalue()))


@pytest.mark.slow
@pytest.mark.skipif(office() is None or shutil.which("pdftotext") is None, reason="LibreOffice is not installed")
def test_on_paper_the_number_stands_between_its_brackets(tmp_path: Path):
    document = Document()
    paragraph = document.add_paragraph("12969")
    notes = Footnotes(document)
    paragraph._p.extend(notes.reference("偏高。"))
    notes.store()
    document.save(str(tmp_path / "weekly.docx"))
    assert to_pdf([tmp_path / "weekly.docx"]) == ""
    text = subprocess.run(["pdftotext", str(tmp_path / "weekly.pdf"), "-"], capture_output=True, check=True).stdout
    assert "12969〔1〕" in "".join(text.decode().split())
