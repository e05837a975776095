"""Text that an export has ruined is told from text that only looks odd."""

from pipeline.contracts import Field
from pipeline.ingest.cells.damage import is_damaged, is_misread

NAME = Field(name="a", title="名称")
PROSE = Field(name="a", title="说明", free_text=True)


def test_question_marks_are_lost_characters_in_a_name_and_punctuation_in_prose() -> None:
    assert is_damaged("怎么回事??", NAME)
    assert not is_damaged("怎么回事??", PROSE)
    assert is_damaged("四川??厅", PROSE)


def test_chinese_read_as_western_is_told_by_its_frequent_characters() -> None:
    assert is_misread("综窗".encode("gb2312").decode("latin-1"))
    assert not is_misread("Müller")
