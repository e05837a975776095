"""Settings of a hall that tells people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.settings import NoticeSettings, Settings, load_settings


def settings_of(home: Path, *urls: str, **notice: Any) -> Settings:
    return load_settings(home=home, notice=NoticeSettings(urls=urls, **notice))  # type: ignore[arg-type]
