"""What an .xlsb says that its reader does not tell."""

from __future__ import annotations

import struct

from pipeline.ingest.sheets.hidden.xlsb import read_styles, search_sheet


def test_errors_of_an_xlsb_are_found() -> None:
    def record(kind: int, content: bytes) -> bytes:
        return bytes([kind, len(content)]) + content

    def cell(kind: int, column: int, value: bytes) -> bytes:
        return record(kind, struct.pack("<II", column, 0) + value)

    sheet = record(0, struct.pack("<I", 4) + bytes(13)) + cell(7, 1, struct.pack("<I", 0)) + cell(3, 2, bytes([42]))
    sheet += cell(5, 3, struct.pack("<d", 5.1e17)) + cell(11, 4, bytes([7]) + bytes(10))
    found = search_sheet(sheet)
    assert found.silent.cells == {(4, 2): "\ufdd0#N/A", (4, 4): "\ufdd0#DIV/0!"}
    assert found.wide.cells == {(4, 3): "\ufdd2510000000000000000"}
    assert found.silent.first_column == 1


def test_shares_of_an_xlsb_are_found() -> None:
    def record(kind: int, content: bytes) -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return number + bytes([len(content)]) + content

    code = "0.0%".encode("utf-16-le")
    styles = record(44, struct.pack("<HI", 164, 4) + code) + record(47, struct.pack("<HH", 0, 164))
    styles += record(617, b"") + record(47, bytes(4)) + record(47, struct.pack("<HH", 0, 164)) + record(618, b"")
    sheet = record(0, struct.pack("<I", 1)) + record(5, struct.pack("<IId", 2, 1, 0.985))
    sheet += record(5, struct.pack("<IId", 3, 0, 0.985))
    found = search_sheet(sheet, read_styles(styles))
    assert found.silent.cells == {(1, 2): "98.5%"}
