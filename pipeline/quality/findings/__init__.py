"""Turns failures into findings: which weeks share a cause, where its rows stand, what state it is in.

In: failing rows. Out: `quality.finding` and its weeks, places, states, the colour of each check.
Elsewhere: what a steward decides in `pipeline.quality.desk`.
"""
