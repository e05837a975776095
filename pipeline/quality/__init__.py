"""Checks, findings and the gate.

In: the tables of the warehouse. Out: results, findings and decisions in the schema `quality`.
Flow: checks → run → findings → desk; `schema` makes their tables. Elsewhere: how a table is computed stands in sql/,
what is published in `pipeline.release`.
"""
