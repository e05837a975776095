"""The checks that come of the words of a contract: a new export is checked without SQL and without Python.

In: contracts. Out: a suite for each, of the same kind as those in `expectations/`, over `ledger.<source>_line`.
Elsewhere: the words in `pipeline.contracts.check_words`, the lines in `pipeline.ingest.load.printed_lines`, running all
suites in `pipeline.quality.run`.
"""
