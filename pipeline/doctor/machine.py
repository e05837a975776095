"""Examines the machine: versions, fonts, LibreOffice, time zone; the home's own files are home's."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.common.clock import BEIJING, moment_in_beijing
from pipeline.common.package_version import package_version
from pipeline.doctor.outcome import Outcome
from pipeline.present.weekly.pdf import office

OLDEST_PYTHON: Final = (3, 11)
# Distribution → how it is called.
LIBRARIES: Final = {"duckdb": "DuckDB", "dagster": "Dagster", "great-expectations": "Great Expectations"}
FONT_SECONDS: Final = 20
# The zone that the Friday schedule of Dagster names.
ZONE: Final = "Asia/Shanghai"


def versions() -> Outcome:
    """Names the versions of the program, of Python and of the libraries that figures depend on."""
    missing = []
    parts = [f"zhoubao {package_version()}", f"Python {platform.python_version()}"]
    for distribution, name in LIBRARIES.items():
        try:
            parts.append(f"{name} {version(distribution)}")
        except PackageNotFoundError:
            missing.append(name)
    words = "，".join(parts)
    if missing:
        return Outcome(
            "versions", "版本", "fault", f"{words}；缺少 {'、'.join(missing)}", "请重新安装：make setup 或 pip install"
        )
    if sys.version_info < OLDEST_PYTHON:
        return Outcome("versions", "版本", "fault", f"{words}；Python 太旧", "请安装 Python 3.11 或更新的版本")
    return Outcome("versions", "版本", "ok", words)


def fonts() -> Outcome:
    """Looks for a font with Chinese characters: the PDF of the weekly and pictures of charts need one."""
    action = "请安装中文字体，如 Debian 的 fonts-noto-cjk；网页和 Word 文档不受影响"
    program = shutil.which("fc-list")
    if program is None:
        return Outcome("fonts", "中文字体", "warning", "没有 fc-list，不知道装了哪些字体", action)
    # `fc-list :lang=zh family` prints one line a font: "Noto Sans CJK SC,Noto Sans CJK SC Bold".
    listed = subprocess.run(  # noqa: S603 - the program is found on PATH, its arguments are constants
        [program, ":lang=zh", "family"], capture_output=True, text=True, timeout=FONT_SECONDS, check=False
    )
    families = sorted({line.split(",")[0].strip() for line in listed.stdout.splitlines() if line.strip()})
    if not families:
        return Outcome("fonts", "中文字体", "warning", "没有装中文字体，PDF 中的汉字会成为方框", action)
    return Outcome("fonts", "中文字体", "ok", f"有 {len(families)} 种，如 {families[0]}")


def libreoffice(is_pdf_wanted: bool) -> Outcome:
    """Looks for LibreOffice, which makes the PDF of the weekly."""
    program = office()
    if program is not None:
        return Outcome("libreoffice", "LibreOffice", "ok", f"已安装：{program}")
    if not is_pdf_wanted:
        return Outcome("libreoffice", "LibreOffice", "ok", "没有安装，按设置也不出 PDF")
    return Outcome(
        "libreoffice",
        "LibreOffice",
        "warning",
        "没有安装，周报没有 PDF，只有 Word 和网页",
        "请安装 libreoffice-writer，或在大厅文件夹 hall.toml 的 [weekly] 写 pdf = false",
    )


def time_zone(now: datetime | None = None) -> Outcome:
    """Compares the zone of the machine with Beijing's: figures never depend on it, the hours of cron do."""
    try:
        ZoneInfo(ZONE)
    except ZoneInfoNotFoundError:
        return Outcome(
            "time_zone", "时区", "fault", f"系统没有时区资料 {ZONE}，Dagster 的定时运行用不了", "请安装 tzdata"
        )
    moment = (now or moment_in_beijing()).astimezone()
    offset = moment.utcoffset() or timedelta()
    if offset == moment.astimezone(BEIJING).utcoffset():
        return Outcome("time_zone", "时区", "ok", "本机用北京时间")
    hours = offset / timedelta(hours=1)
    return Outcome(
        "time_zone",
        "时区",
        "warning",
        f"本机时区是 UTC{hours:+g}，不是北京时间；期号和日志仍按北京时间",
        "用 cron 定时的，请按本机时间折算，或把本机设为 Asia/Shanghai",
    )
