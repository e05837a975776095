"""Writes a whole .xlsx anew in the usual form: names, links, shared texts and sheets; the rest is left out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import quoteattr

from pipeline.common.private_files import private_folder
from pipeline.ingest.containers.archive import WORKBOOK, ZipArchive, ZipWriter, open_zip, plain_name, write_zip
from pipeline.ingest.containers.xml_guard import whole_xml
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.refusals.sheets import SheetRefusal
from pipeline.ingest.sheets.hidden.xlsx import has_looks
from pipeline.ingest.sheets.hidden.xlsx_blocks import RowTags, UnusualFormError, usual_blocks
from pipeline.ingest.sheets.hidden.xlsx_parts import links_part, part_path, read_parts, workbook_part
from pipeline.ingest.sheets.usual_form.shared_texts import rewritten_texts
from pipeline.ingest.sheets.usual_form.sheet_xml import rewritten_sheet

_BLOCK = 1 << 20
_PACKAGE_LINKS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
_LINKS_HEAD = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
)


@contextmanager
def written_anew(path: Path, work: Path) -> Iterator[Path]:
    """Lends a copy of a workbook in the usual form, in a private folder of `work`, until the end of the block.

    Raises RefusedFileError where a row or a cell is written twice, and where the XML makes no sense.
    """
    private_folder(work)
    with tempfile.TemporaryDirectory(prefix="anew-", dir=work) as folder:
        copy = Path(folder) / "workbook.xlsx"
        try:
            with open_zip(path, WORKBOOK) as archive, write_zip(copy) as target:
                _write(archive, target)
        except RefusedFileError:
            raise
        except (ExpatError, ValueError, LookupError) as error:
            cause = str(error)
            raise RefusedFileError(SheetRefusal.WORKBOOK_UNREADABLE, found=cause, cause=cause) from error
        yield copy


def _write(archive: ZipArchive, target: ZipWriter) -> None:
    members = {plain_name(name).lower(): name for name in archive.names}
    workbook = workbook_part(archive, members)
    if workbook is None:
        raise LookupError("no part lists the sheets")
    parts = read_parts(archive)
    target.write("_rels/.rels", [_PACKAGE_LINKS.encode()])
    target.write("xl/workbook.xml", archive.blocks(members[workbook], _BLOCK))
    target.write("xl/_rels/workbook.xml.rels", _links(archive, workbook, members))
    styles = members.get("xl/styles.xml")
    if styles:
        target.write("xl/styles.xml", archive.blocks(styles, _BLOCK))
    if parts.texts:
        _write_texts(archive, target, parts.texts)
    for sheet, part in parts.sheets.items():
        _write_sheet(archive, target, sheet, part)


def _links(archive: ZipArchive, workbook: str, members: Mapping[str, str]) -> Iterator[bytes]:
    """Yields the links of the workbook, which lead straight to the parts as the copy has them."""
    yield _LINKS_HEAD.encode()
    for link in whole_xml(archive.read(members[links_part(workbook)])):
        kind = link.get("Type", "")
        written = link.get("Target", "")
        path = part_path(workbook, written, members)
        target = "/xl/sharedStrings.xml" if kind.endswith("/sharedStrings") else f"/{_copied(members, path)}"
        attributes = {"Id": link.get("Id", ""), "Type": kind, "Target": target}
        yield f"<Relationship {' '.join(f'{name}={quoteattr(value)}' for name, value in attributes.items())}/>".encode()
    yield b"</Relationships>"


def _copied(members: Mapping[str, str], path: str) -> str:
    """The name of a part in the copy: that which it has, in plain form."""
    return plain_name(members.get(path, path))


def _write_texts(archive: ZipArchive, target: ZipWriter, texts: str) -> None:
    blocks = archive.blocks(texts, _BLOCK)
    target.write("xl/sharedStrings.xml", rewritten_texts(blocks) if has_looks(archive, texts) else blocks)


def _write_sheet(archive: ZipArchive, target: ZipWriter, sheet: str, part: str) -> None:
    """Writes a sheet's cells, those of a sheet in the usual form as they are: that is by far the faster."""
    blocks = archive.blocks(part, _BLOCK)
    target.write(plain_name(part), blocks if _is_usual(archive, part) else rewritten_sheet(blocks, sheet))


def _is_usual(archive: ZipArchive, part: str) -> bool:
    try:
        for _ in usual_blocks(archive, part, RowTags()):
            pass
    except UnusualFormError:
        return False
    return True
