"""Keyed digests by which a person is counted once and known to nobody; texts are masked in `masking`."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from pipeline.common.atomic_files import sync_file
from pipeline.common.sentences import SentenceError

KEY_BYTES: Final = 32
_WAYS_BACK: Final = (
    "请从备份取回原来的 person.key 放回原处（权限 600）；没有备份的，见 docs/operations.zh-CN.md“密钥”："
    "移开 warehouse.duckdb，运行 zhoubao rebuild --week 期号，用新密钥从归档重读。"
)


class PersonKeyError(SentenceError):
    """The key is not there or not whole; the text says where and what to do. It is never replaced by another."""


def person_key(path: Path) -> bytes:
    """Returns the secret of this hall's digests: 32 bytes in a 0600 file outside the warehouse, made at first use.

    Raises PersonKeyError where the file is empty or cut short, as a disk that was full may leave it.
    """
    if not path.exists():
        _make_key(path)
    return kept_key(path)


def kept_key(path: Path) -> bytes:
    """Returns the secret of a hall that has counted persons before; raises PersonKeyError where it is gone or broken.

    Another key would count every person a second time, in silence.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise PersonKeyError(
            f"个人摘要密钥 {path} 不见了：换一个密钥，同一人会计为两人，所以没有继续。{_WAYS_BACK}"
        ) from None
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise PersonKeyError(
            f"个人摘要密钥 {path} 不完整（{len(text)} 字节，应为 64 位十六进制数），没有使用它。{_WAYS_BACK}"
        )
    return key


def _make_key(path: Path) -> None:
    """Makes the file whole or not at all: of two processes that start at once one makes it, the other reads that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
        sync_file(temporary)
        _put_in_place(temporary, path)
        sync_file(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _put_in_place(temporary: Path, path: Path) -> None:
    """Gives the file its name unless somebody else was faster; a file system without links gets it renamed."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    except OSError:
        temporary.rename(path)


def person_digest(text: str, key: bytes) -> str:
    """HMAC-SHA-256 as 32 hex digits: one person, one digest, and no trying out of numbers without the key."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]
