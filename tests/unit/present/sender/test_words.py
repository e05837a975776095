"""How a problem is told to a department: never by what only a steward can do."""

from __future__ import annotations

from pipeline.contracts import Field
from pipeline.present.sender.words import words_for_sender

DEPARTMENT = Field.model_validate({"name": "department", "title": "部门", "codes": "department"})
CHANNEL = Field.model_validate({"name": "channel", "title": "办理形式", "codes": "channel"})


def test_an_unknown_department_is_asked_for_by_its_full_name() -> None:
    words = words_for_sender("unknown_code", "请在别名表加一行", "省公安", DEPARTMENT)
    assert words == "部门名称“省公安”无法识别，不在部门名录中；请核对全称后重新报送"


def test_an_unknown_code_names_its_column() -> None:
    assert words_for_sender("unknown_code", "…", "邮寄", CHANNEL).startswith("“邮寄”不是“办理形式”的规定名称")
    assert words_for_sender("unknown_code", "…", None, CHANNEL) == "不在规定的名称之内；请核对后重新报送"


def test_a_sentence_that_anybody_can_act_on_stays_as_it_is() -> None:
    assert words_for_sender("not_a_number", "“一百”不是数字", "一百", CHANNEL) == "“一百”不是数字"
