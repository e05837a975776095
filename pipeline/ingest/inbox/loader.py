"""What a load of the inbox has at hand, and what it tells of each file; deliver says what happens to a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.contracts.loader import fingerprint
from pipeline.ingest.cells.code_lists import CodeLists, read_code_lists
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load import ledger
from pipeline.ingest.load.hall_key import hall_key
from pipeline.ingest.load.printed_lines import make_line_views
from pipeline.ingest.load.replacement import make_replacement_views
from pipeline.ingest.reader_version import READER_VERSION
from pipeline.privacy.masking import mask_name
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

if TYPE_CHECKING:
    import duckdb

# Spreadsheet programs write `~$周报.xlsx` beside 周报.xlsx while it is open.
LOCK_PREFIX = "~$"


@dataclass(frozen=True)
class FileEvent:
    """What became of one file.

    `outcome` is loaded, duplicate, refused, set_aside, later (another week's turn), waiting (still being written), kept
    (it should have been read again, but its original is gone), or remark for what concerns no single file, such as the
    archive.
    `message` is for people; where a file is refused or waits, `code` (docs/refusals.md) and `place` are for programs.
    """

    file_name: str
    outcome: str
    source: str = ""
    week_id: str = ""
    rows: int = 0
    seconds: float = 0.0
    message: str = ""
    code: str = ""
    place: RefusalPlace | None = None

    def __post_init__(self) -> None:
        """Takes persons out of the name: whoever hears of a file reads, logs or stores it."""
        object.__setattr__(self, "file_name", mask_name(self.file_name))

    @classmethod
    def refusal(cls, file_name: str, outcome: str, error: RefusedFileError) -> FileEvent:
        """The event of a file that is refused or waits: sentence, code and place are those of the error."""
        return cls(file_name, outcome, message=str(error), code=error.code, place=error.place)

    def with_message(self, message: str) -> FileEvent:
        """The same event with a remark for people."""
        return replace(self, message=message)

    def with_rows(self, rows: int, seconds: float, message: str) -> FileEvent:
        """The same event with what was loaded, how long that took, and a remark."""
        return replace(self, rows=rows, seconds=seconds, message=message)


@dataclass
class LoadReport:
    """Everything that a look into the inbox did."""

    events: list[FileEvent] = field(default_factory=list)

    def of(self, outcome: str) -> list[FileEvent]:
        """The events of one outcome."""
        return [event for event in self.events if event.outcome == outcome]

    @property
    def rows_loaded(self) -> int:
        """Rows that reached `raw`."""
        return sum(event.rows for event in self.of("loaded"))


@dataclass(frozen=True)
class Loader:
    """What loading needs: the warehouse connection, settings, calendar, contracts, code lists and the person key."""

    con: duckdb.DuckDBPyConnection
    settings: Settings
    calendar: ReportingCalendar
    contracts: Mapping[str, Contract]
    codes: CodeLists
    person_key: bytes = field(repr=False)

    def fingerprint(self, contract: Contract) -> str:
        """Changes whenever the contract, its code lists or the reader would read files differently."""
        # The contract of a text carries the delimiter that the file has; the one on disk counts.
        as_written = self.contracts.get(contract.name, contract)
        return reading_fingerprint(as_written, self.codes)

    def fingerprints(self) -> dict[str, str]:
        """Source → fingerprint of how its files are read today."""
        return {name: self.fingerprint(contract) for name, contract in self.contracts.items()}


def reading_fingerprint(contract: Contract, codes: CodeLists) -> str:
    """Returns the fingerprint of how files of a contract are read: contract, code lists and version of the reader."""
    code_lists = {name: sorted(labels) for name, labels in codes.items()}
    of_contract = fingerprint(contract, code_lists)
    # Version 1 left no mark: what it read keeps its fingerprint.
    return of_contract if READER_VERSION == 1 else f"{of_contract}.v{READER_VERSION}"


def make_loader(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
) -> Loader:
    """Prepare folders, ledger and keys for loading; `con` must be the only writer of the warehouse."""
    for folder in (settings.inbox, settings.archive, settings.work):
        folder.mkdir(parents=True, exist_ok=True)
    settings.archive.chmod(0o700)
    settings.work.chmod(0o700)
    ledger.prepare(con, contracts.values(), settings.hall_id)
    make_replacement_views(con, contracts.values())
    make_line_views(con, contracts.values())
    codes = read_code_lists(*settings.code_lists)
    return Loader(con, settings, calendar, contracts, codes, hall_key(con, settings.secret_path))
