"""A warehouse of a made-up hall with two departments and three issues; what is asserted about it is in the tests."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.quality.schema import create_tables
from pipeline.settings import Settings
from pipeline.state_tables.create import create_tables as create_state_tables

WEEKS = ("2023-01", "2023-02", "2023-03")
GRAINS = {
    "window_weekly": ("week_id", "measure"),
    "item_ytd": ("week_id", "power_group", "measure"),
    "authorization_status": ("week_id", "status"),
    "training_weekly": ("week_id",),
    "inspection_weekly": ("week_id", "inspection_item"),
    "activity": ("week_id", "seq"),
    "department_volume": ("week_id", "department_id"),
    "case_balance": ("week_id", "power_group"),
}

DDL = """
CREATE SCHEMA IF NOT EXISTS ledger; CREATE SCHEMA IF NOT EXISTS core; CREATE SCHEMA IF NOT EXISTS quarantine;
CREATE SCHEMA IF NOT EXISTS charts; CREATE SCHEMA IF NOT EXISTS marts; CREATE SCHEMA IF NOT EXISTS quality;

CREATE TABLE ledger.delivery (delivery_id VARCHAR, source VARCHAR, file_name VARCHAR, week_id VARCHAR,
    as_of TIMESTAMP, status VARCHAR, rows_physical BIGINT, title VARCHAR);
INSERT INTO ledger.delivery VALUES
    ('d1', 'window_weekly', '综窗办件周报_2023-01.xlsx', '2023-01', '2023-01-09 09:00:00', 'current', 9, '模拟数据'),
    ('d2', 'window_weekly', '综窗办件周报_2023-02.xlsx', '2023-02', '2023-01-16 09:00:00', 'current', 9, '模拟数据'),
    ('d3', 'window_weekly', '综窗办件周报_2023-03.xlsx', '2023-03', '2023-01-30 09:00:00', 'current', 9, '模拟数据');
CREATE TABLE ledger.row_account (delivery_id VARCHAR, sheet VARCHAR, disposition VARCHAR, reason VARCHAR,
    row_count BIGINT);
INSERT INTO ledger.row_account SELECT delivery_id, '周报', unnest(['loaded', 'quarantined', 'set_aside']),
    unnest([NULL, '不是数', '标题']), unnest([6, 1, 2]) FROM ledger.delivery;
CREATE TABLE quarantine.cell (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, column_name VARCHAR, reason VARCHAR,
    value VARCHAR, message VARCHAR, row_disposition VARCHAR);
INSERT INTO quarantine.cell VALUES ('d3', '周报', 7, '受理', '不是数', '=1+1', '应为整数，却是“=1+1”', 'quarantined');

CREATE TABLE core.report_week (week_id VARCHAR, year INTEGER, issue_no INTEGER, total_issue_no INTEGER,
    period_start DATE, period_end DATE, coverage_start DATE, coverage_end DATE, working_days INTEGER,
    calendar_status VARCHAR);
INSERT INTO core.report_week VALUES
    ('2023-01', 2023, 1, 421, '2023-01-02', '2023-01-06', '2023-01-01', '2023-01-06', 4, 'announced'),
    ('2023-02', 2023, 2, 422, '2023-01-09', '2023-01-13', '2023-01-07', '2023-01-13', 5, 'announced'),
    ('2023-03', 2023, 3, 423, '2023-01-16', '2023-01-20', '2023-01-14', '2023-01-20', 5, 'announced');
CREATE TABLE core.case_version (week_id VARCHAR, case_no VARCHAR);
INSERT INTO core.case_version VALUES ('2023-01', 'c1');

CREATE TABLE charts.window_weekly (week_id VARCHAR, measure VARCHAR, measure_label VARCHAR, unit VARCHAR, value BIGINT,
    value_ytd BIGINT, previous_value BIGINT, change_pct DECIMAL(18, 1), mean_to_date DECIMAL(18, 1), flag VARCHAR);
