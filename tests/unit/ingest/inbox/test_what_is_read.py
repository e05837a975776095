"""What the newest version of the reader reads of a few odd files: who changes it raises the version and says why."""

from __future__ import annotations

import hashlib

from pipeline.ingest.inbox.loader import Loader, reading_fingerprint
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.reader_version import READER_VERSION
from tests.unit.ingest.inbox.deliveries import case, case_file, put, rows, volume_file

# If this fails, files are read otherwise than before: add a line to `CHANGES` in pipeline/ingest/reader_version.py, so
# that every delivery is read again, and put the digest of the new version here.
WHAT_IS_READ = {3: "57acee90c3f561b3", 4: "57acee90c3f561b3", 5: "57acee90c3f561b3", 6: "57acee90c3f561b3"}

TIMES = (
    "2023-04-17 09:05:00", "2023/4/17 9:05", "2023年4月17日9时5分", "二〇二三年四月十七日", "45033.378",
    "20230417090500", "2023-02-29 09:00:00", "——", "17/04/2023", "２０２３－０４－１７ ０９：０５：００", "NULL",
)  # fmt: skip
NUMBERS = ("A1", "——", "'0101", "1.23E+17", "#REF!", "  A 2 ", "ａ３", "0x41", "=A1", "A1", "A3")


def test_what_is_read_changes_only_with_a_new_version(loader: Loader) -> None:
    cases = [case(number, accepted=moment) for number, moment in zip(NUMBERS, TIMES, strict=True)]
    put(loader, "cases.csv", case_file(*cases))
    volume_file(loader.settings.inbox / "volume.xlsx", total=16)
    report = load_inbox(loader)
    assert [event.outcome for event in report.events] == ["loaded", "loaded"]
    read = [
        rows(loader, "SELECT case_no, item_name, accepted_at, updated_at FROM raw.case_detail ORDER BY row_no"),
        rows(loader, "SELECT * EXCLUDE (delivery_id, sheet) FROM raw.item_volume ORDER BY row_no"),
        rows(loader, "SELECT row_no, column_name, reason, value FROM quarantine.cell ORDER BY ALL"),
        rows(loader, "SELECT disposition, reason, sum(row_count) FROM ledger.row_account GROUP BY ALL ORDER BY ALL"),
    ]
    assert hashlib.sha256(repr(read).encode()).hexdigest()[:16] == WHAT_IS_READ[READER_VERSION]


def test_every_version_after_the_first_has_a_fingerprint_of_its_own(loader: Loader) -> None:
    contract = loader.contracts["case_detail"]
    assert loader.fingerprint(contract) == reading_fingerprint(contract, loader.codes)
    assert loader.fingerprint(contract).endswith(f".v{READER_VERSION}")
