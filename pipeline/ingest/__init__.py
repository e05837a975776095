"""From a file in the inbox to typed rows in `raw`, a quarantine and a ledger that adds up.

In: files of any kind. Out: rows of `raw`, `quarantine` and `ledger`; an event a file.
Flow: containers → text or sheets → tables → recognise → load; cells read single values, inbox runs it all, authoring
helps to describe new exports. Elsewhere: contracts in `pipeline.contracts`, SQL models in `pipeline.warehouse`.
"""
