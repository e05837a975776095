"""Finds the tables of a sheet or text and says what each row is.

In: rows of texts and a contract. Out: header, tables, the kind of each row, printed totals.
Elsewhere: which contract fits in `pipeline.ingest.recognise`; reading cells in `pipeline.ingest.cells`.
"""
