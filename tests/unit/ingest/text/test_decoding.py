"""Bytes in a codec that may not be theirs: the mark that names one, and what decodes of them."""

from __future__ import annotations

import codecs

import pytest

from pipeline.ingest.text.decoding import SAMPLE_BYTES, decoded_roughly, decodes, marked_codec, telling_sample


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_names_the_codec_that_wrote_it(codec: str) -> None:
    assert marked_codec("部门,受理\n".encode(codec)) == codec


def test_marks_of_the_other_byte_order_are_known_and_text_without_a_mark_names_none() -> None:
    assert marked_codec(codecs.BOM_UTF16_BE + "部".encode("utf-16-be")) == "utf-16"
    assert marked_codec(codecs.BOM_UTF32_BE + "部".encode("utf-32-be")) == "utf-32"
    assert marked_codec("部门,受理\n".encode()) is None
    assert marked_codec(b"") is None


def test_a_character_cut_in_two_at_the_end_is_no_fault_and_one_before_it_is() -> None:
    cut = "部门".encode()[:-1]
    assert decodes(cut, "utf-8")
    assert decoded_roughly(cut, "utf-8") == "部"
    broken = cut + b"\n"
    assert not decodes(broken, "utf-8")
    assert decoded_roughly(broken, "utf-8") == "部\ufffd\n"


def test_bytes_of_one_encoding_may_decode_in_another() -> None:
    content = "部门".encode("gb18030")
    assert decodes(content, "gb18030")
    assert decodes(content, "big5hkscs")
    assert not decodes(content, "utf-8")


def test_the_telling_part_begins_with_the_line_before_the_first_character_beyond_ascii() -> None:
    plain = b"1,x\n" * 1_000
    telling = b"2,y" + b" " * 300 + "公安厅".encode("gb18030") + b"\n"
    sample = telling_sample(plain + telling + b"3,z\n" * 20_000)
    assert telling in sample
    assert sample.count(b"1,x") <= 1
    assert len(sample) == SAMPLE_BYTES


def test_of_plain_ascii_the_beginning_is_the_sample() -> None:
    assert telling_sample(b"a,b\n1,2\n") == b"a,b\n1,2\n"
