"""Reads workbooks, HTML, MHTML and SpreadsheetML as sheets of text cells.

In: a file of a known container. Out: sheets, every cell as text, marked where it is none.
Elsewhere: what the cells mean in `pipeline.ingest.tables` and `pipeline.ingest.cells`.
"""
