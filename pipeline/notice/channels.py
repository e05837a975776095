"""Where messages go: the configured URLs as apprise's services, and what became of one message; no wording here."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pipeline.notice.message import Message
    from pipeline.settings import NoticeSettings

SERVICE_SECONDS: Final = 20
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ADDRESS = re.compile(r"[\w.+-]+@(?=[\w-])")
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
    """The channels in the order of the settings; connects nowhere. A URL that cannot be used says why instead."""
    if not settings.urls:
        return []
    asset = _quiet_asset()
    _register_robots()
    return [_channel(number, url.get_secret_value(), asset) for number, url in enumerate(settings.urls, start=1)]


def send(channel: Channel, message: Message) -> Outcome:
    """Send one message to one channel and wait for its answer; never raises where it fails."""
    from apprise import Apprise, NotifyFormat, NotifyType

    if channel.problem:
        return Outcome(channel.label, channel.identity, False, channel.problem)
    sender = Apprise(asset=_quiet_asset())
    sender.add(channel.service)
    told = sender.notify(
        title=message.title, body=message.body, notify_type=NotifyType.WARNING, body_format=NotifyFormat.TEXT
    )
    is_sent = any(attempt.status == 0 for result in told for attempt in result.attempts)
    words = "；".join(dict.fromkeys(entry.message for entry in told.logs()))
    reason = "" if is_sent else _ADDRESS.sub("…@", words) or f"{SERVICE_SECONDS} 秒内没有回答"
    return Outcome(channel.label, channel.identity, is_sent, reason)


def _channel(number: int, url: str, asset: Any) -> Channel:
    from apprise import Apprise

    identity = hashlib.sha256(url.encode()).hexdigest()[:12]
    missing = [name for name in _PLACEHOLDER.findall(url) if not os.environ.get(name)]
    if missing:
        return Channel(f"{number}. （未启用）", identity, problem=f"环境变量 {'、'.join(missing)} 没有设置")
    service = Apprise.instantiate(_PLACEHOLDER.sub(lambda found: os.environ[found.group(1)], url), asset=asset)
    if service is None:
        return Channel(f"{number}. （读不懂的地址）", identity, problem="地址写得不对：请对照 apprise 的写法核对")
    return Channel(f"{number}. {_label(service)}", identity, service)


def _label(service: Any) -> str:
    """The kind of channel; its host only where that cannot be a key."""
    name = str(service.service_name)
    return f"{_NAMES[name]} {service.host}" if name in _NAMES else name


def _quiet_asset() -> Any:
    """Our name where apprise would write its own; no picture, no link, nothing kept on disk, no redirect followed."""
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
    from apprise.manager_plugins import NotificationManager

    from pipeline.notice.robots import DingTalkRobot, WeComRobot

    manager = NotificationManager()
    for robot in (WeComRobot, DingTalkRobot):
        if manager[robot.secure_protocol] is not robot:
            manager.add(robot, force=True)
