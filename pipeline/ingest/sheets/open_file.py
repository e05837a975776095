"""From a path to sheets or text, whatever the container; which contract fits them, recognise says."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.containers.detect import Container, sniff
from pipeline.ingest.containers.ole import CompoundFile, workbook_stream
from pipeline.ingest.containers.size_limits import refuse_huge_xls, refuse_huge_zip, refuse_large
from pipeline.ingest.containers.unpack import unwrapped
from pipeline.ingest.errors import WaitingFileError
from pipeline.ingest.sheets.html_tables import read_html
from pipeline.ingest.sheets.mhtml import declared_encoding, read_mhtml
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.ingest.sheets.spreadsheetml import read_spreadsheetml
from pipeline.ingest.sheets.workbook_reader import read_sheets
from pipeline.ingest.text.encoding import decode_whole
from pipeline.settings import Settings

_MAX_MARKUP_MB = 128
_MISLEADING = frozenset({".xls", ".xla", ".xlsx", ".xlsm", ".xlam", ".xlsb", ".ods"})


@dataclass(frozen=True)
class OpenFile:
    """A delivered file, ready to read: `path` is the file itself or the working copy of what was packed in it."""

    path: Path
    container: Container
    wrapper: str = ""
    member: str = ""

    @property
    def kind(self) -> str:
        """The container and what it came in, such as `csv.zip`."""
        return f"{self.container.value}.{self.wrapper}" if self.wrapper else self.container.value


@contextmanager
def open_file(path: Path, settings: Settings) -> Iterator[OpenFile]:
    """Unpack and sniff a file; working copies live until the end of the block.

    Raises RefusedFileError for what cannot be read, WaitingFileError where the system does not let it be read now.
    """
    try:
        with unwrapped(path, settings.work, settings.max_unpacked_mb) as inner:
            container = sniff(inner.path, settings.max_unpacked_mb, settings.max_unpacked_ratio)
            yield OpenFile(inner.path, container, inner.wrapper, inner.member)
    except OSError as error:
        raise WaitingFileError(
            f"文件现在读不了（{error.strerror or error}），可能被其他程序锁住或没有权限；处理后下次运行会再读"
        ) from error


def sheets_of(opened: OpenFile, settings: Settings, labels: Collection[str] = ()) -> tuple[Sheet, ...]:
    """The sheets of anything but delimited text; `labels` help to tell the encoding of HTML and MHTML.

    Raises RefusedFileError where the sheets cannot be read whole, or span more cells than the settings allow.
    """
    if opened.container.is_markup:
        return tuple(_markup_sheets(opened, settings, labels))
    _refuse_huge(opened, settings)
    with _quiet(), _well_named(opened, settings.work) as path:
        return tuple(read_sheets(path))


@contextmanager
def _well_named(opened: OpenFile, work: Path) -> Iterator[Path]:
    """The file under a name that does not mislead: the reader of workbooks believes a suffix that it knows."""
    suffix = opened.path.suffix.lower()
    if suffix not in _MISLEADING or suffix == f".{opened.container.value}":
        yield opened.path
        return
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="renamed-", dir=work) as folder:
        alias = Path(folder) / opened.container.value
        try:
            alias.symlink_to(opened.path.absolute())
        except OSError:
            shutil.copyfile(opened.path, alias)
        yield alias


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep off the screen what the reader of workbooks writes past Python (damage, chart sheets)."""
    sys.stderr.flush()
    kept = os.dup(2)
    silent = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silent, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(silent)


def _refuse_huge(opened: OpenFile, settings: Settings) -> None:
    if opened.container in (Container.XLS, Container.ET):
        book = workbook_stream(CompoundFile(opened.path.read_bytes()))
        refuse_huge_xls(book or b"", settings.max_cells)
    else:
        refuse_huge_zip(opened.path, settings.max_cells)


def _markup_sheets(opened: OpenFile, settings: Settings, labels: Collection[str]) -> list[Sheet]:
    refuse_large(opened.path.stat().st_size, min(settings.max_unpacked_mb, _MAX_MARKUP_MB))
    content = opened.path.read_bytes()
    if opened.container is Container.MHTML:
        return read_mhtml(content, lambda part: _text(part, labels), settings.max_cells)
    read = read_html if opened.container is Container.HTML else read_spreadsheetml
    return read(_text(content, labels), settings.max_cells)


def _text(content: bytes, labels: Collection[str]) -> str:
    declared = declared_encoding(content[:8192].replace(b"\0", b"").decode("latin-1"))
    return decode_whole(content, declared, labels)
