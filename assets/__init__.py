"""Dagster around the library: graph, partitions, checks, sensors and the runs of a range of weeks.

In: the settings of a hall. Out: `assets.definitions`, which workspace.yaml names, and runs on the hall's own instance.
Elsewhere: rules of the data belong in `pipeline`, what a command prints in `zhoubao`.
"""
