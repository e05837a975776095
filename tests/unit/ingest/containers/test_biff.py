"""Binary workbooks are cut into records, and what is cut off at the end is no record."""

from __future__ import annotations

import pytest

from pipeline.ingest.containers.biff import biff_records, xlsb_records


def test_a_record_of_an_xls_has_two_bytes_of_number_and_two_of_length() -> None:
    book = b"\x09\x08\x10\x00" + bytes(16) + b"\x0a\x00\x00\x00" + b"\x03\x02\x02\x00ab"
    assert list(biff_records(book)) == [(0x0809, 4, 16), (0x000A, 24, 0), (0x0203, 28, 2)]


@pytest.mark.parametrize("cut", [b"\x03", b"\x03\x02\x02", b"\x03\x02\x02\x00a"])
def test_a_cut_last_record_of_an_xls_is_left_out(cut: bytes) -> None:
    assert list(biff_records(b"\x0a\x00\x00\x00" + cut)) == [(0x000A, 4, 0)]


def test_numbers_and_lengths_of_an_xlsb_take_seven_bits_a_byte() -> None:
    part = b"\x9c\x01\x03abc" + b"\x05\x80\x01" + bytes(128) + b"\x00\x00"
    assert list(xlsb_records(part)) == [(156, 3, 3), (5, 9, 128), (0, 139, 0)]


def test_a_number_of_an_xlsb_record_has_two_bytes_at_most_and_a_length_four() -> None:
    assert list(xlsb_records(b"\x80\x81\x01a")) == [(128, 3, 1)]
    assert list(xlsb_records(b"\x05\x81\x80\x80\x80a")) == [(5, 5, 1)]


@pytest.mark.parametrize("cut", [b"\x9c", b"\x9c\x01", b"\x9c\x01\x03", b"\x9c\x01\x03ab"])
def test_a_cut_last_record_of_an_xlsb_is_left_out(cut: bytes) -> None:
    assert list(xlsb_records(b"\x05\x01a" + cut)) == [(5, 2, 1)]
