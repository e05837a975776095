"""Keeps persons out of everything but the archive.

In: texts of files. Out: masked texts, keyed digests, guesses about columns of persons.
Elsewhere: which column is personal stands in `pipeline.contracts`; cells are masked in `pipeline.ingest.cells`.
"""
