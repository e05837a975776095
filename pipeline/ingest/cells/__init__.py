"""Reads one cell's text by its contract field.

In: a text and a field. Out: a value, or a reason why there is none.
Elsewhere: which cell stands where in `pipeline.ingest.tables`; what becomes of a row in `pipeline.ingest.load`.
"""
