"""Freezes issues, keeps their revisions, and publishes what readers open.

In: finished tables, findings and decisions of the warehouse. Out: `release.*`, release folders, the published files.
Elsewhere: metrics in `sql/`, the gate in `pipeline.quality.desk.gate`, pages and documents in `pipeline.present`.
"""
