"""What every floor of the library uses and no floor owns.

In: texts, rows, paths. Out: the same, quoted, written atomically, read by the clock.
Elsewhere: settings in `pipeline.settings`, weeks in `pipeline.reporting_calendar`.
"""
