"""Refuses files that hold more than the settings allow, before a reader allocates it all.

How many cells a sheet spans, the `extent_*` modules beside this measure, one for each way of keeping cells.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ingest.containers.archive import Member, ZipArchive
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.containers import ContainerRefusal

MOST_COLUMNS = 16_384
"""What a sheet of a spreadsheet program can span: A to XFD."""
_BLOCK = 1 << 20
# A tag that is cut at the end of a block is looked at again with this much of what stood before it.
_OVERLAP = 512
# A cell holds 32,767 characters at most: what stands between two tags for longer is padding, not a table.
_LONGEST_TEXT = 4 << 20


def refuse_large(size: int, max_unpacked_mb: int) -> None:
    """Refuses what unpacks to more than the limit; `size` is in bytes, the limit in MB of 1,048,576 bytes."""
    if size > max_unpacked_mb << 20:
        raise RefusedFileError(
            ContainerRefusal.TOO_LARGE,
            expected=f"<= {max_unpacked_mb} MB",
            found=f"{size} bytes",
            size_mb=size / (1 << 20),
            limit_mb=max_unpacked_mb,
        )


def refuse_many_cells(cells: int, max_cells: int) -> None:
    """Refuses a sheet whose filled cells span more than `max_cells` (rows x columns)."""
    if cells > max_cells:
        raise RefusedFileError(
            ContainerRefusal.TOO_MANY_CELLS,
            expected=f"<= {max_cells}",
            found=str(cells),
            cells=cells,
            limit=max_cells,
        )


def refuse_far_column(columns: int) -> None:
    """Refuses a sheet with a filled cell beyond column XFD, where no spreadsheet program has one.

    A sheet of ten rows is within every limit of cells with half a million columns, and takes its reader minutes.
    """
    if columns > MOST_COLUMNS:
        raise RefusedFileError(
            ContainerRefusal.CELL_BEYOND_SHEET,
            expected=f"<= {MOST_COLUMNS}",
            found=str(columns),
            limit=MOST_COLUMNS,
        )


def xml_blocks(archive: ZipArchive, member: Member) -> Iterator[bytes]:
    """Yields an XML member in blocks of about 1 MB; refuses padding, which a reader would hold in memory whole."""
    length_since_tag = 0
    for block in archive.blocks(member, _BLOCK):
        last_tag = block.rfind(b">")
        if last_tag < 0:
            length_since_tag += len(block)
        else:
            length_since_tag = len(block) - last_tag - 1
        if length_since_tag > _LONGEST_TEXT:
            raise RefusedFileError(
                ContainerRefusal.LONG_PADDING,
                found=member.filename,
                member=member.filename,
                limit_mb=_LONGEST_TEXT >> 20,
            )
        yield block


def blocks_of_whole_tags(archive: ZipArchive, member: Member) -> Iterator[bytes]:
    """Yields an XML member in blocks that end at the end of a tag, so that no tag is seen in two halves."""
    rest = b""
    for fresh in xml_blocks(archive, member):
        block = rest + fresh
        end = block.rfind(b">") + 1
        yield block[:end]
        rest = block[end:]
        if len(rest) > _BLOCK:
            rest = rest[-_OVERLAP:]
    if rest:
        yield rest
