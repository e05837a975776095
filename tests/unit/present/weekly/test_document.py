"""What a filled document carries."""

from __future__ import annotations

from io import BytesIO

from docx import Document

from pipeline.present.weekly.document import marks_of, texts_of
from pipeline.present.weekly.footnotes import Footnotes
from pipeline.present.weekly.marks import to_write


def test_references_and_what_a_person_must_write_are_counted_in_paragraphs_and_tables():
    document = Document()
    notes = Footnotes(document)
    paragraph = document.add_paragraph(f"受理57件，{to_write('办结数')}\t{to_write('颁发数')}")
    paragraph._p.extend(notes.reference(f"偏高，{to_write('不算')}。"))
    cell = document.add_table(1, 2).rows[0].cells[1]
    cell.text = to_write("印数")
    cell.paragraphs[0]._p.extend(notes.reference("待核实。"))
    notes.store()
    stream = BytesIO()
    document.save(stream)
    assert marks_of(stream.getvalue()) == (2, 3)
    assert texts_of(stream.getvalue()) == ["受理57件，【待填写：办结数】\t【待填写：颁发数】", "", "【待填写：印数】"]


def test_a_document_without_marks_has_none():
    stream = BytesIO()
    Document().save(stream)
    assert marks_of(stream.getvalue()) == (0, 0)
