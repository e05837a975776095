"""Synthetic exports, labelled as such, belong here; nothing that a real export passes through does.

Every figure that the seed report prints stands in `calibration`, and nowhere else in the library.
"""

from pipeline.sample.writer import SampleReport, has_unfinished_sample, write_sample

__all__ = ["SampleReport", "has_unfinished_sample", "write_sample"]
