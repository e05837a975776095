"""Freezes an issue as it is released, by a run or by hand, and shows an earlier revision again.

In: finished tables and the verdict of the gate. Out: a revision that never changes.
Elsewhere: what a revision holds in `pipeline.release.revisions`.
"""
