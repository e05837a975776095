"""Gives what is checked to plain Great Expectations, and makes its own pages of it without the internet.

In: suites and a warehouse. Out: a folder that `great_expectations.get_context(mode="file")` opens, and Data Docs.
Elsewhere: the weekly run of the same checks in `pipeline.quality.run`.
"""
