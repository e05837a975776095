"""Says which contract and which week each export of a file belongs to.

In: sheets or text, all contracts, the calendar. Out: recognised exports, or why there is none.
Start with `match`; contracts are ranked in `ranking`, by nobody else.
Elsewhere: loading them in `pipeline.ingest.load`; the header in `pipeline.ingest.tables`.
"""
