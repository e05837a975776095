"""Writes an .xlsx anew in the usual form, where another program wrote it in a legal form that few readers follow.

In: a workbook of which `pipeline.ingest.sheets.hidden` says that it is unusual. Out: a private copy with the same
cells, each with its place, and texts without footnote marks and struck-out words.
Elsewhere: what the usual form is in `hidden.xlsx_blocks`; reading the copy in `workbook_readers`.
"""
