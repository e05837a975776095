"""What the tiny hall of the release tests lacks for the site: metrics, provenance, power types, time, order of rows."""

from __future__ import annotations

import duckdb

from pipeline.settings import PROJECT_ROOT
from tests.unit.release.tiny_hall import GRAINS as HALL_GRAINS

DDL = """
CREATE OR REPLACE TABLE core.power_type (power_type VARCHAR, power_type_label VARCHAR, power_group VARCHAR,
    power_group_label VARCHAR, sort_order BIGINT);
INSERT INTO core.power_type VALUES ('01', '行政许可', 'licensing', '行政许可', 1),
    ('20', '公共服务', 'public_service', '公共服务', 2), ('07', '行政确认', 'other_nine', '其它9类行权事项', 3);

CREATE OR REPLACE TABLE core.metric AS SELECT * FROM read_csv('{metrics}', all_varchar = true);

CREATE OR REPLACE TABLE marts.provenance (week_id VARCHAR, metric VARCHAR, department_id VARCHAR, power_type VARCHAR,
    channel VARCHAR, delivery_id VARCHAR, sheet VARCHAR, value BIGINT, row_count BIGINT, first_row_no BIGINT,
    last_row_no BIGINT);
INSERT INTO marts.provenance
SELECT week_id, 'window_' || measure, 'ALL', 'ALL', 'ALL', 'd' || right(week_id, 1), '周报', value, 5, 4, 8
FROM charts.window_weekly;
INSERT INTO marts.provenance
SELECT i.week_id, 'case_' || i.measure, 'shuili', t.power_type, '1', 'd' || right(i.week_id, 1), 'csv', i.value,
    i.value, 3, 900
FROM charts.item_ytd AS i JOIN core.power_type AS t ON t.power_group = i.power_group;

CREATE OR REPLACE TABLE marts.weekly_metric (week_id VARCHAR, metric VARCHAR, department_id VARCHAR,
    power_type VARCHAR, channel VARCHAR, value BIGINT, value_ytd BIGINT, unit VARCHAR, as_of TIMESTAMP, basis VARCHAR);
INSERT INTO marts.weekly_metric
SELECT p.week_id, p.metric, 'ALL', 'ALL', 'ALL', p.value,
    sum(p.value) OVER (PARTITION BY p.metric ORDER BY p.week_id), m.unit, NULL, m.basis
FROM (SELECT week_id, metric, sum(value) AS value FROM marts.provenance GROUP BY ALL) AS p
JOIN core.metric AS m ON m.metric = p.metric;

ALTER TABLE charts.item_ytd ADD COLUMN IF NOT EXISTS sort_order BIGINT;
UPDATE charts.item_ytd SET sort_order = 2 * t.sort_order - CASE measure WHEN 'accepted' THEN 1 ELSE 0 END
FROM core.power_type AS t WHERE t.power_group = item_ytd.power_group;
ALTER TABLE charts.case_balance ADD COLUMN IF NOT EXISTS sort_order BIGINT;
UPDATE charts.case_balance SET sort_order = t.sort_order
FROM core.power_type AS t WHERE t.power_group = case_balance.power_group;
ALTER TABLE charts.department_volume ADD COLUMN IF NOT EXISTS closing BIGINT;
ALTER TABLE charts.department_volume ADD COLUMN IF NOT EXISTS activity_status VARCHAR;
ALTER TABLE charts.department_volume ADD COLUMN IF NOT EXISTS activity_label VARCHAR;
UPDATE charts.department_volume SET closing = 40, activity_status = 'active', activity_label = '有办件';

CREATE OR REPLACE TABLE charts.timeliness_weekly (week_id VARCHAR, department_id VARCHAR, department_name VARCHAR,
    deadline_cases BIGINT, deadline_cases_ytd BIGINT, on_time_cases BIGINT, on_time_cases_ytd BIGINT,
    on_time_rate DECIMAL(18, 2), on_time_rate_ytd DECIMAL(18, 2), overdue_open BIGINT, previous_overdue_open BIGINT,
    sort_order BIGINT);
INSERT INTO charts.timeliness_weekly
SELECT w.week_id, d.id, d.name, 100, 100 * w.k, 97, 97 * w.k, 97, 97, 2 * w.k, 2 * (w.k - 1), d.n
FROM (VALUES ('2023-01', 1), ('2023-02', 2), ('2023-03', 3)) AS w (week_id, k),
    (VALUES ('ALL', '全部', 0), ('shuili', '水利厅', 1)) AS d (id, name, n);
"""
METRICS = PROJECT_ROOT / "pipeline" / "reference" / "metric.csv"
GRAINS = HALL_GRAINS | {"timeliness_weekly": ("week_id", "department_id")}


def add_origins(con: duckdb.DuckDBPyConnection) -> None:
    """Add these tables to the tiny hall's warehouse; doing it twice changes nothing."""
    con.execute(DDL.replace("{metrics}", str(METRICS)))
