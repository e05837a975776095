"""The data steward's workbook: written, filled in, taken back and answered.

In: findings of a week. Out: one workbook a week, and an answer to each that came back.
Elsewhere: what a decision does in `pipeline.quality.desk`.
"""
