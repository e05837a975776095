"""Writes what readers open: metrics.duckdb, Parquet, CSV, a workbook.

In: the shown revisions and the finished tables. Out: files that appear whole or not at all.
Elsewhere: pages and printed weekly in `pipeline.present`; the schema `docs` in `docs/` beside this.
"""
