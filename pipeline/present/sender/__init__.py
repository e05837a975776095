"""Copies of bad files for the departments that sent them.

In: an original and its quarantined cells. Out: a workbook with the bad cells marked and nothing of a person in it.
Elsewhere: which cells are bad in `pipeline.ingest`; masking in `pipeline.privacy`.
"""
