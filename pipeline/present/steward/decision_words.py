"""What each word of the drop-down does to the week, when it is the one to choose, and what has to be filled in for it.

The same words stand beside the drop-down and on the first sheet. What they really do is in `pipeline.quality.desk`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.quality.codes import KIND_LABELS, Kind


@dataclass(frozen=True)
class DecisionWords:
    """One choice in words: what it does in a few words, when it is used, what is filled in."""

    effect: str
    use: str
    inputs: str


DECISION_WORDS: Final[Mapping[Kind, DecisionWords]] = {
    "accept": DecisionWords(
        "照印，附说明",
        "数字没有错，或可以接受",
        "理由、处理人；严重问题还要复核人（名单上能接受严重问题的另一个人）；写了截至日期的，到期重新列出；不写的，只认现有的期和数",
    ),
    "correct": DecisionWords(
        "按更正后的值印",
        "来源有一格写错或读不懂，已经查清正确的值",
        "行号（该行在文件里是第几行，如 7；“位置”有几份文件的写 文件名!工作表!7）、列、更正为、理由、处理人；"
        "来源一有变化就提示。读不懂而被隔离的格子更正后，这一行计入：不写行号，写法相同的一并更正；"
        "写法不同的，在“更正为”里写 7=198；9=12",
    ),
    "name": DecisionWords(
        "名称登入名录，有关的行计入",
        "部门名称不在名录中，而它是名录里某个部门的另一种叫法",
        "更正为（名录里的名称）、理由、处理人；自本年第一天起有效，下一次运行重读有关的文件",
    ),
    "send_back": DecisionWords(
        "不发布，等更正的报送",
        "数字不对，要由报送单位改了重报；提醒也一样",
        "理由、处理人；标好问题的副本在本期文件夹的“退回”中；等不及的，再选“待核实发布”",
    ),
    "postpone": DecisionWords(
        "到期前不发布",
        "现在查不清，先不发布",
        "理由、截至日期（一年之内）、处理人；到期重新列出",
    ),
    "note": DecisionWords(
        "照印，附说明，到截至日期",
        "现在查不清，但数字可以先带着说明发布",
        "理由、截至日期（一年之内）、处理人；到期重新列出",
    ),
    "withhold": DecisionWords(
        "发布，有关数字印【待核实】",
        "这一期要发布，而有关的数字还不能印",
        "理由、处理人；网页、周报、工作簿、图表和发布文件中有关的数字都不印；问题解决后自动修订",
    ),
    "withdraw": DecisionWords(
        "收回上次的处理意见",
        "收回此前登记的处理意见，问题恢复原状",
        "理由、处理人",
    ),
}
# Beside the cells of a finding that no word settles.
PERSONAL_PROMPT: Final = (
    "个人信息只能删去：请从来源文件中删去后重新报送。任何处理意见都不能放行；"
    "已经发布过的，用 zhoubao release --withdraw 收回。"
)


def effects_prompt() -> str:
    """Returns what each choice does, a line each, as the prompt of a drop-down holds it: Excel shows 255 characters."""
    return "\n".join(f"{KIND_LABELS[kind]}：{words.effect}" for kind, words in DECISION_WORDS.items())
