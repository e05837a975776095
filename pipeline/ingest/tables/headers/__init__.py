"""Finds the header of a table and says which column is which field, and which columns hold the values of a wide table.

In: rows of texts and a contract. Out: the header with its columns, their units and their places.
Elsewhere: the rows below a header and the tables of a sheet in `pipeline.ingest.tables`.
"""
