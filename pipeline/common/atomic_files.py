"""Files that appear whole or not at all; what is in them belongs to the callers."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHUNK_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def sync_file(path: Path) -> None:
    """Make sure that the bytes of a file, or the entries of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def temporary_name(target: Path) -> Path:
    """A hidden name beside `target`, on the same file system, that `sweep` recognises: `.name.<pid>.suffix`."""
    return target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")


def sweep(folder: Path, stem: str) -> list[str]:
    """Remove what a killed process left of `temporary_name`s of `stem` in `folder`; returns the names removed.

    Only the holder of the writer's lock may call this: it would take away another writer's work.
    """
    removed = []
    for path in sorted(folder.glob(f".{stem}.*")):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        removed.append(path.name)
    return removed


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """Give a temporary path to write; at the end it is synced and takes the place of `target` in one step.

    If the body fails, the temporary file goes and `target` stays as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(target)
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        sync_file(temporary)
        temporary.replace(target)
        sync_file(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(target: Path, text: str, encoding: str = "utf-8") -> None:
    """Replace `target` by `text` in one step."""
    with replaced(target) as temporary:
        temporary.write_text(text, encoding=encoding, newline="")
