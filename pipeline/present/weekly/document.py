"""Filling a Word template with the content of an issue: marks become notes and highlights; no wording of its own.

Templates are run in Jinja's sandbox, because a hall's own may come from anywhere; data are escaped and never run.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from io import BytesIO
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import BadZipFile

from pipeline.common.reproducible_zip import repacked
from pipeline.present.weekly.content import FIELDS
from pipeline.present.weekly.footnotes import CLOSE, OPEN, Footnotes, is_raised
from pipeline.present.weekly.marks import Piece, pieces

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

    from pipeline.present.weekly.content import Content

LINES_SHOWN: Final = 2
_NO_ATTRIBUTE: Final = re.compile("has no attribute '([^']+)'")
_IS_MARK: Final = attrgetter("is_mark")
HELP: Final = "写法见 docs/printed-weekly.md"


class TemplateError(ValueError):
    """A template that cannot be filled; the message is a sentence for whoever edits it."""


def fill(template: Path, content: Content) -> bytes:
    """The .docx of an issue. The same template and content give the same bytes.

    Raises TemplateError where the template is no .docx, is not well written, or names what does not exist.
    """
    document = _rendered(template, content)
    footnotes = Footnotes(document)
    for paragraph in _paragraphs(document):
        _resolve(paragraph, content.notes.texts, footnotes)
    footnotes.store()
    properties = document.core_properties
    properties.created = properties.modified = datetime.combine(content.issued_on, time())
    properties.subject = f"{content.week_id} r{content.revision}"
    stream = BytesIO()
    document.save(stream)
    return repacked(stream.getvalue())


def check_template(template: Path) -> None:
    """Raises TemplateError where a template is missing, no .docx, not well written, or names a field that none has."""
    from docxtpl import DocxTemplate

    if not template.is_file():
        raise TemplateError(f"周报模板 {template} 不存在：请核对名字，或删去 template 一行。")
    with _in_sentences(template):
        unknown = DocxTemplate(str(template)).get_undeclared_template_variables(_environment()) - set(FIELDS)
    if unknown:
        raise TemplateError(_unknown_fields(template, "、".join(sorted(unknown))))


def marks_of(docx: bytes) -> tuple[int, int]:
    """How many footnotes a document refers to, and how many marks it has for a person to write."""
    from docx import Document
    from docx.oxml.ns import qn

    references = list(Document(BytesIO(docx)).element.body.iter(qn("w:footnoteReference")))
    text = "\n".join(texts_of(docx))
    to_write = [piece for piece in pieces(text) if piece.is_open]
    return len(references), len(to_write)


def texts_of(docx: bytes) -> list[str]:
    """The text of each paragraph of the body, in order; a note is no text, a tab is a tab."""
    from docx import Document
    from docx.oxml.ns import qn

    texts: list[str] = []
    for paragraph in _paragraphs(Document(BytesIO(docx))):
        runs = paragraph.iter(qn("w:r"))
        texts.append("".join(map(_text_of, runs)))
    return texts


def _text_of(run: Any) -> str:
    """The text of a run as a reader sees it; the mark of a note is no text."""
    text = ""
    for child in run:
        if child.tag.endswith("}tab"):
            text += "\t"
        elif child.tag.endswith("}t"):
            text += child.text or ""
    # 1290〔2〕: the brackets are part of the mark.
    is_bracket = text in (OPEN, CLOSE) and is_raised(run)
    return "" if is_bracket else text


def _rendered(template: Path, content: Content) -> Any:
    from docxtpl import DocxTemplate

    filled = DocxTemplate(str(template))
    with _in_sentences(template):
        filled.render(content.fields, _environment(), autoescape=True)
    return filled.docx


@contextmanager
def _in_sentences(template: Path) -> Iterator[None]:
    """Raises TemplateError for what the libraries say of a template."""
    from docx.opc.exceptions import PackageNotFoundError
    from jinja2 import TemplateError as JinjaError
    from jinja2 import TemplateSyntaxError, UndefinedError
    from lxml.etree import XMLSyntaxError

    name = f"周报模板 {template}"
    try:
        yield
    except (PackageNotFoundError, BadZipFile, KeyError) as error:
        raise TemplateError(f"{name} 不是可读的 Word 文档（.docx）：请用 Word 或 WPS 另存后再试。") from error
    except UndefinedError as error:
        raise TemplateError(_unknown_fields(template, _named_in(str(error.message)))) from error
    except TemplateSyntaxError as error:
        raise TemplateError(f"{name} 写法有误：{error.message}{_near(error)}；{HELP}。") from error
    except (JinjaError, XMLSyntaxError, TypeError) as error:
        raise TemplateError(f"{name} 不能填写：{error}；{HELP}。") from error


def _unknown_fields(template: Path, unknown: str) -> str:
    return f"周报模板 {template} 用了不存在的字段：{unknown}。可用的有 {'、'.join(FIELDS)}；{HELP}。"


def _named_in(message: str) -> str:
    """Returns the name in jinja's words: `'dict object' has no attribute '较'` is 较."""
    name = _NO_ATTRIBUTE.search(message)
    return name[1] if name else message


