"""Posts to the group robots of 企业微信 and 钉钉, as plugins of apprise; every other channel is apprise's own.

Both answer HTTP 200 to everything and say in `errcode` whether they took the message, which apprise's own plugins do
not read: a wrong key would count as sent. The signature that 钉钉 asks for is percent-encoded twice there, so that a
robot with 加签 refuses every message. And 企业微信 counts 2048 bytes, not characters.
"""

from __future__ import annotations

import base64
import hmac
from typing import Any

import requests
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot

from pipeline.common.clock import epoch_seconds

LONGEST_REASON = 120


class WeComRobot(NotifyWeComBot):
    """企业微信群机器人: wecombot://key (developer.work.weixin.qq.com/document/path/91770)."""

    service_name = "企业微信机器人"

    def send(self, body: str, title: str = "", *_: Any, **__: Any) -> bool:
        """Posts one text message; true where the robot says that it took it."""
        return _post(self, self.api_url, {}, {"msgtype": "text", "text": {"content": _joined(title, body)}})


class DingTalkRobot(NotifyDingTalk):
    """钉钉群机器人: dingtalk://token or dingtalk://secret@token (open.dingtalk.com, custom robot access)."""

    service_name = "钉钉机器人"

    def send(self, body: str, title: str = "", *_: Any, **__: Any) -> bool:
        """Posts one text message, signed where there is a secret; true where the robot says that it took it."""
        message = {
            "msgtype": "text",
            "text": {"content": _joined(title, body)},
            "at": {"atMobiles": self.targets, "isAtAll": False},
        }
        return _post(self, self.notify_url.format(token=self.token), self._signed(), message)

    def _signed(self) -> dict[str, str]:
        """Returns the parameters of 加签: HMAC-SHA-256 of "timestamp, line break, secret" under the secret, base64."""
        if not self.secret:
            return {}
        timestamp = str(round(epoch_seconds() * 1000))
        signature = hmac.digest(self.secret.encode(), f"{timestamp}\n{self.secret}".encode(), "sha256")
        return {"timestamp": timestamp, "sign": base64.b64encode(signature).decode()}


def _joined(title: str, body: str) -> str:
    return f"{title}\n{body}" if title else body


def _post(robot: Any, url: str, params: dict[str, str], message: dict[str, Any]) -> bool:
    try:
        answer = requests.post(
            url,
            params=params,
            json=message,
            headers={"User-Agent": robot.app_id},
            verify=robot.verify_certificate,
            timeout=robot.request_timeout,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        # The exception's own text would hold the URL with its key.
        robot.logger.warning("连接不上（%s）", type(error).__name__)
        return False
    refusal = _refusal(answer)
    if refusal:
        robot.logger.warning(refusal)
    return not refusal


def _refusal(answer: requests.Response) -> str:
    """Returns why the robot did not take the message; nothing where it did.

    A robot answers `{"errcode": 310000, "errmsg": "sign not match"}`; 0 says that it took the message.
    """
    try:
        content = answer.json()
        code = content["errcode"]
        words = str(content.get("errmsg", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"HTTP {answer.status_code}，回答不是机器人应有的样子，请核对地址"
    is_taken = code == 0 and answer.ok
    return "" if is_taken else f"对方未接受：{code} {words[:LONGEST_REASON]}"
