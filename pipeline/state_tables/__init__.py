"""Declares every table of stored state as it is now: what a new home gets; nothing is read or written here.

In: an empty database. Out: the tables of ledger, quarantine, quality and release. A change of one of them is a
migration in `pipeline.warehouse.migrations` as well, which brings the homes that are there to the same tables.
Elsewhere: the tables of exports follow their contracts (`pipeline.ingest.load.ledger`), those of models `sql/`.
"""
