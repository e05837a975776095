"""Finds in workbooks what their reader (calamine) keeps silent about: errors, long numbers, shares, days.

In: a workbook of a known container. Out: its odd cells by sheet, as `HiddenValues`.
Elsewhere: reading the other cells in `pipeline.ingest.sheets.workbook_readers`; what a cell means in
`pipeline.ingest.cells`.
"""
