"""A foreign export put on by contract alone: a city's 311 requests in three shapes, counted by week and year to date.

The independent count reads the files with Python's csv and datetime and shares no code with the pipeline but the
calendar's weeks.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import yaml

from pipeline.contracts import Contract, load_contracts
from pipeline.ingest.authoring.contract_check import check_contracts
from pipeline.ingest.authoring.draft import draft_contract
from pipeline.ingest.authoring.inspect import inspect_file
from pipeline.ingest.inbox.loader import Loader, make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.reporting_calendar import ReportingCalendar, load_calendar
from pipeline.settings import PROJECT_ROOT, Settings

HERE = Path(__file__).parent / "la_311"
SAMPLES = PROJECT_ROOT.parent / "shared" / "samples" / "us-la-311"
SHAPES = {
    "la_2017": ("MyLA311_2017_subset.csv", "SRNumber", "CreatedDate", "ClosedDate", "Status", "%m/%d/%Y %I:%M:%S %p"),
    "la_2020": ("requests_2020_MDYY.csv", "srnumber", "createddate", "closeddate", "status", "%m/%d/%y %H:%M"),
    "la_2020_coded": (
        "service_requests_2020_ISO_coded.csv", "srnumber", "created_date", "closed_date", "", "%Y-%m-%d %H:%M:%S",
    ),
}  # fmt: skip
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the foreign samples are not here")


def test_the_example_contracts_are_valid() -> None:
    assert check_contracts(HERE, PROJECT_ROOT / "pipeline" / "reference") == (3, [])


@pytest.fixture(scope="module")
def calendar() -> ReportingCalendar:
    return load_calendar()


@pytest.fixture(scope="module")
def loader(tmp_path_factory: pytest.TempPathFactory, calendar: ReportingCalendar) -> Iterator[Loader]:
    settings = Settings(home=tmp_path_factory.mktemp("la"), memory_limit="300MB", threads=1)
    with duckdb.connect() as con:
        loader = make_loader(con, settings, calendar, load_contracts(HERE))
        for name, *_ in SHAPES.values():
            shutil.copy(SAMPLES / name, settings.inbox / name)
        report = load_inbox(loader)
        assert [one.message for one in report.events if one.outcome != "loaded"] == []
        _count(con, calendar)
        yield loader


def _count(con: duckdb.DuckDBPyConnection, calendar: ReportingCalendar) -> None:
    columns = "request_no, created_at, closed_at"
    con.execute(
        "CREATE TABLE request AS "
        f"SELECT 'la_2017' AS source, {columns}, status FROM raw.la_2017 UNION ALL "
        f"SELECT 'la_2020', {columns}, status FROM raw.la_2020 UNION ALL "
        f"SELECT 'la_2020_coded', {columns}, NULL FROM raw.la_2020_coded"
    )
    con.execute(f"CREATE TABLE event AS {(HERE / 'events.sql').read_text('utf-8')}")
    days = [day for (day,) in con.execute("SELECT DISTINCT day FROM event").fetchall()]
    con.execute("CREATE TABLE calendar_day (day DATE, week_id VARCHAR)")
    con.executemany("INSERT INTO calendar_day VALUES (?, ?)", [(day, calendar.week_of(day).week_id) for day in days])
    con.execute(f"CREATE TABLE weekly AS {(HERE / 'weekly.sql').read_text('utf-8')}")


def independent(source: str) -> dict[str, Counter[date]]:
    """Accepted and completed requests per day, from the file itself."""
    name, _, created, closed, status, pattern = SHAPES[source]
    found: dict[str, Counter[date]] = {"accepted": Counter(), "completed": Counter()}
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found["accepted"][datetime.strptime(row[created], pattern).date()] += 1
            if row[closed] and (not status or row[status] == "Closed"):
                found["completed"][datetime.strptime(row[closed], pattern).date()] += 1
    return found


@needs_samples
@pytest.mark.parametrize(("source", "rows"), [("la_2017", 9_999), ("la_2020", 10_000), ("la_2020_coded", 9_989)])
def test_every_row_is_loaded(loader: Loader, source: str, rows: int) -> None:
    assert loader.con.execute(f"SELECT count(*), count(DISTINCT request_no) FROM raw.{source}").fetchone() == (
        rows,
        rows,
    )


@needs_samples
@pytest.mark.parametrize(
    ("source", "week", "days"),
    [
        ("la_2017", "2017-12-27", [1_775, 3_357, 2_840, 1_171, 856]),
        ("la_2020", "2020-01-01", [1_685, 5_971, 2_344]),
    ],
)
def test_requests_per_day_are_those_that_the_samples_state(
    loader: Loader, source: str, week: str, days: list[int]
) -> None:
    counted = loader.con.execute(
        "SELECT count(*) FROM event WHERE source = ? AND event = 'accepted' AND day >= CAST(? AS DATE) "
        "GROUP BY day ORDER BY day",
        [source, week],
    ).fetchall()
    assert [count for (count,) in counted] == days


@needs_samples
@pytest.mark.parametrize("source", SHAPES)
def test_weeks_and_years_to_date_equal_an_independent_count(
    loader: Loader, calendar: ReportingCalendar, source: str
) -> None:
    expected = {}
    for event, days in independent(source).items():
        weeks: Counter[str] = Counter()
        for day, count in days.items():
            weeks[calendar.week_of(day).week_id] += count
        for week, count in weeks.items():
            year_to_date = sum(other for name, other in weeks.items() if name[:4] == week[:4] and name <= week)
            expected[event, week] = (count, year_to_date)
    rows = loader.con.execute(
        "SELECT event, week_id, events, events_ytd FROM weekly WHERE source = ?", [source]
    ).fetchall()
    assert {(event, week): (count, ytd) for event, week, count, ytd in rows} == expected
    assert len(expected) > 3


@needs_samples
def test_states_and_impossible_orders_are_those_that_the_samples_state(loader: Loader) -> None:
    states = dict(loader.con.execute("SELECT status, count(*) FROM raw.la_2017 GROUP BY status").fetchall())
    assert states == {"Closed": 9_739, "Cancelled": 246, "Referred Out": 9, "Open": 5}
    early = loader.con.execute("SELECT count(*) FROM raw.la_2017 WHERE closed_at < created_at").fetchone()
    assert early == (12,)


@needs_samples
def test_the_silent_loss_between_two_exports_is_eleven_requests(loader: Loader) -> None:
    lost = loader.con.execute(
        "SELECT count(*) FROM raw.la_2020 ANTI JOIN raw.la_2020_coded USING (request_no)"
    ).fetchone()
    assert lost == (11,)


@needs_samples
def test_no_address_reaches_the_tables(loader: Loader) -> None:
    columns = loader.con.execute("SELECT column_name FROM duckdb_columns() WHERE schema_name = 'raw'").fetchall()
    assert columns
    assert not any("address" in name for (name,) in columns)


@needs_samples
@pytest.mark.parametrize("source", SHAPES)
def test_each_shape_is_looked_at_and_recognised(calendar: ReportingCalendar, tmp_path: Path, source: str) -> None:
    found = inspect_file(SAMPLES / SHAPES[source][0], Settings(home=tmp_path), calendar, load_contracts(HERE))
    assert (found.source, found.verdict) == (source, "")


@needs_samples
@pytest.mark.parametrize("source", SHAPES)
def test_a_draft_of_each_shape_loads_every_row_unedited(
    calendar: ReportingCalendar, tmp_path: Path, source: str
) -> None:
    path = SAMPLES / SHAPES[source][0]
    settings = Settings(home=tmp_path, memory_limit="300MB", threads=1)
    contract = Contract.model_validate(yaml.safe_load(draft_contract(path, settings, source).text))
    with path.open(encoding="utf-8", newline="") as file:
        rows = sum(1 for _ in csv.DictReader(file))
    with duckdb.connect() as con:
        drafted = make_loader(con, settings, calendar, {source: contract})
        shutil.copy(path, settings.inbox)
        assert [(one.outcome, one.rows) for one in load_inbox(drafted).events] == [("loaded", rows)]
