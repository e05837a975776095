"""Opens zip and gzip files and reads what is packed in them.

This is the only module of `pipeline.ingest` that imports `zipfile` or `gzip`: whatever damage these two report, the
other modules see a `RefusedFileError` with one sentence for each kind of fault. Which member of an archive matters,
`zip_documents`, `unpack` and `pipeline.ingest.sheets` say.
"""

from __future__ import annotations

import errno
import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal

Member = zipfile.ZipInfo
"""One entry of a zip's directory: `filename`, `file_size` as declared, `compress_size`, `flag_bits`."""

ENCRYPTED_FLAG = 0x1
"""[APPNOTE.TXT 4.4.4] bit 0 of `flag_bits`: the member is encrypted."""
UTF8_NAME_FLAG = 0x800
"""[APPNOTE.TXT 4.4.4] bit 11 of `flag_bits`: the member's name is UTF-8; without it, it is in some code page."""

# What zipfile raises besides BadZipFile where bytes of a directory or of a member make no sense: a field that is cut
# (struct.error), a name that is not UTF-8 (a ValueError), an offset before the file (ValueError, OverflowError).
_NONSENSE = (struct.error, LookupError, ValueError, OverflowError)
_DOES_NOT_UNPACK = (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError)
# An offset that the system refuses, and what bz2 says ("Invalid data stream", without a number): damage, not the disk.
_ERRNO_OF_DAMAGE = frozenset({errno.EINVAL, None})


@dataclass(frozen=True)
class ZipFaults:
    """The refusals for the faults of a zip: a workbook and a packed file call for different advice."""

    cut_off: ContainerRefusal
    damaged: ContainerRefusal
    locked: ContainerRefusal
    compression: ContainerRefusal


WORKBOOK = ZipFaults(
    cut_off=ContainerRefusal.FILE_CUT_OFF,
    damaged=ContainerRefusal.CHECKSUM_MISMATCH,
    locked=ContainerRefusal.WORKBOOK_LOCKED,
    compression=ContainerRefusal.WORKBOOK_COMPRESSION,
)
PACKED_FILE = ZipFaults(
    cut_off=ContainerRefusal.PACKED_DAMAGED,
    damaged=ContainerRefusal.PACKED_DAMAGED,
    locked=ContainerRefusal.PACKED_LOCKED,
    compression=ContainerRefusal.PACKED_COMPRESSION,
)


class ZipArchive:
    """An open zip. `members` are the entries of its directory in their order, `names` their names as written."""

    def __init__(self, archive: zipfile.ZipFile, faults: ZipFaults) -> None:
        self._archive = archive
        self._faults = faults
        self.members: list[Member] = archive.infolist()
        self.names: list[str] = archive.namelist()

    def read(self, member: Member | str) -> bytes:
        """Returns a member's content; raises RefusedFileError where it is damaged, locked or not there."""
        with _refusing_damage(self._faults, member):
            return self._archive.read(member)

    def blocks(self, member: Member | str, size: int) -> Iterator[bytes]:
        """Yields a member's content in blocks of up to `size` bytes; raises RefusedFileError as `read` does.

        The last block has been compared with the checksum when the blocks end.
        """
        with _refusing_damage(self._faults, member), self._archive.open(member) as stream:
            while block := stream.read(size):
                yield block


@contextmanager
def open_zip(path: Path, faults: ZipFaults) -> Iterator[ZipArchive]:
    """Opens a zip; raises RefusedFileError where its directory is missing (a cut file) or broken."""
    with _refusing_broken_directory(faults):
        archive = zipfile.ZipFile(path)
    with archive:
        yield ZipArchive(archive, faults)


class ZipWriter:
    """An open zip that is being written; members are not compressed, since the copy is read at once and removed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def write(self, name: str, blocks: Iterable[bytes]) -> None:
        """Writes a member in blocks."""
        with self._archive.open(name, "w", force_zip64=True) as stream:
            for block in blocks:
                stream.write(block)


@contextmanager
def write_zip(path: Path) -> Iterator[ZipWriter]:
    """Makes a zip for a working copy in a private folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        yield ZipWriter(archive)


def plain_name(name: str) -> str:
    r"""A part's name as the standards write it: `xl/workbook.xml` for `\xl\workbook.xml` of a careless writer."""
    return name.replace("\\", "/").lstrip("/")


def is_folder(member: Member) -> bool:
    """Whether an entry is a folder: `a/`. zipfile's own answer fails for a member without a name."""
    return member.filename.endswith("/")


def gzip_blocks(path: Path, size: int) -> Iterator[bytes]:
    """Yields the content of a gzip file in blocks of up to `size` bytes; raises RefusedFileError for damage."""
    with _refusing_damage(PACKED_FILE, path.name), gzip.open(path) as stream:
        while block := stream.read(size):
            yield block


@contextmanager
def _refusing_broken_directory(faults: ZipFaults) -> Iterator[None]:
    """Turns what zipfile raises while it reads the directory at the end of the file into a refusal."""
    try:
        yield
    except zipfile.BadZipFile as error:
        raise RefusedFileError(faults.cut_off, found=str(error)) from error
    except NotImplementedError as error:
        raise RefusedFileError(faults.cut_off, found=str(error)) from error
    except _NONSENSE as error:
        raise RefusedFileError(ContainerRefusal.ZIP_DIRECTORY_BROKEN, found=str(error)) from error
    except OSError as error:
        if error.errno not in _ERRNO_OF_DAMAGE:
            raise
        raise RefusedFileError(ContainerRefusal.ZIP_DIRECTORY_BROKEN, found=str(error)) from error


@contextmanager
def _refusing_damage(faults: ZipFaults, member: Member | str) -> Iterator[None]:
    """Turns what zipfile or gzip raises while it unpacks a member into a refusal that names the member."""
    name = member if isinstance(member, str) else member.filename
    try:
        yield
    except _DOES_NOT_UNPACK as error:
        raise _of_member(faults.damaged, name, error) from error
    except NotImplementedError as error:
        # A RuntimeError too, so it comes first: a method of compression, or a kind of encryption, of newer zips.
        raise _of_member(faults.compression, name, error) from error
    except RuntimeError as error:
        # "File 'xl/workbook.xml' is encrypted, password required for extraction"
        raise _of_member(faults.locked, name, error) from error
    except _NONSENSE as error:
        raise _of_member(faults.damaged, name, error) from error
    except OSError as error:
        # gzip.BadGzipFile is an OSError without a number.
        if error.errno not in _ERRNO_OF_DAMAGE:
            raise
        raise _of_member(faults.damaged, name, error) from error


def _of_member(code: ContainerRefusal, name: str, error: Exception) -> RefusedFileError:
    return RefusedFileError(code, found=f"{name}: {error}", member=name)
