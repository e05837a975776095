"""What a load of the inbox has at hand, and what it tells of each file; what happens to a file, deliver says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.contracts import Contract
from pipeline.contracts.loader import fingerprint
from pipeline.ingest.cells.code_lists import CodeLists, read_code_lists
from pipeline.ingest.load import ledger
from pipeline.privacy.digest import person_key
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

if TYPE_CHECKING:
    import duckdb


LOCK_PREFIX = "~$"


@dataclass(frozen=True)
class FileEvent:
    """What became of one file.

    `outcome` is loaded, duplicate, refused, set_aside, later (another week's turn) or waiting (still being written).
    """

    file_name: str
    outcome: str
    source: str = ""
    week_id: str = ""
    rows: int = 0
    seconds: float = 0.0
    message: str = ""


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
        """Changes whenever the contract or its code lists would read files differently."""
        return fingerprint(
            self.contracts.get(contract.name, contract), {name: sorted(labels) for name, labels in self.codes.items()}
        )


def make_loader(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
) -> Loader:
    """Prepare folders, ledger and keys for loading."""
    for folder in (settings.inbox, settings.archive, settings.work):
        folder.mkdir(parents=True, exist_ok=True)
    settings.archive.chmod(0o700)
    settings.work.chmod(0o700)
    ledger.prepare(con, contracts.values())
    codes = read_code_lists(settings.reference_dir)
    return Loader(con, settings, calendar, contracts, codes, person_key(settings.secret_path))
