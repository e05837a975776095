"""Knows a text that grew after it was taken: its writer closed it for a while, and then went on.

A text without a closing line looks whole wherever it ends. Written again in full it begins with what is kept of it;
written on, only the rest of it lies in the inbox, for its beginning is in the archive. Workbooks and packed files are
not read before they are whole.
"""

from __future__ import annotations

import codecs
import csv
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from pipeline.common.clock import utc_now
from pipeline.common.file_names import shown_name
from pipeline.common.private_files import private_folder
from pipeline.ingest.containers.container import Container
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.archive import stored_original
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.stability import is_held, look
from pipeline.ingest.inbox.unforeseen import recognise_or_refuse
from pipeline.ingest.load.ledger import Delivery
from pipeline.ingest.recognise.match import Recognised
from pipeline.privacy.masking import mask_name
from pipeline.settings import Settings

_BLOCK = 1 << 20
_BEGINNING = 2048
"""Bytes in which texts of one kind differ: title, header and the first rows. A week may have thousands of parts."""
_LONGEST_PAUSE = timedelta(hours=1)
"""Who closes a file between blocks goes on within minutes; a file without a header a week later is another one."""
_RECORDS_LOOKED_AT = 200
_MOST_KEPT = 20_000
_KEPT_BEGINNINGS: dict[str, bytes] = {}


@dataclass(frozen=True)
class Version:
    """A delivery that is the same text at another time: the beginning of this one, or one that goes on after it."""

    delivery_id: str
    as_of: datetime
    is_longer: bool


def begins_with(longer: Path, shorter: Path) -> bool:
    """Whether a file holds all bytes of another one, and then some more."""
    if longer.stat().st_size <= shorter.stat().st_size:
        return False
    with longer.open("rb") as whole, shorter.open("rb") as part:
        while block := part.read(_BLOCK):
            if whole.read(len(block)) != block:
                return False
    return True


def other_versions(loader: Loader, recognised: Recognised, delivery: Delivery) -> list[Version]:
    """The deliveries of the same source, week and scope that are an earlier or a later state of this text."""
    if recognised.kind != Container.CSV.value:
        return []
    rows = loader.con.execute(
        "SELECT delivery_id, as_of FROM ledger.delivery WHERE source = ? AND week_id = ? AND scope = ? "
        "AND delivery_id <> ? AND container = ? AND status IN ('current', 'superseded') ORDER BY received_at",
        [delivery.source, delivery.week_id, delivery.scope, delivery.delivery_id, recognised.kind],
    ).fetchall()
    own_beginning = _beginning_of(recognised.path)
    versions = []
    for delivery_id, as_of in rows:
        kept_beginning = _kept_beginning(loader.settings, delivery.source, delivery_id, delivery.week_id)
        if not kept_beginning or not _agree(own_beginning, kept_beginning):
            continue
        stored = stored_original(loader.settings, delivery.source, delivery_id, delivery.week_id)
        if stored is None:
            continue
        if begins_with(stored, recognised.path):
            versions.append(Version(delivery_id, as_of, is_longer=True))
        elif begins_with(recognised.path, stored):
            versions.append(Version(delivery_id, as_of, is_longer=False))
    return versions


def _kept_beginning(settings: Settings, source: str, delivery_id: str, week_id: str) -> bytes | None:
    """The beginning of an original in the archive, looked up once: it is named by its content and never changes."""
    known = _KEPT_BEGINNINGS.get(delivery_id)
    if known is not None:
        return known
    stored = stored_original(settings, source, delivery_id, week_id)
    if stored is None:
        return None
    if len(_KEPT_BEGINNINGS) >= _MOST_KEPT:
        _KEPT_BEGINNINGS.clear()
    return _KEPT_BEGINNINGS.setdefault(delivery_id, _beginning_of(stored))


def _beginning_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_BEGINNING)


def _agree(one: bytes, other: bytes) -> bool:
    """Whether two beginnings say the same as far as both go."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def date_beginnings(loader: Loader, versions: Sequence[Version], as_of: datetime) -> None:
    """Gives the beginnings of a text the time of the whole: of equal times the longer one counts.

    Their own time may be later by mistake: where the time of export stands in the last line, they have none.
    """
    for version in versions:
        if not version.is_longer:
            loader.con.execute(
                "UPDATE ledger.delivery SET as_of = ? WHERE delivery_id = ?", [as_of, version.delivery_id]
            )


def join_with_beginning(loader: Loader, path: Path) -> bool:
    """Puts the beginning from the archive before a text that only goes on with it; returns whether it did.

    That needs a delivery of this name within the last hour, rows of as many cells as it has columns, and that both
    together are read as an export of the same source and week.
    """
    row = loader.con.execute(
        "SELECT delivery_id, source, week_id FROM ledger.delivery WHERE file_name = ? AND container = ? "
        "AND status = 'current' AND received_at >= ? ORDER BY received_at DESC LIMIT 1",
        [mask_name(shown_name(path.name)), Container.CSV.value, utc_now() - _LONGEST_PAUSE],
    ).fetchone()
    if row is None or is_held(path):
        return False
    delivery_id, source, week_id = row
    stored = stored_original(loader.settings, source, delivery_id)
    if stored is None:
        return False
    before = look(path)
    with _joined(loader, stored, path) as whole:
        try:
            exports = recognise_or_refuse(whole, loader.settings, loader.calendar, loader.contracts)
        except RefusedFileError:
            return False
        is_same = [(export.contract.name, export.week.week_id) for export in exports] == [(source, week_id)]
        if not is_same or not _goes_on(path, exports[0]) or look(path) != before:
            return False
        shutil.move(whole, path)
    return True


@contextmanager
def _joined(loader: Loader, beginning: Path, rest: Path) -> Iterator[Path]:
    """Yields a private copy of both, one behind the other, under the name of the file."""
    private_folder(loader.settings.work)
    with tempfile.TemporaryDirectory(prefix="joined-", dir=loader.settings.work) as folder:
        whole = Path(folder) / rest.name
        with whole.open("wb") as target:
            with beginning.open("rb") as file:
                shutil.copyfileobj(file, target)
            with rest.open("rb") as file:
                # A writer that found no file wrote its mark of UTF-8 again.
                mark = file.read(len(codecs.BOM_UTF8))
                target.write(b"" if mark == codecs.BOM_UTF8 else mark)
                shutil.copyfileobj(file, target)
        yield whole


def _goes_on(rest: Path, export: Recognised) -> bool:
    """Whether the lines of a text are rows of an export's table; the first may be the end of a row that was cut."""
    table = export.csv_table
    if table is None:
        return False
    with rest.open(encoding=export.encoding, errors="replace", newline="") as file:
        records = csv.reader(file, delimiter=export.contract.csv.delimiter)
        try:
            lengths = [len(record) for record in islice(records, 1, _RECORDS_LOOKED_AT) if record]
        except csv.Error:
            return False
    return bool(lengths) and set(lengths) == {len(table.header.columns)}
