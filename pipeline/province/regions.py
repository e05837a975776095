"""Adds the halls of a province up to counties, cities and the province, beside how many of them reported.

In: the warehouse of all halls, figures that were withheld taken out; the list of the halls. Out: `region.hall`
(hall_id), `region.hall_week` (hall_id, week_id) and `marts.region_metric`, whose SELECT is in `sql/province`: a hall
alone has no use for it. A hall of which a week is missing, or differs from what it released, is in no
sum, and that is counted: it is never zero.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Final

from pipeline.common.quoting import quoted
from pipeline.province.halls import ExpectedHall
from pipeline.province.receive import Received
from pipeline.settings import Settings
from pipeline.warehouse.models import read_model

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HallWeek = tuple[str, str]
"""hall_id, week_id."""
REGION_METRIC: Final = "marts.region_metric"
_FILE: Final = "province/region_metric.sql"
_TABLES: Final = """
CREATE SCHEMA IF NOT EXISTS region;
CREATE OR REPLACE TABLE region.hall (
    hall_id VARCHAR NOT NULL, hall_name VARCHAR NOT NULL, county_name VARCHAR NOT NULL, city_name VARCHAR NOT NULL,
    province_name VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE NOT NULL);
CREATE OR REPLACE TABLE region.hall_week (hall_id VARCHAR NOT NULL, week_id VARCHAR NOT NULL, revision BIGINT,
    is_agreed BOOLEAN NOT NULL);
"""


def add_up(
    con: DuckDBPyConnection,
    settings: Settings,
    halls: Collection[ExpectedHall],
    packages: Collection[Received],
    missing: Collection[HallWeek],
    differing: Collection[HallWeek],
) -> None:
    """Writes the tables. Weeks that are `missing` did not come; those `differing` are not what the hall released.

    Neither are in any sum.
    """
    con.execute(_TABLES)
    con.executemany("INSERT INTO region.hall VALUES (?, ?, ?, ?, ?, ?, ?)", [list(astuple(hall)) for hall in halls])
    weeks: list[list[object]] = [[hall_id, week_id, None, False] for hall_id, week_id in missing]
    for package in packages:
        manifest = package.manifest
        is_agreed = (manifest.hall_id, manifest.week_id) not in differing
        weeks.append([manifest.hall_id, manifest.week_id, manifest.revision, is_agreed])
    in_order = sorted(weeks, key=lambda week: f"{week[0]} {week[1]}")
    con.executemany("INSERT INTO region.hall_week VALUES (?, ?, ?, ?)", in_order)
    model = read_model(settings.models.folder_of_program / _FILE)
    con.execute(f"CREATE OR REPLACE TABLE {REGION_METRIC} AS {model.sql}")
    for column in model.columns:
        con.execute(f"COMMENT ON COLUMN {REGION_METRIC}.{column.name} IS {quoted(column.description)}")


@dataclass(frozen=True)
class RegionMetric:
    """A metric of a region's week: its sums over the halls that reported, None where none did, and how many these are.

    The year to date has halls of its own: who has not reported this week may have one. `export` is 综窗办件周报.
    """

    export: str
    label: str
    unit: str
    value: int | None
    value_ytd: int | None
    halls_reporting: int
    halls_reporting_ytd: int
    halls_expected: int


def metrics_of_province(con: DuckDBPyConnection, week_id: str) -> list[RegionMetric]:
    """Returns the metrics of the province in a week, in the order of the dictionary."""
    rows = con.execute(
        f"""
        SELECT
            (SELECT max(source_label) FROM raw.ref_export AS e WHERE e.source = c.source) AS export,
            r.label_zh, r.unit, r.value, r.value_ytd, r.halls_reporting, r.halls_reporting_ytd, r.halls_expected
        FROM {REGION_METRIC} AS r
        INNER JOIN core.metric AS c ON c.metric = r.metric
        LEFT JOIN raw.ref_metric AS m ON m.metric = r.metric
        WHERE r.region_level = 'province' AND r.week_id = ?
        ORDER BY r.region_id, m.rowid, r.metric
        """,
        [week_id],
    ).fetchall()
    return [RegionMetric(*row) for row in rows]


def halls_of(packages: Collection[Received]) -> list[ExpectedHall]:
    """Returns the halls that handed over, where nobody has listed those of the province; by hall_id."""
    names = {package.manifest.hall_id: package.manifest.hall_name for package in packages}
    return [ExpectedHall(hall_id, name) for hall_id, name in sorted(names.items())]
