"""Keeps document types out of the XML inside workbooks; what the XML says, the readers of each format know.

`defusedxml` guards documents that are parsed whole. The parts that are read as a stream of events go through expat
with the same rule: a table needs no document type, and it is where external entities come in.
"""

from __future__ import annotations

from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal


def event_parser(encoding: str | None = None) -> expat.XMLParserType:
    """Returns an expat parser that refuses a document type; without `encoding` it reads what the document declares."""
    parser = expat.ParserCreate(encoding)
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def whole_xml(content: bytes) -> Element:
    """Parses a small part whole; raises RefusedFileError for a document type and for what is no XML."""
    try:
        root: Element = defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise RefusedFileError(ContainerRefusal.DOCUMENT_TYPE) from error
    except (ParseError, LookupError, ValueError) as error:
        # LookupError and ValueError: an encoding that is declared and does not exist.
        raise RefusedFileError(ContainerRefusal.XML_BROKEN, found=str(error)) from error
    return root


def refuse_document_type(beginning: bytes, encoding: str | None = None) -> None:
    """Refuses XML that declares a document type; `beginning` is its first block, of which only the head is parsed.

    Looking for the bytes `<!DOCTYPE` would miss UTF-16, and take a comment for a declaration. Without `encoding` the
    head is read as it declares.
    """
    parser = event_parser(encoding)
    parser.StartElementHandler = _end_of_head
    try:
        parser.Parse(beginning)
    except _HeadIsOverError:
        return
    except expat.ExpatError:
        # Not well-formed: the reader of the format says so, with its place.
        return
    except RefusedFileError:
        raise
    except (LookupError, ValueError):
        # An encoding that expat does not read, such as gb2312: a document type is ASCII in all of them.
        refuse_document_type(beginning, "iso-8859-1")


class _HeadIsOverError(Exception):
    """The first element begins: a document type can only stand before it."""


def _end_of_head(*_: object) -> NoReturn:
    raise _HeadIsOverError


def _refuse_document_type(*_: object) -> NoReturn:
    raise RefusedFileError(ContainerRefusal.DOCUMENT_TYPE)
