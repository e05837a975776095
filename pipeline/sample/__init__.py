"""Synthetic exports, labelled as such, belong here; nothing that a real export passes through does.

Every figure that the seed report prints stands in `calibration`, and nowhere else in the library.
"""

from pipeline.sample.later_weeks import YEAR_BEFORE, SampleWorld, write_later_weeks, write_year_before
from pipeline.sample.own_exports import copy_own_exports
from pipeline.sample.record import keep_sample, kept_sample
from pipeline.sample.staging import SampleReport, has_unfinished_sample
from pipeline.sample.writer import write_sample

__all__ = [
    "YEAR_BEFORE",
    "SampleReport",
    "SampleWorld",
    "copy_own_exports",
    "has_unfinished_sample",
    "keep_sample",
    "kept_sample",
    "write_later_weeks",
    "write_sample",
    "write_year_before",
]
