"""Each kind of channel against a receiver of its own kind: what goes out, what must not, and what a refusal says."""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import hmac
import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.notice.channels import open_channels, send
from pipeline.notice.message import Message
from pipeline.settings import NoticeSettings
from tests.unit.notice.receivers import HttpReceiver, SmtpReceiver

MESSAGE = Message(
    "【周报】暂不能发布 1 项", "■ 暂不能发布\n1. 合计与明细相等（2023-15 期，报送部门）：12 与 11 不等 <b>&"
)


def sent_to(url: str) -> tuple[bool, str]:
    (channel,) = open_channels(NoticeSettings(urls=[url]))  # type: ignore[list-item]
    outcome = send(channel, MESSAGE)
    return outcome.is_sent, outcome.reason


def quiet(text: str) -> bool:
    return not any(word in text.lower() for word in ("apprise", "github", "http://", "https://", "<img", "src="))


def test_a_webhook_gets_title_and_text_and_nothing_of_the_sender_but_its_name(http: HttpReceiver) -> None:
    assert sent_to(f"json://127.0.0.1:{http.port}/hook") == (True, "")
    (request,) = http.requests
    assert request.path == "/hook"
    assert (request.json["title"], request.json["message"]) == (MESSAGE.title, MESSAGE.body)
    assert request.headers["User-Agent"] == "Zhoubao"
    assert quiet(request.body.decode() + str(request.headers))


def test_mail_is_text_in_chinese_without_pictures_links_or_another_programs_name(smtp: SmtpReceiver) -> None:
    url = f"mailto://127.0.0.1:{smtp.port}/?from=zhoubao@hall.example&to=steward@hall.example"
    assert sent_to(url) == (True, "")
    assert smtp.recipients == ["rcpt TO:<steward@hall.example>"]
    message = email.message_from_bytes(smtp.messages[0], policy=email.policy.default)
    assert message["Subject"] == MESSAGE.title
    bodies = [part.get_content() for part in message.walk() if not part.is_multipart()]
    assert any("合计与明细相等（2023-15 期，报送部门）" in body for body in bodies)
    assert all("<b>" not in part.get_content() for part in message.walk() if part.get_content_type() == "text/html")
    assert quiet("".join(bodies) + "".join(f"{name}: {value}" for name, value in message.items()))


@pytest.fixture
def wecom(http: HttpReceiver, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(
        "pipeline.notice.robots.WeComRobot.notify_url", f"http://127.0.0.1:{http.port}/cgi-bin/webhook/send?key={{key}}"
    )
    return "wecombot://693a91f6-7xxx"


@pytest.fixture
def dingtalk(http: HttpReceiver, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(
        "pipeline.notice.robots.DingTalkRobot.notify_url",
        f"http://127.0.0.1:{http.port}/robot/send?access_token={{token}}",
    )
    return "dingtalk://SEC0a1b2c@tok3n/"


def test_the_wecom_robot_gets_one_text_message(http: HttpReceiver, wecom: str) -> None:
    assert sent_to(wecom) == (True, "")
    (request,) = http.requests
    assert request.path == "/cgi-bin/webhook/send?key=693a91f6-7xxx"
    assert request.json == {"msgtype": "text", "text": {"content": f"{MESSAGE.title}\r\n{MESSAGE.body}"}}
    assert request.headers["User-Agent"] == "Zhoubao"


def test_the_dingtalk_robot_can_verify_the_signature_and_nobody_is_called_out(
    http: HttpReceiver, dingtalk: str
) -> None:
    assert sent_to(dingtalk) == (True, "")
    (request,) = http.requests
    query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
    signed = f"{query['timestamp']}\nSEC0a1b2c".encode()
    expected = base64.b64encode(hmac.new(b"SEC0a1b2c", signed, hashlib.sha256).digest()).decode()
    assert (query["access_token"], query["sign"]) == ("tok3n", expected)
    assert request.json["at"] == {"atMobiles": [], "isAtAll": False}
    assert request.json["text"] == {"content": f"{MESSAGE.title}\n{MESSAGE.body}"}


@pytest.mark.parametrize("robot", ["wecom", "dingtalk"])
@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (200, {"errcode": 310000, "errmsg": "sign not match"}, "对方未接受：310000 sign not match"),
        (200, "<html>", "HTTP 200，回答不是机器人应有的样子，请核对地址"),
        (502, [], "HTTP 502，回答不是机器人应有的样子，请核对地址"),
    ],
)
def test_a_robot_that_answers_200_without_taking_the_message_has_not_been_told(
    request: pytest.FixtureRequest, http: HttpReceiver, robot: str, status: int, answer: Any, reason: str
) -> None:
    http.status, http.answer = status, answer
    assert sent_to(request.getfixturevalue(robot)) == (False, reason)


def test_a_robot_out_of_reach_is_said_without_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.notice.robots.WeComRobot.notify_url", f"http://127.0.0.1:{_free_port()}/?key={{key}}")
    is_sent, reason = sent_to("wecombot://s3cret-key")
    assert not is_sent
    assert reason == "连接不上（ConnectionError）"


def test_a_channel_that_refuses_says_why_and_shows_no_address(http: HttpReceiver, smtp: SmtpReceiver) -> None:
    http.status = 403
    assert sent_to(f"json://127.0.0.1:{http.port}/hook")[0] is False
    smtp.is_refusing = True
    is_sent, reason = sent_to(f"mailto://127.0.0.1:{smtp.port}/?from=zhoubao@hall.example&to=steward@hall.example")
    assert not is_sent
    assert reason
    assert "steward@" not in reason


def test_a_redirect_is_not_followed(http: HttpReceiver) -> None:
    with HttpReceiver() as elsewhere:
        http.redirect = f"http://127.0.0.1:{elsewhere.port}/stolen"
        assert sent_to(f"json://127.0.0.1:{http.port}/hook")[0] is False
        assert elsewhere.requests == []


def test_secrets_come_from_the_environment_and_are_never_shown(
    http: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"json://127.0.0.1:{http.port}/${{HOOK_KEY}}"
    settings = NoticeSettings(urls=[url, "wecombot://${WECOM_KEY}", "nonsense"])  # type: ignore[list-item]
    monkeypatch.delenv("WECOM_KEY", raising=False)
    monkeypatch.setenv("HOOK_KEY", "s3cret")
    channels = open_channels(settings)
    assert send(channels[0], MESSAGE).is_sent
    assert http.requests[0].path == "/s3cret"
    assert send(channels[1], MESSAGE).reason == "环境变量 WECOM_KEY 没有设置"
    assert "写得不对" in send(channels[2], MESSAGE).reason
    assert [channel.label for channel in channels] == ["1. webhook 127.0.0.1", "2. （未启用）", "3. （读不懂的地址）"]
    assert "s3cret" not in repr(settings) + "".join(channel.label + channel.identity for channel in channels)


def test_a_key_in_the_place_of_a_host_is_not_in_the_label() -> None:
    (channel,) = open_channels(NoticeSettings(urls=["wecombot://s3cret-key"]))  # type: ignore[list-item]
    assert channel.label == "1. 企业微信机器人"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
