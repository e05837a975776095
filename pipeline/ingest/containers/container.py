"""The containers that this library can open; which one a file is, `detect` tells."""

from __future__ import annotations

from enum import StrEnum


class Container(StrEnum):
    """What a file is, as far as `pipeline.ingest.sheets` or `pipeline.ingest.text` can open it."""

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    ET = "et"
    ODS = "ods"
    HTML = "html"
    MHTML = "mhtml"
    SPREADSHEETML = "spreadsheetml"
    CSV = "csv"

    @property
    def is_text(self) -> bool:
        """Whether the file is lines of delimited text."""
        return self is Container.CSV

    @property
    def is_markup(self) -> bool:
        """Whether the file is a table written in HTML or XML."""
        return self in (Container.HTML, Container.MHTML, Container.SPREADSHEETML)
