"""The words of exports for nothing, for yes and for no, whatever the column; a contract adds words of its own.

Databases and their tools write a missing value as a word (NULL of SQL, \\N of MySQL and PostgreSQL, NaN of numbers,
NaT of times, 0000-00-00 of MySQL), people as a dash or as 暂无; a form is ticked, or says 是.
"""

from __future__ import annotations

from typing import Final

MARKS_OF_NOTHING: Final = ("", "-", "--", "---", "–", "—", "——", "－", "－－", "…", "……", "/", "／")
WORDS_OF_NOTHING: Final = (
    *("NULL", "Null", "null", "(NULL)", "(null)", "<NULL>", "<null>", "[NULL]", "[null]", r"\N"),
    *("N/A", "n/a", "#N/A", "None", "none", "NaN", "nan", "NaT", "<NA>"),
    *("0000-00-00", "0000-00-00 00:00:00", "0000/00/00"),
    *("空", "空值", "暂无", "暂缺", "无数据", "未填", "未填写"),
)
NOTHING: Final = (*MARKS_OF_NOTHING, *WORDS_OF_NOTHING)
"""What stands for "not reported" unless a contract says otherwise; never zero, and never no."""
YES: Final = frozenset({"是", "有", "对", "√", "✓", "✔", "☑", "■", "y", "yes", "t", "true", "1"})
NO: Final = frozenset({"否", "无", "不", "不是", "没有", "错", "×", "✗", "✘", "☐", "□", "n", "no", "f", "false", "0"})
"""Words in small letters. A cross in a box (☒) is a tick to some and a refusal to others: it is neither."""
