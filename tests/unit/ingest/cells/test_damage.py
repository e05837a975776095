"""Text that an export has ruined is told from text that only looks odd."""

from pipeline.contracts import Field
from pipeline.ingest.cells.damage import is_damaged, is_misread

NAME = Field(name="a", title="名称")
PROSE = Field(name="a", title="说明", free_text=True)


def test_question_marks_are_lost_characters_in_a_name_and_punctuation_in_prose() -> None:
    assert is_damaged("怎么回事??", NAME)
    assert not is_damaged("怎么回事??", PROSE)
    assert is_damaged("四川??厅", PROSE)


def test_two_question_marks_behind_a_particle_end_a_sentence_wherever_it_stands() -> None:
    for text in (
        "请问可以网上办理吗??我想办理居住证",
        "材料齐全，什么时候能办好??",
        "已电话告知，对方问：还要来吗??“是的”",
    ):
        assert not is_damaged(text, PROSE)
        assert not is_damaged(text if "，" in text else f"您好，{text}", NAME)
    for text in ("怎么??事", "请携带????前来办理，谢谢配合", "四川??厅，申请材料已经收到"):
        assert is_damaged(text, PROSE)


def test_chinese_read_as_western_is_told_by_its_frequent_characters() -> None:
    assert is_misread("综窗".encode("gb2312").decode("latin-1"))
    assert not is_misread("Müller")