def _near(error: Any) -> str:
    lines = [line.strip() for line in getattr(error, "docx_context", ()) if line.strip()]
    return f"，在“{'／'.join(lines[-LINES_SHOWN:])}”附近" if lines else ""


def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _paragraphs(document: Any) -> Iterator[Any]:
    """Every paragraph of the body, tables included, in order; headers and footers carry no figures."""
    from docx.oxml.ns import qn

    return iter(list(document.element.body.iter(qn("w:p"))))


def _resolve(paragraph: Any, notes: list[str], footnotes: Footnotes) -> None:
    from docx.oxml.ns import qn

    for run in list(paragraph.iter(qn("w:r"))):
        for text in run.findall(qn("w:t")):
            marked = pieces(text.text or "")
            if any(map(_IS_MARK, marked)):
                _split(run, text, marked, notes, footnotes)


def _split(run: Any, text: Any, marked: list[Piece], notes: list[str], footnotes: Footnotes) -> None:
    """Puts a run for each piece in the place of `text`; what stands before and after it in the run stays there.

    `<w:r><w:rPr/><w:t>受理</w:t><w:t>57{note 0}件</w:t><w:tab/></w:r>` becomes the runs 受理, 57, the reference to
    note 0, 件, and a run with the tab; each has a copy of the properties.
    """
    position = list(run).index(text)
    before = copy.deepcopy(run)
    for child in list(before)[position:]:
        before.remove(child)
    if _has_content(before):
        run.addprevious(before)
    for piece in marked:
        if piece.note is None:
            run.addprevious(_run_like(run, piece.text, piece.is_open))
        else:
            for mark in footnotes.reference(notes[piece.note]):
                run.addprevious(mark)
    for child in _content_of(list(run)[: position + 1]):
        run.remove(child)
    if not _has_content(run):
        run.getparent().remove(run)


def _content_of(children: Iterable[Any]) -> list[Any]:
    """The children of a run but its properties."""
    return [child for child in children if not child.tag.endswith("}rPr")]


def _has_content(run: Any) -> bool:
    return len(_content_of(run)) > 0


def _run_like(run: Any, words: str, is_open: bool) -> Any:
    from docx.enum.text import WD_COLOR_INDEX
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.text.run import Run

    made = OxmlElement("w:r")
    if run.rPr is not None:
        made.append(copy.deepcopy(run.rPr))
    if is_open:
        Run(made, run.getparent()).font.highlight_color = WD_COLOR_INDEX.YELLOW
    text = OxmlElement("w:t")
    text.text = words
    text.set(qn("xml:space"), "preserve")
    made.append(text)
    return made
