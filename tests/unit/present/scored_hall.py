"""The tiny hall of the release tests, whose third week was scored, whose second issue was revised, published."""

from __future__ import annotations

from pathlib import Path

from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS, add_origins
from tests.unit.release.tiny_hall import WEEKS, hall_settings, open_hall


def published_scored_hall(home: Path) -> Settings:
    """Writes it below `home`: 200 rows of 水利厅 in week 3, of which 3 are held, and 800 rows of no department."""
    settings = hall_settings(home)
    with open_hall(settings) as con:
        add_origins(con)
        con.execute("CREATE TABLE IF NOT EXISTS core.department (department_id VARCHAR, department_name VARCHAR)")
        con.execute("DELETE FROM core.department")
        con.execute("INSERT INTO core.department VALUES ('shuili', '水利厅')")
        con.execute(
            "INSERT INTO quality.checked_rows VALUES ('2023-03', 'staging.a', '完整性', 'shuili', 200, 3),"
            " ('2023-03', 'ledger.delivery', '完整性', 'UNKNOWN', 800, 0)"
        )
        con.execute(
            "INSERT INTO quality.finding_event (finding_id, event_no, happened_at, origin, to_status, words)"
            " SELECT finding_id, 1, TIMESTAMP '2023-01-30 09:00:00', 'check', status, '' FROM quality.finding"
        )
        freeze(con, settings, WEEKS, grains=GRAINS)
        con.execute("UPDATE charts.window_weekly SET value = 1250 WHERE week_id = '2023-02' AND measure = 'consulted'")
        freeze(con, settings, WEEKS, grains=GRAINS)
        publish(con, settings)
    return settings
