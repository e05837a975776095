"""Tells what a file is, from its bytes, and unpacks it within limits.

In: a path. Out: its container, its identity, a private working copy.
Elsewhere: reading what is inside in `pipeline.ingest.sheets` and `pipeline.ingest.text`.
"""
