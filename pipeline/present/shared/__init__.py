"""What several ways of showing use: rows as people read them, labels, findings in words, workbooks.

In: chart tables and findings. Out: words and plain rows; no figure is computed.
Elsewhere: pages in `pipeline.present.site`, the printed weekly in `pipeline.present.weekly`.
"""
