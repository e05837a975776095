"""Takes files from the inbox to the ledger and the archive.

In: the inbox folder. Out: one event an export: loaded, a duplicate, refused, or waiting; refusals carry a code.
Elsewhere: recognising in `pipeline.ingest.recognise`, loading rows in `pipeline.ingest.load`.
"""
