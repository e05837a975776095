"""The steward's desk: decisions, corrections, what is still open, and the gate before a release.

In: findings and workbooks that came back. Out: `quality.decision`, corrections, the verdict of the gate.
Elsewhere: how the workbook looks in `pipeline.present.steward`.
"""
