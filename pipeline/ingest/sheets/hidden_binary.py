"""Finds what the reader of .xls, .et, .xlsb and .ods keeps silent about; each format has a module of its own."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from xml.parsers import expat

from pipeline.ingest.containers.ole import BrokenOleError, CompoundFile, workbook_stream
from pipeline.ingest.sheets.hidden_ods import search_ods
from pipeline.ingest.sheets.hidden_values import Book
from pipeline.ingest.sheets.hidden_xls import search_xls
from pipeline.ingest.sheets.hidden_xlsb import search_xlsb


def search(path: Path) -> Book:
    """Search a whole workbook; what is none of these kinds, or broken, has nothing to find (its reader refuses it)."""
    try:
        if not zipfile.is_zipfile(path):
            return search_xls(workbook_stream(CompoundFile(path.read_bytes())) or b"")
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "content.xml" in names:
                return search_ods(archive)
            return search_xlsb(archive) if "xl/workbook.bin" in names else Book()
    except (BrokenOleError, struct.error, expat.ExpatError, LookupError, ValueError, zipfile.BadZipFile, RuntimeError):
        return Book()
