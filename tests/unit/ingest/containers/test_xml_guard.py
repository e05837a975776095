"""No document type comes in with the XML of a workbook, whichever way that is read."""

from __future__ import annotations

import pytest

from pipeline.ingest.containers.xml_guard import event_parser, refuse_document_type, whole_xml
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal

DOCUMENT_TYPES = [
    '<!DOCTYPE x><x/>',
    '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
    '<?xml version="1.0"?><!-- a --><!DOCTYPE x [<!ENTITY e "1">]><x>&e;</x>',
]  # fmt: skip


@pytest.mark.parametrize("xml", DOCUMENT_TYPES)
def test_a_document_type_is_refused_in_a_stream_of_events_and_in_a_whole_part(xml: str) -> None:
    for read in (lambda content: event_parser().Parse(content, True), whole_xml, refuse_document_type):
        with pytest.raises(RefusedFileError) as caught:
            read(xml.encode())
        assert caught.value.refusal is ContainerRefusal.DOCUMENT_TYPE


def test_events_come_in_the_encoding_that_is_given_or_declared() -> None:
    for encoding, content in (
        ("utf-8", '<?xml version="1.0" encoding="gb2312"?><甲/>'.encode()),
        (None, '<?xml version="1.0" encoding="utf-16"?><甲/>'.encode("utf-16")),
    ):
        begun: list[str] = []
        parser = event_parser(encoding)
        parser.StartElementHandler = lambda name, _, begun=begun: begun.append(name)
        parser.Parse(content, True)
        assert begun == ["甲"]


def test_a_whole_part_is_parsed_to_its_root() -> None:
    root = whole_xml(b'<Relationships><Relationship Id="rId1"/></Relationships>')
    assert [link.get("Id") for link in root] == ["rId1"]


@pytest.mark.parametrize("content", [b"", b"<a>", b"<a>&e;</a>", b'<?xml version="1.0" encoding="no-such"?><a/>'])
def test_a_part_that_is_no_whole_xml_is_refused_as_broken(content: bytes) -> None:
    with pytest.raises(RefusedFileError) as caught:
        whole_xml(content)
    assert caught.value.refusal is ContainerRefusal.XML_BROKEN


def test_a_document_type_in_utf_16_is_refused_too() -> None:
    with pytest.raises(RefusedFileError, match="文档类型"):
        refuse_document_type('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16"))


@pytest.mark.parametrize("encoding", ["gb2312", "big5", "no-such"])
def test_a_document_type_is_found_in_encodings_that_the_parser_does_not_read(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + "<!-- 表 -->".encode("gb18030")
    refuse_document_type(head + b"<x/>")
    with pytest.raises(RefusedFileError, match="文档类型"):
        refuse_document_type(head + b"<!DOCTYPE x><x/>")


def test_an_encoding_that_is_given_goes_before_the_declared_one() -> None:
    refuse_document_type('<?xml version="1.0" encoding="gb2312"?><!-- 表 --><x/>'.encode(), "utf-8")


@pytest.mark.parametrize("content", [b"<!-- <!DOCTYPE x> --><x/>", b"<x><!DOCTYPE y></x>", b"<x", b"", b"no xml"])
def test_only_a_declaration_before_the_first_element_is_a_document_type(content: bytes) -> None:
    refuse_document_type(content)
