"""What several ways of showing use: printed figures and their words, rows as people read them, findings, workbooks.

In: chart tables and findings. Out: words and plain rows; no figure is computed.
Elsewhere: pages in `pipeline.present.site`, the printed weekly in `pipeline.present.weekly`.
"""
