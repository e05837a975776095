"""Events as one message in plain Chinese text; it holds no person, no case number and nothing that can be clicked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.notice.events import Event
from pipeline.privacy.case_numbers import CASE_NUMBER
from pipeline.privacy.masking import MASK, mask_free_text
from pipeline.settings import NoticeKind

# 企业微信 refuses a text above 2048 bytes, a Chinese character being three; every channel gets the same words.
MOST_BYTES: Final = 1900
LONGEST_WORDS: Final = 220
SECTIONS: Final[dict[NoticeKind, str]] = {
    "blocked": "暂不能发布",
    "critical": "新的严重问题",
    "correction": "更正不再需要",
    "waiver": "处理期限将到",
    "missing": "到时未收到的报送",
}
TRIAL_WORDS: Final = "这是一条试发的消息，不需要处理。收到它，说明这个渠道可以用来通知：" + "、".join(SECTIONS.values())
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
# A chat makes a link of what looks like one; full-width signs read the same and cannot be clicked.
_LINK = re.compile(r"://|@|(?<=[A-Za-z0-9])\.(?=[A-Za-z])")
_WIDE: Final = str.maketrans({":": "：", "@": "＠", ".": "．"})
_LONG_NUMBER = re.compile(r"\d{15,}[\dXx]?")


@dataclass(frozen=True)
class Message:
    """A title for a subject line and a body of plain text."""

    title: str
    body: str


def message_of(events: Sequence[Event], places: Sequence[str] = (), told_before: int = 0) -> Message:
    """One message about all `events`, by kind; what does not fit is counted. `places` say where to look further."""
    by_kind = {kind: [event for event in events if event.kind == kind] for kind in SECTIONS}
    counts = [f"{SECTIONS[kind]} {len(found)} 项" for kind, found in by_kind.items() if found]
    title = f"【周报】{'，'.join(counts)}"
    ending = [*([f"另有 {told_before} 项先前已通知、仍未处理。"] if told_before else []), *places]
    room = MOST_BYTES - _size([title, *ending])
    return Message(title, "\n".join([*_fitting(by_kind, room), *ending]))


def trial_message() -> Message:
    """What `zhoubao notify --test` sends."""
    return Message("【周报】试发通知", TRIAL_WORDS)


def clean(text: str) -> str:
    """Words from files made fit to leave the house: one line, masked, no link or address, not too long."""
    masked = mask_free_text(re.sub(CASE_NUMBER, "（办件编号略）", text))
    line = _CONTROL.sub(" ", _LONG_NUMBER.sub(MASK, masked))
    line = _LINK.sub(lambda found: found.group().translate(_WIDE), line)
    return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1]}…"


def _fitting(by_kind: dict[NoticeKind, list[Event]], room: int) -> list[str]:
    lines: list[str] = []
    left_out = 0
    for kind, events in by_kind.items():
        heading = [f"■ {SECTIONS[kind]}"] if events else []
        for number, event in enumerate(events, start=1):
            more = [*(heading if number == 1 else []), f"{number}. {clean(event.words)}"]
            if left_out or _size([*lines, *more, _rest(len(events))]) > room:
                left_out += 1
            else:
                lines += more
    return [*lines, _rest(left_out)] if left_out else lines


def _rest(count: int) -> str:
    return f"还有 {count} 项放不下，见处理单。"


def _size(lines: Sequence[str]) -> int:
    return len("\n".join(lines).encode()) + 1
