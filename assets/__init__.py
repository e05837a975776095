"""Dagster around the library: graph, partitions, checks, schedules; rules of the data belong in pipeline/."""
