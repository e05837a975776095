"""The printed weekly: a Word document, a page, a PDF. Its figures come from the published file; none is made here.

The quarterly report on data quality is printed in the same form.
"""

from pipeline.present.weekly.quality_facts import ReportError
from pipeline.present.weekly.quality_report import write_quality_report
from pipeline.present.weekly.write import WeeklyFiles, copy_of_template, write_released_weeklies, write_weekly

__all__ = [
    "ReportError",
    "WeeklyFiles",
    "copy_of_template",
    "write_quality_report",
    "write_released_weeklies",
    "write_weekly",
]
