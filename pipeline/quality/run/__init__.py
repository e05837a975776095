"""Runs the suites inside DuckDB through Great Expectations and finds the weeks that fail.

In: typed suites and the warehouse. Out: `quality.check_result`, failing rows.
Elsewhere: findings made of failures in `pipeline.quality.findings`.
"""
