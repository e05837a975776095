"""Keeps a hall from losing anything: backups, restoring them, looking for damage, building the warehouse anew.

In: a home, and a folder for backups. Out: backups, a restored home, sentences on damage, a rebuilt warehouse.
Elsewhere: how long originals stay is `pipeline.ingest.inbox.retention`'s, the journal beside them
`pipeline.warehouse.journal`'s, the copy before an upgrade `pipeline.warehouse.upgrade`'s.
"""
