"""Goes from a path to sheets or text, whatever the container; which contract fits them, `recognise` says."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.common.file_names import is_unicode, shown_name
from pipeline.common.private_files import private_folder
from pipeline.ingest.containers.container import Container
from pipeline.ingest.containers.detect import sniff
from pipeline.ingest.containers.unpack import unwrapped
from pipeline.ingest.errors import RefusalPlace, RefusedFileError, WaitingFileError
from pipeline.ingest.refusals.sheets import SheetRefusal
from pipeline.ingest.sheets.reader import Source
from pipeline.ingest.sheets.registry import read_source
from pipeline.ingest.sheets.sheet import Sheet
from pipeline.privacy.masking import mask_sheet_names
from pipeline.settings import Settings

# A file that is gone, locked, or that the system gives nobody just now, as a share that does not answer. Whatever else
# it says of a file, such as EINVAL for an offset before the beginning, is damage.
_NOT_NOW = frozenset(
    {
        errno.ENOENT, errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY, errno.EAGAIN, errno.EDEADLK,
        errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOTCONN,
    }
)  # fmt: skip


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
    """Unpacks a file and tells what it is; working copies live until the end of the block.

    Raises RefusedFileError for what cannot be read, WaitingFileError where the system does not let it be read now.
    Refusals raised in the block get the file's name as their place, where they have none.
    """
    name = shown_name(path.name)
    try:
        with (
            _named_in_unicode(path, settings.work) as named,
            unwrapped(named, settings.work, settings.max_unpacked_mb) as inner,
        ):
            container = sniff(inner.path, settings.max_unpacked_mb, settings.max_unpacked_ratio)
            yield OpenFile(inner.path, container, inner.wrapper, inner.member)
    except RefusedFileError as error:
        if error.place.file is None:
            error.place = replace(error.place, file=name)
        raise
    except OSError as error:
        if error.errno not in _NOT_NOW:
            raise
        raise WaitingFileError(
            SheetRefusal.FILE_NOT_READABLE_NOW,
            place=RefusalPlace(file=name),
            cause=error.strerror or error,
        ) from error


@contextmanager
def _named_in_unicode(path: Path, work: Path) -> Iterator[Path]:
    """Yields the file itself, or a link to it in the private folder where its name is no UTF-8 and no reader takes it.

    Example: a file of which a zip program wrote the name in GBK.
    """
    if is_unicode(str(path)):
        yield path
        return
    private_folder(work)
    with tempfile.TemporaryDirectory(prefix="named-", dir=work) as folder:
        alias = Path(folder) / shown_name(path.name).replace("\\", "_")
        alias.symlink_to(path.absolute())
        yield alias


def sheets_of(opened: OpenFile, settings: Settings, labels: Collection[str] = ()) -> tuple[Sheet, ...]:
    """Returns the sheets of anything but delimited text, persons taken out of their names.

    `labels` help to tell the encoding of HTML and MHTML.
    Raises RefusedFileError where the sheets cannot be read whole, or span more cells than the settings allow.
    """
    source = Source(
        opened.path,
        opened.container,
        settings.work,
        settings.max_cells,
        settings.max_unpacked_mb,
        labels,
    )
    sheets = list(read_source(source))
    names = mask_sheet_names([sheet.name for sheet in sheets])
    return tuple(replace(sheet, name=name) for sheet, name in zip(sheets, names, strict=True))
