"""Goes from a path to sheets or text, whatever the container; which contract fits them, `recognise` says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

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
    try:
        with unwrapped(path, settings.work, settings.max_unpacked_mb) as inner:
            container = sniff(inner.path, settings.max_unpacked_mb, settings.max_unpacked_ratio)
            yield OpenFile(inner.path, container, inner.wrapper, inner.member)
    except RefusedFileError as error:
        if error.place.file is None:
            error.place = replace(error.place, file=path.name)
        raise
    except OSError as error:
        raise WaitingFileError(
            SheetRefusal.FILE_NOT_READABLE_NOW,
            place=RefusalPlace(file=path.name),
            cause=error.strerror or error,
        ) from error


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
