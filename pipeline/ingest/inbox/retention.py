"""Removes originals when their time is over, never more at once than a few weeks bring, and says what it did.

Where originals are kept is in `archive`; how long is the setting `retention_days`. A clock that jumps must not empty
the archive: where the machine is months ahead of the last delivery, the ledger's time counts, and whatever exceeds the
usual share waits for a person (`zhoubao expire --yes`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.common.clock import epoch_seconds, file_moment
from pipeline.ingest.load.ledger import latest_arrival
from pipeline.settings import Settings

if TYPE_CHECKING:
    import duckdb

LOGGER: Final = logging.getLogger(__name__)
_SECONDS_PER_DAY: Final = 86_400
# No hall goes without a delivery for a quarter: a clock further ahead than that is wrong, or the hall has ended.
MOST_DAYS_AHEAD: Final = 92
# What a run may remove by itself: four weeks' worth of the archive, and a tenth in any case. Two years of eight files
# a week are 832 files, of which a run after a month's holiday removes 32.
WEEKS_AT_ONCE: Final = 4
_SHARE_AT_ONCE: Final = 0.1
SOON_DAYS: Final = 30


@dataclass(frozen=True)
class Expiry:
    """What the archive holds by age; `is_too_many` asks for a person's word, `now` is the time that counts."""

    now: float
    days_ahead: int
    kept: int
    expired: tuple[Path, ...]
    expiring_soon: tuple[Path, ...]
    is_too_many: bool


def originals(settings: Settings) -> list[Path]:
    """Returns every original in the archive: the files in its folders, not what stands beside them about all."""
    return sorted(path for path in settings.archive.glob("*/**/*") if path.is_file())


def expiry_of(con: duckdb.DuckDBPyConnection, settings: Settings, *, is_clock_right: bool = False) -> Expiry:
    """Says which originals are past `retention_days`, and which will be within a month.

    With `is_clock_right` a person has looked at the machine's clock: it counts although the ledger lags behind.
    """
    now, days_ahead = _now(latest_arrival(con))
    if is_clock_right:
        now, days_ahead = epoch_seconds(), 0
    ages = {path: (now - path.stat().st_mtime) / _SECONDS_PER_DAY for path in originals(settings)}
    expired = tuple(path for path, age in ages.items() if age > settings.retention_days)
    soon = settings.retention_days - SOON_DAYS
    expiring_soon = tuple(path for path, age in ages.items() if soon < age <= settings.retention_days)
    return Expiry(
        now=now,
        days_ahead=days_ahead,
        kept=len(ages) - len(expired),
        expired=expired,
        expiring_soon=expiring_soon,
        is_too_many=len(expired) > _most_at_once(len(ages), settings.retention_days),
    )


def _now(latest: datetime | None) -> tuple[float, int]:
    """Returns the time that counts, and by how many days the clock is too far ahead of the ledger to be believed."""
    clock = epoch_seconds()
    if latest is None:
        return clock, 0
    of_ledger = latest.replace(tzinfo=UTC).timestamp()
    days_ahead = int((clock - of_ledger) / _SECONDS_PER_DAY)
    if days_ahead <= MOST_DAYS_AHEAD:
        return clock, 0
    return of_ledger, days_ahead


def _most_at_once(files: int, retention_days: int) -> int:
    """Returns how many of so many originals a run may remove without being asked; one in any case."""
    share = max(_SHARE_AT_ONCE, WEEKS_AT_ONCE * 7 / max(retention_days, 1))
    return max(1, int(files * share))


def remove_expired(con: duckdb.DuckDBPyConnection, settings: Settings) -> list[str]:
    """Removes what is past its time unless that is too much at once; returns sentences for people, none as a rule."""
    expiry = expiry_of(con, settings)
    sentences = _warnings(expiry, settings)
    if not expiry.is_too_many:
        remove(expiry.expired)
    return sentences


def remove(paths: Iterable[Path]) -> None:
    """Removes these originals, a line of the log for each; the ledger keeps their hashes and counts."""
    for path in paths:
        kept_since = file_moment(path.stat().st_mtime)
        path.unlink()
        LOGGER.info("original %s/%s removed, kept since %s", path.parent.name, path.name, f"{kept_since:%Y-%m-%d}")


def _warnings(expiry: Expiry, settings: Settings) -> list[str]:
    sentences = []
    if expiry.days_ahead:
        sentences.append(
            f"本机时间比台账中最晚的收件晚 {expiry.days_ahead} 天：归档的保存期限按台账计算。"
            "请核对本机时间；时间无误的，可运行 zhoubao expire 查看到期的原件。"
        )
    if expiry.is_too_many:
        sentences.append(
            f"归档的 {expiry.kept + len(expiry.expired)} 份原件中有 {len(expiry.expired)} 份超过保存期限"
            f" {settings.retention_days} 天，多于一次运行自行删除的份数：一份也没有删除。"
            "请核对本机时间和 retention_days；确认要删的，运行 zhoubao expire --yes。"
        )
    unsaved = _without_backup((*expiry.expired, *expiry.expiring_soon), settings)
    if unsaved:
        sentences.append(
            f"{unsaved} 份原件已到或将在 {SOON_DAYS} 天内到保存期限，而没有比它们更晚的备份：删除之后就不能再重建。"
            "请运行 zhoubao backup 备份目录。"
        )
    return sentences


def _without_backup(paths: Iterable[Path], settings: Settings) -> int:
    """Counts the originals that came after the last backup of the archive."""
    last = last_backup(settings)
    return sum(path.stat().st_mtime > last for path in paths)


def last_backup(settings: Settings) -> float:
    """Returns when the last backup with the archive was made, in seconds since 1970; 0 where there was none."""
    try:
        record = json.loads(settings.backup_record.read_text("utf-8"))
        return datetime.fromisoformat(record["with_archive_at"]).timestamp()
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0
