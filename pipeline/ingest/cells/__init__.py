"""Reads one cell's text by its contract field.

In: a text and a field. Out: a value, or a `Reason` why there is none.
The one grammar of days is in `day_notations`, `clock` and `chinese_numerals`, that of numbers in `numbers`; titles,
drafts and the fast ways of loading read by it, too.
Elsewhere: which cell stands where in `pipeline.ingest.tables`; what becomes of a row in `pipeline.ingest.load`.
"""
