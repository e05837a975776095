"""Takes files from the inbox to the ledger and the archive.

In: the inbox folder. Out: one event a file: loaded, a duplicate, refused, or waiting.
Elsewhere: recognising in `pipeline.ingest.recognise`, loading rows in `pipeline.ingest.load`.
"""
