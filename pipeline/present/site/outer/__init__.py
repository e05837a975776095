"""The outer edition: charts without cells that point at one person, to be mailed or shown on a wall.

In: the published file. Out: `published/outer/<chart>.csv|json|metadata.json`, where `[disclosure] outer` is on.
Elsewhere: which cells are left out, in `pipeline.privacy.small_cells`; the hall's own edition, in `present.site`.
"""
