"""The printed weekly: a Word document, a page, a PDF. Its figures come from the published file; none is made here."""

from pipeline.present.weekly.write import WeeklyFiles, copy_of_template, write_released_weeklies, write_weekly

__all__ = ["WeeklyFiles", "copy_of_template", "write_released_weeklies", "write_weekly"]
