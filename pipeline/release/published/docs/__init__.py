"""The schema `docs` of the published file: what each table, column and figure means and where it comes from.

In: models, contracts, suites. Out: tables of words; no figure.
Elsewhere: the tables that it describes in `pipeline.release.published.published_tables`.
"""