COMMENT ON TABLE charts.window_weekly IS '综窗四项按周';
COMMENT ON COLUMN charts.window_weekly.value IS '本周';
INSERT INTO charts.window_weekly
SELECT w.week_id, m.measure, m.label, m.unit, m.n * w.k, m.n * w.k * (w.k + 1) // 2,
    CASE WHEN w.k > 1 THEN m.n * (w.k - 1) END, CASE WHEN w.k > 1 THEN round(100.0 / (w.k - 1), 1) END,
    m.n * (w.k + 1) / 2, CASE WHEN w.k = 3 AND m.measure = 'consulted' THEN '高于常值' END
FROM (VALUES ('2023-01', 1), ('2023-02', 2), ('2023-03', 3)) AS w (week_id, k),
    (VALUES ('consulted', '咨询', '人次', 700), ('accepted', '受理', '件', 90), ('issued', '颁发', '件', 1200),
        ('transferred', '流转', '件', 1500)) AS m (measure, label, unit, n);

CREATE TABLE charts.item_ytd (week_id VARCHAR, power_group VARCHAR, measure VARCHAR, power_group_label VARCHAR,
    measure_label VARCHAR, value BIGINT, value_ytd BIGINT, excess_over_accepted BIGINT, carried_over BIGINT,
    flag VARCHAR);
INSERT INTO charts.item_ytd
SELECT w.week_id, g.id, m.measure, g.label, m.label, m.n, m.n * w.k,
    CASE WHEN m.measure = 'completed' AND m.n > g.accepted THEN (m.n - g.accepted) * w.k END, 60,
    CASE WHEN m.measure = 'completed' AND m.n > g.accepted THEN '办结多于受理' END
FROM (VALUES ('2023-01', 1), ('2023-02', 2), ('2023-03', 3)) AS w (week_id, k),
    (VALUES ('licensing', '行政许可', 5000, 4800), ('public_service', '公共服务', 70000, 68000),
        ('other_nine', '其它9类行权事项', 410, 430)) AS g (id, label, accepted, completed),
    LATERAL (VALUES ('accepted', '受理', g.accepted), ('completed', '办结', g.completed)) AS m (measure, label, n);

CREATE TABLE charts.authorization_status (week_id VARCHAR, status VARCHAR, status_label VARCHAR, departments BIGINT,
    department_names VARCHAR);
INSERT INTO charts.authorization_status
SELECT w.week_id, s.status, s.label, s.n, s.names
FROM (VALUES ('2023-01'), ('2023-02'), ('2023-03')) AS w (week_id),
    (VALUES ('stationed', '已进驻', 2, '水利厅、成都海关'), ('authorized', '已授权', 1, '水利厅'),
        ('not_authorized', '未授权', 1, '成都海关')) AS s (status, label, n, names);

CREATE TABLE charts.training_weekly (week_id VARCHAR, trainees BIGINT, main_items BIGINT, sessions BIGINT,
    department_names VARCHAR);
INSERT INTO charts.training_weekly VALUES ('2023-01', 0, 0, 0, NULL), ('2023-02', 6, 2, 1, '水利厅'),
    ('2023-03', 8, 3, 2, '水利厅、成都海关');

CREATE TABLE charts.inspection_weekly (week_id VARCHAR, inspection_item VARCHAR, conclusion VARCHAR, issues BIGINT,
    sort_order INTEGER);
INSERT INTO charts.inspection_weekly
SELECT w.week_id, i.name, '总体情况良好', 0, i.n
FROM (VALUES ('2023-01'), ('2023-02'), ('2023-03')) AS w (week_id),
    (VALUES ('按时到岗情况', 1), ('着装情况', 2)) AS i (name, n);

CREATE TABLE charts.activity (week_id VARCHAR, seq INTEGER, category VARCHAR, department VARCHAR, content VARCHAR);
INSERT INTO charts.activity VALUES ('2023-03', 1, '推进情况', '水利厅', '召开专题会议。'),
    ('2023-03', 2, '优化营商环境', '成都海关', '1 月 17 日，成都海关窗口开展上门服务。');

