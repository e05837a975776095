"""Guesses from the rows of an export what a contract for it would say.

In: the sheets that `pipeline.ingest.authoring.peek` has read. Out: a table, its columns, a key, the contract's YAML.
Elsewhere: reading the file and writing the draft down in `pipeline.ingest.authoring.draft`.
"""
