"""Sends a message to the configured URLs through apprise and says what became of it; wording is message's."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.environment import filled, unset_variables

if TYPE_CHECKING:
    from pipeline.notice.message import Message
    from pipeline.settings import NoticeSettings

LOGGER = logging.getLogger(__name__)
SERVICE_SECONDS: Final = 20
# `steward@` of `steward@hall.example` in what a mail server answers.
_ADDRESS = re.compile(r"[\w.+-]+@(?=[\w-])")
# apprise's name of a service → the name that people read; only these have a host that is no key.
_NAMES: Final = {"E-Mail": "邮件", "JSON": "webhook", "Form": "webhook", "XML": "webhook"}


@dataclass(frozen=True)
class Channel:
    """One configured URL. `label` is safe to show, `identity` tells it from others; `problem` says why it is no use."""

    label: str
    identity: str
    service: Any = None
    problem: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one message on one channel."""

    channel: str
    identity: str
    is_sent: bool
    reason: str = ""


def open_channels(settings: NoticeSettings) -> list[Channel]:
    """Returns the channels in the order of the settings; connects nowhere.

    A URL that cannot be used is a channel whose `problem` says why.
    """
    if not settings.urls:
        return []
    asset = _quiet_asset()
    _register_robots()
    return [_channel(number, url.get_secret_value(), asset) for number, url in enumerate(settings.urls, start=1)]


def send(channel: Channel, message: Message) -> Outcome:
    """Sends one message to one channel and waits for its answer; never raises where it fails."""
    reason = channel.problem or _send(channel.service, message)
    if reason:
        LOGGER.warning("channel %s not reached: %s", channel.label, reason)
    else:
        LOGGER.info("channel %s took: %s", channel.label, message.title)
    return Outcome(channel.label, channel.identity, not reason, reason)


def _send(service: Any, message: Message) -> str:
    """Sends and returns why it failed; nothing where the service took the message."""
    from apprise import Apprise, NotifyFormat, NotifyType

    sender = Apprise(asset=_quiet_asset())
    sender.add(service)
    answers = sender.notify(
        title=message.title,
        body=message.body,
        notify_type=NotifyType.WARNING,
        body_format=NotifyFormat.TEXT,
    )
    if any(attempt.status == 0 for answer in answers for attempt in answer.attempts):
        return ""
    # The same sentence comes once per attempt.
    sentences = dict.fromkeys(entry.message for entry in answers.logs())
    return _ADDRESS.sub("…@", "；".join(sentences)) or f"{SERVICE_SECONDS} 秒内没有回答"


def _channel(number: int, url: str, asset: Any) -> Channel:
    from apprise import Apprise

    identity = hashlib.sha256(url.encode()).hexdigest()[:12]
    missing = unset_variables(url)
    if missing:
        return Channel(f"{number}. （未启用）", identity, problem=f"环境变量 {'、'.join(missing)} 没有设置")
    service = Apprise.instantiate(filled(url), asset=asset)
    if service is None:
        return Channel(f"{number}. （读不懂的地址）", identity, problem="地址写得不对：请对照 apprise 的写法核对")
    return Channel(f"{number}. {_label(service)}", identity, service)


def _label(service: Any) -> str:
    """Names the kind of channel; its host only where that cannot be a key."""
    name = str(service.service_name)
    return f"{_NAMES[name]} {service.host}" if name in _NAMES else name


def _quiet_asset() -> Any:
    """Puts our name where apprise would write its own; no picture, no link, nothing kept, no redirect followed."""
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="Zhoubao",
        app_desc="周报",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
        storage_mode="memory",
        service_timeout=SERVICE_SECONDS,
        language="en",
    )


def _register_robots() -> None:
    """Puts our plugins in the place of apprise's own for the group robots."""
    from apprise.manager_plugins import NotificationManager

    from pipeline.notice.robots import DingTalkRobot, WeComRobot

    manager = NotificationManager()
    for robot in (WeComRobot, DingTalkRobot):
        if manager[robot.secure_protocol] is not robot:
            manager.add(robot, force=True)
