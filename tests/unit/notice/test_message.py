"""What a message says, and what cannot get into one."""

from __future__ import annotations

import pytest

from pipeline.notice.events import Event
from pipeline.notice.message import MOST_BYTES, TRIAL_WORDS, clean, message_of, trial_message
from pipeline.settings import NoticeKind


def event(number: int = 1, kind: NoticeKind = "blocked", words: str = "合计不符：12 与 11。处理：核对") -> Event:
    return Event(kind, f"{kind}/{number}", words)


def test_the_title_counts_by_kind_and_the_body_numbers_within_each() -> None:
    message = message_of([event(), event(2), event(3, "missing", "综窗办件周报：2023-15 期还没有收到")], ["看 review"])
    assert message.title == "【周报】暂不能发布 2 项，到时未收到的报送 1 项"
    assert message.body.split("\n") == [
        "■ 暂不能发布",
        "1. 合计不符：12 与 11。处理：核对",
        "2. 合计不符：12 与 11。处理：核对",
        "■ 到时未收到的报送",
        "1. 综窗办件周报：2023-15 期还没有收到",
        "看 review",
    ]


def test_what_was_told_before_is_counted_and_not_repeated() -> None:
    assert "另有 3 项先前已通知、仍未处理。" in message_of([event()], told_before=3).body


@pytest.mark.parametrize("count", [1, 5, 6, 7, 60, 400])
def test_a_message_fits_the_narrowest_channel_and_says_how_much_it_leaves_out(count: int) -> None:
    message = message_of([event(number, words="很长的一句话" * 60) for number in range(count)], ["在哪里看：处理单"])
    assert len(f"{message.title}\r\n{message.body}".encode()) <= MOST_BYTES
    shown = sum(line[:1].isdigit() for line in message.body.split("\n"))
    left_out = count - shown
    assert shown
    assert (f"还有 {left_out} 项放不下" in message.body) is bool(left_out)


def test_no_person_no_case_and_no_link_leaves_the_house() -> None:
    words = clean(
        "办件 512000-20230117-000001 申请人 510104199001011239 电话 13812345678 见 https://evil.example/x "
        "或 www.evil.example 或 a@evil.example\n第二行\u202e反向"
    )
    for secret in (
        "512000-20230117",
        "510104199001011239",
        "13812345678",
        "://",
        "www.",
        "a@evil",
        "\n",
        "\u202e",
    ):
        assert secret not in words
    assert "（办件编号略）" in words
    assert "第二行" in words


def test_a_trial_says_that_nothing_is_to_be_done() -> None:
    assert trial_message().body == TRIAL_WORDS
    assert "不需要处理" in TRIAL_WORDS
