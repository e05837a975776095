"""Loads the rows of a recognised export into `raw`, quarantine and ledger.

In: sheets or text with their contract. Out: typed rows, problems, an account of every row.
Elsewhere: which files there are in `pipeline.ingest.inbox`; reading cells in `pipeline.ingest.cells`.
"""
