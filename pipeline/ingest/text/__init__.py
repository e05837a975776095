"""Turns a text export of any encoding into UTF-8 that DuckDB reads.

In: bytes. Out: the encoding, text in UTF-8, the lines that were damaged.
Elsewhere: the table in the text in `pipeline.ingest.tables.csv_table`.
"""