CREATE TABLE charts.department_volume (week_id VARCHAR, department_id VARCHAR, department_name VARCHAR,
    accepted BIGINT, accepted_ytd BIGINT, completed BIGINT, completed_ytd BIGINT, completion_rate_ytd DECIMAL(18, 2),
    rank INTEGER);
INSERT INTO charts.department_volume
SELECT w.week_id, d.id, d.name, d.n, d.n * w.k, d.n - 4, (d.n - 4) * w.k, round(100 * (d.n - 4) / d.n, 2), d.rank
FROM (VALUES ('2023-01', 1), ('2023-02', 2), ('2023-03', 3)) AS w (week_id, k),
    (VALUES ('shuili', '水利厅', 60000, 1), ('haiguan', '成都海关', 15410, 2)) AS d (id, name, n, rank);

CREATE TABLE charts.case_balance (week_id VARCHAR, power_group VARCHAR, power_group_label VARCHAR, opening BIGINT,
    accepted_ytd BIGINT, completed_ytd BIGINT, closed_ytd BIGINT, closing BIGINT);
INSERT INTO charts.case_balance
SELECT w.week_id, g.id, g.label, g.opening, g.accepted * w.k, g.completed * w.k, g.completed * w.k + 10,
    g.opening + g.accepted * w.k - g.completed * w.k - 10
FROM (VALUES ('2023-01', 1), ('2023-02', 2), ('2023-03', 3)) AS w (week_id, k),
    (VALUES ('licensing', '行政许可', 900, 5000, 4800), ('public_service', '公共服务', 8000, 70000, 68000),
        ('other_nine', '其它9类行权事项', 100, 410, 430)) AS g (id, label, opening, accepted, completed);

CREATE TABLE marts.weekly_metric (week_id VARCHAR, metric VARCHAR, value DECIMAL(38, 6));
INSERT INTO marts.weekly_metric VALUES ('2023-03', 'window_consulted', 2100);

INSERT INTO quality.check_result VALUES
    ('2023-03', 'core.case_version', 'dates_in_order', 'warning', 'failed', 1, 9, '1',
        '办件 512000-20230117-000001 办结早于受理', '[{"case_no": "512000-20230117-000001"}]', '2023-01-30 10:00:00'),
    ('2023-03', 'charts.item_ytd', 'key_is_unique', 'critical', 'passed', 0, 6, '0', '', '[]', '2023-01-30 10:00:00');
INSERT INTO quality.finding (finding_id, table_name, check_name, title, severity, status, owner, first_seen, last_seen,
    weeks, unexpected_count, keys, evidence, explanation, action) VALUES
    ('f1', 'charts.item_ytd', 'completed_not_above_accepted', '办结不超过受理', 'warning', 'explained', '水利厅',
        '2023-01', '2023-03', 3, 1, '[{"power_group": "other_nine"}]', '办结超出受理 60 件', '上年结转 60 件可以解释',
        '核对上年结转'),
    ('f2', 'charts.window_weekly', 'volume_in_band', '数量在常值之内', 'warning', 'open', '大厅管理处', '2023-03',
        '2023-03', 1, 1, '[{"measure": "consulted"}]', '=HYPERLINK("http://x.example")<script>alert(1)</script>', NULL,
        '核实原因');
INSERT INTO quality.finding_week (finding_id, week_id, table_name, check_name, unexpected_count, keys, evidence,
    explanation)
SELECT finding_id, last_seen, table_name, check_name, 1, keys, evidence, explanation FROM quality.finding;
"""


def open_hall(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A connection to the hall's warehouse, made on first use."""
    settings.home.mkdir(parents=True, exist_ok=True)
    is_new = not settings.warehouse_path.exists()
    con = duckdb.connect(str(settings.warehouse_path), config={"threads": 2, "memory_limit": "400MB"})
    if is_new:
        create_tables(con)
        create_state_tables(con, "words")
        con.execute(DDL)
    return con


def hall_settings(home: Path) -> Settings:
    """Settings for a hall whose state is all in `home`."""
    return Settings(home=home)
