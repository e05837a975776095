"""Writes events as one message of plain Chinese text: no person, no case number, nothing that can be clicked."""

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
# Line breaks, and characters that turn or hide text, such as U+202E (right to left from here on).
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
# A chat makes a link of `https://…`, `a@hall.example` and `www.hall.example`; full-width signs read the same and
# cannot be clicked.
_LINK = re.compile(r"://|@|(?<=[A-Za-z0-9])\.(?=[A-Za-z])")
_WIDE: Final = str.maketrans({":": "：", "@": "＠", ".": "．"})
# Numbers as long as an identity number or a bank card: 622202 1234567890123.
_LONG_NUMBER = re.compile(r"\d{15,}[\dXx]?")


@dataclass(frozen=True)
class Message:
    """A title for a subject line and a body of plain text."""

    title: str
    body: str


def message_of(events: Sequence[Event], places: Sequence[str] = (), told_before: int = 0) -> Message:
    """Writes one message about all `events`, by kind; what does not fit is counted.

    `places` are sentences on where to look further; `told_before` counts open events of earlier messages.
    """
    by_kind: dict[NoticeKind, list[Event]] = {kind: [] for kind in SECTIONS}
    for event in events:
        by_kind[event.kind].append(event)
    counts = [f"{SECTIONS[kind]} {len(of_kind)} 项" for kind, of_kind in by_kind.items() if of_kind]
    title = f"【周报】{'，'.join(counts)}"
    ending = list(places)
    if told_before:
        ending.insert(0, f"另有 {told_before} 项先前已通知、仍未处理。")
    room = MOST_BYTES - _size([title, *ending])
    return Message(title, "\n".join([*_fitting(by_kind, room), *ending]))


def trial_message() -> Message:
    """Returns what `zhoubao notify --test` sends."""
    return Message("【周报】试发通知", TRIAL_WORDS)


def clean(text: str) -> str:
    """Makes words from files fit to leave the house: one line, masked, no link or address, not too long.

    Example: `电话 13812345678\\n见 www.x.cn` becomes `电话 ［已脱敏］ 见 www．x．cn`.
    """
    without_cases = re.sub(CASE_NUMBER, "（办件编号略）", text)
    masked = _LONG_NUMBER.sub(MASK, mask_free_text(without_cases))
    line = _CONTROL.sub(" ", masked)
    line = _LINK.sub(lambda sign: sign.group().translate(_WIDE), line)
    return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1]}…"


def _fitting(by_kind: dict[NoticeKind, list[Event]], room: int) -> list[str]:
    """Writes as many events as `room` bytes hold, in order; from the first that does not fit on, they are counted."""
    lines: list[str] = []
    left_out = 0
    for kind, events in by_kind.items():
        for number, event in enumerate(events, start=1):
            entry = [f"{number}. {clean(event.words)}"]
            if number == 1:
                entry.insert(0, f"■ {SECTIONS[kind]}")
            is_full = left_out > 0 or _size([*lines, *entry, _rest(len(events))]) > room
            if is_full:
                left_out += 1
            else:
                lines += entry
    if left_out:
        lines.append(_rest(left_out))
    return lines


def _rest(count: int) -> str:
    return f"还有 {count} 项放不下，见处理单。"


def _size(lines: Sequence[str]) -> int:
    """Returns the bytes of the lines in UTF-8 with a line break after each."""
    return len("\n".join(lines).encode()) + 1
