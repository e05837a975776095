"""A .docx as the zip file that it is: the same parts give the same bytes; what the parts say is not decided here."""

from __future__ import annotations

from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The oldest day that a zip file can name.
NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
CONTENT_TYPES: Final = "[Content_Types].xml"


def repacked(body: bytes) -> bytes:
    """The same parts without the time at which they were packed, the list of types first as readers expect it."""
    stream = BytesIO()
    with ZipFile(BytesIO(body)) as packed, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in sorted(packed.namelist(), key=lambda name: (name != CONTENT_TYPES, name)):
            part = ZipInfo(name, NO_TIME)
            part.compress_type = ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            target.writestr(part, packed.read(name))
    return stream.getvalue()
