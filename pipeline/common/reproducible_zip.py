"""Zip files, as .docx and .xlsx are: the same parts give the same bytes; what the parts say is not decided here."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The oldest day that a zip file can name.
NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
CONTENT_TYPES: Final = "[Content_Types].xml"


def repacked(body: bytes) -> bytes:
    """The same parts without the time at which they were packed, the list of types first as readers expect it."""
    parts: dict[str, bytes] = {}
    with ZipFile(BytesIO(body)) as packed:
        for name in packed.namelist():
            parts[name] = packed.read(name)
    return packed_parts(parts)


def packed_parts(parts: Mapping[str, bytes]) -> bytes:
    """A zip file of these parts, ordered by name but for the list of types."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in sorted(parts, key=lambda name: (name != CONTENT_TYPES, name)):
            target.writestr(_entry(name), parts[name])
    return stream.getvalue()


def pack_files(target: Path, files: Mapping[str, Path]) -> None:
    """Write a zip file of these files, by their names in it."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(_entry(name), files[name].read_bytes())


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, NO_TIME)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
